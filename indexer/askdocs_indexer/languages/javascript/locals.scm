[
  (function_declaration) (generator_function_declaration) (function_expression)
  (generator_function) (arrow_function) (method_definition) (class_declaration) (class)
  (class_static_block) (for_statement) (for_in_statement) (catch_clause) (switch_body)
  (if_statement (statement_block)) (else_clause) (while_statement) (do_statement) (try_statement)
  (finally_clause)
] @scope
(program (statement_block) @scope)
(statement_block (statement_block) @scope)

(function_declaration name: (_) @function)
(generator_function_declaration name: (_) @function)
(function_expression name: (_) @definition)
(class_declaration name: (_) @function)
(class name: (_) @definition)
(variable_declarator name: (identifier) @definition)
(variable_declarator name: (identifier) @definition value: (_) @value)
(shorthand_property_identifier_pattern) @definition
(object_pattern (pair_pattern value: (identifier) @definition))
(array_pattern (identifier) @definition)
(rest_pattern (identifier) @definition)
(assignment_pattern left: (identifier) @definition)
(arrow_function parameter: (identifier) @definition)
(for_in_statement left: (identifier) @definition)
(for_in_statement left: (identifier) @definition operator: "of" right: (_) @element)
(catch_clause parameter: (identifier) @definition)

((binary_expression left: (identifier) @narrowed operator: "instanceof" right: (_) @type) @check)

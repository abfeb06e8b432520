[(function_definition) (method_declaration) (anonymous_function) (arrow_function)
 (program)] @scope

(simple_parameter name: (_) @definition)
(simple_parameter type: (_) @type name: (_) @definition)
(property_promotion_parameter name: (_) @definition)
(property_promotion_parameter type: (_) @type name: (_) @definition)
(variadic_parameter name: (_) @definition)
(assignment_expression left: (variable_name) @definition right: (_) @value)
((comment) @type .
  (expression_statement (assignment_expression left: (variable_name) @definition)))
(list_literal (variable_name) @definition)
(static_variable_declaration name: (_) @definition)
(global_declaration (variable_name) @definition)
(foreach_statement . (_) @element . (variable_name) @definition)
(foreach_statement . (_) @element . (pair (_) (variable_name) @definition))
(foreach_statement . (_) (pair . (variable_name) @definition))
(catch_clause type: (_) @type name: (_) @definition)

((binary_expression left: (variable_name) @narrowed operator: "instanceof" right: (_) @type) @check)

[(block) (method_declaration) (constructor_declaration) (lambda_expression) (for_statement)
 (enhanced_for_statement) (catch_clause) (try_with_resources_statement) (class_declaration)
 (interface_declaration) (record_declaration) (switch_rule) (switch_block_statement_group)] @scope

(type_parameter (type_identifier) @definition)
(type_parameter (type_identifier) @definition (type_bound) @type)
(method_declaration
  parameters: (formal_parameters (formal_parameter type: (_) @type name: (_) @definition)))
(constructor_declaration
  parameters: (formal_parameters (formal_parameter type: (_) @type name: (_) @definition)))
(lambda_expression
  parameters: (formal_parameters (formal_parameter type: (_) @type name: (_) @definition)))
(spread_parameter (variable_declarator name: (identifier) @definition))
(catch_formal_parameter (catch_type) @type name: (identifier) @definition)
(inferred_parameters (identifier) @definition)
(lambda_expression parameters: (identifier) @definition)
(enhanced_for_statement
  type: (_) @type name: (identifier) @definition value: (_) @element)
(instanceof_expression right: (_) @type name: (identifier) @definition)
(type_pattern (_) @type . (identifier) @definition .)
(record_pattern_component (_) @type . (identifier) @definition .)
(resource type: (_) @type name: (identifier) @definition value: (_) @value)
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @definition))
(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @definition value: (_) @value))

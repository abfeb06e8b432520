[(compilation_unit) (class_declaration) (interface_declaration) (struct_declaration)
 (record_declaration) (delegate_declaration) (method_declaration) (constructor_declaration)
 (operator_declaration) (conversion_operator_declaration) (indexer_declaration)
 (property_declaration) (accessor_declaration) (local_function_statement) (lambda_expression)
 (anonymous_method_expression) (block) (for_statement) (foreach_statement) (using_statement)
 (fixed_statement) (catch_clause) (switch_section) (switch_expression_arm)
 (query_expression)] @scope

(type_parameter name: (identifier) @definition)
(_ parameters: (_ (parameter name: (identifier) @definition)))
(_ parameters: (_ (parameter type: (_) @type name: (identifier) @definition)))
(class_declaration (parameter_list (parameter type: (_) @type name: (identifier) @definition)))
(struct_declaration (parameter_list (parameter type: (_) @type name: (identifier) @definition)))
(parameter_list type: (_) @type name: (identifier) @definition)
(implicit_parameter) @definition

(local_declaration_statement
  (variable_declaration type: (_) @type (variable_declarator name: (identifier) @definition)))
(local_declaration_statement
  (variable_declaration (variable_declarator name: (identifier) @definition (_) @value)))
(using_statement
  (variable_declaration type: (_) @type (variable_declarator name: (identifier) @definition)))
(using_statement
  (variable_declaration (variable_declarator name: (identifier) @definition (_) @value)))
(for_statement
  (variable_declaration type: (_) @type (variable_declarator name: (identifier) @definition)))
(for_statement
  (variable_declaration (variable_declarator name: (identifier) @definition (_) @value)))
(fixed_statement
  (variable_declaration type: (_) @type (variable_declarator name: (identifier) @definition)))
(local_function_statement name: (_) @function)

(declaration_expression type: (_) @type name: (identifier) @definition)
(declaration_pattern type: (_) @type name: (identifier) @definition)
(recursive_pattern name: (identifier) @definition)
(recursive_pattern type: (_) @type name: (identifier) @definition)
(var_pattern name: (identifier) @definition)
(tuple_pattern name: (identifier) @definition)
(catch_declaration type: (_) @type name: (identifier) @definition)
(foreach_statement type: (_) @type left: (identifier) @definition right: (_) @element)

(from_clause name: (identifier) @definition (_) @element)
(let_clause . (identifier) @definition (_) @value)
(join_clause . (identifier) @definition . (_) @element)
(join_into_clause (identifier) @definition)

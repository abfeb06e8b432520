[(anonymous_function) (anonymous_initializer) (block) (catch_block) (class_declaration)
 (for_statement) (function_declaration) (getter) (lambda_literal) (secondary_constructor) (setter)
 (type_alias) (when_entry) (when_expression)] @scope

(type_parameter (identifier) @definition)
(type_parameter (identifier) @definition . [(nullable_type) (user_type)] @type)
(parameter . (identifier) @definition . (_) @type)
((class_parameter (identifier) @definition . (_) @type) @parameter
  (#not-match? @parameter "^([^:]*\\s)?va[lr]\\s"))
(block (property_declaration (variable_declaration . (identifier) @definition)))
(block (property_declaration (variable_declaration . (identifier) @definition . (_) @type)))
(block (property_declaration (variable_declaration . (identifier) @definition .) . (_) @value))
(lambda_literal (property_declaration (variable_declaration . (identifier) @definition)))
(lambda_literal
  (property_declaration (variable_declaration . (identifier) @definition . (_) @type)))
(lambda_literal
  (property_declaration (variable_declaration . (identifier) @definition .) . (_) @value))
(block (function_declaration name: (_) @function))
(lambda_literal (function_declaration name: (_) @function))
(multi_variable_declaration (variable_declaration . (identifier) @definition))
(for_statement (variable_declaration . (identifier) @definition .) . (_) @element)
(for_statement (variable_declaration . (identifier) @definition . (_) @type))
(lambda_parameters (variable_declaration . (identifier) @definition .))
(lambda_parameters (variable_declaration . (identifier) @definition . (_) @type))
(setter . (identifier) @definition)
(setter . (identifier) @definition . [(nullable_type) (user_type)] @type)
(catch_block . (identifier) @definition . (_) @type)
(when_subject (variable_declaration . (identifier) @definition .) . (_) @value)

((is_expression left: (identifier) @narrowed "is" right: (_) @type) @check)
(when_expression (when_subject . (identifier) @narrowed .)
  (when_entry . condition: (type_test "is" (_) @type) . "->") @within)
(when_expression (when_subject (variable_declaration . (identifier) @narrowed .))
  (when_entry . condition: (type_test "is" (_) @type) . "->") @within)

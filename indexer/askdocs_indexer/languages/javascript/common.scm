; Shared by JavaScript and TypeScript.
[
  (statement_block) (function_declaration) (generator_function_declaration) (function_expression)
  (arrow_function) (method_definition) (for_statement) (for_in_statement) (catch_clause)
] @scope

(function_declaration name: (_) @function)
(generator_function_declaration name: (_) @function)
(function_expression name: (_) @definition)
(class_declaration name: (_) @definition)
(variable_declarator name: (identifier) @definition)
(variable_declarator name: (identifier) @definition value: (_) @value)
(shorthand_property_identifier_pattern) @definition
(object_pattern (pair_pattern value: (identifier) @definition))
(array_pattern (identifier) @definition)
(rest_pattern (identifier) @definition)
(assignment_pattern left: (identifier) @definition)
(object_assignment_pattern left: (_) @definition)
(arrow_function parameter: (identifier) @definition)
(for_in_statement left: (identifier) @definition)
(catch_clause parameter: (identifier) @definition)

(method_definition name: (property_identifier) @member)
(assignment_expression
  left: (member_expression object: (this) property: (property_identifier) @member) right: (_) @value)
(import_statement) @import
(variable_declarator value: (await_expression (call_expression function: (import)))) @import
(variable_declarator value: (member_expression
  object: (call_expression function: (identifier) @_required))
  (#eq? @_required "require")) @import
(variable_declarator value: (call_expression function: (identifier) @_require)
  (#eq? @_require "require")) @import

(class_declaration name: (_) @name) @type
(class_declaration name: (_) @name (type_parameters) @parameters) @type
(class_declaration name: (_) @name (delegation_specifiers) @base) @type
(object_declaration name: (_) @name (delegation_specifiers)? @base) @type
(companion_object name: (_)? @name (delegation_specifiers)? @base) @type
(object_literal (delegation_specifiers) @base (class_body) @type)
(class_declaration name: (_) @base
  (enum_class_body (enum_entry (class_body) @type)))

(type_alias type: (_) @name
  [(function_type) (nullable_type) (parenthesized_type) (user_type)] @of) @alias
(type_parameter (identifier) @name) @alias
(type_parameter (identifier) @name . [(nullable_type) (user_type)] @of) @alias

(class_declaration name: (_) @of
  (enum_class_body (enum_entry (identifier) @name) @value))
(class_parameter ["val" "var"] . (identifier) @name . (_) @of) @value
(property_declaration (variable_declaration . (identifier) @name)) @value
(property_declaration (variable_declaration . (identifier) @name . (_) @of)) @value
(property_declaration (variable_declaration . (identifier) @name .) . (_) @initial) @value
(property_declaration [(nullable_type) (user_type)] @base
  . (variable_declaration . (identifier) @name)) @value

(function_declaration name: (_) @name (function_value_parameters) @parameters) @function
(function_declaration name: (_) @name (function_value_parameters)
  . [(nullable_type) (parenthesized_type) (user_type)] @of) @function
((function_declaration name: (_) @name (function_value_parameters)
  . (function_body . (call_expression . (identifier) @made) @of)) @function
  (#match? @made "^[A-Z]"))
(function_declaration [(nullable_type) (user_type)] @base . name: (_) @name) @function

(import) @import
(class_body (companion_object)) @import
(enum_class_body (companion_object)) @import

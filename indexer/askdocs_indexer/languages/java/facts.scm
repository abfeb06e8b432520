(class_declaration name: (_) @name type_parameters: (_)? @parameters) @type
(class_declaration name: (_) @name superclass: (_) @base) @type
(class_declaration name: (_) @name interfaces: (_) @base) @type
(interface_declaration name: (_) @name type_parameters: (_)? @parameters) @type
(interface_declaration name: (_) @name (extends_interfaces) @base) @type
(enum_declaration name: (_) @name interfaces: (_)? @base) @type
(record_declaration name: (_) @name type_parameters: (_)? @parameters) @type
(record_declaration name: (_) @name interfaces: (_)? @base) @type
(annotation_type_declaration name: (_) @name) @type
(type_parameter (type_identifier) @name) @alias
(type_parameter (type_identifier) @name (type_bound) @of) @alias

(object_creation_expression type: (_) @base (class_body) @type)
(enum_declaration name: (_) @base
  body: (enum_body (enum_constant body: (class_body) @type)))

(enum_declaration name: (_) @of
  body: (enum_body (enum_constant name: (_) @name) @value))
(field_declaration type: (_) @of declarator: (variable_declarator name: (_) @name)) @value
(constant_declaration type: (_) @of declarator: (variable_declarator name: (_) @name)) @value
(record_declaration
  parameters: (formal_parameters (formal_parameter type: (_) @of name: (_) @name) @value))
(record_declaration
  parameters: (formal_parameters (formal_parameter type: (_) @of name: (_) @name) @function))

(method_declaration type: (_) @of name: (_) @name parameters: (_) @parameters) @function
(annotation_type_element_declaration type: (_) @of name: (_) @name) @function
(constructor_declaration name: (_) @name parameters: (_) @parameters) @function
(compact_constructor_declaration name: (_) @name) @function

(import_declaration) @import

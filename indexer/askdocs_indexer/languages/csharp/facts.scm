(namespace_declaration name: (_) @name) @module
(file_scoped_namespace_declaration name: (_) @name) @module

(class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(struct_declaration name: (_) @name) @type
(record_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(delegate_declaration name: (_) @name) @type
(_ name: (_) @name
  (base_list [(identifier) (generic_name) (qualified_name) (alias_qualified_name)] @base)) @type
(_ name: (_) @name (base_list (primary_constructor_base_type type: (_) @base))) @type

(method_declaration returns: (_) @of name: (_) @name parameters: (_) @parameters) @function
(constructor_declaration name: (_) @name parameters: (_) @parameters) @function
(indexer_declaration type: (_) @of "this" @name) @function

(field_declaration
  (variable_declaration type: (_) @of (variable_declarator name: (identifier) @name))) @value
(event_field_declaration
  (variable_declaration type: (_) @of (variable_declarator name: (identifier) @name))) @value
(event_declaration type: (_) @of name: (_) @name) @value
(property_declaration type: (_) @of name: (_) @name) @value
(record_declaration
  (parameter_list (parameter type: (_) @of name: (identifier) @name) @value))
(enum_declaration name: (_) @of
  body: (enum_member_declaration_list (enum_member_declaration name: (_) @name) @value))

(using_directive) @import

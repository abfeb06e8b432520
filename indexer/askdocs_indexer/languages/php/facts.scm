(namespace_definition name: (_) @name) @module

(class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(trait_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(_ name: (name) @name (base_clause [(name) (qualified_name)] @base)) @type
(_ name: (name) @name (class_interface_clause [(name) (qualified_name)] @base)) @type
(_ name: (name) @name
  body: (_ (use_declaration [(name) (qualified_name)] @base))) @type

(function_definition name: (_) @name parameters: (_) @parameters return_type: (_)? @of) @function
(method_declaration name: (_) @name parameters: (_) @parameters return_type: (_)? @of) @function

(const_element . (name) @name) @value
(property_declaration type: (_)? @of (property_element name: (_) @name) @value)
(property_promotion_parameter type: (_)? @of name: (_) @name) @value
(enum_declaration name: (_) @of body: (_ (enum_case name: (_) @name) @value))
((function_call_expression function: (name) @define
  arguments: (arguments . (argument (string (string_content) @name)))) @value
  (#eq? @define "define"))

(namespace_use_declaration) @import

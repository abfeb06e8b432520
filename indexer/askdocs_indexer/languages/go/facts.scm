(function_declaration name: (_) @name parameters: (_) @parameters result: (_)? @of) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (_) @name parameters: (_) @parameters result: (_)? @of) @function

(type_spec name: (_) @name) @type
(type_alias name: (_) @name type: (_) @of) @alias
(type_spec name: (_) @name
  type: (struct_type (field_declaration_list (field_declaration !name type: (_) @base)))) @type
(type_spec name: (_) @name type: (interface_type (type_elem (_) @base))) @type
(type_spec name: (_) @name type: [(array_type) (map_type) (slice_type)] @base) @type
(type_spec
  type: (struct_type
    (field_declaration_list (field_declaration name: (_) @name type: (_) @of) @value)))
(type_spec
  type: (interface_type
    (method_elem name: (_) @name parameters: (_) @parameters result: (_)? @of) @function))

(var_spec name: (identifier) @name type: (_)? @of) @value
(var_spec . name: (identifier) @name value: (expression_list . (_) @initial)) @value
(const_spec name: (identifier) @name type: (_)? @of) @value

(import_spec) @import

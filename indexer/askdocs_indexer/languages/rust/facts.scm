(mod_item name: (_) @name) @module
(mod_item !body) @import

(struct_item name: (_) @name) @type
(union_item name: (_) @name) @type
(enum_item name: (_) @name) @type
(enum_variant name: (_) @name) @type
(trait_item name: (_) @name bounds: (_)? @base) @type
(ordered_field_declaration_list type: (_) @value @of)
(field_declaration name: (_) @name type: (_) @of) @value

(impl_item trait: (_)? @base type: (_) @name @of) @extension
(impl_item trait: (_) @_trait type: (_) @name
  body: (declaration_list (type_item name: (_) @_target type: (_) @base))
  (#eq? @_target "Target")) @extension

(function_item name: (_) @name parameters: (_) @parameters return_type: (_)? @of) @function
(function_signature_item
  name: (_) @name parameters: (_) @parameters return_type: (_)? @of) @function
(macro_definition name: (_) @name) @function

(const_item name: (_) @name type: (_) @of) @value
(static_item name: (_) @name type: (_) @of) @value
(type_item name: (_) @name type: (_) @of) @alias
(associated_type name: (_) @name bounds: (_)? @of) @alias

(use_declaration) @import
(extern_crate_declaration) @import

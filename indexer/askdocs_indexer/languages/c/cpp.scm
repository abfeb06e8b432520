; What only C++'s grammar has.
[(lambda_expression) (for_range_loop) (catch_clause) (namespace_definition) (template_declaration)
 (class_specifier)] @scope

(class_specifier name: (type_identifier) @function body: (_))
(type_parameter_declaration (type_identifier) @definition)
(optional_type_parameter_declaration name: (type_identifier) @definition)
(parameter_declaration type: (_) @type declarator: (reference_declarator (identifier) @definition))
(optional_parameter_declaration declarator: (identifier) @definition)
(optional_parameter_declaration type: (_) @type declarator: (identifier) @definition)
(reference_declarator (identifier) @definition)
(for_range_loop declarator: (identifier) @definition)
(for_range_loop type: (_) @type declarator: (identifier) @definition)
(for_range_loop type: (_) @type declarator: (reference_declarator (identifier) @definition))
(declaration type: (_) @type
  declarator: (init_declarator declarator: (reference_declarator (identifier) @definition)))
(structured_binding_declarator (identifier) @definition)
(namespace_definition name: (_) @function)
(alias_declaration name: (type_identifier) @definition type: (_) @value)
(lambda_capture_initializer left: (identifier) @definition)
(field_declaration type: (_) @type declarator: (field_identifier) @member)
(field_declaration type: (_) @type
  declarator: (pointer_declarator declarator: (field_identifier) @member))
(function_declarator declarator: (field_identifier) @member)

(using_declaration) @import
(namespace_alias_definition) @import

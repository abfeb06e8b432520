; Shared by C and C++.
[(compound_statement) (function_definition) (for_statement)] @scope

(function_declarator declarator: (identifier) @definition)
(function_definition
  declarator: (function_declarator declarator: (identifier) @function))
(function_definition
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @function)))
(declaration declarator: (identifier) @definition)
(declaration type: (_) @type declarator: (identifier) @definition)
(declaration declarator: (init_declarator declarator: (identifier) @definition))
(declaration type: (_) @type declarator: (init_declarator declarator: (identifier) @definition))
(declaration declarator: (init_declarator declarator: (identifier) @definition value: (_) @value))
(declaration type: (_) @type declarator: (pointer_declarator declarator: (identifier) @definition))
(declaration type: (_) @type
  declarator: (init_declarator
    declarator: (pointer_declarator declarator: (identifier) @definition)))
(parameter_declaration type: (_) @type declarator: (identifier) @definition)
(parameter_declaration type: (_) @type
  declarator: (pointer_declarator declarator: (identifier) @definition))
(pointer_declarator declarator: (identifier) @definition)
(array_declarator declarator: (identifier) @definition)
(type_definition type: (_) @value declarator: (type_identifier) @definition)
(struct_specifier name: (type_identifier) @definition body: (_))
(union_specifier name: (type_identifier) @definition body: (_))
(enum_specifier name: (type_identifier) @definition body: (_))
(enumerator name: (identifier) @definition)
(preproc_def name: (identifier) @definition)
(preproc_function_def name: (identifier) @definition)
(preproc_params (identifier) @definition)
(labeled_statement label: (_) @definition)
(field_declaration declarator: (field_identifier) @member)

; Shared by C and C++.
[(compound_statement) (function_definition) (for_statement)] @scope

(declaration type: (_) @type declarator: [
  (identifier) @definition
  (_ declarator: (identifier) @definition)
  (_ declarator: (_ declarator: (identifier) @definition))
  (_ declarator: (_ declarator: (_ declarator: (identifier) @definition)))
  (function_declarator declarator: (parenthesized_declarator (_ declarator: (identifier) @definition)))
  (init_declarator declarator: (function_declarator
    declarator: (parenthesized_declarator (_ declarator: (identifier) @definition))))])
(declaration declarator: (identifier) @definition value: (_) @value)
(declaration declarator: (init_declarator declarator: [
  (identifier) @definition
  (_ declarator: (identifier) @definition)] value: (_) @value))

(parameter_declaration type: (_) @type declarator: [
  (identifier) @definition
  (_ declarator: (identifier) @definition)
  (_ declarator: (_ declarator: (identifier) @definition))])
(parameter_declaration
  declarator: (function_declarator
    declarator: (parenthesized_declarator (_ declarator: (identifier) @definition))))

(compound_statement (type_definition type: (_) @value declarator: (type_identifier) @definition))
(compound_statement (struct_specifier name: (type_identifier) @definition body: (_)))
(compound_statement (union_specifier name: (type_identifier) @definition body: (_)))
(compound_statement (enum_specifier name: (type_identifier) @definition body: (_)))
(compound_statement (enum_specifier body: (enumerator_list (enumerator name: (_) @definition))))
(compound_statement
  (declaration type: (enum_specifier body: (enumerator_list (enumerator name: (_) @definition)))))
(labeled_statement label: (_) @definition)

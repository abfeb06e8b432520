; What only C++'s grammar has.
[(lambda_expression) (for_range_loop) (catch_clause) (template_declaration) (if_statement)
 (while_statement) (switch_statement)] @scope

(type_parameter_declaration (type_identifier) @definition)
(variadic_type_parameter_declaration (type_identifier) @definition)
(optional_type_parameter_declaration name: (type_identifier) @definition)
(template_template_parameter_declaration (type_parameter_declaration (type_identifier) @definition))
(parameter_declaration type: (_) @type declarator: (reference_declarator (identifier) @definition))
(parameter_declaration type: (_) @type
  declarator: (_ declarator: (reference_declarator (identifier) @definition)))
(optional_parameter_declaration type: (_) @type declarator: [
  (identifier) @definition
  (_ declarator: (identifier) @definition)
  (reference_declarator (identifier) @definition)])
(variadic_parameter_declaration declarator: [
  (variadic_declarator (identifier) @definition)
  (reference_declarator (variadic_declarator (identifier) @definition))])

(declaration type: (_) @type declarator: [
  (reference_declarator (identifier) @definition)
  (_ declarator: (reference_declarator (identifier) @definition))])
(declaration declarator: (init_declarator
  declarator: (reference_declarator (identifier) @definition) value: (_) @value))
(declaration declarator: (reference_declarator (identifier) @definition) value: (_) @value)
(declaration declarator: (pointer_declarator declarator: (identifier) @definition)
  value: (_) @value)
(structured_binding_declarator (identifier) @definition)

(for_range_loop type: (_) @type declarator: [
  (identifier) @definition
  (pointer_declarator declarator: (identifier) @definition)
  (reference_declarator (identifier) @definition)])
(for_range_loop declarator: [
  (identifier) @definition
  (pointer_declarator declarator: (identifier) @definition)
  (reference_declarator (identifier) @definition)] right: (_) @element)
(for_range_loop declarator: (_ (structured_binding_declarator (identifier) @definition)))
(lambda_capture_initializer left: (identifier) @definition right: (_) @value)
(compound_statement (alias_declaration name: (type_identifier) @definition type: (_) @value))
(compound_statement (class_specifier name: (type_identifier) @definition body: (_)))

[(block) (method_declaration) (constructor_declaration) (lambda_expression) (for_statement)
 (enhanced_for_statement) (catch_clause) (try_with_resources_statement)] @scope

(class_declaration name: (_) @definition)
(interface_declaration name: (_) @definition)
(enum_declaration name: (_) @definition)
(record_declaration name: (_) @definition)
(annotation_type_declaration name: (_) @definition)
(type_parameter (type_identifier) @definition)
(formal_parameter type: (_) @type name: (identifier) @definition)
(spread_parameter (variable_declarator name: (identifier) @definition))
(catch_formal_parameter (catch_type . (_) @type) name: (identifier) @definition)
(inferred_parameters (identifier) @definition)
(lambda_expression parameters: (identifier) @definition)
(enhanced_for_statement type: (_) @type name: (identifier) @definition)
(instanceof_expression right: (_) @type name: (identifier) @definition)
(resource type: (_) @type name: (identifier) @definition)
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @definition))
(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @definition value: (_) @value))
(field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @definition))
(field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @member))
(method_declaration name: (identifier) @member)
(method_declaration name: (identifier) @function)
(enum_constant name: (identifier) @definition)

(import_declaration) @import
(package_declaration) @import

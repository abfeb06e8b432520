[(block) (function_declaration) (method_declaration) (func_literal) (for_statement) (if_statement)
 (expression_switch_statement) (type_switch_statement) (expression_case) (type_case)
 (communication_case)] @scope

(function_declaration name: (_) @function)
(type_spec name: (_) @definition)
(type_alias name: (_) @definition type: (_) @value)
(field_declaration name: (field_identifier) @member type: (_) @type)
(const_spec name: (identifier) @definition)
(var_spec name: (identifier) @definition)
(var_spec name: (identifier) @definition type: (_) @type)
(var_spec name: (identifier) @definition value: (expression_list . (_) @value))
(parameter_declaration name: (identifier) @definition)
(parameter_declaration name: (identifier) @definition type: (_) @type)
(variadic_parameter_declaration name: (identifier) @definition)
(type_parameter_declaration name: (identifier) @definition)
(short_var_declaration left: (expression_list (identifier) @definition))
(short_var_declaration left: (expression_list . (identifier) @definition)
  right: (expression_list . (_) @value))
(range_clause left: (expression_list (identifier) @definition))
(receive_statement left: (expression_list (identifier) @definition))
(type_switch_statement alias: (expression_list (identifier) @definition))
(label_name) @definition

(import_spec) @import
(package_clause (package_identifier) @import)

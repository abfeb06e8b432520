[(block) (function_declaration) (method_declaration) (func_literal) (for_statement) (if_statement)
 (expression_switch_statement) (type_switch_statement) (expression_case) (type_case)
 (communication_case)] @scope

(type_spec name: (_) @definition)
(type_alias name: (_) @definition type: (_) @value)
(const_spec name: (identifier) @definition)
(var_spec name: (identifier) @definition)
(var_spec name: (identifier) @definition type: (_) @type)
(var_spec . name: (identifier) @definition value: (expression_list . (_) @value))
(parameter_declaration name: (identifier) @definition)
(parameter_declaration name: (identifier) @definition type: (_) @type)
(variadic_parameter_declaration name: (identifier) @definition) @type
(type_parameter_declaration name: (identifier) @definition)
(short_var_declaration left: (expression_list (identifier) @definition))
(short_var_declaration left: (expression_list . (identifier) @definition)
  right: (expression_list . (_) @value))
(range_clause left: (expression_list (identifier) @definition))
(range_clause left: (expression_list (identifier) . (identifier) @definition) right: (_) @element)
(receive_statement left: (expression_list (identifier) @definition))
(type_switch_statement alias: (expression_list (identifier) @definition))
(label_name) @definition

(type_switch_statement alias: (expression_list (identifier) @narrowed)
  (type_case "case" . type: (_) @type . ":") @within)

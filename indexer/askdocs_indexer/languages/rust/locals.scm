[(block) (function_item) (function_signature_item) (closure_expression) (match_arm)
 (for_expression) (if_expression) (while_expression) (impl_item) (trait_item) (struct_item)
 (enum_item) (union_item) (type_item)] @scope

(block (function_item name: (_) @function))
(block (struct_item name: (_) @function))
(block (enum_item name: (_) @function))
(block (union_item name: (_) @function))
(block (trait_item name: (_) @function))
(block (type_item name: (_) @function type: (_) @value))
(block (mod_item name: (_) @definition))
(block (const_item name: (_) @definition type: (_) @type))
(block (static_item name: (_) @definition type: (_) @type))

(type_parameter name: (_) @definition)
(type_parameter name: (_) @definition bounds: (_) @type)
((_ type_parameters: (type_parameters (type_parameter name: (_) @definition))
  (where_clause (where_predicate left: (_) @_bounded bounds: (_) @type)))
 (#eq? @definition @_bounded))
(const_parameter name: (_) @definition type: (_) @type)

(parameter pattern: (identifier) @definition type: (_) @type)
(parameter pattern: (mut_pattern (identifier) @definition) type: (_) @type)
(let_declaration pattern: (identifier) @definition)
(let_declaration pattern: (identifier) @definition type: (_) @type)
(let_declaration pattern: (identifier) @definition value: (_) @value)
(closure_parameters (identifier) @definition)
((closure_parameters . (identifier) @definition) @element)
; What is numbered by `enumerate` or belongs to a key.
((closure_parameters . (tuple_pattern . (_) . (identifier) @definition .)) @element)
(for_expression pattern: (tuple_pattern . (_) . (identifier) @definition .) value: (_) @element)
(for_expression pattern: (identifier) @definition value: (_) @element)
(for_expression pattern: (reference_pattern (identifier) @definition) value: (_) @element)
(let_condition pattern: (identifier) @definition value: (_) @value)
((match_pattern . (identifier) @definition) (#match? @definition "^[a-z_]"))

; A name in capitals is that of a constant or variant: the compiler warns of others.
(mut_pattern (identifier) @definition)
(ref_pattern (identifier) @definition)
(reference_pattern (identifier) @definition)
((tuple_pattern (identifier) @definition) (#match? @definition "^[a-z_]"))
((slice_pattern (identifier) @definition) (#match? @definition "^[a-z_]"))
((or_pattern (identifier) @definition) (#match? @definition "^[a-z_]"))
(captured_pattern . (identifier) @definition)
((tuple_struct_pattern type: (_) (identifier) @definition) (#match? @definition "^[a-z_]"))
((field_pattern name: (shorthand_field_identifier) @definition) @value)
((field_pattern pattern: (identifier) @definition) @value)

(let_declaration
  pattern: (tuple_struct_pattern type: (_) @_kind . (identifier) @definition) value: (_) @result
  (#any-of? @_kind "Ok" "Some"))
(let_condition
  pattern: (tuple_struct_pattern type: (_) @_kind . (identifier) @definition) value: (_) @result
  (#any-of? @_kind "Ok" "Some"))
(let_condition
  pattern: (tuple_struct_pattern type: (_) @_kind . (mut_pattern (identifier) @definition))
  value: (_) @result
  (#any-of? @_kind "Ok" "Some"))
((tuple_struct_pattern type: (_) @_kind . [(identifier) @definition
    (mut_pattern (identifier) @definition) (ref_pattern (identifier) @definition)]) @value
  (#not-match? @_kind "^(Err|Ok|Some)$"))
((match_expression value: (_) @value
  body: (match_block (match_arm pattern: (match_pattern . (identifier) @definition))))
  (#match? @definition "^[a-z_]"))
(match_expression value: (_) @result
  body: (match_block (match_arm pattern: (match_pattern
    (tuple_struct_pattern type: (_) @_kind . (identifier) @definition))))
  (#any-of? @_kind "Ok" "Some"))

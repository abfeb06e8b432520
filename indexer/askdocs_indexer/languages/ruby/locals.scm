[(program) (module) (class) (singleton_class) (method) (singleton_method) (block) (do_block)
 (lambda)] @scope

(method_parameters (identifier) @definition)
(block_parameters (identifier) @definition)
(lambda_parameters (identifier) @definition)
(destructured_parameter (identifier) @definition)
(optional_parameter name: (identifier) @definition)
(keyword_parameter name: (identifier) @definition)
(splat_parameter name: (identifier) @definition)
(hash_splat_parameter name: (identifier) @definition)
(block_parameter name: (identifier) @definition)
(block_parameters locals: (identifier) @definition)

(assignment left: (identifier) @definition right: (_) @value)
(operator_assignment left: (identifier) @definition right: (_) @value)
(left_assignment_list (identifier) @definition)
(left_assignment_list (rest_assignment (identifier) @definition))
(exception_variable (identifier) @definition)
(rescue exceptions: (exceptions . (_) @type .)
  variable: (exception_variable (identifier) @definition))
(for pattern: (identifier) @definition)
(in_clause pattern: (identifier) @definition)
(array_pattern (identifier) @definition)
(keyword_pattern value: (identifier) @definition)
(as_pattern name: (identifier) @definition)

((call receiver: (identifier) @narrowed method: (identifier) @_method
  arguments: (argument_list . [(constant) (scope_resolution)] @type .)) @check
  (#any-of? @_method "is_a?" "kind_of?" "instance_of?"))
(case value: (identifier) @narrowed
  (when "when" . pattern: (pattern [(constant) (scope_resolution)] @type) . body: (then) @within))

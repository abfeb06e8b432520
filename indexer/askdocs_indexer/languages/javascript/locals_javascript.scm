(formal_parameters (identifier) @definition)
(formal_parameters (assignment_pattern left: (identifier) @definition right: (_) @value))

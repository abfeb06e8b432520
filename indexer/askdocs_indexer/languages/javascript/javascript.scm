; What only JavaScript's grammar has.
(formal_parameters (identifier) @definition)
(field_definition property: (property_identifier) @member value: (_) @value)
(field_definition property: (property_identifier) @member)

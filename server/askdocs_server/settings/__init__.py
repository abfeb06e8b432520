"""What users can set: the values, their schema, where they are read from."""

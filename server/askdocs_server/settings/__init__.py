"""What users can set: the values, their schema, and where they are read from."""

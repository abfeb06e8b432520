"""Whether the passages support what a model claims."""

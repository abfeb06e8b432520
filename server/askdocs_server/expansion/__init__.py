"""Document expansion: at idle, a model writes the questions that each section answers."""

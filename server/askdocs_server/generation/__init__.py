"""Everything about the model that writes answers: which one, where it runs, how to talk to it."""

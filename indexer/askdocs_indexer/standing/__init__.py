"""What each file of a project is to its readers."""

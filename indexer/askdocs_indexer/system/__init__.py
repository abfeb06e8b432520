"""What differs from one operating system to another, as far as the index needs it."""

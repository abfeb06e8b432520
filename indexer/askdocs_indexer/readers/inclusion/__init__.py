"""What documents include: code and text of other files, put in where it is named."""

"""The embedding model, and the vectors that it has made already."""

"""The embedding model, and a cache of its vectors."""

"""The project symbol graph: identities, edges, and what documentation says which symbol."""

"""Python: scopes, imports, builtins, and the types of local values."""

from askdocs_server.symbols.python.resolve import resolve

__all__ = ["resolve"]

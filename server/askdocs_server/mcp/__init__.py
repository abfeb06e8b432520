"""askdocs as a Model Context Protocol server: tools for agents. The only package that knows `mcp`.

`server.py` speaks the protocol on stdio, `tools.py` holds the tools, `roots.py` finds the project
and `projects.py` reaches it in the daemon. The SDK is imported late, by `server.py`.
"""

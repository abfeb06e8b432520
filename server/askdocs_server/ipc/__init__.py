"""How processes of one user talk and find each other: framing, the runtime folder."""

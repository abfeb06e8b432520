"""How a user's processes find each other and talk: framing, sockets, the runtime folder."""

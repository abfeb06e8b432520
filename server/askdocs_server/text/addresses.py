"""The addresses of servers: on which machine they are, and how they are shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")


def host_elsewhere(address: str) -> str:
    """Return the name of the host of a server; "" for one on this machine."""
    if not address or address.startswith("unix:"):
        return ""
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        host = ""
    return "" if _is_here(host) else host or "an address that cannot be read"


def without_key(address: str) -> str:
    """Return an address without what may be a key: a name and a password, or a query."""
    scheme, separator, rest = address.partition("//") if "//" in address else ("", "", address)
    authority, slash, path = rest.partition("/")
    shown = path.partition("?")[0] if separator else path
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{shown}"


def _is_here(host: str) -> bool:
    if host in _LOCAL_NAMES or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

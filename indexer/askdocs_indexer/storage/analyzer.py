"""Terms in letters that every analyzer leaves alone.

Milvus Lite splits text at whatever `\\w` does not match, such as most combining marks, and a Milvus
server at the rules of its own standard analyzer. Neither changes ASCII letters, digits and
underscores in small letters, so terms with other characters, and those that look so written, are
written in hexadecimal digits.
"""

from __future__ import annotations

import re

_MARK = "u_"
_WRITTEN = re.compile(rf"\b{_MARK}((?:[0-9a-f]{{2}})+)\b")
_OTHER = re.compile(rf"\S*[^\sa-z0-9_]\S*|{_WRITTEN.pattern}")


def analyzed(terms: str) -> str:
    """Return terms, separated by spaces, in the letters that analyzers leave alone."""
    return _OTHER.sub(lambda term: f"{_MARK}{term[0].encode().hex()}", terms)


def terms_in(text: str) -> str:
    """Return the terms that `analyzed` has written."""
    return _WRITTEN.sub(lambda term: bytes.fromhex(term[1]).decode(errors="replace"), text)

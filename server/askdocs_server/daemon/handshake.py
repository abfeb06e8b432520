"""The first line each way on the daemon's socket: who attaches and what for, and the verdict.

JSON on one line. After `welcome` an editor's connection speaks LSP, a command's the lines of
commands.py; the other kinds of connection end with the reply.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from askdocs_server import __version__
from askdocs_server.errors import HandshakeError

Kind = Literal["editor", "command", "status", "stop"]
Verdict = Literal["welcome", "other-version", "leaving"]

MAX_HELLO_BYTES = 1 << 16
LEAVING_METHOD = "$/askdocs/leaving"
"""The notification that the daemon sends before it leaves; the pipe keeps it from the editor."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who attaches. A daemon of another version is joined only with `joins`, and asked to leave
    with `replaces`. `root` and `overrides` come from the command line."""

    kind: Kind
    version: str = __version__
    root: str | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    joins: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The daemon's answer; `about` says more to `status`."""

    verdict: Verdict
    version: str
    pid: int
    about: Mapping[str, Any] = field(default_factory=dict)


def to_line(message: Hello | Reply) -> bytes:
    """Return the line of a message."""
    return json.dumps(asdict(message)).encode() + b"\n"


def hello_of(line: bytes) -> Hello:
    """Read a Hello. Raises HandshakeError; fields of later versions are ignored."""
    row = _object(line)
    root, overrides = row.get("root"), row.get("overrides", {})
    good = (
        row.get("kind") in get_args(Kind)
        and isinstance(row.get("version"), str)
        and (root is None or isinstance(root, str))
        and isinstance(overrides, dict)
        and all(isinstance(value, str) for value in overrides.values())
    )
    if not good:
        raise HandshakeError("the first line is not a greeting from askdocs")
    joins, replaces = row.get("joins") is True, row.get("replaces") is True
    return Hello(row["kind"], row["version"], root, overrides, joins, replaces)


def reply_of(line: bytes) -> Reply:
    """Read a Reply. Raises HandshakeError."""
    row = _object(line)
    if row.get("verdict") not in get_args(Verdict) or not isinstance(row.get("pid"), int):
        raise HandshakeError("what listens on the daemon's socket is not askdocs")
    about = row.get("about")
    return Reply(
        row["verdict"],
        str(row.get("version", "")),
        row["pid"],
        about if isinstance(about, dict) else {},
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise HandshakeError(f"the first line is not JSON ({error})") from None
    if not isinstance(row, dict):
        raise HandshakeError("the first line is not a JSON object")
    return row

"""The loop of a session: a process that keeps a program's index open and answers over its pipes.

It runs in the environment of that program and so imports nothing of ours. One JSON object a line:
in comes {"query", "limit"}, out goes {"hits": [{"path", "start_line", "end_line", "text"}]} with
paths relative to the root and 1-based, inclusive lines. The first line out says that it is ready.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

Search = Callable[[str, int], list[dict[str, Any]]]


def serve(search: Search) -> None:
    """Answer queries until the input ends."""
    # What the program prints meanwhile is no reply.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=replies, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        hits = search(request["query"], request["limit"])
        print(json.dumps({"hits": hits}), file=replies, flush=True)

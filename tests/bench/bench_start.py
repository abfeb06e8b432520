"""How soon an editor is answered: from the start of `askdocs lsp` to the reply to `initialize`.

    python -m tests.bench.bench_start [--rounds 20]

The floor is a bare Python process that starts and echoes the same message over its pipes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_sync import percentiles
from tests.e2e.daemon_support import User, a_user
from tests.e2e.lsp_support import ASKDOCS

BODY = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"processId": None, "rootUri": None, "capabilities": {}},
    }
).encode()
MESSAGE = b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
ECHO = [sys.executable, "-c", "import os; os.write(1, os.read(0, 65536))"]


def answered(command: Sequence[str], user: User) -> float:
    """Return the seconds from a process's start to the first bytes that it says."""
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        env=user.environment,
        cwd=user.top,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(MESSAGE)
        process.stdin.flush()
        assert process.stdout.read1()
        taken = time.perf_counter() - started
        process.stdin.close()
        process.wait(30)
    return taken


def main() -> None:
    """Print the times of all three, and their ratios to the floor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    floors, warm, cold, alone = [], [], [], []
    with TemporaryDirectory() as top, a_user(Path(top)) as user:
        answered([ASKDOCS, "lsp"], user)  # Everything is in the disk's cache from now on.
        for _ in range(rounds):
            floors.append(answered(ECHO, user))
            warm.append(answered([ASKDOCS, "lsp"], user))
        for _ in range(max(3, rounds // 4)):
            user.run("stop")
            cold.append(answered([ASKDOCS, "lsp"], user))
            alone.append(answered([ASKDOCS, "lsp", "--standalone"], user))
    print(f"floor, a Python process that echoes: {percentiles(floors)}")
    for name, budget, taken in (
        ("with a daemon", 0.15, warm),
        ("starting the daemon", 1.0, cold),
        ("--standalone", 1.0, alone),
    ):
        ratio = sorted(taken)[len(taken) // 2] / sorted(floors)[len(floors) // 2]
        print(f"{name}: {percentiles(taken)}, {ratio:.1f} floors (budget {1000 * budget:.0f} ms)")


if __name__ == "__main__":
    main()

"""How soon an editor is answered, and what cold commands take.

    python -m tests.bench.bench_start [--rounds 20]

An editor waits from the start of `askdocs lsp` to the reply to `initialize`; its floor is a bare
Python process that starts and echoes the same message over its pipes. A command's floor is a Python
that does nothing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measurement import Measurement, at_most, percentile, run
from tests.bench.processes import median_of, run_command, tree_cpu
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


def answers(user: User, rounds: int) -> Iterator[Measurement]:
    """Yield how soon `initialize` is answered, beside the floor."""
    floors, warm, cold, alone = [], [], [], []
    answered([ASKDOCS, "lsp"], user)  # Everything is in the disk's cache from now on.
    for _ in range(rounds):
        floors.append(answered(ECHO, user))
        warm.append(answered([ASKDOCS, "lsp"], user))
    for _ in range(max(3, rounds // 4)):
        user.run("stop")
        cold.append(answered([ASKDOCS, "lsp"], user))
        alone.append(answered([ASKDOCS, "lsp", "--standalone"], user))
    user.run("stop")
    floor = 1000 * statistics.median(floors)
    for name, budget, taken in (
        ("with a daemon", 100, warm),
        ("starting the daemon", 500, cold),
        ("--standalone", 500, alone),
    ):
        what, middle = f"initialize answered, {name}", 1000 * statistics.median(taken)
        yield Measurement(f"{what}, median", middle, "ms", floor=floor, budget=at_most(budget))
        yield Measurement(f"{what}, 95 %", 1000 * percentile(taken, 0.95), "ms", floor=floor)


def commands(user: User, rounds: int) -> Iterator[Measurement]:
    """Yield what cold commands take on a small index, and a daemon until it searches by meaning."""
    project = user.project()
    bare = [sys.executable, "-c", ""]
    floor = median_of([run_command(bare, user.environment, project).usage for _ in range(rounds)])
    user.run("index", "--root", str(project))
    place = f"{project / 'app.py'}:3:10"
    for name, budget, words in (
        ("search", 2.2, ["search", "--root", str(project), "How is the rain gauge emptied?"]),
        ("hover", 0.8, ["hover", "--root", str(project), place]),
    ):
        command = [ASKDOCS, *words]
        usage = median_of(
            [run_command(command, user.environment, project).usage for _ in range(rounds)]
        )
        yield Measurement(
            f"askdocs {name}, cold, small index",
            *(usage.cpu, "CPU s", usage.wall, floor.cpu),
            budget=at_most(budget),
        )
    started = time.perf_counter()
    user.run("search", "--daemon", "--root", str(project), "How is the rain gauge emptied?")
    wall = time.perf_counter() - started
    what = "daemon from its start to its first search"
    yield Measurement(what, tree_cpu(user.pid), "CPU s", wall, budget=at_most(1.5))


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Measure both."""
    with TemporaryDirectory() as top, a_user(Path(top)) as user:
        yield from answers(user, options.rounds)
        yield from commands(user, max(3, options.rounds // 4))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=20)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, add_arguments))

"""The real command as users run it: real Milvus Lite, real MiniLM, no model for answers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.openai_server import FakeServer

pytestmark = pytest.mark.timeout(600)

ASKDOCS = str(Path(sys.executable).with_name("askdocs"))
LIMIT_SECONDS = 240

GUIDE = """\
# Guide

Everything about the weather station.

## Calibrating the barometer

Turn the brass screw until the needle agrees with the reference pressure of the harbour.

## Changing the battery

Open the lid, take out the old cell and put in a new one. The clock keeps running for a minute.

## Sending reports

Reports are sent each hour by radio. The antenna must point south.
"""

REFERENCE = """\
Reference
=========

.. module:: station

.. function:: calibrate(pressure)

   Set the reference pressure of the barometer, in hectopascal.

.. function:: transmit(report)

   Send one report by radio.
"""

SOURCE = "import station\n\n\ndef main() -> None:\n    '😀'; station.calibrate(1013)\n    x = 3\n"


class Machine:
    """Folders of its own, and the command in them."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_RUNTIME_DIR": str(folder),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [ASKDOCS, *arguments, "--root", str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            text=True,
        )

    def run(self, *arguments: str, rows: list[Any] | None = None, code: int = 0) -> tuple[str, str]:
        """Run to the end and return (stdout, stderr)."""
        given = "".join(f"{json.dumps(row)}\n" for row in rows or [])
        with self.start(*arguments) as process:
            out, err = process.communicate(given, timeout=LIMIT_SECONDS)
        assert process.returncode == code, err
        assert "Traceback" not in err
        return out, err

    def data(self, *arguments: str) -> dict[str, Any]:
        """Run with `--json` and return the last line's object."""
        out, _ = self.run(*arguments, "--json")
        found = json.loads(out.splitlines()[-1])
        assert isinstance(found, dict)
        return found

    def batch(self, command: str, rows: list[Any], code: int = 0) -> list[dict[str, Any]]:
        out, _ = self.run(command, "--batch", "-", rows=rows, code=code)
        return [json.loads(line) for line in out.splitlines()]


def make_project(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs" / "guide.md").write_text(GUIDE)
    (root / "docs" / "reference.rst").write_text(REFERENCE)
    (root / "docs" / "picture.md").write_bytes(b"\x89PNG\x00\x01\x02")
    (root / "app.py").write_text(SOURCE)
    (root / "askdocs.toml").write_text("[docs]\ndocstrings = false\n")


@pytest.fixture
def fresh(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    make_project(machine.root)
    return machine


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A project whose index is in step. Tests leave its documents alone."""
    machine = Machine(tmp_path_factory.mktemp("indexed"))
    make_project(machine.root)
    machine.run("index")
    return machine


@pytest.fixture
def holding(indexed: Machine) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the index and waits for the next question."""
    process = indexed.start("search", "--batch", "-")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write('{"query": "barometer"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["hits"]
    with process:
        yield process
        process.stdin.close()
        assert process.wait(LIMIT_SECONDS) in (0, 130)


def counts(report: Mapping[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in ("files", "embedded", "reused", "moved", "deleted")}


def test_only_what_changed_is_embedded(fresh: Machine) -> None:
    first = fresh.data("index")
    assert first["files"] == 2
    assert first["embedded"] == first["chunks"] >= 5
    assert [one["path"] for one in first["skipped"]] == ["docs/picture.md"]

    again = fresh.data("index")
    assert counts(again) == {"files": 2, "embedded": 0, "reused": 0, "moved": 0, "deleted": 0}
    assert again["chunks"] == first["chunks"]

    guide = fresh.root / "docs" / "guide.md"
    guide.write_text(GUIDE.replace("The antenna must point south.", "It costs nothing."))
    edited = fresh.data("index")
    assert counts(edited) == {"files": 2, "embedded": 1, "reused": 0, "moved": 0, "deleted": 1}

    guide.unlink()
    left = fresh.data("index")
    assert left["files"] == 1
    assert left["deleted"] == first["chunks"] - left["chunks"]


def test_a_dry_run_says_what_a_run_then_does(fresh: Machine) -> None:
    plan = fresh.data("index", "--dry-run")
    assert not (fresh.root.parent / "cache" / "askdocs" / "indexes").exists()
    out, err = fresh.run("index", "--json", "--progress")
    done = json.loads(out.splitlines()[-1])
    assert [plan[name] for name in ("files", "chunks", "embedded", "reused")] == [
        done[name] for name in ("files", "chunks", "embedded", "reused")
    ]
    assert plan["speed"] > 0
    assert [row["path"] for row in plan["left_out"]] == ["docs/picture.md", "app.py"]
    events = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    last = {event["phase"]: (event["done"], event["total"]) for event in events}
    assert last == {"reading": (3, 3), "embedding": (done["chunks"], done["chunks"])}
    again = fresh.data("index", "--dry-run")
    assert (again["read"], again["embedded"], again["speed"]) == (0, 0, None)


def test_what_is_indexed_is_listed(indexed: Machine) -> None:
    listed = indexed.data("index", "--list")
    assert [(file["path"], file["kind"], file["behind"]) for file in listed["files"]] == [
        ("docs/guide.md", "page", None),
        ("docs/reference.rst", "page", None),
    ]
    assert all(file["chunks"] for file in listed["files"])
    reasons = {row["path"]: row["reason"] for row in listed["left_out"]}
    assert reasons["app.py"] == "docs.docstrings is false"
    assert reasons["docs/picture.md"].startswith("binary file")


def test_index_for_people(indexed: Machine) -> None:
    out, err = indexed.run("index")
    assert out.startswith("2 files with ")
    assert "skipped docs/picture.md: " in err


def test_search(indexed: Machine) -> None:
    question = "How do I calibrate the barometer?"
    hits = indexed.data("search", question, "--limit", "2")["hits"]
    assert len(hits) == 2
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    lines = GUIDE.splitlines()
    best = next(hit for hit in hits if hit["path"] == "docs/guide.md")
    assert best["title"] == "Calibrating the barometer"
    assert any("brass screw" in one for one in lines[best["start_line"] - 1 : best["end_line"]])

    answers = indexed.batch("search", [{"query": question}, {"query": "battery"}])
    assert answers[0]["hits"][:2] == hits
    assert answers[1]["hits"][0]["title"] == "Changing the battery"


def test_titles_have_their_breadcrumb(indexed: Machine) -> None:
    out, _ = indexed.run("search", "How do I change the battery?", "--limit", "1")
    assert "Guide > Changing the battery" in out
    out, _ = indexed.run("ask", "How do I change the battery?", "--no-model")
    assert "Guide > Changing the battery" in out.partition("\n[1] ")[2]


def test_hover(indexed: Machine) -> None:
    source = indexed.root / "app.py"
    column = SOURCE.splitlines()[4].index("calibrate") + 1
    out, _ = indexed.run("hover", f"{source}:5:{column}")
    assert out.startswith("```python\n")
    assert "hectopascal" in out
    assert out.rstrip().endswith("docs/reference.rst:6")

    # In LSP's count the face is two units wide.
    rows = [
        {"file": str(source), "line": 4, "character": column},
        {"file": "app.py", "line": 5, "character": 8},
        {"file": str(source), "line": 99, "character": 0},
        {"file": "none.py", "line": 0, "character": 0},
        {"file": "app.py"},
        "text",
    ]
    answers = indexed.batch("hover", rows, code=1)
    best = answers[0]["hits"][0]
    assert (best["path"], best["start_line"]) == ("docs/reference.rst", 6)
    assert [one["hits"] for one in answers[1:]] == [[]] * 5
    assert "error" not in answers[1] | answers[2]
    for answer, words in zip(answers[3:], ["cannot be read", '"line"', "object"], strict=True):
        assert words in answer["error"]


def test_a_terminal_shows_docstrings_where_definitions_are_told(fresh: Machine) -> None:
    (fresh.root / "askdocs.toml").unlink()
    (fresh.root / "mast.py").write_text('def dip():\n    """Lower a flag halfway."""\n')
    (fresh.root / "use.py").write_text("from elsewhere import mast\n\nmast.dip()\n")
    definition = {"file": "mast.py", "line": 0, "character": 4}
    row = {"file": "use.py", "line": 2, "character": 6, "definitions": [definition]}
    (answer,) = fresh.batch("hover", [row])
    assert [hit["path"] for hit in answer["hits"]] == ["mast.py"]


def test_ask_without_a_model(indexed: Machine) -> None:
    question = "Where must the antenna point?"
    out, err = indexed.run("ask", question, "--set", "llm.mode=off")
    assert "antenna must point south" in out
    assert "\n[1] docs/guide.md:" in out
    assert "model" not in err

    rows = [{"question": question}, {"question": 3}]
    out, _ = indexed.run("ask", "--no-model", "--batch", "-", rows=rows, code=1)
    good, bad = (json.loads(line) for line in out.splitlines())
    assert "antenna must point south" in good["answer"]
    assert (good["model"], good["abstained"]) == (None, False)
    assert good["citations"][0]["path"] == "docs/guide.md"
    assert good["timings"]["total_ms"] >= good["timings"]["retrieve_ms"] > 0
    assert (bad["answer"], bad["citations"]) == ("", [])
    assert '"question"' in bad["error"]


def test_ask_says_why_there_is_no_model(indexed: Machine) -> None:
    endpoint = "http://127.0.0.1:9/v1"  # Nothing listens there.
    question = "How is a report sent?"
    out, err = indexed.run("ask", question, "--json", "--set", f"llm.endpoint={endpoint}")
    answer = json.loads(out.splitlines()[-1])
    assert answer["model"] is None
    assert answer["citations"]
    assert "Answering with passages" in err
    out, err = indexed.run("ask", question, "--set", f"llm.endpoint={endpoint}")
    assert "Reports are sent each hour by radio." in out
    assert "This is what the passages say" in err


class Model(FakeServer):
    """Answers once it is told to."""

    def __init__(self) -> None:
        super().__init__(pieces=("Reports are sent each hour by radio. [1]",))
        self.may_answer = threading.Event()

    async def chat(self, *args: Any) -> None:
        await asyncio.to_thread(self.may_answer.wait, LIMIT_SECONDS)
        await super().chat(*args)


def test_the_quotes_are_shown_while_the_model_is_slow(indexed: Machine) -> None:
    with in_background(model := Model()) as port:
        endpoint = f"llm.endpoint=http://127.0.0.1:{port}"
        asking = indexed.start("ask", "How often is a report sent?", "--set", endpoint)
        with asking:
            assert asking.stdout
            try:
                quotes = ""
                while "by radio. The antenna must point south." not in quotes:
                    character = asking.stdout.read(1)
                    assert character, "it ended without a quote"
                    quotes += character
                assert asking.stderr
                while "its text follows" not in (line := asking.stderr.readline()):
                    assert line, "nothing says that the model is awaited"
            finally:
                model.may_answer.set()
            rest = asking.stdout.read()
        assert asking.returncode == 0
    assert rest.startswith("\n\nThe model's answer, instead of these quotes:\n\n")
    assert "Reports are sent each hour by radio. [1]" in rest
    assert "\n[1] docs/guide.md:" in rest


@contextmanager
def in_background(server: FakeServer) -> Iterator[int]:
    """Serve from a thread; yields the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        starting = asyncio.start_server(server.handle, "127.0.0.1", 0)
        listening = asyncio.run_coroutine_threadsafe(starting, loop).result(LIMIT_SECONDS)
        yield listening.sockets[0].getsockname()[1]
        listening.close()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LIMIT_SECONDS)
        loop.close()


def test_status(indexed: Machine, fresh: Machine) -> None:
    status = indexed.data("status")
    assert (status["state"], status["files"]) == ("ready", 2)
    assert [one["path"] for one in status["skipped"]] == ["docs/picture.md"]
    assert Path(status["database"]).exists()
    absent = fresh.data("status")
    assert (absent["state"], absent["chunks"]) == ("absent", 0)
    assert not Path(absent["database"]).parent.exists()


def test_a_watched_status_follows_what_happens(fresh: Machine) -> None:
    with fresh.start("status", "--watch", "--json") as watching:
        assert watching.stdout
        assert json.loads(watching.stdout.readline())["state"] == "absent"
        fresh.run("index")
        states = []
        while "ready" not in states:
            states.append(json.loads(watching.stdout.readline())["state"])
        watching.send_signal(signal.SIGINT)
        assert watching.stdout.read() == ""
        assert watching.wait(LIMIT_SECONDS) == 0


def test_a_second_command_waits_for_the_first(
    indexed: Machine, holding: subprocess.Popen[str]
) -> None:
    status = indexed.data("status")
    assert status["state"] == "in use"
    assert f"process {holding.pid}" in status["detail"]
    checks = {one["name"]: one for one in indexed.data("doctor")["checks"]}
    assert f"process {holding.pid}" in checks["index"]["detail"]

    with indexed.start("index", "--json") as second:
        assert second.stderr is not None
        assert f"waiting: Another askdocs (process {holding.pid})" in second.stderr.readline()
        holding.send_signal(signal.SIGINT)
        assert holding.wait(LIMIT_SECONDS) == 130
        out, _ = second.communicate(timeout=LIMIT_SECONDS)
    assert second.returncode == 0
    assert json.loads(out)["files"] == 2


def test_an_end_while_the_model_loads(indexed: Machine) -> None:
    """Python would wait for the thread that imports torch; the user would not."""
    lock = Path(indexed.data("status")["database"]).with_suffix(".lock")
    process = indexed.start("search", "battery")
    until = time.monotonic() + LIMIT_SECONDS
    while lock.read_text() != str(process.pid):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=LIMIT_SECONDS)
    assert (process.returncode, out) == (130, "")
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert indexed.data("status")["state"] == "ready"


def test_a_bad_setting_warns_and_the_work_goes_on(indexed: Machine) -> None:
    path = indexed.root / "askdocs.toml"
    good = path.read_text()
    path.write_text(f"{good}maxFileBytes = 'big'\n[llm]\nendpoint = 'http://x'\n")
    try:
        _, err = indexed.run("status")
        checks = indexed.data("doctor")["checks"]
    finally:
        path.write_text(good)
    assert err.count("warning: ") == 2
    assert "docs.maxFileBytes must be a whole number" in err
    assert "llm.endpoint is ignored" in err
    warned = [one["detail"] for one in checks if one["name"] == "settings"]
    assert len(warned) == 2

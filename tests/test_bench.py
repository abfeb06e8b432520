"""The benchmarks' own logic: what a row says, what fails, and what becomes of a broken peer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.bench import bench_peers, run_all
from tests.bench.bench_peers import rows
from tests.bench.measurement import (
    Measurement,
    PeerFigure,
    at_least,
    at_most,
    dumped,
    parsed,
    run,
    table,
)
from tests.bench.peers.corpora import Corpus, Question, Span, load_corpus, score
from tests.bench.peers.floors import Bm25
from tests.bench.peers.measuring import Figures, measure_tool
from tests.bench.peers.tools import Tool, memsearch
from tests.bench.processes import CommandError, Usage, run_command
from tests.bench.run_all import Benchmark, outcome_of, report

MET = Measurement("bulk", 40.0, "chunks/CPU s", 60.0, 20.0, ratio_budget=at_least(1.5))
MISSED = Measurement("bulk", 20.0, "chunks/CPU s", 60.0, 20.0, ratio_budget=at_least(1.5))
SLOW = Measurement("search", 3.0, "CPU s", budget=at_most(2.2))
FLOORLESS = Measurement("bulk", 40.0, ratio_budget=at_least(1.5))


@pytest.mark.parametrize(
    ("measurement", "code"), [(MET, 0), (MISSED, 1), (SLOW, 0), (FLOORLESS, 1)]
)
def test_a_missed_ratio_fails_the_benchmark(measurement: Measurement, code: int) -> None:
    def measure(_: argparse.Namespace) -> Iterator[Measurement]:
        yield measurement

    assert run("Doc", measure, arguments=[]) == code


def test_the_table_has_all_columns_and_marks_what_is_missed() -> None:
    peers = (PeerFigure("memsearch", 61.04, wall=33.2), PeerFigure("VectorCode", problem="failed"))
    beside = Measurement("a | b", 0.1234, "CPU ms", 1.5, peers=peers)
    assert table([MET, MISSED, SLOW, beside]).splitlines() == [
        "| what | budget | measured | wall | floor | peers | ratio |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| bulk | ratio ≥ 1.50 | 40.0 chunks/CPU s | 60.0 chunks/s | 20.0 |  | 2.00 |",
        "| bulk | ratio ≥ 1.50 | 20.0 chunks/CPU s | 60.0 chunks/s | 20.0 |  | **1.00, missed** |",
        "| search | ≤ 2.20 CPU s | 3.00 CPU s (over) |  |  |  |  |",
        "| a \\| b |  | 0.123 CPU ms | 1.50 ms |  | memsearch 61.0 (33.2); VectorCode failed |  |",
    ]


def test_figures_survive_being_written(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    measured = [MET, SLOW, Measurement("broken", peers=(PeerFigure("x", problem="failed"),))]
    assert parsed(dumped(measured)) == measured
    run("Doc", lambda _: iter(measured), arguments=["--json", str(file)])
    assert parsed(file.read_text("utf-8")) == measured


def test_times_of_grandchildren_count(tmp_path: Path) -> None:
    busy = "sum(range(10_000_000))"
    command = [
        sys.executable,
        "-c",
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])",
    ]
    alone = run_command([sys.executable, "-c", busy], {}, tmp_path).usage
    assert run_command(command, {}, tmp_path).usage.cpu > 0.8 * alone.cpu > 0.05
    assert alone.memory > 1


def test_a_failed_command_tells_its_own_error(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise ValueError('no grammar for rst')"]
    with pytest.raises(CommandError, match="ValueError: no grammar for rst"):
        run_command(command, {}, tmp_path)
    with pytest.raises(CommandError, match="took longer"):
        run_command([sys.executable, "-c", "import time; time.sleep(60)"], {}, tmp_path, seconds=0)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.md", "b.md", "c.rst"):
        (folder / name).write_text(f"# {name}\n\nText.\n")
    (folder / "data.json").write_text("{}")
    questions = tmp_path / "questions.jsonl"
    relevant = [{"path": "c.rst", "start_line": 2, "end_line": 3}]
    questions.write_text(json.dumps({"question": "What?", "relevant": relevant}) + "\n")
    return load_corpus(folder, questions, 2)


def test_a_part_of_a_corpus_has_the_pages_that_answer(corpus: Corpus, tmp_path: Path) -> None:
    assert len(corpus.pages) == 2
    assert "c.rst" in corpus.pages
    corpus.lay_out(tmp_path / "laid", ".md")
    assert (tmp_path / "laid" / "c.rst.md").is_file()
    (tmp_path / "none.jsonl").write_text(json.dumps({"question": "?", "relevant": []}))
    with pytest.raises(ValueError, match="answers a question"):
        load_corpus(corpus.folder, tmp_path / "none.jsonl")


def test_hits_answer_where_they_share_a_line() -> None:
    question = Question("?", (Span("a.md", 5, 8),))
    before, other = Span("a.md", 1, 4), Span("b.md", 5, 8)
    last_line = Span("a.md", 8, 20)
    assert question.rank([before, other, last_line]) == 3
    assert question.rank([before, other]) == 0
    figures = score([question, question], [[last_line], [other, last_line]])
    assert (figures.recall_1, figures.recall_5, figures.mrr) == (0.5, 1.0, 0.75)
    assert figures.lines == (13 + 4) / 2
    assert score([question], [[]]).recall_5 == 0


def test_rare_words_weigh_more() -> None:
    scores = Bm25(["the pump and the tank", "the pump", "the kestrel and the tank"])
    assert scores("the kestrel").argmax() == 2
    assert scores("the pump").argmax() == 1
    assert not scores("unknown").any()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def tool(index: str, session: str = "no_such_session") -> Tool:
    """A program whose indexing is some Python code."""
    return Tool(
        "peer",
        Path(sys.executable),
        session,
        index=lambda workspace: python(index),
        search=lambda workspace, query: python(""),
    )


def test_a_broken_peer_is_a_row_that_says_so(corpus: Corpus, tmp_path: Path) -> None:
    broken = measure_tool(tool("raise OSError('no server')"), corpus, tmp_path / "1", tmp_path)
    no_session = measure_tool(tool(""), corpus, tmp_path / "2", tmp_path)
    assert broken.problem == "OSError: no server"
    assert not broken.usages
    assert {"index", "again", "edit", "cold"} == no_session.usages.keys()
    assert "no_such_session" in no_session.problem

    own = Figures({"index": Usage(1.0, 2.0, 3.0)}, score(corpus.questions, [[]]))
    way = {"cpu": 1.0, "hits": [[]]}
    floor = {"chunks": 9, "encode": {"cpu": 1.0}, "dense": way, "words": way}
    peers = {"Broken": broken, "Silent": no_session}
    measured = [*rows(corpus, own, peers, floor, Usage(1.0, 1.0))]
    text = table(measured)
    assert "| corpus: Broken |  | failed: OSError: no server |" in text
    assert "Broken failed; Silent failed" in text
    index = measured[0]
    assert index.peers[0].measured is None
    assert index.peers[1].measured is not None


GREP = """
import sys
from pathlib import Path

sys.path.insert(0, {folder!r})
from session import serve

root = Path(sys.argv[1])


def search(query, limit):
    print("what a program prints is no reply")
    hits = []
    for file in sorted(root.rglob("*.txt")):
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if set(query.strip("?").split()) & set(line.split()):
                path = str(file.relative_to(root))
                lines = {{"start_line": number, "end_line": number}}
                hits.append({{"path": path, "text": line, **lines}})
    return hits[:limit]


serve(search)
"""


def test_a_program_is_measured_through_its_session(corpus: Corpus, tmp_path: Path) -> None:
    session = tmp_path / "grep.py"
    session.write_text(GREP.format(folder=str(Path(bench_peers.__file__).parent / "peers")))
    program = replace(tool("", str(session.with_suffix(""))), suffix=".txt")
    asked = replace(corpus, questions=(Question("Text.", (Span("c.rst", 3, 3),)),) * 4)
    figures = measure_tool(program, asked, tmp_path / "1", tmp_path)
    assert not figures.problem
    assert figures.retrieval is not None
    assert figures.retrieval.recall_5 == 1
    assert figures.usages.keys() == {"index", "again", "edit", "cold", "warm", "save"}
    assert 0 < figures.usages["save"].wall < 30


def test_a_server_that_does_not_start_is_the_problem(corpus: Corpus, tmp_path: Path) -> None:
    program = replace(tool(""), server=lambda workspace: python("raise OSError('no disk')"))
    figures = measure_tool(program, corpus, tmp_path / "1", tmp_path)
    assert figures.problem == "OSError: no disk"


def test_a_peer_that_is_not_installed_says_why(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.peers.tools.ENVIRONMENTS", tmp_path)
    (tmp_path / "memsearch.log").write_text("× No solution found when resolving dependencies\n")
    figures = measure_tool(memsearch(), corpus, tmp_path / "1", tmp_path)
    assert figures.problem == "not installed: × No solution found when resolving dependencies"


def test_a_benchmark_that_breaks_fails_the_run(tmp_path: Path) -> None:
    outcome = outcome_of(Benchmark("of_nothing"))
    assert outcome.has_failed
    assert "| of_nothing |  | failed: " in "".join(report([outcome]))
    assert "No module named tests.bench.bench_of_nothing" in outcome.problem
    with pytest.raises(SystemExit):
        run_all.main(["--out", str(tmp_path / "bench.md"), "--only", "nothing"])

"""Generated questions of sections: as durable as vectors, and votes for their sections."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Harness, until

from askdocs_indexer.embedding import hash_cache
from askdocs_indexer.paths import index_folder
from askdocs_indexer.questions import questions as questions_module
from askdocs_indexer.questions.vectors import QuestionVectors
from askdocs_indexer.types import QuestionCounts, UnaskedSection
from askdocs_server.cli.main import run

HEDGING = "Hedging sends a copy after a delay and takes whichever reply arrives first. " * 2
LIMITS = "A limiter counts calls per minute and lets those beyond wait for their turn. " * 2
PAGE = f"# Guide\n\n## Hedging\n\n{HEDGING}\n\n## Limits\n\n{LIMITS}\n"
ASKED = "start another attempt when something is slow"


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    harness = Harness(tmp_path / "root")
    harness.write("guide.md", PAGE)
    harness.index.open()
    harness.index.sync()
    yield harness
    harness.index.close()


def unasked(harness: Harness, limit: int = 100) -> dict[str, UnaskedSection]:
    """The sections without questions by their titles."""
    return {section.heading_path[-1]: section for section in harness.index.unasked(limit)}


def answer(harness: Harness, title: str, *questions: str) -> None:
    harness.index.put_questions(unasked(harness)[title], questions)


def counts(harness: Harness) -> tuple[int, int]:
    counted = harness.index.status().questions
    return counted.sections, counted.written


def best(harness: Harness) -> str:
    return harness.index.search(ASKED, 5)[0].chunk.title


def test_a_question_votes_for_its_section(harness: Harness) -> None:
    before = {hit.chunk.title: hit.score for hit in harness.index.search(ASKED, 5)}
    answer(harness, "Limits", "how many calls are too many", ASKED)
    hits = harness.index.search(ASKED, 5)
    assert hits[0].chunk.title == "Limits"
    assert hits[0].score > before["Limits"]
    others = [title for title in before if title != "Limits"]
    assert [hit.chunk.title for hit in hits[1:]] == others
    assert harness.index.passages(ASKED, 5).hits[0].chunk.title == "Limits"


def test_a_section_that_only_its_question_is_near_to_is_found(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("askdocs_indexer.retrieval.searcher._DEPTH", 2)
    words = " ".join(ASKED.split()[:3])
    for number in range(40):  # More than are read for two hits, with those that tie.
        harness.write(f"near{number}.md", f"# Near {number}\n\n{words} {number}.\n")
    harness.index.sync()
    assert "Hedging" not in {hit.chunk.title for hit in harness.index.search(ASKED, 2)}
    answer(harness, "Hedging", ASKED)
    assert best(harness) == "Hedging"


def test_pages_come_first_and_only_what_says_something(harness: Harness) -> None:
    harness.write("a.py", f'"""{HEDGING}"""\n\ndef call():\n    """{LIMITS}"""\n')
    harness.write("short.md", "# Short\n\nSee the guide.\n")
    harness.write("CHANGELOG.md", f"# Changelog\n\n## 1.0\n\n{HEDGING} Changed.\n")
    harness.index.sync()
    sections = harness.index.unasked(100)
    assert [section.path for section in sections] == ["guide.md", "guide.md", "a.py", "a.py"]
    assert sections[0].text.split() == HEDGING.split()
    assert len(harness.index.unasked(1)) == 1
    assert counts(harness) == (4, 0)


def test_only_changed_sections_cost_again(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    answer(harness, "Limits")
    assert unasked(harness) == {}
    harness.write("guide.md", PAGE.replace("per minute", "per hour"))
    harness.index.sync()
    assert list(unasked(harness)) == ["Limits"]
    assert best(harness) == "Hedging"
    harness.write("guide.md", PAGE)  # As a branch switch brings it back.
    harness.index.sync()
    assert unasked(harness) == {}
    (harness.root / "guide.md").rename(harness.root / "renamed.md")
    harness.index.sync()
    assert unasked(harness) == {}
    assert harness.index.search(ASKED, 1)[0].chunk.path == "renamed.md"


def test_a_section_that_is_gone_has_no_votes(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    harness.write("guide.md", f"# Guide\n\n## Limits\n\n{LIMITS}\n")
    harness.index.sync()
    assert best(harness) == "Limits"
    assert counts(harness) == (1, 0)


def test_copies_of_a_section_share_their_questions(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    (harness.root / "guide.md").rename(harness.root / "b.md")
    harness.write("a.md", PAGE)
    harness.index.sync()
    assert counts(harness) == (2, 1)


def test_they_survive_reopening_and_a_lost_cache_of_vectors(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    embedded = len(harness.embedder.embedded)
    harness.reopen()
    harness.index.sync()
    assert best(harness) == "Hedging"
    assert len(harness.embedder.embedded) == embedded
    harness.index.close()
    (index_folder(harness.root.resolve()) / "vectors.sqlite").unlink()
    harness.reopen()
    harness.index.sync()
    section = unasked(harness, 1)["Hedging"]
    assert section.questions == (ASKED,)
    harness.index.put_questions(section, section.questions)
    assert best(harness) == "Hedging"


def test_another_embedding_model_embeds_the_same_questions(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    harness.embedder = FakeEmbedder(dimension=32)
    harness.embedder.model = harness.embedder.identity = "another"
    harness.reopen()
    harness.index.sync()
    section = unasked(harness)["Hedging"]
    assert section.questions == (ASKED,)
    harness.index.put_questions(section, section.questions)
    assert harness.embedder.embedded[-1] == ASKED
    assert best(harness) == "Hedging"


@pytest.mark.parametrize("crash", ["before the vectors", "before the questions"])
def test_what_a_crash_leaves_out_is_written_again(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    def die(*_: object) -> None:
        raise MemoryError

    section = unasked(harness)["Hedging"]
    owner = "vector_cache.VectorCache" if crash == "before the vectors" else "hash_cache.HashCache"
    with monkeypatch.context() as patched:
        patched.setattr(f"askdocs_indexer.embedding.{owner}.put", die)
        with pytest.raises(MemoryError):
            harness.index.put_questions(section, [ASKED])
    harness.reopen()
    harness.index.sync()
    assert unasked(harness)["Hedging"] == section
    answer(harness, "Hedging", ASKED)
    assert best(harness) == "Hedging"


def test_another_prompt_writes_them_again(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(harness, "Hedging", ASKED)
    harness.index.close()
    before = questions_module.VERSION
    monkeypatch.setattr(questions_module, "VERSION", f"{before} and another")
    harness.reopen()
    harness.index.sync()
    assert unasked(harness)["Hedging"].questions is None


def test_a_damaged_file_is_made_anew(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    harness.index.close()
    file = index_folder(harness.root.resolve()) / "questions.sqlite"
    file.write_bytes(b"garbage" * 1000)
    harness.reopen()
    harness.index.sync()
    answer(harness, "Hedging", ASKED)
    assert best(harness) == "Hedging"


def test_they_can_be_forgotten(harness: Harness) -> None:
    before = best(harness)
    answer(harness, "Limits" if before == "Hedging" else "Hedging", ASKED)
    assert best(harness) != before
    harness.reopen()  # As a command finds it, before anything is read.
    assert harness.index.forget_questions() == 1
    harness.index.sync()
    assert best(harness) == before
    assert harness.index.forget_questions() == 0


def test_a_command_forgets_them(harness: Harness, capfd: pytest.CaptureFixture[str]) -> None:
    answer(harness, "Hedging", ASKED)
    harness.index.close()
    arguments = ["index", "--forget-questions", "--root", str(harness.root)]
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"forgotten": 1}
    assert run(arguments) == 0
    assert "The questions of 0 sections are deleted." in capfd.readouterr().out
    harness.reopen()
    harness.index.sync()
    assert counts(harness) == (0, 0)


def test_questions_that_nobody_needs_are_dropped_in_the_end(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = hash_cache._today()
    answer(harness, "Hedging", ASKED)
    answer(harness, "Limits", "how many calls are too many")
    harness.write("guide.md", f"# Guide\n\n## Limits\n\n{LIMITS}\n")
    for later in (60, 120):
        monkeypatch.setattr(hash_cache, "_today", lambda later=later: day + later)
        harness.reopen()
        harness.index.sync()
    harness.index.close()
    file = index_folder(harness.root.resolve()) / "questions.sqlite"
    with sqlite3.connect(file) as rows:
        assert rows.execute("SELECT COUNT(*) FROM questions").fetchone() == (1,)
    rows.close()
    harness.reopen()


def test_nothing_is_asked_while_documents_are_read_or_the_index_is_closed(
    harness: Harness,
) -> None:
    section = unasked(harness)["Hedging"]
    harness.index.touch(harness.root / "guide.md")
    assert harness.index.unasked(100) == []
    harness.index.close()
    assert harness.index.unasked(100) == []
    harness.index.put_questions(section, [ASKED])
    assert harness.index.status().questions == QuestionCounts()
    harness.reopen()


def test_a_section_that_changes_meanwhile_is_left_out(harness: Harness) -> None:
    assert len(unasked(harness)) == 2
    index = harness.index._open
    assert index is not None
    removed = next(
        chunk_id
        for chunk_id, entry in index.store.outline.of("guide.md").items()
        if entry.heading_path[-1] == "Limits"
    )
    index.store.commit(stale=[removed])
    assert list(unasked(harness)) == ["Hedging"]


def test_a_watched_index_takes_them_in_step(harness: Harness) -> None:
    answer(harness, "Hedging", ASKED)
    harness.index.start()
    harness.write("guide.md", f"# Guide\n\n## Limits\n\n{LIMITS}\n")
    until(lambda: counts(harness) == (1, 0))


def test_vectors_grow_beside_a_search() -> None:
    vectors = QuestionVectors()
    assert vectors.nearest(np.ones(4, dtype=np.float32), 5) == {}
    for number in range(200):
        vectors.add(f"key {number}", [np.eye(4, dtype=np.float32)[number % 4]] * 2)
    vectors.add("nothing", [])
    near = np.array([0.8, 0.6, 0, 0], dtype=np.float32)
    nearest = vectors.nearest(near, 60)
    assert len(nearest) == 60
    assert list(nearest.values()) == pytest.approx([0.8] * 50 + [0.6] * 10)
    some = vectors.only({"key 1", "key 2"})
    some.add("key 3", [near])
    assert list(some.nearest(near, 9)) == ["key 3", "key 1", "key 2"]
    assert len(vectors.nearest(near, 1000)) == 200

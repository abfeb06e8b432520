"""A workspace's index over a real folder, Milvus and watcher; only the model is fake."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import Harness, contents, differences, expected, synced, until

from askdocs_indexer.errors import RootError, StoreError
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.paths import index_folder
from askdocs_indexer.settings import DocsSettings, IndexSettings
from askdocs_indexer.types import SyncReport
from askdocs_indexer.workspace import WorkspaceIndex

PAGE = "# Page\n\nIntro.\n\n" + "".join(
    f"## Section {number}\n\nText about topic{number}.\n\n" for number in range(20)
)


@pytest.fixture(params=["local", "server"])
def harness(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Harness]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "root").mkdir()
    uri = request.getfixturevalue("milvus_uri") if request.param == "server" else ""
    harness = Harness(tmp_path / "root", uri)
    harness.index.open()
    yield harness
    harness.index.close()


def counts(report: SyncReport) -> tuple[int, int, int, int]:
    return report.embedded, report.reused, report.moved, report.deleted


def test_a_second_run_embeds_nothing(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    first = harness.index.sync()
    assert first.embedded == first.chunks == 21
    assert counts(harness.index.sync()) == (0, 0, 0, 0)
    harness.reopen()
    assert counts(harness.index.sync()) == (0, 0, 0, 0)
    assert harness.found("topic7") == ["page.md"]


def test_one_edited_section_embeds_one_chunk(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    harness.write("page.md", PAGE.replace("topic7.", "horses."))
    assert counts(harness.index.sync()) == (1, 0, 0, 1)
    assert harness.found("horses") == ["page.md"]
    assert harness.found("topic7") == []


def test_a_line_at_the_top_moves_everything_and_embeds_nothing(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    before = {hit.chunk.id: hit.chunk.start_line for hit in harness.index.search("topic7", 50)}
    harness.write("page.md", "\n" + PAGE)
    assert counts(harness.index.sync()) == (0, 0, 21, 0)
    after = {hit.chunk.id: hit.chunk.start_line for hit in harness.index.search("topic7", 50)}
    assert after == {one: line + 1 for one, line in before.items()}


def test_other_keywords_rewrite_a_row_and_embed_nothing(harness: Harness) -> None:
    def words() -> tuple[str, ...]:
        assert harness.index._open is not None
        connections = harness.index._open.store.connections
        assert connections.leads_to("a.md", ("A",)) == (("b.md", ("B",)),)
        return connections.words_of("a.md", ("A",))

    page = "---\ntags: [{}]\n---\n# A\n\nText, and [more](b.md).\n"
    harness.write("a.md", page.format("retry"))
    harness.write("b.md", "# B\n\nThis is where [attempts](a.md) end.\n")
    harness.index.sync()
    linked = ("attempts", "This is where attempts end.")
    assert words() == ("retry", *linked)
    harness.write("a.md", page.format("once more"))
    assert counts(harness.index.sync()) == (0, 1, 0, 1)
    assert words() == ("once more", *linked)
    harness.reopen()
    assert words() == ("once more", *linked)
    harness.write("b.md", "# B\n\nNothing.\n")
    assert counts(harness.index.sync()) == (1, 0, 0, 1)
    assert words() == ("once more",)


def test_going_back_to_known_text_embeds_nothing(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    harness.write("page.md", PAGE.replace("topic7.", "horses."))
    harness.index.sync()
    harness.write("page.md", PAGE)
    assert counts(harness.index.sync()) == (0, 1, 0, 1)
    status = harness.index.status()
    assert (status.embedded, status.reused, status.moved, status.deleted) == (22, 1, 0, 2)


def test_a_same_sized_edit_right_after_indexing_is_seen(harness: Harness) -> None:
    for word in ("aaa", "bbb", "ccc", "ddd"):
        harness.write("page.md", f"# T\n\n{word}\n")
        harness.index.sync()
        assert harness.found(word) == ["page.md"]


def test_deleted_and_ignored_files_leave(harness: Harness) -> None:
    harness.write("a.md", "# A\n\napples\n")
    harness.write("b.md", "# B\n\nbananas\n")
    harness.index.sync()
    (harness.root / "a.md").unlink()
    harness.write(".gitignore", "b.md\n")
    report = harness.index.sync()
    assert (report.deleted, report.files, report.chunks) == (2, 0, 0)
    assert harness.index.search("apples bananas", 5) == []


def test_what_cannot_be_read_is_listed_with_its_reason(harness: Harness) -> None:
    harness.write("good.md", "# Good\n\ntext\n")
    (harness.root / "binary.md").write_bytes(b"\x00\x01\x02" * 100)
    harness.write("large.md", "x" * 3_000_000)
    report = harness.index.sync()
    reasons = {skipped.path: skipped.reason for skipped in report.skipped}
    assert set(reasons) == {"binary.md", "large.md"}
    assert "binary" in reasons["binary.md"]
    assert "docs.maxFileBytes" in reasons["large.md"]
    harness.write("binary.md", "# Now text\n")
    assert [one.path for one in harness.index.sync().skipped] == ["large.md"]


def test_a_skipped_file_is_looked_at_again_once_it_or_the_limit_changes(harness: Harness) -> None:
    looks: list[tuple[int, int]] = []

    def sync() -> list[str]:
        looks.clear()
        report = harness.index.sync(progress=lambda done, total, phase: looks.append((done, total)))
        return [skipped.path for skipped in report.skipped]

    (harness.root / "binary.md").write_bytes(b"\x00\x01\x02" * 100)
    harness.write("large.md", "x" * 3000)
    harness.docs = DocsSettings(max_file_bytes=2000)
    harness.reopen()
    assert sync() == ["binary.md", "large.md"]
    time.sleep(0.05)  # Until the clock of the file system has moved on.
    sync()
    assert sync() == ["binary.md", "large.md"]
    assert not looks
    harness.docs = DocsSettings(max_file_bytes=4000)
    harness.reopen()
    assert sync() == ["binary.md"]
    harness.docs = DocsSettings(max_file_bytes=100)
    harness.reopen()
    assert sync() == ["binary.md", "large.md"]
    harness.write("large.md", "Words.")
    assert sync() == ["binary.md"]


def test_a_chapter_of_its_own_is_not_a_part_of_another_page(harness: Harness) -> None:
    harness.write("book.md", '# Book\n\n--8<-- "chapter.md"\n\n--8<-- "note.md"\n')
    harness.write("chapter.md", "# Chapter\n\nAbout ferries.\n")
    harness.write("note.md", "About lighthouses.\n")
    harness.index.sync()
    assert harness.found("ferries") == ["chapter.md"]
    assert harness.found("lighthouses") == ["book.md", "note.md"]
    assert harness.found("8<") == []
    harness.docs = DocsSettings(exclude=("chapter.md",))
    harness.reopen()
    harness.write("chapter.md", "# Chapter\n\nAbout ferries again.\n")
    harness.index.sync()
    assert harness.found("ferries") == ["book.md"]


def test_unfinished_work_is_done_again(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    report = harness.index.reindex()
    assert counts(report) == (0, 0, 0, 0)
    assert report.chunks == 21


def test_a_missing_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RootError, match="--root"):
        WorkspaceIndex(tmp_path / "no", DocsSettings(), IndexSettings(), FakeEmbedder())


@pytest.mark.parametrize("harness", ["local"], indirect=True)
def test_a_damaged_database_is_set_aside_and_rebuilt(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    harness.index.close()
    database = index_folder(harness.root) / "index.db"
    for file in database.rglob("*"):
        if file.is_file():
            file.write_bytes(b"garbage")
    harness.reopen()
    assert harness.found("topic7") == ["page.md"]
    report = synced(harness.index)
    assert "damaged" in harness.index.status().detail
    assert (report.chunks, report.embedded) == (21, 0)  # The vector cache is another file.


def test_lexical_search_answers_while_the_embedder_loads(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    harness.embedder.state = "loading"
    assert harness.found("topic7") == ["page.md"]


def test_documented_symbols_survive_reopening(harness: Harness) -> None:
    harness.write("api.md", "# API\n\n## `os.path.join(a, b)`\n\nJoin paths.\n")
    harness.index.sync()
    harness.reopen()
    hits = harness.index.document(["os.path.join"], 5)
    assert [hit.chunk.start_line for hit in hits] == [3]
    assert harness.index.document(["path.join"], 5)[0].score < hits[0].score
    assert harness.index.document(["nothing"], 5) == []


def test_a_documented_symbol_comes_with_the_rest_of_its_section(harness: Harness) -> None:
    parts = [f"Part {number}. " + "It joins paths. " * 30 for number in range(4)]
    text = "\n\n".join(parts)
    harness.write("api.md", f"## `os.path.join(a, b)`\n\n{text}\n\n## Other\n\nNo more.\n")
    harness.index.sync()
    (hit,) = harness.index.document(["os.path.join"], 5)
    chunks = [hit.chunk, *hit.rest]
    assert [chunk.text[:7] for chunk in chunks] == ["Part 0.", "Part 1.", "Part 2.", "Part 3."]


CLASS = 'class AcmeError:\n    """Something failed."""\n'
IMPORTED = "```python\nfrom acme import AcmeError\n```\n"


@pytest.mark.parametrize(
    ("path", "page", "is_first"),
    [
        ("docs/guide.md", f"# Guide\n\n## Import `AcmeError`\n\n{IMPORTED}", False),
        ("docs/guide.md", "# Guide\n\n## Using `acme.AcmeError`\n\nRaise it.\n", False),
        ("docs/guide.md", "# Guide\n\n## `AcmeError`\n\nRaise it.\n", False),
        ("docs/guide.md", "# Guide\n\n## `acme.AcmeError`\n\nIs raised.\n", True),
        ("docs/guide.md", "# `AcmeError`\n\nIs raised.\n", True),
        ("docs/api/errors.md", "# Errors\n\n## `AcmeError`\n\nIs raised.\n", True),
        ("docs/api/errors.md", "# Errors: `AcmeError` and more\n\nAre raised.\n", True),
        ("docs/api/errors.md", "# Errors\n\n## `AcmeError`\n", False),
        ("docs/api/errors.md", "# Errors\n\n## `AcmeError`\n\n## Next\n\nIs next.\n", False),
        ("docs/api/errors.md", "# Errors\n\n## `AcmeError`\n\n### When\n\nIs raised.\n", True),
    ],
)
def test_a_heading_that_mentions_a_symbol_comes_behind_its_docstring(
    harness: Harness, path: str, page: str, is_first: bool
) -> None:
    harness.write("acme/__init__.py", CLASS)
    harness.write(path, page)
    harness.index.sync()
    parsed = Parsed("from acme import AcmeError\n", "python")
    symbol = harness.index.symbol(parsed, 0, 20)
    assert symbol is not None
    expected = ["acme/__init__.py", path]
    hits = harness.index.documentation(symbol, 5)
    assert [hit.chunk.path for hit in hits] == (expected[::-1] if is_first else expected)


def test_a_heading_stands_for_what_is_first_below_it(harness: Harness) -> None:
    page = "# Errors\n\n## `AcmeError`\n\n### When\n\nIs raised.\n\n### Then\n\nIs caught.\n"
    harness.write("acme/__init__.py", CLASS)
    harness.write("docs/api/errors.md", page)
    harness.index.sync()
    symbol = harness.index.symbol(Parsed("from acme import AcmeError\n", "python"), 0, 20)
    assert symbol is not None
    first = harness.index.documentation(symbol, 5)[0].chunk
    assert (first.title, first.text) == ("AcmeError", "Is raised.")
    assert (first.start_line, first.end_line) == (3, 7)
    assert first.heading_path == ("Errors", "AcmeError")


@pytest.mark.parametrize("name", ["größe ☕.md", "it's [x](y).md", 'a "b" \\ c.md', "tab\there.md"])
def test_odd_names_come_change_and_go(harness: Harness, name: str) -> None:
    harness.write(name, "# T\n\nhorses\n")
    harness.index.sync()
    harness.write(name, "# T\n\ncows\n")
    harness.index.sync()
    assert harness.found("cows") == [name]
    assert [hit.chunk.path for hit in harness.index.passages("cows", 1).hits] == [name]
    (harness.root / name).unlink()
    assert harness.index.sync().chunks == 0


def test_lost_vectors_are_noticed_at_opening(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    assert harness.index._open is not None
    index = harness.index._open.store._index
    assert index is not None
    index.remove(sorted(index.ids())[:3])
    harness.reopen()
    assert counts(synced(harness.index)) == (0, 3, 0, 0)
    assert differences(contents(harness.index), expected(harness)) == []


def test_a_vector_cache_that_cannot_be_used_costs_only_time(harness: Harness) -> None:
    harness.index.close()
    cache = index_folder(harness.root) / "vectors.sqlite"
    cache.unlink()
    cache.mkdir()
    harness.reopen()
    harness.write("page.md", PAGE)
    assert counts(harness.index.sync()) == (21, 0, 0, 0)


def test_code_that_a_page_includes_stays_in_order(harness: Harness) -> None:
    code = [
        f"horse_{number} = ride({number}, 'a long way to the next village')" for number in range(60)
    ]
    harness.write("src/ride.py", "\n".join(code) + "\n")
    harness.write("page.md", "# Horses\n\nRide like this:\n\n{* src/ride.py *}\n\nCows.\n")
    harness.index.sync()
    harness.reopen()
    hit, *_ = (
        hit for hit in harness.index.passages("How to ride?", 9).hits if hit.chunk.path == "page.md"
    )
    shown = [line for line in hit.chunk.text.split("\n") if line.startswith("horse_")]
    assert len(shown) > 20
    assert shown == code[code.index(shown[0]) :][: len(shown)]


def test_a_passage_is_widened_within_its_section(harness: Harness) -> None:
    body = "\n\n".join(f"Paragraph {number} on horses. " + "word " * 150 for number in range(3))
    harness.write("page.md", f"# Page\n\n{body}\n\n## Other\n\nCows.\n")
    harness.index.sync()
    (hit,) = harness.index.search("paragraph 1 horses", 1)
    (passage,) = harness.index.passages("paragraph 1 horses", 1).hits
    assert "Paragraph 0" not in hit.chunk.text
    assert all(f"Paragraph {number}" in passage.chunk.text for number in (0, 1))
    assert "Cows" not in passage.chunk.text
    assert passage.chunk.start_line <= hit.chunk.start_line


# -- the watcher ------------------------------------------------------------------------------


@pytest.fixture
def watched(harness: Harness) -> Harness:
    harness.write("page.md", PAGE)
    harness.index.start()
    until(lambda: harness.found("topic7") == ["page.md"])
    return harness


def test_create_edit_and_delete_follow(watched: Harness) -> None:
    watched.write("new/deep/file.md", "# New\n\nhorses\n")
    until(lambda: watched.found("horses") == ["new/deep/file.md"])
    watched.write("new/deep/file.md", "# New\n\ncows\n")
    until(lambda: watched.found("cows") == ["new/deep/file.md"] and not watched.found("horses"))
    (watched.root / "new/deep/file.md").unlink()
    until(lambda: not watched.found("cows"))


def test_an_atomic_save_follows(watched: Harness) -> None:
    watched.write(".page.md.tmp", PAGE.replace("topic7.", "horses."))
    (watched.root / ".page.md.tmp").replace(watched.root / "page.md")
    until(lambda: watched.found("horses") == ["page.md"])


def test_a_moved_folder_follows(watched: Harness) -> None:
    watched.write("one/a.md", "# A\n\nhorses\n")
    until(lambda: watched.found("horses") == ["one/a.md"])
    (watched.root / "one").rename(watched.root / "two")
    until(lambda: watched.found("horses") == ["two/a.md"])


def test_an_edited_ignore_file_follows(watched: Harness) -> None:
    watched.write(".gitignore", "page.md\n")
    until(lambda: not watched.found("topic7"))
    (watched.root / ".gitignore").unlink()
    until(lambda: watched.found("topic7") == ["page.md"])


def test_a_save_is_looked_at_at_once(watched: Harness) -> None:
    watched.write("page.md", PAGE.replace("topic7.", "horses."))
    watched.index.touch(watched.root / "page.md")
    until(lambda: watched.found("horses") == ["page.md"])
    until(lambda: watched.index.status().generation >= 2)


# -- rebuilds -------------------------------------------------------------------------------------


def another_model(harness: Harness) -> str:
    harness.embedder = FakeEmbedder(dimension=32)
    harness.embedder.model = harness.embedder.identity = "bigger"
    return "the embedding model is now bigger, before it was fake"


def other_chunks(harness: Harness) -> str:
    harness.docs = DocsSettings(chunk_characters=300)
    return "documents are now cut in another way"


@pytest.mark.parametrize("change", [another_model, other_chunks])
def test_old_answers_are_served_until_a_rebuild_is_complete(
    harness: Harness, change: Callable[[Harness], str]
) -> None:
    harness.write("page.md", PAGE)
    harness.write("api.md", "# API\n\n## `os.path.join(a)`\n\nJoin paths.\n")
    harness.index.sync()
    reason = change(harness)
    harness.write("new.md", "# New\n\nhorses\n")
    harness.reopen()
    assert reason in harness.index.status().detail
    assert harness.found("topic7") == ["page.md"]
    harness.index.sync(["new.md"])  # Not all of it: the old one still answers.
    assert harness.found("horses") == []
    harness.reopen()
    assert harness.found("topic7") == ["page.md"]
    assert harness.index.document(["os.path.join"], 1)[0].chunk.path == "api.md"
    harness.index.sync()
    assert harness.index.status().detail == ""
    assert harness.found("topic7") == ["page.md"]
    assert harness.found("horses") == ["new.md"]
    assert differences(contents(harness.index), expected(harness)) == []


def test_back_to_the_old_model_after_a_rebuild(harness: Harness) -> None:
    """Its vectors are known even where the cache had dropped them."""
    harness.write("page.md", PAGE)
    harness.index.sync()
    harness.index.close()
    (index_folder(harness.root) / "vectors.sqlite").unlink()
    old = harness.embedder
    another_model(harness)
    harness.reopen()
    harness.index.sync()
    harness.embedder = old
    harness.reopen()
    embedded, reused, *_ = counts(harness.index.sync())
    assert (embedded, reused) == (0, 21)
    assert differences(contents(harness.index), expected(harness)) == []


def test_back_to_the_old_model_in_the_middle_of_a_rebuild(harness: Harness) -> None:
    harness.write("page.md", PAGE)
    harness.index.sync()
    old = harness.embedder
    another_model(harness)
    harness.reopen()
    harness.embedder = old
    harness.reopen()
    assert harness.index.status().detail == ""
    assert counts(harness.index.sync()) == (0, 0, 0, 0)
    assert harness.found("topic7") == ["page.md"]


# -- the pipeline ---------------------------------------------------------------------------------


class SlowEmbedder(FakeEmbedder):
    """Waits before each group until a step is granted; `begun` counts the groups."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = threading.Semaphore(0)
        self.begun = 0

    def encode_passages(
        self,
        texts: Sequence[str],
        stop: threading.Event | None = None,
        *,
        urgent: bool = False,
    ) -> NDArray[np.float32]:
        self.begun += 1
        while not self.steps.acquire(timeout=0.02):
            if stop is not None and stop.is_set():
                raise InterruptedError
        return super().encode_passages(texts, stop, urgent=urgent)


def section(word: str) -> str:
    return f"# Page\n\nAbout {word}.\n"


def many_pages(harness: Harness) -> SlowEmbedder:
    """Start an index of ten groups of pages, which waits for its first step."""
    for number in range(1280):
        harness.write(f"page{number:04}.md", section(f"number{number}"))
    slow = harness.embedder = SlowEmbedder()
    harness.reopen()
    harness.index.start()
    until(lambda: slow.begun == 1)
    return slow


def test_a_saved_file_does_not_wait_for_the_whole_run(harness: Harness) -> None:
    slow = many_pages(harness)
    for name in ("page0000.md", "page0200.md", "page1279.md"):  # Under way, read ahead, far off.
        harness.write(name, section(f"horses in {name}"))
        harness.index.touch(harness.root / name)
    slow.steps.release(2)  # One for the group under way, one for what is urgent.
    until(lambda: len(harness.found("horses")) == 3)
    assert slow.begun <= 3
    assert harness.index.status().pending_files > 1000
    slow.steps.release(100)
    until(lambda: harness.index.status().state == "ready")
    assert differences(contents(harness.index), expected(harness)) == []


def test_both_passes_are_told_and_in_the_end_what_stays(harness: Harness) -> None:
    slow = many_pages(harness)
    until(lambda: harness.told[-1].pending_reads == 0)
    passes = [bool(status.pending_reads) for status in harness.told if status.pending_files]
    assert passes == sorted(passes, reverse=True)
    assert harness.told[-1].pending_chunks == 1280
    slow.steps.release(100)
    until(lambda: harness.index.status().state == "ready")
    for change in (
        lambda: harness.write("page0000.md", section("horses")),
        (harness.root / "page0001.md").unlink,
        lambda: harness.write("note.txt", "A note.\n"),
        lambda: harness.index.reindex(harness.root / "page0002.md"),
    ):
        generation = harness.index.status().generation
        change()
        until(partial(has_come_to_rest, harness, generation))


def has_come_to_rest(harness: Harness, generation: int) -> bool:
    """Whether the index is done with what came after a generation, and has told so."""
    status = harness.index.status()
    pending = (status.pending_files, status.pending_reads, status.pending_chunks)
    is_done = status.generation > generation and status.state == "ready" and pending == (0, 0, 0)
    return is_done and harness.told[-1] == status


def test_a_run_that_fails_in_the_end_is_told_to_have_failed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(harness.index, "_follow_questions", fail)
    with pytest.raises(StoreError):
        harness.index.sync()
    assert harness.told[-1] == harness.index.status()
    assert harness.index.status().state == "failed"


def test_closing_stops_a_run_and_the_next_one_goes_on(harness: Harness) -> None:
    slow = many_pages(harness)
    slow.steps.release(3)
    until(lambda: slow.begun == 4)
    harness.reopen()
    assert isinstance(harness.embedder, SlowEmbedder)
    slow.steps.release(100)
    assert 0 < harness.index.sync().embedded <= 1280 - 3 * 128
    assert differences(contents(harness.index), expected(harness)) == []


def test_its_contents_say_what_ranks_behind_and_what_is_left_out(harness: Harness) -> None:
    harness.write("docs/page.md", PAGE)
    harness.write("docs/copy.md", PAGE)
    harness.write("CHANGELOG.md", "# Changes\n\n## 1.0\n\nText.\n")
    harness.write("app.py", "x = 1\n")
    harness.write("broken.md", "\0")
    harness.write("node_modules/a.md", PAGE)
    harness.index.sync()
    contents = harness.index.contents()
    rows = {file.path: (file.kind, file.chunks, file.behind) for file in contents.files}
    assert rows == {
        "CHANGELOG.md": ("page", 1, "changelog"),
        "app.py": ("source", 0, ""),
        "docs/copy.md": ("page", 21, ""),
        "docs/page.md": ("page", 21, "copy of docs/copy.md"),
    }
    assert [row.path for row in contents.left_out] == ["broken.md", "node_modules/"]

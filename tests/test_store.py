"""The store over a real Milvus Lite database, and over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import stored_ids

from askdocs_indexer.storage import Database, Fingerprint, Store
from askdocs_indexer.types import Chunk, FileRow, Link, contents_of
from askdocs_indexer.words.terms import lexical_text

EMBEDDER = FakeEmbedder()


def chunk(name: str, text: str, path: str = "a.md", line: int = 1) -> Chunk:
    return Chunk(name, path, "Title", ("Page", "Title"), (f"mod.{name}",), text, name, line, line)


def put(store: Store, *chunks: Chunk) -> None:
    store.put(chunks, EMBEDDER.encode_passages([one.embedded_text for one in chunks]))
    store.settle()


@pytest.fixture(scope="module", params=["local", "server"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    if request.param == "local":
        database = Database(str(folder / "index.db"), folder / "index.lock")
    else:
        uri = request.getfixturevalue("milvus_uri")
        database = Database(uri, folder / "index.lock", namespace="_store")
    yield database.store(Fingerprint("1", "fake"), lambda: EMBEDDER.dimension)
    database.close()


@pytest.fixture(autouse=True)
def emptied(store: Store) -> None:
    store.remove(stored_ids(store))
    store.remove_files(list(store.files()))
    store.settle()


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.search_lexical("words", 5) == []
    assert store.search_dense(EMBEDDER.encode_query("words"), 5) == []
    assert store.files() == {}
    assert len(stored_ids(store)) == 0


def test_chunks_come_back_as_they_went_in(store: Store) -> None:
    ours = chunk("one", 'quotes " and \\ and ünïcode\n', path='odd "name".md')
    put(store, ours)
    assert store.get(["one", "missing"]) == [ours]
    assert store.outline.spans('odd "name".md') == {"one": (1, 1, 0)}
    assert stored_ids(store) == ["one"]


def test_what_connects_a_chunk_comes_back_as_far_as_it_fits(store: Store) -> None:
    links = tuple(Link(f"text {n}", 'A "sentence".', f"docs/ü{n}.md#x") for n in range(3))
    ours = replace(chunk("one", "apples"), links=links, labels=("a", "b"), keywords=("pears",))
    put(store, ours)
    assert store.get(["one"]) == [ours]
    long = tuple(Link("text", "ü" * 1000, f"{n}.md") for n in range(100))
    full = replace(chunk("two", "pears"), links=long)
    put(store, replace(full, labels=("x" * 2000,), keywords=("y",) * 300))
    (stored,) = store.get(["two"])
    assert stored.links == long[: len(stored.links)]
    assert len(stored.links) > 20
    assert (stored.labels, stored.keywords) == (("x" * 1024,), ("y",) * 256)


def test_both_searches_find_the_right_chunk(store: Store) -> None:
    put(store, chunk("one", "apples and pears"), chunk("two", "horses and cows"))
    assert store.search_lexical("a horse", 5)[0].chunk.id == "two"
    assert store.search_dense(EMBEDDER.encode_query("apples pears"), 5)[0].chunk.id == "one"


def test_chunks_come_with_the_terms_that_they_were_stored_by(store: Store) -> None:
    ours = chunk("one", "größere Äpfel, efConstruction, u_16 and 数据库")
    put(store, ours)
    expected = lexical_text(f"{ours.embedded_text}\nmod.one")
    found = (
        *store.get(["one"]),
        *(hit.chunk for hit in store.search_lexical("u_16", 1)),
        *(hit.chunk for hit in store.search_dense(EMBEDDER.encode_query("apples"), 1)),
    )
    assert [each.terms for each in found] == [expected] * 3
    assert store.coverage("u_16 数据库", found) == 1.0
    assert (store.word_scores("u_16 pears", found) > 0).tolist() == [[True, True, True, False]] * 3


def test_outlines_are_in_the_order_of_lines(store: Store) -> None:
    later, earlier = chunk("one", "apples", line=9), chunk("two", "pears", line=3)
    put(store, later, earlier, chunk("three", "plums", path="b.md"))
    assert list(store.outline.of("a.md")) == ["two", "one"]
    assert store.outline.of("missing.md") == {}


def test_vectors_come_back(store: Store) -> None:
    put(store, chunk("one", "apples"))
    expected = EMBEDDER.encode_query(chunk("one", "apples").embedded_text)
    assert store.vectors(["one", "missing"])["one"] == pytest.approx(expected, abs=1e-6)


def test_moving_changes_the_span_and_nothing_else(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    moved = chunk("one", "apples", line=9)
    store.move([moved])
    store.settle()
    assert store.get(["one"]) == [moved]
    assert store.search_lexical("apples", 5)[0].chunk == moved
    assert store.search_dense(EMBEDDER.encode_query("apples"), 1)[0].chunk == moved


def test_removed_chunks_are_found_no_more(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    store.remove(["one"])
    store.settle()
    assert store.search_lexical("apples", 5) == []
    assert len(stored_ids(store)) == 1


def test_the_tables_follow_every_write(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    store.remove(["two", "missing"])
    store.move([chunk("one", "apples", line=9)])
    assert [name.chunk_id for name in store.symbols.exact("mod.one")] == ["one"]
    assert store.symbols.exact("mod.two") == ()
    asked = "apples pears title"
    before = store.word_scores(asked, store.get(["one"])).tolist()
    again = Store(store._client, store.name, store._chunks, store._files, store.fingerprint)
    assert [name.chunk_id for name in again.symbols.exact("mod.one")] == ["one"]
    assert again.terms.documents == 1
    assert again.outline.of("a.md") == store.outline.of("a.md")
    assert again.outline.contents() == {"a.md": contents_of({"one": (9, 9, 0)})}
    assert again.word_scores(asked, again.get(["one"])).tolist() == before


def test_a_score_does_not_tell_when_a_chunk_was_saved(store: Store) -> None:
    put(store, *(chunk(f"old{number}", f"a plain text {number}") for number in range(1100)))
    put(store, chunk("saved", "a kettle boils"), chunk("later", "a kettle boils", "b.md"))
    put(store, *(chunk(f"new{number}", f"another text {number}") for number in range(1100)))
    put(store, chunk("last", "a kettle boils", "c.md"))
    hits = store.search_lexical("kettle", 5)
    assert {hit.chunk.id for hit in hits} == {"saved", "later", "last"}
    scores = store.word_scores("kettle teapot", [hit.chunk for hit in hits])
    assert scores.shape == (3, 2)
    assert len({*scores[:, 0]}) == 1
    assert scores[0, 0] > 0
    assert not scores[:, 1].any()
    rare, unknown = store.rarities("kettle teapot")
    assert rare < unknown
    assert store.unknown("kettle teapot") == pytest.approx(unknown / (rare + unknown))


def test_the_manifest(store: Store) -> None:
    row = FileRow("a.md", 10, 1_700_000_000_000_000_001, "digest", 3, "no good")
    store.put_files([row])
    assert store.files() == {"a.md": row}
    store.remove_files(["a.md"])
    assert store.files() == {}

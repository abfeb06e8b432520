"""The store over real files and a real Milvus Lite database, and over the wire."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.fake_embedder import FakeEmbedder
from tests.index_harness import stored_ids

from askdocs_indexer.storage import Database, Fingerprint, Store, nothing_known
from askdocs_indexer.storage.cached_vectors import Known
from askdocs_indexer.types import Chunk, FileRow, Link
from askdocs_indexer.words.terms import lexical_text

EMBEDDER = FakeEmbedder()

Opened = Callable[[], AbstractContextManager[Store]]


def chunk(name: str, text: str, path: str = "a.md", line: int = 1) -> Chunk:
    return Chunk(name, path, "Title", ("Page", "Title"), (f"mod.{name}",), text, name, line, line)


def put(store: Store, *chunks: Chunk) -> None:
    store.commit(new=chunks)
    embed(store, *chunks)


def embed(store: Store, *chunks: Chunk) -> None:
    vectors = EMBEDDER.encode_passages([one.embedded_text for one in chunks])
    store.put_vectors({one.id: vector for one, vector in zip(chunks, vectors, strict=True)})
    store.settle()


def dense(store: Store, query: str, limit: int = 5) -> list[str]:
    return [hit.chunk.id for hit in store.search_dense(EMBEDDER.encode_query(query), limit)]


def lexical(store: Store, query: str, limit: int = 5) -> list[str]:
    return [hit.chunk.id for hit in store.search_lexical(query, limit)]


@contextmanager
def opening(
    folder: Path, uri: str = "", namespace: str = "", known: Known = nothing_known
) -> Iterator[Store]:
    database = Database(folder, uri, namespace=namespace)
    texts = database.texts(Fingerprint("1", "fake"), lambda: EMBEDDER.dimension)
    store = Store(texts, database.vectors, known)
    try:
        yield store
    finally:
        store.close()
        database.close()


@pytest.fixture(scope="module", params=["local", "server"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    uri = request.getfixturevalue("milvus_uri") if request.param == "server" else ""
    with opening(tmp_path_factory.mktemp("store"), uri, "_store" if uri else "") as store:
        yield store


@pytest.fixture(autouse=True)
def emptied(request: pytest.FixtureRequest) -> None:
    if "store" in request.fixturenames:
        store = request.getfixturevalue("store")
        store.commit(stale=stored_ids(store), gone=list(store.files()))
        store.settle()


@pytest.fixture
def reopened(tmp_path: Path) -> Opened:
    """How to open a local store that is new to this test: again and again, the same one."""
    return lambda: opening(tmp_path)


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


def test_what_connects_a_chunk_comes_back(store: Store) -> None:
    links = tuple(Link(f"text {n}", 'A "sentence".', f"docs/ü{n}.md#x") for n in range(300))
    labels, keywords = ("a", "b" * 2000), ("pears",) * 300
    ours = replace(chunk("one", "apples"), links=links, labels=labels, keywords=keywords)
    put(store, ours)
    assert store.get(["one"]) == [ours]
    assert store.connections.words_of("a.md", ("Page", "Title")) == ("pears",)


def test_many_chunks_come_back_in_the_order_asked_for(store: Store) -> None:
    chunks = [chunk(f"n{number}", f"text {number}", line=number + 1) for number in range(1200)]
    store.commit(new=chunks)
    random.Random(3).shuffle(chunks)
    assert store.get([one.id for one in chunks]) == chunks


def test_both_searches_find_the_right_chunk(store: Store) -> None:
    put(store, chunk("one", "apples and pears"), chunk("two", "horses and cows"))
    assert lexical(store, "a horse")[0] == "two"
    assert dense(store, "apples pears")[0] == "one"


def test_names_and_words_answer_before_there_are_vectors(store: Store) -> None:
    known, new = chunk("one", "apples"), chunk("two", "horses")
    put(store, known)
    store.commit(new=[new])
    assert lexical(store, "horse") == ["two"]
    assert [name.chunk_id for name in store.symbols.exact("mod.two")] == ["two"]
    assert (len(store.waiting), store.waiting.files) == (1, 1)
    assert dense(store, "horses") == ["one"]
    assert not store.knows_meaning  # Half of the chunks are missing from it.
    embed(store, new)
    assert store.knows_meaning
    assert dense(store, "horses", 1) == ["two"]
    assert not store.waiting


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


def test_outlines_are_in_reading_order(store: Store) -> None:
    later = replace(chunk("one", "apples", line=9), position=1)
    earlier = chunk("two", "pears", line=9)
    put(store, later, earlier, chunk("three", "plums", path="b.md"))
    assert list(store.outline.of("a.md")) == ["two", "one"]
    assert store.outline.of("missing.md") == {}


def test_vectors_come_back(store: Store) -> None:
    ours = chunk("one", "apples")
    put(store, ours)
    expected = EMBEDDER.encode_query(ours.embedded_text)
    vectors = store.vectors([ours, chunk("missing", "pears")])
    assert list(vectors) == ["one"]
    assert vectors["one"] == pytest.approx(expected, abs=1e-6)
    (page,) = store.all_vectors()
    assert page["one"] == pytest.approx(expected, abs=1e-6)


def test_moving_changes_the_span_and_nothing_else(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    moved = chunk("one", "apples", line=9)
    store.commit(moved=[moved])
    assert store.get(["one"]) == [moved]
    assert store.search_lexical("apples", 5)[0].chunk == moved
    assert store.search_dense(EMBEDDER.encode_query("apples"), 1)[0].chunk == moved


def test_removed_chunks_are_found_no_more(store: Store) -> None:
    put(store, chunk("one", "apples"), chunk("two", "pears"))
    store.commit(stale=["one"])
    assert lexical(store, "apples") == []
    assert dense(store, "apples") == ["two"]
    store.settle()
    assert stored_ids(store) == ["two"]
    assert store.texts.stale() == []


def test_the_manifest(store: Store) -> None:
    row = FileRow("a.md", 10, 1_700_000_000_000_000_001, "digest", 3, "no good", facts="{}")
    row = replace(row, dependencies=(("b.md", "1"), ("c.md", "")), remark="ü")
    store.commit(files=[row])
    assert store.files() == {"a.md": row}
    store.commit(gone=["a.md"])
    assert store.files() == {}


# -- opened again ---------------------------------------------------------------------------------


def test_the_tables_follow_every_write(reopened: Opened) -> None:
    asked = "apples pears title"
    with reopened() as store:
        assert store.words.documents == 0
        assert store.connections.words_of("a.md", ("Page", "Title")) == ()
        put(store, chunk("one", "apples"), chunk("two", "pears"))
        store.commit(stale=["two", "missing"], moved=[chunk("one", "apples", line=9)])
        outline = store.outline.of("a.md")
        scores = store.word_scores(asked, store.get(["one"])).tolist()
    with reopened() as again:
        assert [name.chunk_id for name in again.symbols.exact("mod.one")] == ["one"]
        assert again.symbols.exact("mod.two") == ()
        assert again.words.documents == 1
        assert again.outline.of("a.md") == outline
        assert again.word_scores(asked, again.get(["one"])).tolist() == scores


def test_meaning_is_known_once_the_vectors_are_open(reopened: Opened) -> None:
    with reopened() as store:
        put(store, chunk("one", "apples"))
    with reopened() as again:
        assert not again.knows_meaning
        assert dense(again, "apples") == []
        assert lexical(again, "apples") == ["one"]
        again.open_vectors()
        assert again.knows_meaning
        assert dense(again, "apples") == ["one"]


def test_known_vectors_answer_before_those_of_milvus_are_open(tmp_path: Path) -> None:
    """And just like those."""
    some = [chunk(f"n{number}", f"topic{number % 30} here") for number in range(60)]
    vectors = EMBEDDER.encode_passages([one.embedded_text for one in some])
    cache = {one.content_hash: vector for one, vector in zip(some, vectors, strict=True)}

    def known(hashes: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        return {each: cache[each] for each in hashes if each in cache}

    def nearest(store: Store) -> dict[str, float]:
        hits = store.search_dense(EMBEDDER.encode_query("topic7"), 2)
        return {hit.chunk.id: hit.score for hit in hits}

    with opening(tmp_path, known=known) as store:
        store.commit(new=some)
        assert not store.knows_meaning
        embed(store, *some)
        expected = nearest(store)
        assert {"n7", "n37"} <= expected.keys()
    with opening(tmp_path, known=known) as store:
        assert store.knows_meaning
        assert nearest(store) == pytest.approx(expected, abs=1e-6)
        assert store.vectors(some).keys() == {one.id for one in some}
        assert store._index is None
        cache.clear()
        store.commit(new=[chunk("other", "pears")])
        assert not store.knows_meaning
        store.open_vectors()
        assert store.knows_meaning
        assert nearest(store) == pytest.approx(expected, abs=1e-6)


def test_vectors_that_a_crash_has_left_behind_are_taken_over(reopened: Opened) -> None:
    """Stored, but not noted; and of a chunk that was removed meanwhile."""
    one, two, three = (chunk(name, f"about {name}") for name in ("one", "two", "three"))
    with reopened() as store:
        put(store, one)
        store.commit(new=[two, three])
        vectors = EMBEDDER.encode_passages([two.embedded_text, three.embedded_text])
        assert store._index is not None
        store._index.put({"two": vectors[0], "three": vectors[1]})
        store.texts.commit(stale=["three"])
    with reopened() as again:
        assert len(again.waiting) == 1
        again.open_vectors()
        assert not again.waiting
        assert again._index is not None
        assert again._index.ids() == {"one", "two"}


def test_vectors_that_were_lost_are_missed(reopened: Opened) -> None:
    with reopened() as store:
        put(store, *(chunk(f"n{number}", f"text {number}") for number in range(5)))
        assert store._index is not None
        store._index.remove(["n1", "n3"])
    with reopened() as again:
        again.open_vectors()
        assert sorted(again.waiting.paths()) == ["n1", "n3"]


# -- words ----------------------------------------------------------------------------------------


def test_a_score_does_not_tell_when_a_chunk_was_saved(store: Store) -> None:
    store.commit(new=[chunk(f"old{number}", f"a plain text {number}") for number in range(100)])
    assert lexical(store, "kettle") == []
    for name, path in (("saved", "a.md"), ("later", "b.md"), ("last", "c.md")):
        store.commit(new=[chunk(name, "a kettle boils", path)])
        assert name in lexical(store, "kettle")
    hits = store.search_lexical("kettle", 1)  # All that are as good come along.
    assert [hit.chunk.id for hit in hits] == ["last", "later", "saved"]
    scores = store.word_scores("kettle teapot", [hit.chunk for hit in hits])
    assert scores.shape == (3, 2)
    assert len({*scores[:, 0]}) == 1
    assert [hit.score for hit in hits] == pytest.approx(scores[:, 0])
    assert scores[0, 0] > 0
    assert not scores[:, 1].any()
    rare, unknown = store.rarities("kettle teapot")
    assert rare < unknown
    assert store.unknown("kettle teapot") == pytest.approx(unknown / (rare + unknown))


def test_edits_end_in_the_scores_of_a_new_store(reopened: Opened, tmp_path: Path) -> None:
    """However chunks come and go: in segments, merged ones, and again under the same id."""
    edits, words = random.Random(5), ("kettle", "teapot", "boils", "pours", "steams")
    chunks: dict[str, Chunk] = {}
    with reopened() as store:
        for _ in range(60):
            some = [
                chunk(f"n{edits.randrange(300)}", " ".join(edits.choices(words, k=5)))
                for _ in range(edits.choice((1, 1, 2, 40)))
            ]
            gone = edits.sample(sorted(chunks), k=len(chunks) // 9)
            new = {one.id: one for one in some if one.id not in chunks or one.id in gone}
            chunks = {one: kept for one, kept in chunks.items() if one not in gone} | new
            store.commit(stale=[one for one in gone if one not in new], new=[*new.values()])
            lexical(store, "kettle")
        found = {word: store.search_lexical(f"{word} boils", 50) for word in words}
        ordered = {word: [*store.holders(word, f"{word} boils")] for word in words}
        assert len(store.words._segments) < 15
    (tmp_path / "fresh").mkdir()
    with opening(tmp_path / "fresh") as fresh:
        fresh.commit(new=[*chunks.values()])
        for word, hits in found.items():
            again = fresh.search_lexical(f"{word} boils", 50)
            assert [(hit.chunk.id, pytest.approx(hit.score)) for hit in hits] == [
                (hit.chunk.id, hit.score) for hit in again
            ]
            scores = fresh.word_scores(f"{word} boils", [hit.chunk for hit in again]).sum(axis=1)
            assert np.allclose(scores, [hit.score for hit in again])
            assert ordered[word] == [*fresh.holders(word, f"{word} boils")]
            best = fresh.search_lexical(f"{word} boils", len(chunks))
            holding = [hit.chunk.id for hit in best if word in hit.chunk.text]
            assert ordered[word] == holding

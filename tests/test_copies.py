"""Passages that say the same count once."""

from __future__ import annotations

import pytest

from askdocs_indexer.retrieval.copies import copied_files, without_copies
from askdocs_indexer.types import Chunk, Hit

TEXT = "Closes the channel, says goodbye to the server and waits until that has answered."
SIZES = {"single.hpp": 90, "include/a.hpp": 3, "llms-full.txt": 90}


def hit(path: str, text: str = TEXT, title: str = "hangUp", score: float = 0.5) -> Hit:
    return Hit(Chunk(path, path, title, (title,), (), text, path, 1, 1), score)


def shown(hits: list[Hit], limit: int = 10) -> list[str]:
    return [hit.chunk.path for hit in without_copies(hits, limit, lambda path: SIZES.get(path, 1))]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ("priv/static/socket.cjs.js priv/static/socket.mjs src/socket.js", "src/socket.js"),
        ("assets/socket.min.js socket.js", "socket.js"),
        ("dist/socket.js lib/socket.js", "lib/socket.js"),
        ("single.hpp include/a.hpp", "include/a.hpp"),
        ("b/socket.js a/socket.js", "a/socket.js"),
        ("docs/copy.md README.md", "README.md"),
        ("llms-full.txt docs/channel/closing.md", "docs/channel/closing.md"),
        ("docs/channel.md src/socket.js", "docs/channel.md"),
    ],
)
def test_the_source_of_copies_is_shown(paths: str, expected: str) -> None:
    assert shown([hit(path) for path in paths.split()]) == [expected]


@pytest.mark.parametrize(
    ("text", "is_copy"),
    [
        pytest.param(TEXT.upper().replace(" ", "\n * "), True, id="other case and layout"),
        pytest.param("Closes the channel, says goodbye to the server.", True, id="a part"),
        pytest.param(TEXT + " Raises an error after ten seconds of silence.", False, id="more"),
        pytest.param("Opens the channel, says hello to the server.", False, id="the opposite"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_says_nothing_new_is_left_out(text: str, is_copy: bool) -> None:
    assert shown([hit("a.md"), hit("b.md", text)]) == (["a.md"] if is_copy else ["a.md", "b.md"])


def test_few_words_about_two_things_are_no_copies() -> None:
    hits = [hit("a.py", "Returns the value.", "get"), hit("b.py", "Returns the value.", "fetch")]
    assert shown(hits) == ["a.py", "b.py"]
    assert shown([hits[0], hit("b.py", "Returns the value.", "Box.get")]) == ["a.py"]


def test_the_same_about_another_thing_is_no_copy() -> None:
    """Twins that differ in a name, and a text that stands under two titles."""
    text = (
        "You can configure a client to call directly into a {0} application. This is useful for"
        " tests, and for stubbing services in staging. The {0} transport takes a few options."
    )
    twins = [hit(f"{name}.md", text.format(name), f"{name} transport") for name in ("WSGI", "ASGI")]
    assert shown(twins) == ["WSGI.md", "ASGI.md"]
    again = hit("again.md", text.format("WSGI"), "Calling applications")
    assert shown([twins[0], again]) == ["WSGI.md"]


def test_the_source_takes_the_score_of_its_copy() -> None:
    hits = [hit("dist/a.js", score=0.9), hit("b.md", "Other.", score=0.8), hit("a.js", score=0.7)]
    ranked = without_copies(hits, 10, lambda path: 1)
    assert [(hit.chunk.path, hit.score) for hit in ranked] == [("a.js", 0.9), ("b.md", 0.8)]


def test_copies_do_not_fill_the_limit() -> None:
    others = [hit(f"{word}.md", f"All about {word}.", word) for word in ("cats", "dogs", "cows")]
    assert shown([hit("a.md"), hit("b.md"), *others], 3) == ["a.md", "cats.md", "dogs.md"]


def test_a_file_with_the_same_passages_is_a_copy() -> None:
    same, other = frozenset({"1", "2"}), frozenset({"1"})
    files = {"dist/a.js": same, "src/a.js": same, "docs/a.md": same, "b.md": same, "c.md": other}
    copies = copied_files(files, lambda path: 2)
    assert copies == {"dist/a.js": "src/a.js", "docs/a.md": "b.md"}

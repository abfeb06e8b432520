"""Which symbols a heading documents."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.names import heading_symbols, qualified


@pytest.mark.parametrize(
    ("title", "symbols"),
    [
        ("`foo.bar()`", ["foo.bar"]),
        ("`foo.bar(a, b=(1, 2)) -> int`", ["foo.bar"]),
        ("`async def fetch(url: str)`", ["fetch"]),
        ("`class a.B`", ["a.B"]),
        ("`Vec::push`", ["Vec::push"]),
        ("`json` --- encoder", ["json"]),
        ("`a()`, `b()` and `c()`", ["a", "b", "c"]),
        ("`limit`", ["limit"]),
        ("foo.bar", ["foo.bar"]),
        ("connect(host)", ["connect"]),
        ("np.linalg.norm(x)", ["np.linalg.norm"]),
        ("g_free ()", ["g_free"]),
        ("`Map<K, List<V>>`", ["Map"]),
        ("`<Suspense fallback={x}>`", ["Suspense"]),
        ("`<div>`", []),
        ("M", []),
        ("Install", []),
        ("Install (Linux)", []),
        ("Step(s)", []),
        ("The `foo` function", []),
        ("`foo` objects", []),
        ("README.md", []),
        ("`config.yaml`", []),
        ("2.4.1", []),
        ("`--verbose`", []),
        ("Use foo.bar here", []),
        ("", []),
    ],
)
def test_heading_documents(title: str, symbols: list[str]) -> None:
    assert list(heading_symbols(title)) == symbols


@pytest.mark.parametrize(
    ("names", "parents", "expected"),
    [
        (("connect",), ("Client",), ("Client.connect",)),
        (("a.connect",), ("Client",), ("a.connect",)),
        (("push",), ("std::Vec",), ("std::Vec::push",)),
        (("push",), (), ("push",)),
        (("push",), ("a", "b"), ("push",)),
    ],
)
def test_names_are_qualified_by_the_heading_above(
    names: tuple[str, ...], parents: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert qualified(names, parents) == expected

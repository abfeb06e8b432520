"""The tables about the standard library agree with each other."""

from __future__ import annotations

import re

import pytest

from askdocs_server.symbols.python.knowledge import knowledge
from askdocs_server.symbols.python.values import TypeExpression, parse_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("str", [("str", 0)]),
        ("A | None", [("A", 0)]),
        ("dict[str, list[int]] | B", [("dict", 2), ("B", 0)]),
        ("tuple[@0, $1]", [("tuple", 2)]),
        ("", []),
        ("[", []),
        ("]]", []),
        ("a list of str", [("a", 0), ("list", 0), ("of", 0), ("str", 0)]),
    ],
)
def test_parse_type(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(part.name, len(part.args)) for part in parse_type(text)] == expected


def test_nested_types_are_read_inside_out() -> None:
    (outer,) = parse_type("a.B[c[d, e], f]")
    assert outer.args[0][0].name == "c"
    assert [group[0].name for group in outer.args[0][0].args] == ["d", "e"]
    assert outer.args[1] == (TypeExpression("f"),)


def test_every_written_type_names_known_classes() -> None:
    known = knowledge()
    invented = set()
    for text in known.types.values():
        for name in re.findall(r"(?<![\w@$!*])[a-zA-Z_][\w.]*", text):
            placeholder = re.fullmatch(r"Self|None|type|object|T\d", name)
            if not placeholder and known.class_name(name) not in known.members:
                invented.add(name)
    # Classes that exist by these names only in documentation, or outside the standard library.
    assert {name for name in invented if not name.startswith("pytest.")} <= DOCUMENTED_ONLY


def test_every_typed_name_exists() -> None:
    known = knowledge()
    missing = []
    for name in known.types:
        owner, _, member = name.removesuffix("()").rpartition(".")
        if owner in known.members and not (member.startswith("_") or member == "*"):
            if "(" not in member and not known.has_member(owner, member):
                missing.append(name)
        elif owner in known.modules and member not in known.modules[owner]:
            missing.append(name)
    assert missing == []


def test_definers_come_first_among_candidates() -> None:
    known = knowledge()
    assert known.member_candidates("collections.Counter", "items")[:2] == [
        "dict.items",
        "collections.Counter.items",
    ]
    assert known.member_candidates("no.Such", "thing") == ["no.Such.thing"]


DOCUMENTED_ONLY: set[str] = set()

"""The tables about the standard library agree with each other."""

from __future__ import annotations

import re

import pytest

from askdocs_indexer.languages.python.evaluator.knowledge import knowledge
from askdocs_indexer.languages.python.evaluator.values import TypeExpression, parse_type

# Classes that only documentation knows by these names, or that stand for what has no name.
DOCUMENTED_ONLY = {
    "ctypes._CFuncPtr",
    "datetime.IsoCalendarDate",
    "dbm.dumb.dumbdbm",
    "dbm.gnu.gdbm",
    "dbm.ndbm.ndbm",
    "dict_items",
    "dict_keys",
    "dict_values",
    "multiprocessing.Barrier",
    "multiprocessing.Condition",
    "multiprocessing.Event",
    "multiprocessing.Lock",
    "multiprocessing.RLock",
    "multiprocessing.Semaphore",
    "multiprocessing.SimpleQueue",
    "multiprocessing.Value",
    "os.Environ",
    "os.Environb",
    "select.kevent",
    "select.kqueue",
    "select.poll",
    "sys.flags",
    "sys.float_info",
    "sys.implementation",
    "sys.thread_info",
    "sys.version_info",
    "test.support.os_helper.EnvironmentVarGuard",
    "threading.RLock",
    "turtle.Screen",
    "unittest.mock.call",
    "unittest.mock.patcher",
}


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
    unknown = set()
    for text in known.types.values():
        for name in re.findall(r"(?<![\w@$!*])[a-zA-Z_][\w.]*", text):
            placeholder = re.fullmatch(r"Self|None|type|object|T\d", name)
            if not placeholder and known.class_name(name) not in known.members:
                unknown.add(name)
    assert {name for name in unknown if not name.startswith("pytest.")} == DOCUMENTED_ONLY


def test_every_typed_member_exists() -> None:
    known = knowledge()
    missing = []
    for name in known.types:
        owner, _, member = name.removesuffix("()").rpartition(".")
        is_public = member.isidentifier() and not member.startswith("_")
        if is_public and owner in known.members and not known.has_member(owner, member):
            missing.append(name)
    assert missing == []


def test_candidates_go_from_the_class_to_the_base_that_defines() -> None:
    known = knowledge()
    assert known.member_candidates("collections.Counter", "items") == [
        "collections.Counter.items",
        "dict.items",
    ]
    assert known.member_candidates("collections.Counter", "update") == [
        "collections.Counter.update",
        "dict.update",
    ]
    assert known.member_candidates("no.Such", "thing") == ["no.Such.thing"]

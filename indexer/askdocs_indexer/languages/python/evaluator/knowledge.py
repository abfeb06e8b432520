"""What is known about the standard library: its classes and members, and what calls return.

`stdlib.json` is generated (by tests/languages/generate_stdlib.py); `types.ini` is written by hand.
Both are read once, when the first Python symbol is resolved.
"""

from __future__ import annotations

import json
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
# Test mixins call its methods, and are mixed with it in other files.
TEST_CASE = "unittest.TestCase"


def is_test_method(name: str) -> bool:
    """Whether a method's name tells that it is one of `unittest.TestCase`."""
    return name in knowledge().members[TEST_CASE] and (
        name.startswith("assert") or name in ("addCleanup", "subTest", "skipTest", "enterContext")
    )


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The tables, by qualified names (builtins without a prefix).

    `bases` holds each class's resolution order without itself and `members` the names it adds.
    `aliases` maps other names to the best-known one, and `also` that one to others of its package.
    `types` maps "module.value" and "Class.attribute" to a written type, and the same with "()"
    behind it to what a call returns, with "(callback)" to what it hands to a lambda it is given.
    `peers` maps a class to classes that document its members.
    """

    modules: dict[str, frozenset[str]]
    bases: dict[str, tuple[str, ...]]
    members: dict[str, frozenset[str]]
    aliases: dict[str, str]
    also: dict[str, tuple[str, ...]]
    peers: dict[str, tuple[str, ...]]
    types: dict[str, str]

    def class_name(self, name: str) -> str:
        """The best-known name of a class: `unittest.TestCase` for `unittest.case.TestCase`."""
        return name if name in self.members else self.aliases.get(name, name)

    def is_class(self, name: str) -> bool:
        """Whether the name is a known class's, or looks like one (``pkg.SomeName``)."""
        if self.class_name(name) in self.members:
            return True
        module, _, last = name.rpartition(".")
        if last in self.modules.get(module, ()):
            return False
        last = last.lstrip("_")
        return last[:1].isupper() and not last.isupper()

    def is_type(self, name: str) -> bool:
        """Whether a name that is called or annotates something is a class's, in capitals or not."""
        module, _, last = name.rpartition(".")
        is_known = last in self.modules.get(module, ())
        return self.is_class(name) or (not is_known and last.lstrip("_")[:1].isupper())

    def resolution_order(self, name: str) -> tuple[str, ...]:
        """The class and its known bases, nearest first."""
        name = self.class_name(name)
        return (name, *self.bases.get(name, ()))

    def has_member(self, name: str, attribute: str) -> bool:
        """Whether a known class or one of its bases has the public attribute."""
        return any(attribute in self.members.get(c, ()) for c in self.resolution_order(name))

    def is_enum(self, name: str) -> bool:
        """Whether the name is a known enumeration's."""
        return "enum.Enum" in self.bases.get(self.class_name(name), ())

    def type_of(self, name: str) -> str | None:
        """The written type of a value, or with "()" behind the name what calling it returns."""
        written = self.types.get(name)
        if written is None and not name.endswith("()"):
            return None
        if written is None:
            alias = self.aliases.get(name[:-2])
            written = self.types.get(f"{alias}()") if alias else None
        return written

    def member_type(self, class_name: str, attribute: str) -> str | None:
        """`type_of` an attribute, looked up along the class's bases."""
        for name in self.resolution_order(class_name):
            written = self.types.get(f"{name}.{attribute}")
            if written is not None:
                return written
        return None

    def member_candidates(self, class_name: str, attribute: str) -> list[str]:
        """Qualified names an attribute may be documented by, those of the nearest class first.

        Documentation lists an inherited member under the class itself, under the base that defines
        it or under one between. Then come the class's peers, and `object` for special names.
        """
        order = self.resolution_order(class_name)
        definers = [n for n, c in enumerate(order) if attribute in self.members.get(c, ())]
        owners = list(order[: definers[-1] + 1 if definers else 1])
        if attribute.startswith("__") and attribute.endswith("__"):
            owners = [*order, "object"]
        owners += [peer for owner in order for peer in self.peers.get(owner, ())]
        owners += [name for owner in owners for name in self.also.get(owner, ())]
        if class_name not in owners:
            owners.append(class_name)
        if class_name not in self.members and is_test_method(attribute):
            owners.append(TEST_CASE)
        return [f"{owner}.{attribute}" for owner in dict.fromkeys(owners)]

    def candidates(self, name: str) -> list[str]:
        """Qualified names that a dotted name may be documented by, the written one first."""
        owner, _, last = name.rpartition(".")
        names = [name]
        if owner in self.members or owner in self.aliases:
            members = self.member_candidates(owner, last)
            names = members if name in members else [name, *members]
        public = self.aliases.get(name, name)
        names += [public, *self.also.get(public, ())]
        names += [f"{peer}.{last}" for peer in self.peers.get(owner, ())]
        if name.startswith("_") and owner.lstrip("_") in self.modules:
            names.append(name.lstrip("_"))
        return list(dict.fromkeys(names))


@cache
def knowledge() -> Knowledge:
    """Read the tables. Cached: they never change while the process lives."""
    tables = json.loads((_FOLDER / "stdlib.json").read_text("utf-8"))
    ini = ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    ini.optionxform = str  # type: ignore[assignment,method-assign]
    ini.read(_FOLDER / "types.ini", "utf-8")
    bases = {name: tuple(row[0].split()) for name, row in tables["classes"].items()}
    bases |= {name: tuple(value.split()) for name, value in ini["(bases)"].items()}
    types: dict[str, str] = dict(tables["values"])
    for section in ini.sections():
        if section.startswith("("):
            continue
        prefix = "" if section == "builtins" else f"{section}."
        for written, names in ini[section].items():
            types.update((prefix + name, written) for name in names.split())
    aliases = tables["hidden"] | tables["aliases"] | dict(ini["(aliases)"])
    members = {name: frozenset(row[1].split()) for name, row in tables["classes"].items()}
    for name in ini["(aliases)"]:
        members.pop(name, None)
    for name, value in ini["(members)"].items():
        members[name] = members.get(name, frozenset()) | frozenset(value.split())
    also: dict[str, tuple[str, ...]] = {}
    for name, public in tables["aliases"].items():
        if name.partition(".")[0] == public.partition(".")[0]:
            also[public] = (*also.get(public, ()), name)
    return Knowledge(
        modules={name: frozenset(row.split()) for name, row in tables["modules"].items()},
        bases=bases,
        members=members,
        aliases=aliases,
        also=also,
        peers={
            name: tuple(value.split())
            for names, value in ini["(peers)"].items()
            for name in names.split()
        },
        types=types,
    )

"""The types of PHP's names and doc comments as terms.

PHP finds a name by its role, so the first step of a term says which one it has: ``class:Foo``,
``function:foo`` or ``const:FOO``.
"""

from __future__ import annotations

import re

from askdocs_indexer.languages.facts import ELEMENT, SELF, SUPER, Names, Term
from askdocs_indexer.readers.decoding import words

CLASS = "class:"
FUNCTION = "function:"
CONSTANT = "const:"
OWN: dict[str, Names] = {"self": (SELF,), "static": (SELF,), "parent": (SELF, SUPER)}
_ELEMENTS = frozenset({"array", "iterable", "list", "non-empty-array", "non-empty-list"})
# Types in doc comments that are not classes.
_PLAIN = words(
    "array bool boolean callable class-string double false float int integer iterable mixed never "
    "null numeric object resource scalar string true void"
)
_DOC_NAME = re.compile(r"\\?[A-Za-z_][\w\\-]*")
_TAG = re.compile(r"@(?:psalm-|phpstan-)?(?P<name>param|return|var)\s+(?=[^\s*])")
_VARIABLE = re.compile(r"\s*&?(?:\.\.\.)?(?P<name>\$\w+)")
_LONGEST_TYPE = 300


def class_term(name: str) -> Term:
    """Return the term of a class by its name as written."""
    return Term(OWN.get(name.lower(), (f"{CLASS}{name}",)))


def doc_types(text: str) -> tuple[Term, ...]:
    """Return the classes that a type in a doc comment names, such as ``Foo[]|(Bar&Baz)|null``."""
    terms: list[Term] = []
    left = [text.lstrip("?")]
    while left:
        part = left.pop(0).strip()
        alternatives = _split(part, "|")
        parts = alternatives if len(alternatives) > 1 else _split(part, "&")
        if len(parts) > 1 or (part[:1] == "(" and part[-1:] == ")"):
            left[:0] = parts if len(parts) > 1 else [part[1:-1]]
        elif (term := _doc_type(part)) is not None:
            terms.append(term)
    return tuple(terms)


def _doc_type(text: str) -> Term | None:
    if text.endswith("[]"):
        inner = _doc_type(text[:-2].strip("()"))
        return Term((ELEMENT,), (inner,)) if inner is not None else None
    if text in {"$this", "static", "self"}:
        return Term((SELF,))
    match = _DOC_NAME.match(text)
    name = match[0] if match is not None else ""
    rest = text[len(name) :]
    args = _split(rest[1:-1], ",") if rest[:1] == "<" and rest[-1:] == ">" else []
    held = tuple(_doc_type(arg.strip()) or Term(()) for arg in args)
    if name.lower() in _ELEMENTS:
        return Term((ELEMENT,), held) if held and held[-1].steps else None
    if not name or name.lower() in _PLAIN or (rest and not args):
        return None
    return Term(class_term(name).steps, held)


def _split(text: str, separator: str) -> list[str]:
    """Split a type at separators outside of brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "<({[") - (char in ">)}]")
        if char == separator and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def type_end(text: str, start: int) -> int:
    """Return where a type in a text ends: at the first blank outside of brackets."""
    depth = 0
    for index in range(start, min(len(text), start + _LONGEST_TYPE)):
        char = text[index]
        depth += (char in "<({[") - (char in ">)}]")
        if char.isspace() and depth <= 0:
            return index
        if char == "\n":
            return start
    return len(text) if len(text) <= start + _LONGEST_TYPE else start


def parameter_types(comment: str, variable: str) -> tuple[Term, ...]:
    """Return the type that a comment's ``@param`` gives to a variable."""
    for match in _TAG.finditer(comment):
        end = type_end(comment, match.end())
        named = _VARIABLE.match(comment, end)
        if match["name"] == "param" and named is not None and named["name"] == variable:
            return doc_types(comment[match.end() : end])
    return ()


def tagged_types(comment: str, *names: str) -> tuple[Term, ...]:
    """Return the type of the first of some tags in a comment, such as ``@return``."""
    for match in _TAG.finditer(comment):
        if match["name"] in names:
            return doc_types(comment[match.end() : type_end(comment, match.end())])
    return ()

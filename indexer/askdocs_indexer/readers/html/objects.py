"""Which symbols a definition list documents, as Sphinx, Texinfo and pdoc3 write them."""

from __future__ import annotations

import re

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.html.inline import code_text
from askdocs_indexer.readers.html.tree import Node
from askdocs_indexer.readers.rst.objects import family_of_domain

_DESCRIPTIONS = words(
    "attribute class classmethod data decorator exception function method property py staticmethod"
)
_SPHINX_DOMAINS = words("c cpp js py rst std")
_CPP_ID = re.compile(r"_CPPv\d")
# Sphinx's marks of a declared name and of the scopes before it, in its versions' spellings.
_CPP_NAMES = words("descname sig-name")
_CPP_SCOPES = words("descclassname sig-prename")
_TEMPLATE_ARGUMENTS = re.compile(r"<[^<>]*>")
_SYMBOL_ID = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$")
# What Sphinx calls an object that is described twice, where its own name is taken.
_COUNTED_ID = re.compile(r"id\d+$")
_NAME = re.compile(r"[\w.$:~/+-]+")


def is_object_list(node: Node) -> bool:
    """Return whether a `dl` describes objects, as older versions of Sphinx mark it."""
    return not _DESCRIPTIONS.isdisjoint(node.classes)


def is_described(term: Node) -> bool:
    """Return whether a `dt` declares an object."""
    return "sig-object" in term.classes or bool(
        _marked(term, "def-name") or _is_of_pdoc3(term) or _is_cpp(term)
    )


def term_symbols(term: Node, outer: str) -> list[str]:
    """Return the names that a `dt` declares, inside the symbol `outer` ("" for none)."""
    identity = term.attributes.get("id", "")
    if _is_cpp(term):  # Their ids are mangled names.
        scope, name = _cpp_name(term)
        inside = f"{outer}::" if outer else ""
        return [f"{scope or inside}{name}"] if name else []
    is_counted = _COUNTED_ID.match(identity) is not None
    if _SYMBOL_ID.match(identity) and not is_counted:
        return [identity.removeprefix("c.")]
    marked = _marked(term, "sig-name") or _marked(term, "def-name")
    names = (match[0] for name in marked if (match := _NAME.search(name.strip(".: "))))
    return [f"{outer}.{name}" if is_counted and outer else name for name in names]


def term_domain(term: Node, around: Node | None) -> str:
    """Return the family of languages of what a `dt` inside a list declares, as Sphinx marks it."""
    identity = term.attributes.get("id", "")
    classes = {*term.classes, *(around.classes if around is not None else ())}
    domains = _SPHINX_DOMAINS & classes
    if domains:
        return family_of_domain(min(domains))
    if identity.startswith("c.") or _is_cpp(term):
        return "c"
    if _is_of_pdoc3(term):
        return "python"
    # Older versions name no domain; the one that they take for granted is Python's.
    return "python" if classes & _DESCRIPTIONS else ""


def _is_cpp(term: Node) -> bool:
    identity = term.attributes.get("id", "")
    return "cpp" in term.classes or _CPP_ID.match(identity) is not None


def _is_of_pdoc3(term: Node) -> bool:
    return bool(term.attributes.get("id") and _marked(term, "ident"))


def _cpp_name(term: Node) -> tuple[str, str]:
    """Return the scopes before a declared name of C++, such as `a::B::`, and the name.

    The parameters of its templates are marked as names too, but stand before it.
    """
    scope, name = "", ""
    for node in term.descendants():
        if not _CPP_NAMES.isdisjoint(node.classes):
            name = "".join(code_text(node).split())
        elif not _CPP_SCOPES.isdisjoint(node.classes):
            scope = ("" if name else scope) + "".join(code_text(node).split())
            name = ""
    while scope != (bare := _TEMPLATE_ARGUMENTS.sub("", scope)):
        scope = bare
    return scope.removeprefix("::"), name


def _marked(term: Node, name: str) -> list[str]:
    """Return the texts of the elements of class `name` inside `term`."""
    nodes = (node for node in term.descendants() if name in node.classes)
    return ["".join(code_text(node).split()) for node in nodes]

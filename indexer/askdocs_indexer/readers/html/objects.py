"""Which symbols an HTML page documents, by the marks that API generators leave.

Sphinx and Texinfo describe objects in definition lists. Pages of rustdoc, javadoc and Doxygen are
about a single symbol, which qualifies the members in their headings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.heading_symbols import signature_name
from askdocs_indexer.readers.html.inline import code_text, inline
from askdocs_indexer.readers.html.tree import Node
from askdocs_indexer.readers.markdown_writer import plain
from askdocs_indexer.readers.rst.objects import family_of_domain

_DESCRIPTIONS = words(
    "attribute class classmethod data decorator exception function method property py staticmethod"
)
_SPHINX_DOMAINS = words("c cpp js py rst std")
_SYMBOL_ID = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$")
_NAME = re.compile(r"[\w.$:~/+-]+")
# rustdoc, javadoc and Doxygen call their pages `Struct String`, `Class ArrayList<E>` and
# `ns::Store Class Reference`.
_KIND_FIRST = re.compile(
    r"(?:Annotation Interface|Attribute Macro|Class|Constant|Crate|Derive Macro|Enum|Enum Class|"
    r"Exception|Exception Class|Function|Interface|Macro|Module|Record|Record Class|Static|Struct|"
    r"Trait|Type Alias|Union) (?P<name>[A-Za-z_$][\w$.:]*)"
)
_KIND_LAST = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:(?:::|\.)\w+)*)(?:<.*>)? "
    r"(?:Class|Interface|Module|Namespace|Package|Struct|Union)(?: Template)? Reference"
)
# `valve.h File Reference`: Doxygen reads more languages, but these have functions of their own.
_FILE_PAGE = re.compile(
    r"[\w./+-]+\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx)\+* File Reference", re.IGNORECASE
)
_QUALIFIED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")
_RUSTDOC_ID = re.compile(
    r"(?:associatedconstant|associatedtype|method|tymethod|variant)\.(?P<name>[A-Za-z_]\w*)"
)


def is_object_list(node: Node) -> bool:
    """Return whether a `dl` describes objects, as older versions of Sphinx mark it."""
    return not _DESCRIPTIONS.isdisjoint(node.classes)


def is_described(term: Node) -> bool:
    """Return whether a `dt` declares an object."""
    return "sig-object" in term.classes or bool(_marked(term, "def-name"))


def term_symbols(term: Node, outer: str) -> list[str]:
    """Return the names that a `dt` declares, inside the symbol `outer` ("" for none)."""
    identity = term.attributes.get("id", "")
    if "cpp" in term.classes:  # Their ids are mangled names.
        before = "".join(_marked(term, "sig-prename") or _marked(term, "descclassname"))
        name = "".join(_marked(term, "sig-name") or _marked(term, "descname"))
        if not name:
            return []
        inside = f"{outer}::" if outer else ""
        return [f"{before or inside}{name}"]
    if _SYMBOL_ID.match(identity):
        return [identity.removeprefix("c.")]
    names = _marked(term, "sig-name") or _marked(term, "def-name")
    return [match[0] for name in names if (match := _NAME.search(name.strip(".: ")))]


def term_domain(term: Node, around: Node | None) -> str:
    """Return the family of languages of what a `dt` inside a list declares, as Sphinx marks it."""
    identity = term.attributes.get("id", "")
    classes = {*term.classes, *(around.classes if around is not None else ())}
    domains = _SPHINX_DOMAINS & classes
    if domains:
        return family_of_domain(min(domains))
    if identity.startswith("c."):
        return "c"
    # Older versions name no domain; the one that they take for granted is Python's.
    return "python" if classes & _DESCRIPTIONS else ""


def _marked(term: Node, name: str) -> list[str]:
    """Return the texts of the elements of class `name` inside `term`."""
    nodes = (node for node in term.descendants() if name in node.classes)
    return ["".join(code_text(node).split()) for node in nodes]


@dataclass(frozen=True, slots=True)
class Owner:
    """The symbol that an API generator made a page for, and how its members are joined to it.

    `domain` is as in `Section`. Members on Doxygen's page about a file (`is_file`) have no owner.
    """

    name: str = ""
    separator: str = "."
    domain: str = ""
    is_file: bool = False

    def member(self, heading: Node, around: Node | None, title: str) -> str:
        """Return the qualified name of the member that a heading begins, or "".

        `around` is the element with an `id` that begins with the heading, if any.
        """
        identity = heading.attributes.get("id", "")
        classes = frozenset(heading.classes)
        if around is not None:
            identity = identity or around.attributes.get("id", "")
            classes = classes.union(around.classes)
        rust = _RUSTDOC_ID.match(identity)
        if self.name and rust and "code-header" in classes:
            return f"{self.name}{self.separator}{rust['name']}"
        if _QUALIFIED.match(identity) and title.startswith(identity.rpartition(".")[2]):
            return identity  # mkdocstrings
        if self.name and identity.startswith("<init>(") and "detail" in classes:
            return self.name
        if classes.isdisjoint({"detail", "memtitle"}) or not (self.name or self.is_file):
            return ""
        if self.is_file:
            return title.removesuffix("()") if _SYMBOL_ID.match(title.removesuffix("()")) else ""
        last = re.split(r"[.:]", signature_name(title))[-1]
        return f"{self.name}{self.separator}{last}" if last else ""


def page_owner(root: Node) -> Owner:
    """Return the symbol that rustdoc, javadoc or Doxygen made this page for, if any."""
    around, title, separator, domain = "", "", ".", ""
    for node in root.descendants():
        classes = node.classes
        if "rustdoc-breadcrumbs" in classes:
            around, separator, domain = plain(inline(node.children)), "::", "rust"
        elif "sub-title" in classes or "subTitle" in classes:
            around, domain = plain(inline(node.children)).rpartition(" ")[2], "jvm"
        elif not title and (node.tag == "h1" or "title" in classes):
            title = plain(inline(node.children))
    if _FILE_PAGE.match(title):
        return Owner("", "::", "c", is_file=True)
    last = _KIND_LAST.match(title)
    if last:
        return Owner(last["name"], "." if "." in last["name"] else "::")
    first = _KIND_FIRST.match(title)
    if first and around:
        return Owner(f"{around}{separator}{first['name']}", separator, domain)
    is_crate = first is not None and title.startswith("Crate ")
    return Owner(first["name"], "::", "rust") if first and is_crate else Owner()

"""Which symbols an HTML page documents, by the marks that API generators leave.

Sphinx, Texinfo and pdoc3 describe objects in definition lists. Pages of rustdoc, javadoc, Doxygen
and pdoc are about a single symbol, which qualifies the members in their headings or boxes.
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
_CPP_ID = re.compile(r"_CPPv\d")
# Sphinx's marks of a declared name and of the scopes before it, in its versions' spellings.
_CPP_NAMES = words("descname sig-name")
_CPP_SCOPES = words("descclassname sig-prename")
_TEMPLATE_ARGUMENTS = re.compile(r"<[^<>]*>")
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


@dataclass(frozen=True, slots=True)
class Owner:
    """The symbol that an API generator made a page for, and how its members are joined to it.

    `domain` is as in `Section`. Members on Doxygen's page about a file (`is_file`) have no owner;
    those of a module by pdoc (`is_pdoc`) are boxes.
    """

    name: str = ""
    separator: str = "."
    domain: str = ""
    is_file: bool = False
    is_pdoc: bool = False

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
    """Return the symbol that an API generator made this page for, if any."""
    around, title, separator, domain = "", "", ".", ""
    for node in root.descendants():
        classes = node.classes
        if "rustdoc-breadcrumbs" in classes:
            around, separator, domain = plain(inline(node.children)), "::", "rust"
        elif "sub-title" in classes or "subTitle" in classes:
            around, domain = plain(inline(node.children)).rpartition(" ")[2], "jvm"
        elif "modulename" in classes:
            return Owner(plain(inline(node.children)), ".", "python", is_pdoc=True)
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

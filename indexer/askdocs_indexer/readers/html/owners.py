"""Which symbol an API generator made an HTML page for, and the members in the page's headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from askdocs_indexer.readers.heading_symbols import signature_name
from askdocs_indexer.readers.html.inline import inline
from askdocs_indexer.readers.html.tree import Node
from askdocs_indexer.readers.markdown_writer import plain

# rustdoc, javadoc and Doxygen call their pages `Struct String`, `Class ArrayList<E>` and
# `ns::Store Class Reference`.
_KIND_FIRST = re.compile(
    r"(?:Annotation (?:Interface|Type)|Attribute Macro|Class|Constant|Crate|Derive Macro|"
    r"(?:Enum|Error|Exception|Record)(?: Class)?|Function|Interface|Macro|Module|Package|Static|"
    r"Struct|Trait|Type Alias|Union) (?P<name>[A-Za-z_$][\w$.:]*)"
)
# javadoc's description of a page, where newer versions alone name the package.
_JAVADOC_PAGE = re.compile(
    r"declaration: (?:module: [\w.]+, )?package: (?P<package>[\w.]+)(?P<type>, )?"
)
_KIND_LAST = re.compile(
    r"(?P<name>[A-Za-z_]\w*(?:(?:::|\.)\w+)*)(?:<.*>)? "
    r"(?:Class|Interface|Module|Namespace|Package|Struct|Union)(?: Template)? Reference"
)
# `valve.h File Reference`: Doxygen reads more languages, but these have functions of their own.
_FILE_PAGE = re.compile(
    r"[\w./+-]+\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx)\+* File Reference", re.IGNORECASE
)
# TypeDoc's `Enumeration Mode`; JSDoc's `Class: Tank` and `Namespace: plant~tanks`.
_TYPEDOC_PAGE = re.compile(
    r"(?:Class|Enumeration|Enum|Function|Interface|Namespace|Type [Aa]lias|Variable) "
    r"(?P<name>[A-Za-z_$][\w$]*)"
)
_JSDOC_PAGE = re.compile(
    r"(?:Globals?$|(?:Class|External|Interface|Mixin|Module|Namespace|Typedef): "
    r"(?P<name>[\w$./~#-]+)$)"
)
_JSDOC_NAME = re.compile(r"(?:Globals?$|(?P<name>[\w$./~#-]+)$)")
_JSDOC_SEPARATOR = re.compile(r"[~#]")
_SEPARATOR = re.compile(r"::|[.#~]")
# The items of an older javadoc's lists; in each of those of members, a heading comes first.
_JAVADOC_ITEMS = frozenset({"blockList", "blockListLast"})
# As in Java.
_JAVASCRIPT_NAME = re.compile(r"[A-Za-z_$][\w$]*$")
_C_NAME = re.compile(r"[A-Za-z_]\w*(?:::~?\w+)*$")
_QUALIFIED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")
# YARD's and RDoc's pages, and the ids of their methods.
_RUBY_PAGE = re.compile(r"(?:(?:Class|Exception|Module): |(?:class|module) )(?P<name>[A-Z][\w:]*)$")
_RUBY_CLASSES = frozenset({"documentation-section", "method-detail", "method_details"})
_RUBY_ID = re.compile(
    r"(?P<name>.+)-(?P<kind>class|instance)_method$|method-(?P<mark>[ci])-(?P<escaped>.+)$"
)
_ESCAPED = re.compile(r"-(?P<code>[0-9A-F]{2})")
# Dokka's path to a page: `rail::org.example/Wagon/brake/#kotlin.Int/PointingToDeclaration/`.
_DOKKA_PAGE = re.compile(r"[^:]*::(?P<package>[\w.]+)/(?P<path>[\w.$/]*)")
# docfx' name of what a heading describes: `Acme.Wagon`1.#ctor(System.Int32)`.
_DOCFX_NOISE = re.compile(r"`+\d+|\(.*|\.#ctor|\*", re.DOTALL)
_RUSTDOC_ID = re.compile(
    r"(?:associatedconstant|associatedtype|method|tymethod|variant)\.(?P<name>[A-Za-z_]\w*)"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The symbol that an API generator made a page for, and how its members are joined to it.

    `domain` is as in `Section`. Members on Doxygen's page about a file or a group (`is_file`)
    have no owner; those of a module by pdoc (`is_pdoc`) are boxes.
    """

    name: str = ""
    separator: str = "."
    domain: str = ""
    is_file: bool = False
    is_pdoc: bool = False

    def is_titled(self, heading: Node, title: str) -> bool:
        """Return whether a heading is the page's title, which names the owner."""
        is_title = heading.tag == "h1" or "title" in heading.classes
        return is_title and bool(self.name) and self._last in title

    @property
    def _last(self) -> str:
        return _SEPARATOR.split(self.name)[-1]

    def is_member_item(self, item: Node) -> bool:
        """Return whether a list's item may be a member of a page by an older javadoc."""
        return self.domain == "jvm" and not _JAVADOC_ITEMS.isdisjoint(item.classes)

    def member(self, heading: Node, around: Node | None, title: str) -> str:
        """Return the qualified name of the member that a heading begins, or "".

        `around` is the element with an `id` that begins with the heading, if any.
        """
        if uid := _DOCFX_NOISE.sub("", heading.attributes.get("data-uid", "")):
            return uid
        identity = heading.attributes.get("id", "")
        classes = frozenset(heading.classes)
        if around is not None:
            identity = identity or around.attributes.get("id", "")
            classes = classes.union(around.classes)
        if self.domain == "ruby":
            return self.ruby_method(identity)
        if self.domain == "javascript":
            return self._javascript_member(identity, classes, title)
        if heading.tag == "h4" and self.domain == "jvm" and not _JAVADOC_ITEMS.isdisjoint(classes):
            return self._older_java_member(title)
        return self._other_member(identity, classes, title)

    def ruby_method(self, identity: str) -> str:
        """Return the qualified name of the method of an `id` by YARD or RDoc, or ""."""
        match = _RUBY_ID.match(identity)
        if match is None or not self.name:
            return ""
        name = match["name"] or _ESCAPED.sub(lambda e: chr(int(e["code"], 16)), match["escaped"])
        is_class = match["kind"] == "class" or match["mark"] == "c"
        return f"{self.name}{'.' if is_class else '#'}{name}"

    def _older_java_member(self, title: str) -> str:
        if title == self._last:
            return self.name
        return f"{self.name}.{title}" if _JAVASCRIPT_NAME.match(title) else ""

    def _other_member(self, identity: str, classes: Set[str], title: str) -> str:
        """Return the same of a heading by rustdoc, mkdocstrings, javadoc or Doxygen."""
        rust = _RUSTDOC_ID.match(identity)
        if self.name and rust and not classes.isdisjoint({"code-header", "method"}):
            return f"{self.name}{self.separator}{rust['name']}"
        if _QUALIFIED.match(identity) and title.startswith(identity.rpartition(".")[2]):
            return identity  # mkdocstrings
        if self.name and identity.startswith("<init>(") and "detail" in classes:
            return self.name
        if classes.isdisjoint({"detail", "memtitle"}) or not (self.name or self.is_file):
            return ""
        if self.is_file:
            name = title.removesuffix("()")
            return name if _C_NAME.match(name) else ""
        last = re.split(r"[.:]", signature_name(title))[-1]
        return f"{self.name}{self.separator}{last}" if last else ""

    def _javascript_member(self, identity: str, classes: Set[str], title: str) -> str:
        """Return the same of a heading by TypeDoc, or by JSDoc, whose ids tell how names join."""
        name = ""
        if "tsd-member" in classes:
            name = title.rpartition(" ")[2].rstrip("?")
        elif "name" in classes:
            name = identity.lstrip(".~")
        if self.name and (name == "constructor" or title.startswith("new ")):
            return self.name
        if not _JAVASCRIPT_NAME.match(name):
            return ""
        return f"{self.name}{self.separator}{name}" if self.name else name


def page_owner(root: Node) -> Owner:
    """Return the symbol that an API generator made this page for, if any."""
    marks = {name: node for node in root.descendants() for name in node.classes}
    titles = (node for node in root.descendants() if node.tag == "h1" or "title" in node.classes)
    title = next(filter(None, map(_text, titles)), "")
    makers = (_pdoc, _javascript, _doxygen, _by_kind)
    owners = (owner_of(marks, title) for owner_of in makers)
    described = _javadoc(root, title) or _dokka(root) or _ruby(root, marks)
    return described or next(filter(None, owners), Owner())


def _dokka(root: Node) -> Owner | None:
    paths = (node.attributes.get("pageids", "") for node in root.descendants())
    page = next(filter(None, map(_DOKKA_PAGE.match, paths)), None)
    if page is None:
        return None
    return Owner(".".join([page["package"], *filter(None, page["path"].split("/"))]), ".", "jvm")


def _javadoc(root: Node, title: str) -> Owner | None:
    """A page of javadoc that describes itself in its head."""
    metas = (node.attributes for node in root.descendants() if node.tag == "meta")
    described = (a.get("content", "") for a in metas if a.get("name") == "description")
    page = next(filter(None, map(_JAVADOC_PAGE.match, described)), None)
    match = _KIND_FIRST.match(title)
    if page is None or match is None:
        return None
    name = f"{page['package']}.{match['name']}" if page["type"] else page["package"]
    return Owner(name, ".", "jvm")


def _ruby(root: Node, marks: Mapping[str, Node]) -> Owner | None:
    if _RUBY_CLASSES.isdisjoint(marks):
        return None
    titles = (_text(node) for node in root.descendants() if node.tag == "h1")
    match = next(filter(None, map(_RUBY_PAGE.match, titles)), None)
    return Owner(match["name"], "#", "ruby") if match else None


# Each takes the last element of each class, and the page's title.


def _pdoc(marks: Mapping[str, Node], title: str) -> Owner | None:
    name = _text(marks["modulename"]) if "modulename" in marks else ""
    return Owner(name, ".", "python", is_pdoc=True) if name else None


def _javascript(marks: Mapping[str, Node], title: str) -> Owner | None:
    """TypeDoc and JSDoc; the latter's page of global names has no owner."""
    described: re.Match[str] | None = None
    if "tsd-page-title" in marks:
        titles = (node for node in marks["tsd-page-title"].descendants() if node.tag == "h1")
        described = next(filter(None, map(_TYPEDOC_PAGE.match, map(_text, titles))), None)
    elif "page-title" in marks:
        # Themes of JSDoc leave the kind out.
        described = _JSDOC_PAGE.match(title) or (
            _JSDOC_NAME.match(title) if "type-signature" in marks else None
        )
    if described is None:
        return None
    name = _JSDOC_SEPARATOR.sub(".", described["name"] or "")
    return Owner(name, ".", "javascript")


def _doxygen(marks: Mapping[str, Node], title: str) -> Owner | None:
    # A page about a group has a title of its author's.
    is_group = "memtitle" in marks and not title.endswith(" Reference")
    if is_group or _FILE_PAGE.match(title):
        return Owner("", "::", "c", is_file=True)
    match = _KIND_LAST.match(title)
    return Owner(match["name"], "." if "." in match["name"] else "::") if match else None


def _by_kind(marks: Mapping[str, Node], title: str) -> Owner | None:
    """The pages of rustdoc and javadoc."""
    match = _KIND_FIRST.match(title)
    if match is None:
        return None
    name = match["name"]
    if "rustdoc-breadcrumbs" in marks:
        return Owner(f"{_text(marks['rustdoc-breadcrumbs'])}::{name}", "::", "rust")
    package = marks.get("sub-title") or marks.get("subTitle")
    if package is not None:
        return Owner(f"{_text(package).rpartition(' ')[2]}.{name}", ".", "jvm")
    # Older versions of rustdoc have the whole path in the title.
    is_path = "rustdoc" in marks and "::" in name
    return Owner(name, "::", "rust") if is_path or title.startswith("Crate ") else None


def _text(node: Node) -> str:
    return plain(inline(node.children))

"""What a C or C++ file declares, in the namespaces that it opens.

What only its own file can name (static functions of a source file, its macros, what stands in a
nameless namespace) belongs to the file; see `FILE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tree_sitter import Node, QueryCursor

from askdocs_indexer.languages.c.declarators import (
    Declarator,
    declarator_of,
    has_function,
    is_pointer,
    is_specialised,
    last_name,
)
from askdocs_indexer.languages.c.names import TYPES, parts_of
from askdocs_indexer.languages.c.namespaces import Regions, namespace_opened, regions, space_of
from askdocs_indexer.languages.c.preprocessor import ALONE
from askdocs_indexer.languages.c.syntax import CPP, GLOBAL, C, imports
from askdocs_indexer.languages.fact_reader import FileSymbols
from askdocs_indexer.languages.facts import (
    ELEMENT,
    FILE,
    Declaration,
    FileFacts,
    Import,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.source import DEEPEST
from askdocs_indexer.languages.syntax import compiled
from askdocs_indexer.languages.terms import TermReader

HEADERS = frozenset({"", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp"})
_MACROS = "[(preproc_def) (preproc_function_def)] @macro"
_USINGS = "[(using_declaration) (namespace_alias_definition)] @import"
_INCLUDE = re.compile(
    rb'^[ \t]*#[ \t]*(?:include|import)[ \t]*(?P<file>"[^"\n]+"|<[^>\n]+>)', re.MULTILINE
)
# A macro that declares fields, which types may share.
_FIELDS = re.compile(r"[\s\\]*(?:struct\s+)?[A-Za-z_]\w*[\s*]+[\w\s,*\[\]]*;")
_TRANSPARENT = frozenset({"ERROR", "declaration_list", "linkage_specification"})
_DECLARATIONS = frozenset({"declaration", "field_declaration", "function_definition"})


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    if "symbols" not in parsed.memo:
        parsed.memo["symbols"] = _Reader(parsed).symbols()
    symbols: FileSymbols = parsed.memo["symbols"]
    return symbols.facts


@dataclass(frozen=True, slots=True)
class _Place:
    """Where declarations stand: `names` lead there, of which the first `spaces` are namespaces.

    What `is_own` belongs to the file alone; what `is_known` specialises what is declared elsewhere,
    and declares nothing itself. `parameters` are those of the templates around it.
    """

    names: Names = ()
    spaces: int = 0
    is_type: bool = False
    is_public: bool = True
    is_own: bool = False
    is_known: bool = False
    parameters: frozenset[str] = frozenset()


_ROOT = _Place()


class _Reader:
    """Walks through the scopes and types of a file, not into functions."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._is_c = parsed.language == "c"
        self._is_header = PurePosixPath(parsed.path).suffix.lower() in HEADERS
        self._file = f"{FILE}{parsed.path}"
        self._terms = TermReader(C if self._is_c else CPP)
        self._declared: list[Declaration] = []
        self._imports: list[Import] = []
        self._scopes: list[tuple[int, int, Names]] = []
        self._bodies: list[tuple[int, int]] = []
        self._names: dict[int, Names] = {}
        self._left: list[tuple[Node, _Place]] = []
        self._regions: Regions = regions(parsed.source_bytes)

    def symbols(self) -> FileSymbols:
        """Return what the file declares, in the order of its lines."""
        for found in _INCLUDE.finditer(self._parsed.source_bytes):
            self._imports.append(Import("", found["file"].decode("utf-8", "replace")))
        if self._parsed.tree is not None:
            self._walk(self._parsed.tree.root_node)
        self._scopes.sort(key=lambda scope: (scope[0], -scope[1]))
        declared = sorted(self._declared, key=lambda one: one.line)
        facts = FileFacts(self._parsed.language, (), tuple(declared), tuple(self._imports))
        return FileSymbols(facts, self._scopes, self._names)

    def _walk(self, root: Node) -> None:
        for start, end, name in self._regions:
            self._scopes.append((start, end, (name,)))
        for name in dict.fromkeys(name for _, _, name in self._regions):
            self._declared.append(Declaration((name,), "module", 1))
        self._left.append((root, _Place()))
        while self._left:
            node, place = self._left.pop()
            self._body(node, place)
        for macro in self._captured(root, _MACROS, "macro"):
            self._macro(macro)
        if not self._is_c:
            for node in self._captured(root, _USINGS, "import"):
                self._using(node)

    def _captured(self, root: Node, text: str, capture: str) -> list[Node]:
        query = compiled(self._parsed.language, text)
        return QueryCursor(query).captures(root).get(capture, []) if query is not None else []

    def text(self, node: Node) -> str:
        """Return a node's text."""
        return text_of(node)

    def _body(self, body: Node, place: _Place) -> None:
        for node in body.named_children:
            if node.type == "access_specifier":
                is_public = not text_of(node).startswith(("private", "protected"))
                place = replace(place, is_public=is_public)
            elif len(place.names) <= DEEPEST:
                self._node(node, place)

    def _node(self, node: Node, place: _Place) -> None:
        if not place.names and (space := self._region(node)):
            place = replace(place, names=(space,), spaces=1)
        while node.type in {"template_declaration", "friend_declaration"} and node.named_children:
            inner = node.named_children[-1]
            if node.type == "template_declaration":
                place = self._with_parameters(node, place)
            elif inner.type in _DECLARATIONS:  # A friend stands beside the type, not in it.
                place = replace(place, names=place.names[: place.spaces], is_type=False)
            else:
                return
            node = inner
        self._unwrapped(node, place)

    def _unwrapped(self, node: Node, place: _Place) -> None:
        if node.type in _TRANSPARENT:
            inner = node.child_by_field_name("body") or node
            self._left.append((node if inner.type in _DECLARATIONS else inner, place))
        elif node.type == "namespace_definition":
            self._namespace(node, place)
        elif node.type in TYPES:
            self._type(node, place, ())
        elif node.type == "type_definition":
            self._typedef(node, place)
        elif node.type in {"alias_declaration", "concept_definition"}:
            self._alias(node, place)
        elif node.type in _DECLARATIONS:
            self._declaration(node, place)

    def _region(self, node: Node) -> str:
        spans = (name for start, end, name in self._regions if start <= node.start_byte < end)
        return next(spans, "")

    def _with_parameters(self, node: Node, place: _Place) -> _Place:
        inner = node.child_by_field_name("parameters")
        names = frozenset(
            text_of(leaf)
            for one in (inner.named_children if inner is not None else ())
            for leaf in one.named_children
            if leaf.type == "type_identifier"
        )
        return replace(place, parameters=place.parameters | names)

    # -- scopes and types ---------------------------------------------------------------------

    def _namespace(self, node: Node, place: _Place) -> None:
        """A namespace; one without a name is the file's own, an inline one adds no name."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        is_inline = any(child.type == "inline" for child in node.children[:1])
        if body is None:
            return
        if name is None:
            place = replace(place, is_own=place.is_own or not self._is_header)
        elif not is_inline:
            for leaf in (leaf for leaf in [name, *name.named_children] if not leaf.child_count):
                place = self._inside(place, text_of(leaf))
                self._add(Declaration(place.names, "module", _line(leaf)), leaf)
        self._scopes.append((node.start_byte, node.end_byte, place.names))
        self._left.append((body, place))

    def _inside(self, place: _Place, name: str) -> _Place:
        names = (*place.names, name)
        return replace(place, names=names, spaces=len(names), is_type=False)

    def _type(self, node: Node, place: _Place, owner: Names) -> Names:
        """Read a class or enumeration; without a name it is what its `owner` is, if any."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and is_specialised(name):
            place = replace(place, is_known=True)
        names = owner
        if name is not None:
            around = () if self._is_c else place.names
            names = (*around, *parts_of(self, name))
            if len(names) == len(around):
                return ()
            bases = (*self._bases(node, place), *(Term((one,)) for one in self._fields(body)))
            declaration = Declaration(names, "type", _line(name), bases=bases)
            self._add(replace(declaration, is_public=place.is_public), name, place)
        if body is not None:
            self._scopes.append((node.start_byte, node.end_byte, names or place.names))
            self._members(node, body, names, place)
        return names

    def _fields(self, body: Node | None) -> Iterator[str]:
        """Yield the macros in a type's body that stand for some of its fields."""
        data, seen = self._parsed.source_bytes, self._parsed.seen
        if body is None or data[body.start_byte : body.end_byte] == body.text:
            return
        for found in ALONE.finditer(data, body.start_byte, body.end_byte):
            start, end = found.span("macro")
            around = body.descendant_for_byte_range(start, end)
            if not seen[start:end].strip() and around is not None and around.id == body.id:
                yield found["macro"].decode()

    def _members(self, node: Node, body: Node, names: Names, place: _Place) -> None:
        if node.type == "enum_specifier":
            is_scoped = any(child.type in {"class", "struct"} for child in node.children[:2])
            for one in body.named_children:
                if one.type == "enumerator":
                    self._enumerator(one, names, place, is_scoped=is_scoped)
            return
        is_public = node.type != "class_specifier"
        inside = replace(place, names=names or place.names, is_type=True, is_public=is_public)
        self._left.append((body, inside))

    def _enumerator(self, node: Node, owner: Names, place: _Place, *, is_scoped: bool) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        own = text_of(name)
        outer = owner if is_scoped else place.names
        types = (Term(owner),) if owner else ()
        self._add(Declaration((*outer, own), "value", _line(name), types), name, place)
        if owner and not is_scoped and not self._is_c and not place.is_known:
            self._imports.append(Import(own, "", (*outer, own), owner, is_exported=True))

    def _bases(self, node: Node, place: _Place) -> Iterator[Term]:
        for clause in node.named_children:
            if clause.type == "base_class_clause":
                for base in clause.named_children:
                    yield from self._known(self._terms.term(base), place)

    # -- functions, values and aliases --------------------------------------------------------

    def _declaration(self, node: Node, place: _Place) -> None:
        kind = node.child_by_field_name("type")
        owner: Names | None = None
        declarators = [*map(declarator_of, node.children_by_field_name("declarator"))]
        if kind is not None and kind.type in TYPES and kind.child_by_field_name("body"):
            first = next((one for one in declarators if one is not None), None)
            is_enum = kind.type == "enum_specifier"
            named = kind.child_by_field_name("name") is not None
            parts = parts_of(self, first.name) if first is not None else ()
            if parts and not named and not is_enum:
                owner = (*place.names, *parts)
            self._type(kind, place, owner or ())
        for one in declarators:
            if one is not None:
                self._declared_by(one, node, place, owner)

    def _declared_by(self, one: Declarator, node: Node, place: _Place, owner: Names | None) -> None:
        parts = parts_of(self, one.name)
        kind = node.child_by_field_name("type")
        if not parts or (kind is None and not _is_made_by(parts, one.name, place)):
            return
        names = (*place.names, *parts)
        is_static = not place.is_type and len(parts) == 1 and self._is_static(node)
        place = replace(place, is_own=place.is_own or is_static)
        if one.function is not None:
            self._function(one, node, names, place)
        elif names == owner:
            self._add(Declaration(names, "type", _line(one.name)), one.name, place)
        else:
            types = (Term(owner),) if owner else self._types(kind, place, is_array=one.is_array)
            value = self._terms.term(one.value) if not types else None
            declaration = Declaration(names, "value", _line(one.name), types, value)
            self._add(replace(declaration, is_public=place.is_public), one.name, place)

    def _is_static(self, node: Node) -> bool:
        return not self._is_header and any(
            child.type == "storage_class_specifier" and text_of(child) == "static"
            for child in node.named_children
        )

    def _function(self, one: Declarator, node: Node, names: Names, place: _Place) -> None:
        assert one.function is not None
        trailing = [
            child for child in one.function.named_children if child.type == "trailing_return_type"
        ]
        result = trailing[0].named_children[0] if trailing else node.child_by_field_name("type")
        self._add(
            Declaration(
                names,
                "function",
                _line(one.name),
                self._types(result, place),
                parameters=tuple(self._parameters(one.function, place)),
                is_public=place.is_public,
            ),
            one.name,
            place,
        )
        if node.child_by_field_name("body") is not None:
            self._scopes.append((node.start_byte, node.end_byte, names))
            self._bodies.append((node.start_byte, node.end_byte))

    def _parameters(self, function: Node, place: _Place) -> Iterator[Term | None]:
        inner = function.child_by_field_name("parameters")
        for one in inner.named_children if inner is not None else ():
            if not one.is_extra:
                terms = self._types(one.child_by_field_name("type"), place)
                yield terms[0] if terms else None

    def _types(
        self, node: Node | None, place: _Place, *, is_array: bool = False
    ) -> tuple[Term, ...]:
        terms = tuple(self._known(self._terms.term(node), place)) if node is not None else ()
        return tuple(Term((ELEMENT,), (term,)) for term in terms) if is_array else terms

    def _known(self, term: Term | None, place: _Place) -> Iterator[Term]:
        """Yield a term if it is no template parameter, with the arguments that are none."""
        if term is None or not term.steps or term.steps[0] in place.parameters:
            return
        args = (next(self._known(arg, place), Term(())) for arg in term.args)
        yield Term(term.steps, tuple(args))

    def _typedef(self, node: Node, place: _Place) -> None:
        kind = node.child_by_field_name("type")
        declarators = sorted(node.children_by_field_name("declarator"), key=is_pointer)
        found = [one for one in map(declarator_of, declarators) if one is not None]
        found = [one for one in found if parts_of(self, one.name)]
        if kind is None or not found:
            return
        first = (*place.names, *parts_of(self, found[0].name))
        is_nameless = kind.child_by_field_name("name") is None
        types: tuple[Term, ...] = ()
        if kind.type in TYPES and kind.child_by_field_name("body") is not None:
            names = self._type(kind, place, first)
            types = (Term(names),) if names else ()
        elif kind.type in TYPES or not is_nameless or not has_function(node):
            types = self._types(kind, place)
        for one in found:
            names = (*place.names, *parts_of(self, one.name))
            is_own_name = types[:1] in ((Term(names),), (Term(names[-1:]),))
            declared = () if one.is_pointed_function or one.function is not None else types
            if is_own_name:
                self._add(Declaration(names, "type", _line(one.name)), one.name, place)
            else:
                if one.is_array:
                    declared = tuple(Term((ELEMENT,), (term,)) for term in declared)
                self._add(Declaration(names, "alias", _line(one.name), declared), one.name, place)

    def _alias(self, node: Node, place: _Place) -> None:
        name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name is None:
            return
        is_concept = node.type == "concept_definition"
        is_function = kind is not None and has_function(kind)
        types = self._types(kind, place) if not is_function else ()
        names = (*place.names, text_of(name))
        declaration = Declaration(names, "type" if is_concept else "alias", _line(name), types)
        self._add(replace(declaration, is_public=place.is_public), name, place)

    def _add(self, declaration: Declaration, name: Node, place: _Place = _ROOT) -> None:
        names = declaration.names
        if place.is_own:
            declaration = replace(declaration, names=(self._file, *names), is_public=False)
        self._names[last_name(name).start_byte] = declaration.names
        if not place.is_known:
            self._declared.append(declaration)

    # -- macros and using declarations --------------------------------------------------------

    def _macro(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        kind: Kind = "function" if node.type == "preproc_function_def" else "value"
        self._add(Declaration((text_of(name),), kind, _line(name)), name)
        macro = text_of(name)
        if value is not None and kind == "value" and _FIELDS.match(text_of(value)):
            self._declared += _fields_of(macro, value, self._parsed.language)
        opened = namespace_opened(macro, text_of(value) if value is not None else "")
        if opened is None or kind == "function":
            return
        space = (space_of(macro),)
        self._declared.append(Declaration(space, "module", _line(name)))
        self._imports.append(Import("*", GLOBAL, space, opened, is_exported=True))
        if opened:
            self._imports.append(Import("*", GLOBAL, opened, space, is_exported=True))
        for end in range(1, len(opened) + 1):
            self._declared.append(Declaration(opened[:end], "module", _line(name)))

    def _using(self, node: Node) -> None:
        around = [scope for scope in self._scopes if scope[0] <= node.start_byte < scope[1]]
        scope = max(around, key=lambda scope: scope[0])[2] if around else ()
        is_local = any(start <= node.start_byte < end for start, end in self._bodies)
        for one in imports(node):
            is_exported = bool(scope) and not is_local
            self._imports.append(replace(one, scope=scope, is_exported=is_exported))


def _fields_of(macro: str, value: Node, language: str) -> Iterator[Declaration]:
    """Yield the fields that a macro declares, as those of a type of its name."""
    text = text_of(value).replace("\\\n", " \n")
    parsed = Parsed(f"struct {macro} {{ {text}\n}};", language)
    if parsed.tree is None or parsed.tree.root_node.has_error:
        return
    declared = read(parsed).declarations
    if any(len(one.names) > 1 for one in declared):
        for one in declared:
            yield replace(one, line=one.line + value.start_point.row)


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _is_made_by(parts: Names, name: Node, place: _Place) -> bool:
    """Return whether a function without a result is a constructor, destructor or conversion.

    Any other is a macro that is used like a function.
    """
    owner = parts[-2] if len(parts) > 1 else place.names[-1] if place.is_type else ""
    is_operator = parts[-1].startswith("operator")
    return parts[-1] in {owner, f"~{owner}"} or is_operator

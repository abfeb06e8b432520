"""The facts of a file, read by its language's `facts.scm`; see `syntax.py` for the captures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node, Query, QueryCursor

from askdocs_indexer.languages.facts import Declaration, FileFacts, Import, Kind, Names, Term
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.syntax import Syntax, compiled, name_nodes, names_of
from askdocs_indexer.languages.terms import TermReader

_KINDS: tuple[Kind, ...] = ("module", "type", "function", "value", "alias", "extension")
# Inside of these stand the declarations that others can name.
_SCOPES = ("module", "type", "extension")
_LOCAL_TYPES = ("type", "alias")
_DEEPEST = 30
_FILE_END = 1 << 62


@dataclass(slots=True)
class _Captured:
    """What the matches say of one declaration: the patterns may each capture a part of it."""

    kind: Kind
    node: Node
    name: Node | None
    captures: dict[str, list[Node]] = field(default_factory=dict)

    def add(self, captures: dict[str, list[Node]]) -> None:
        for key, nodes in captures.items():
            known = self.captures.setdefault(key, [])
            known += [node for node in nodes if node not in known]

    def first(self, capture: str) -> Node | None:
        return next(iter(self.captures.get(capture, ())), None)


@dataclass(frozen=True, slots=True)
class FileSymbols:
    """What a file declares and imports, with the positions that the facts leave out.

    `scopes` are the (start, end, names) of its types, modules and functions, outer ones first;
    `names` are what it declares by the byte where each name stands.
    """

    facts: FileFacts
    scopes: Sequence[tuple[int, int, Names]]
    names: Mapping[int, Names]

    def scope_at(self, offset: int) -> Names:
        """Return the names of the innermost type or module of the file around a byte offset."""
        around = [names for start, end, names in self.scopes if start <= offset < end]
        return around[-1] if around else ()

    def declared_at(self, offset: int) -> Names | None:
        """Return the names of what is declared by the name at a byte offset."""
        return self.names.get(offset)


def captures_of(root: Node | None, query: Query | None) -> Iterator[dict[str, list[Node]]]:
    """Yield what each match of a query captures."""
    if root is not None and query is not None:
        yield from (captures for _, captures in QueryCursor(query).matches(root))


def file_symbols(parsed: Parsed, syntax: Syntax, module: Names) -> FileSymbols:
    """Return what a parsed file declares and imports, read once for each version of it."""
    if "symbols" not in parsed.memo:
        root = parsed.tree.root_node if parsed.tree is not None else None
        parsed.memo["symbols"] = _read(root, parsed.language, syntax, module)
    symbols: FileSymbols = parsed.memo["symbols"]
    return symbols


def _read(root: Node | None, language: str, syntax: Syntax, module: Names) -> FileSymbols:
    query = compiled(language, syntax.facts)
    captured: dict[tuple[int, int, str], _Captured] = {}
    imports: dict[int, Node] = {}
    for captures in captures_of(root, query):
        imports |= {node.start_byte: node for node in captures.get("import", ())}
        for kind in _KINDS:
            for node in captures.get(kind, ()):
                name = next(iter(captures.get("name", ())), None)
                start = name.start_byte if name is not None else node.start_byte
                key = (node.start_byte, start, kind)
                captured.setdefault(key, _Captured(kind, node, name)).add(captures)
    reader = _Reader(syntax, list(captured.values()))
    declarations = tuple(reader.declarations())
    taken = tuple(reader.imports(list(imports.values())))
    facts = FileFacts(language, module, declarations, taken)
    return FileSymbols(facts, reader.scopes, reader.names)


@dataclass(slots=True)
class _Open:
    """A declaration that others may stand inside of."""

    end: int
    names: Names
    is_local: bool


class _Reader:
    def __init__(self, syntax: Syntax, captured: list[_Captured]) -> None:
        self._syntax = syntax
        self._terms = TermReader(syntax)
        self._captured = sorted(
            captured, key=lambda capture: (capture.node.start_byte, -capture.node.end_byte)
        )
        self.scopes: list[tuple[int, int, Names]] = []
        self.names: dict[int, Names] = {}

    def declarations(self) -> Iterator[Declaration]:
        """Yield the declarations in the order of the file."""
        around: list[_Open] = []
        ends = self._ends()
        for captured in self._captured:
            while around and around[-1].end <= captured.node.start_byte:
                around.pop()
            inside = self._inside(captured, around)
            own = self._own_names(captured)
            names = (*inside.names, *own)
            is_read = not inside.is_local or (
                self._syntax.keeps_local_types and captured.kind in _LOCAL_TYPES
            )
            is_local = not is_read or captured.kind == "function"
            if captured.kind in _SCOPES or captured.kind == "function":
                end = ends.get(captured.node.start_byte, captured.node.end_byte)
                around.append(_Open(end, names, is_local))
                self.scopes.append((captured.node.start_byte, end, names))
            if not is_read or len(names) > _DEEPEST or not own:
                continue
            if captured.kind == "module":
                yield from self._modules_around(captured, inside.names, own)
            # The name of an extension is that of something else.
            if captured.kind != "extension" and (
                captured.name is not None or captured.first("owner")
            ):
                path = (
                    name_nodes(captured.name, self._syntax.arguments)
                    if captured.name is not None
                    else ()
                )
                self.names[(path[-1] if path else captured.node).start_byte] = names
            yield self._declaration(captured, names)

    def _inside(self, captured: _Captured, around: Sequence[_Open]) -> _Open:
        """Return what a declaration belongs to."""
        if captured.node.type in self._syntax.hoisted:
            around = [outer for outer in around if not outer.is_local]
        return around[-1] if around else _Open(0, (), is_local=False)

    def _own_names(self, captured: _Captured) -> Names:
        """Return the names of a declaration inside what stands around it."""
        own = names_of(captured.name, self._syntax.arguments) if captured.name is not None else ()
        owner = captured.first("owner")
        if captured.kind == "type" and not own and owner is None:
            own = (self._syntax.unnamed.get(captured.node.type) or _anonymous(captured.node),)
        if owner is not None:
            own = (*names_of(owner, self._syntax.arguments)[-1:], *own)
        return self._syntax.own_names(captured.node, own)

    def _ends(self) -> dict[int, int]:
        """Return where the modules end that hold what follows them, by where they start."""
        nodes = [
            captured.node
            for captured in self._captured
            if captured.node.type in self._syntax.open_modules
        ]
        starts = [node.start_byte for node in nodes if node.child_by_field_name("body") is None]
        return dict(zip(starts, [*starts[1:], _FILE_END], strict=False))

    def _modules_around(
        self, captured: _Captured, outer: Names, own: Names
    ) -> Iterator[Declaration]:
        """Yield `a` and `a::b` of a module `a::b::c`."""
        line = captured.node.start_point.row + 1
        for end in range(1, len(own)):
            yield Declaration((*outer, *own[:end]), "module", line)

    def _declaration(self, captured: _Captured, names: Names) -> Declaration:
        node = captured.name or captured.node
        return Declaration(
            names=names,
            kind=captured.kind,
            line=node.start_point.row + 1,
            types=self._terms.types(captured.first("of")),
            value=self._terms.term(captured.first("initial")),
            bases=(
                *self._bases(captured.captures.get("base", ())),
                *self._syntax.derived(captured.node),
            ),
            parameters=self._parameters(captured.first("parameters")),
            is_public=self._syntax.is_public(captured.node, names[-1]),
        )

    def _bases(self, nodes: Sequence[Node]) -> Iterator[Term]:
        for node in nodes:
            term = self._terms.term(node)
            if term is not None:
                yield term
            else:
                yield from self._bases(
                    [child for child in node.named_children if not child.is_extra]
                )

    def _parameters(self, node: Node | None) -> tuple[Term | None, ...]:
        if node is None:
            return ()
        inner = [child for child in node.named_children if not child.is_extra]
        return tuple(self._terms.term(self._syntax.parameter(child)) for child in inner)

    def imports(self, nodes: Sequence[Node]) -> Iterator[Import]:
        """Yield the imports; call it behind `declarations`, which tells their scopes."""
        for node in nodes:
            scope = self._scope(node)
            for imported in self._syntax.imports(node):
                yield replace(imported, scope=(*scope, *imported.scope)) if scope else imported

    def _scope(self, node: Node) -> Names:
        around = [row for row in self.scopes if row[0] <= node.start_byte < row[1]]
        return around[-1][2] if around else ()


def _anonymous(node: Node) -> str:
    """Return the name that stands for an anonymous type, which no source can write."""
    return f"{{{node.start_point.row + 1}:{node.start_point.column}}}"

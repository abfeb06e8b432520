"""The facts of a file, read by its language's `facts.scm`; see `syntax.py` for the captures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node, Query, QueryCursor

from askdocs_indexer.languages.facts import Declaration, FileFacts, Import, Kind, Names, Term
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.syntax import Syntax, compiled, name_nodes, names_of
from askdocs_indexer.languages.terms import TermReader

_KINDS: tuple[Kind, ...] = ("module", "type", "function", "value", "alias")
# Inside of these stand the declarations that others can name.
_SCOPES = ("module", "type")
_DEEPEST = 30


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


@dataclass(slots=True)
class FileSymbols:
    """What a file declares and imports, with the positions that the facts leave out.

    `scopes` are (start byte, end byte, names) of types, modules and functions, the outer ones
    first; `names` are those of each declaration by the byte that its name begins at.
    """

    facts: FileFacts
    scopes: list[tuple[int, int, Names]]
    names: dict[int, Names]

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
        parsed.memo["symbols"] = _read(parsed, syntax, module)
    symbols: FileSymbols = parsed.memo["symbols"]
    return symbols


def _read(parsed: Parsed, syntax: Syntax, module: Names) -> FileSymbols:
    root = parsed.tree.root_node if parsed.tree is not None else None
    captured: dict[tuple[int, int, str], _Captured] = {}
    imports: dict[int, Node] = {}
    for captures in captures_of(root, compiled(parsed.language, syntax.facts)):
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
    facts = FileFacts(parsed.language, module, declarations, taken)
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
        self._captured = sorted(captured, key=lambda one: (one.node.start_byte, -one.node.end_byte))
        self.scopes: list[tuple[int, int, Names]] = []
        self.names: dict[int, Names] = {}

    def declarations(self) -> Iterator[Declaration]:
        """Yield the declarations in the order of the file."""
        around: list[_Open] = []
        for one in self._captured:
            while around and around[-1].end <= one.node.start_byte:
                around.pop()
            inside = around[-1] if around else _Open(0, (), is_local=False)
            own = names_of(one.name, self._syntax.arguments) if one.name is not None else ()
            owner = one.first("owner")
            if owner is not None:
                own = (*names_of(owner, self._syntax.arguments)[-1:], *own)
            names = (*inside.names, *own)
            is_local = inside.is_local or (one.kind == "function")
            if one.kind in _SCOPES or one.kind == "function":
                around.append(_Open(one.node.end_byte, names, is_local))
                self.scopes.append((one.node.start_byte, one.node.end_byte, names))
            if inside.is_local or len(names) > _DEEPEST or not own:
                continue
            node = name_nodes(one.name, self._syntax.arguments)[-1] if one.name else one.node
            self.names[node.start_byte] = names
            yield self._declaration(one, names)

    def _declaration(self, one: _Captured, names: Names) -> Declaration:
        node = one.name or one.node
        return Declaration(
            names=names,
            kind=one.kind,
            line=node.start_point.row + 1,
            types=self._terms.types(one.first("of")),
            value=self._terms.term(one.first("initial")),
            bases=tuple(self._bases(one.captures.get("base", ()))),
            parameters=self._parameters(one.first("parameters")),
            is_public=self._syntax.is_public(one.node, names[-1]),
        )

    def _bases(self, nodes: Sequence[Node]) -> Iterator[Term]:
        for node in nodes:
            term = self._terms.term(node)
            if term is not None:
                yield term
            else:
                yield from self._bases([one for one in node.named_children if not one.is_extra])

    def _parameters(self, node: Node | None) -> tuple[Term | None, ...]:
        if node is None:
            return ()
        inner = [one for one in node.named_children if not one.is_extra]
        return tuple(self._terms.term(self._syntax.parameter(one)) for one in inner)

    def imports(self, nodes: Sequence[Node]) -> Iterator[Import]:
        """Yield the imports; call it behind `declarations`, which tells their scopes."""
        for node in nodes:
            scope = self._scope(node)
            for one in self._syntax.imports(node):
                yield replace(one, scope=(*scope, *one.scope)) if scope else one

    def _scope(self, node: Node) -> Names:
        around = [row for row in self.scopes if row[0] <= node.start_byte < row[1]]
        return around[-1][2] if around else ()

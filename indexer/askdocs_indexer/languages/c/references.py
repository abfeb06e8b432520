"""The symbol at a position of a C or C++ document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.c.modules import RULES
from askdocs_indexer.languages.c.syntax import CASTS, CPP, C
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, identifier_path
from askdocs_indexer.languages.project import External, Identity, Project, Target, Value

_MOST_ALIASES = 10
_MOST_ARGUMENTS = 10
IDENTIFIERS = CPP.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    if _is_hidden(parsed, offset):
        if "as written" not in parsed.memo:
            parsed.memo["as written"] = parsed.as_written()
        parsed = parsed.memo["as written"]
    syntax = C if parsed.language == "c" else CPP
    symbol = generic.resolve(parsed, offset, project, syntax)
    if symbol is None or symbol.name in CASTS:
        return None
    if not symbol.identities and syntax is CPP:
        symbol = _by_arguments(symbol, parsed, offset, project)
    symbol = _with_aliased(symbol, project)
    if parsed.language == "c":
        ordered = sorted(symbol.candidates, key=lambda name: "::" in name)
        symbol = replace(symbol, candidates=tuple(ordered))
    return symbol


def _is_hidden(parsed: Parsed, offset: int) -> bool:
    """Return whether the grammar does not see what stands at an offset, or ends there."""
    spans = (slice(max(offset - 1, 0), offset), slice(offset, offset + 1))
    return any(parsed.seen[span] != parsed.source_bytes[span] for span in spans)


def _by_arguments(symbol: Symbol, parsed: Parsed, offset: int, project: Project) -> Symbol:
    """Look for a plain function that is called in the namespaces of its arguments' types."""
    root = parsed.tree.root_node if parsed.tree is not None else None
    path = identifier_path(root, offset, CPP.identifiers) if root is not None else None
    if path is None or path[-2].type != "call_expression":
        return symbol
    arguments = path[-2].child_by_field_name("arguments")
    if arguments is None or arguments.id == path[-1].id:
        return symbol
    finder = generic.Finder(parsed, project, CPP, path)
    targets: dict[Target, None] = {}
    for argument in arguments.named_children[:_MOST_ARGUMENTS]:
        for value in finder.value(argument):
            if isinstance(value.target, Identity):
                targets |= dict.fromkeys(_beside(value.target, symbol.name, project))
    functions = tuple(target for target in targets if isinstance(target, Identity))
    if len(functions) != 1:
        return symbol
    return replace(symbol, identities=functions, candidates=())


def _beside(kind: Identity, name: str, project: Project) -> Iterator[Target]:
    """Yield the functions of a name in the namespace of a type."""
    for end in range(len(kind.names) - 1, 0, -1):
        space = Identity(kind.family, kind.names[:end])
        if any(declaration.kind == "module" for declaration in project.declarations(space)):
            for target in project.select((Value(space),), name):
                if any(
                    declaration.kind == "function" for declaration in project.declarations(target)
                ):
                    yield target
            return


def _with_aliased(symbol: Symbol, project: Project) -> Symbol:
    """Add the targets of aliases, whose comments are shown where an alias has none."""
    known: dict[Target, None] = dict.fromkeys(symbol.identities)
    left = [*known]
    while left and len(known) < _MOST_ALIASES:
        for target in project.aliased(left.pop(0)):
            if target not in known:
                known[target] = None
                left.append(target)
    outside = (name for target in known if isinstance(target, External) for name in target.names)
    undeclared = (identity for identity in symbol.identities if not project.declarations(identity))
    unknown = (name for identity in undeclared for name in _written(identity))
    return replace(
        symbol,
        identities=tuple(target for target in known if isinstance(target, Identity)),
        candidates=tuple(dict.fromkeys((*symbol.candidates, *outside, *unknown))),
    )


def _written(identity: Identity) -> tuple[str, ...]:
    """Return the names of a member that its type does not declare.

    The type may be known by its name alone, as what another library defines.
    """
    owner = RULES.written(identity.names[:-1])
    return RULES.member(owner, identity.names[-1], is_instance=True)

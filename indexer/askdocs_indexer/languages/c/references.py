"""The symbol at a position of a C or C++ document."""

from __future__ import annotations

from dataclasses import replace

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.c.modules import RULES
from askdocs_indexer.languages.c.syntax import CPP, C
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed
from askdocs_indexer.languages.project import External, Identity, Project, Target

_MOST_ALIASES = 10


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    if _is_hidden(parsed, offset):
        if "as written" not in parsed.memo:
            parsed.memo["as written"] = parsed.as_written()
        parsed = parsed.memo["as written"]
    symbol = generic.resolve(parsed, offset, project, C if parsed.language == "c" else CPP)
    if symbol is None:
        return None
    symbol = _with_aliased(symbol, project)
    if parsed.language == "c":
        ordered = sorted(symbol.candidates, key=lambda name: "::" in name)
        symbol = replace(symbol, candidates=tuple(ordered))
    return symbol


def _is_hidden(parsed: Parsed, offset: int) -> bool:
    """Return whether the grammar does not see what stands at an offset, or ends there."""
    spans = (slice(max(offset - 1, 0), offset), slice(offset, offset + 1))
    return any(parsed.seen[span] != parsed.source_bytes[span] for span in spans)


def _with_aliased(symbol: Symbol, project: Project) -> Symbol:
    """Add what aliases among the identities stand for: where those say nothing, it speaks."""
    known: dict[Target, None] = dict.fromkeys(symbol.identities)
    left = [*known]
    while left and len(known) < _MOST_ALIASES:
        for target in project.aliased(left.pop(0)):
            if target not in known:
                known[target] = None
                left.append(target)
    outside = (name for one in known if isinstance(one, External) for name in one.names)
    undeclared = (one for one in symbol.identities if not project.declarations(one))
    unknown = (name for one in undeclared for name in _written(one))
    return replace(
        symbol,
        identities=tuple(one for one in known if isinstance(one, Identity)),
        candidates=tuple(dict.fromkeys((*symbol.candidates, *outside, *unknown))),
    )


def _written(identity: Identity) -> tuple[str, ...]:
    """Return the names of a member that its type does not declare.

    The type may be known by its name alone, as what another library defines.
    """
    owner = RULES.written(identity.names[:-1])
    return RULES.member(owner, identity.names[-1], is_instance=True)

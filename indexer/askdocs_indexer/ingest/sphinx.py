"""Which format Sphinx reads a file as, where the settings of a project say so: its `conf.py`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

SETTINGS = "conf.py"
_DEFAULT = "restructuredtext"
_NAME = "source_suffix"
_MOST_BYTES = 1_000_000


def sphinx_format(root: Path, path: str, note: Callable[[str], None]) -> str:
    """Return the format of the file at `path`, which is relative to `root`; "" if nothing says it.

    The nearest settings decide, in the file's folder or in one above it up to the root. `note` is
    given the path of each file that is looked for.
    """
    file = PurePosixPath(path)
    for folder in file.parents:
        settings = root / folder / SETTINGS
        note((folder / SETTINGS).as_posix())
        try:
            stat = settings.stat()
        except OSError:
            continue
        return _formats(settings, stat.st_mtime_ns, stat.st_size).get(file.suffix, "")
    return ""


@lru_cache(maxsize=256)
def _formats(settings: Path, mtime_ns: int, size: int) -> dict[str, str]:
    """Return the formats by suffix that settings declare; a changed file has another time."""
    if size > _MOST_BYTES:
        return {}
    try:
        module = ast.parse(settings.read_bytes())
        return dict(pair for statement in ast.walk(module) for pair in _declared(statement))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _declared(statement: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (suffix, format) as a statement sets or adds them."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.AugAssign(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id=name), attr="append" | "extend" | "insert" | "update"
                ),
                args=[*_, ast.expr() as value],
            )
        ) if name == _NAME:
            yield from _listed(value)
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(suffix)))],
            value=ast.Constant(value=declared),
        ) if name == _NAME:
            yield suffix, str(declared or _DEFAULT).lower()
        case ast.Call(
            func=ast.Attribute(attr="add_source_suffix"),
            args=[ast.Constant(value=str(suffix)), ast.Constant(value=str(declared)), *_],
        ):
            yield suffix, declared.lower()


def _listed(value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield what a suffix, a list of them or a table of their formats says, however it is made."""
    match value:
        case ast.Dict(keys=keys, values=values):
            for pair in zip(keys, values, strict=True):
                match pair:
                    case ast.Constant(value=str(suffix)), ast.Constant(value=declared):
                        yield suffix, str(declared or _DEFAULT).lower()
        case ast.Tuple(
            elts=[ast.Constant(value=str(suffix)), ast.Constant(value=str(declared))]
        ) if not declared.startswith("."):
            yield suffix, declared.lower()
        case ast.Constant(value=str(suffixes)):
            for suffix in suffixes.split():
                yield suffix, _DEFAULT
        case _:
            for part in ast.iter_child_nodes(value):
                if isinstance(part, ast.expr):
                    yield from _listed(part)

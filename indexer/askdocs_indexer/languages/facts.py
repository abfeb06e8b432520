"""What one file says about symbols: its declarations, documented or not, its imports and package.

Facts are a function of the file's own text and path. Whatever needs other files (where an import
leads, what a type inherits) is left to the symbol graph, which is a function of all facts. The
split is rust-analyzer's, where an edit renews the facts of one file only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern
from typing import Any, Literal

Names = tuple[str, ...]
Kind = Literal["module", "type", "function", "value", "alias", "extension"]

# Steps of a term that are not names in any language.
SELF = "Self"  # The type around it, or the one that a function was selected from.
SUPER = "super()"  # What it inherits from.
CALL = "()"  # The result of calling what stands before.
ELEMENT = "[]"  # An element of it.
NEW = "new()"  # An instance of it, of which it is the type.
# The type of functions: its arguments are the types of some parameters, and of the result at last.
FUNCTION = "=->"
EXTENSION = ".->"  # That of functions with a receiver, their first type argument.
RESULT = "await()"  # What waiting for it or unwrapping it gives.
TYPE = "typeof()"  # Its own type, where it is a value and used as a type.
PARAMETER = "<"  # Begins a first step such as ``<0``: a type parameter of the type around.

# Begins the first name of what belongs to a single file; the file's path follows.
FILE = "file:"


@dataclass(frozen=True, slots=True)
class Term:
    """A type or a value as its source writes it: a chain of steps and, of a type, its arguments.

    A step is a name, `SELF`, `SUPER`, `CALL`, `ELEMENT`, `NEW`, `RESULT` or `TYPE`; ``("acme",
    "Client", "()", "get")`` is `acme.Client().get`. A first step ``=String`` is a literal of that
    type; ``<0`` is the first type parameter of the type around, `args` what it extends.
    """

    steps: Names
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A name that a file gives to something.

    `names` lead to it from the file's module, its own last; `line` (1-based) is that of its name.
    `bases` are also the types that an extension extends, a function or value.
    `types` are alternatives: of a value its declared type, of a function its result, of an alias
    what it stands for. What is declared inside of an extension belongs to its `types` as well,
    wherever they are declared. `value` is what a value without a declared type is set to at first.
    `parameters` are the declared types of a function's parameters, by position, or the names of a
    type's type parameters. `is_public` says
    that other modules, or for a member other types, may use it.
    """

    names: Names
    kind: Kind
    line: int
    types: tuple[Term, ...] = ()
    value: Term | None = None
    bases: tuple[Term, ...] = ()
    parameters: tuple[Term | None, ...] = ()
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Import:
    """A name that stands for something declared elsewhere.

    `name` is bound inside `scope`, names of the file's module that lead to it; "*" takes over all
    public names, "" stands for a file that is included. `module` is as written; where it is "",
    `target` is looked up in the file's own scopes. `target` are names inside the module, none for
    the module itself. Others see the name as a member of `scope` if it `is_exported`.
    """

    name: str
    module: str
    target: Names = ()
    scope: Names = ()
    is_exported: bool = False


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The facts of one file. `language` is a row of the registry, or the kind of a package file.

    `module` says where in the namespace of the language's family the declarations belong, e.g. to
    a folder and file for Python, to a package for Java. `exports` are the names that the file says
    it makes public (`__all__`); None where it does not say. `package` holds what a package file
    says, such as ("name", "httpx").
    """

    language: str
    module: Names
    declarations: tuple[Declaration, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: Names | None = None
    package: tuple[tuple[str, str], ...] = ()


def dumped(facts: FileFacts | None) -> str:
    """Return facts as compact JSON; "" for None."""
    if facts is None:
        return ""
    row = [
        facts.language,
        facts.module,
        [_trimmed(_declaration_row(declaration)) for declaration in facts.declarations],
        [
            _trimmed(
                [
                    imported.name,
                    imported.module,
                    imported.target,
                    imported.scope,
                    int(imported.is_exported),
                ]
            )
            for imported in facts.imports
        ],
        facts.exports,
        facts.package,
    ]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def loaded(text: str) -> FileFacts | None:
    """Read what `dumped` wrote. Raises ValueError where it did not."""
    if not text:
        return None
    try:
        language, module, declarations, imports, exports, package = json.loads(text)
        return FileFacts(
            language,
            _names(module),
            tuple(map(_declaration, declarations)),
            tuple(map(_import, imports)),
            None if exports is None else tuple(exports),
            tuple((key, value) for key, value in package),
        )
    except (TypeError, IndexError, KeyError) as error:
        raise ValueError(f"not the facts of a file: {error}") from error


_KINDS: tuple[Kind, ...] = ("module", "type", "function", "value", "alias", "extension")


def _declaration_row(declaration: Declaration) -> list[Any]:
    return [
        declaration.names,
        _KINDS.index(declaration.kind),
        declaration.line,
        int(not declaration.is_public),
        [_term_row(term) for term in declaration.types],
        _term_row(declaration.value),
        [_term_row(term) for term in declaration.bases],
        [_term_row(term) for term in declaration.parameters],
    ]


def _trimmed(row: list[Any]) -> list[Any]:
    """Leave out what is empty at the end of a row."""
    while row and not row[-1]:
        row.pop()
    return row


def _names(row: Iterable[str]) -> Names:
    """Return names that share their strings with all others: most are written many times."""
    return tuple(map(intern, row))


def _declaration(row: list[Any]) -> Declaration:
    names, kind, line, is_hidden, types, value, bases, parameters = row + [None] * (8 - len(row))
    return Declaration(
        _names(names),
        _KINDS[kind or 0],
        line or 0,
        tuple(_known_term(term) for term in types or ()),
        _term(value),
        tuple(_known_term(term) for term in bases or ()),
        tuple(_term(term) for term in parameters or ()),
        not is_hidden,
    )


def _import(row: list[Any]) -> Import:
    name, module, target, scope, is_exported = row + [None] * (5 - len(row))
    return Import(name, module or "", _names(target or ()), _names(scope or ()), bool(is_exported))


def _term_row(term: Term | None) -> list[Any] | None:
    if term is None:
        return None
    return [*term.steps, [_term_row(arg) for arg in term.args]] if term.args else [*term.steps]


def _term(row: list[Any] | None) -> Term | None:
    return _known_term(row) if row else None


def _known_term(row: list[Any]) -> Term:
    if row and isinstance(row[-1], list):
        return Term(_names(row[:-1]), tuple(_known_term(arg) for arg in row[-1]))
    return Term(_names(row))

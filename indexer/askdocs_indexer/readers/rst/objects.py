"""Object descriptions of Sphinx: from a directive's signatures to the symbols it documents.

Names are qualified as Sphinx qualifies them: by the classes around the directive, then by the
current module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.rst.names import c_name, declared_name
from askdocs_indexer.types import OTHER_DOMAIN

_PYTHON = words(
    "abstractmethod attribute awaitablefunction awaitablemethod class classmethod "
    "coroutinefunction coroutinemethod data decorator decoratormethod exception function method "
    "property staticmethod type"
)
# Directives that a default domain gives its own meaning.
KINDS = words(
    "alias attribute class concept data directive enum enum-class enum-struct enumerator function "
    "macro member method role struct type union var"
)
_CLASSES = frozenset({"class", "exception"})
_PREFIXES = {
    "class": "class ",
    "exception": "exception ",
    "classmethod": "classmethod ",
    "staticmethod": "staticmethod ",
    "abstractmethod": "abstractmethod ",
    "property": "property ",
    "decorator": "@",
    "decoratormethod": "@",
    "coroutinefunction": "async ",
    "coroutinemethod": "async ",
    "awaitablefunction": "awaitable ",
    "awaitablemethod": "awaitable ",
}
_OPTIONS = frozenset({"cmdoption", "option", "program-option"})
# Descriptions whose signature is a plain name.
_NAMED = frozenset({"confval", "envvar", "monitoring-event", "opcode", "setting"})
# Descriptions of forms (`len(d)`, `h(elp)`): entries of their own that name no symbol.
_FORMS = frozenset({"describe", "object", "pdbcommand"})
_DOMAINS = words("c cpp cs go java js lua matlab php py rb rs rst ruby rust std")
_NOT_OBJECTS = words(
    "alias currentmodule module namespace namespace-pop namespace-push productionlist"
)
_LANGUAGES = {"py": "python", "c": "c", "cpp": "cpp", "js": "javascript", "std": ""}
# Sphinx's domains -> the families of languages that they describe.
_FAMILIES = {
    "c": "c",
    "cpp": "c",
    "cs": "csharp",
    "go": "go",
    "java": "jvm",
    "js": "javascript",
    "php": "php",
    "py": "python",
    "rb": "ruby",
    "rs": "rust",
    "ruby": "ruby",
    "rust": "rust",
}
_NO_INDEX = ("no-index", "noindex")

# Kinds whose members are named after them.
_ENCLOSING = {
    "c": words("struct union"),
    "cpp": words("class enum enum-class enum-struct struct union"),
    "js": words("class"),
}

_PYTHON_NAME = re.compile(
    r"^@?\s*(?:(?:abstract|async|class|def|final|static)\s+)*"
    r"(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(?:$|[(\[:=]|->)"
)
_DOTTED_NAME = re.compile(r"^(?P<name>[A-Za-z_$][\w$]*(?:(?:\.|::|[#/\\-])[\w$]+)*)")
_LONGEST_SIGNATURE = 2000
_OPTION_NAME = re.compile(r"(?:^|,)\s*(?P<name>(?:--?|\+|/)[\w?#@-]+(?:\.[\w-]+)*)")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a directive stands: the current module and the classes around it ("" for none)."""

    module: str = ""
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What an object description declares: a title, symbols, display lines and an inner scope.

    `domain` is as in `Section`.
    """

    title: str
    symbols: tuple[str, ...]
    signatures: tuple[str, ...]
    language: str
    inner: Scope
    domain: str


def family_of_domain(domain: str) -> str:
    """Return the family of languages that a domain of Sphinx describes."""
    return _FAMILIES.get(domain, OTHER_DOMAIN)


def is_object(directive: str) -> bool:
    """Return whether a directive describes an object."""
    domain, _, kind = directive.rpartition(":")
    if domain:
        return domain in _DOMAINS and kind not in _NOT_OBJECTS
    return kind in _PYTHON or kind in _OPTIONS or kind in _NAMED or kind in _FORMS


def describe(
    directive: str, signatures: Sequence[str], options: Mapping[str, str], scope: Scope
) -> Description:
    """Resolve the signatures of a directive in `scope`."""
    domain, _, kind = directive.rpartition(":")
    domain = domain or ("py" if kind in _PYTHON else "std")
    if domain == "py":
        return _python(kind, signatures, options, scope)
    names = [
        _qualified(name, domain, kind, scope)
        for signature in signatures
        for name in _names(domain, kind, signature)
    ]
    named = names and kind not in _OPTIONS
    classes = scope.classes
    if names and kind in _ENCLOSING.get(domain, ()):
        classes = names[0]
    elif names and domain == "js":
        classes = names[0].rpartition(".")[0] or classes
    return Description(
        title=_title(names[0] if named else "", signatures, options),
        symbols=tuple(dict.fromkeys(names)),
        signatures=tuple(signatures),
        language=_LANGUAGES.get(domain, domain),
        inner=Scope(scope.module, classes),
        domain=family_of_domain(domain),
    )


def _python(
    kind: str, signatures: Sequence[str], options: Mapping[str, str], scope: Scope
) -> Description:
    module = options.get("module", scope.module)
    symbols: list[str] = []
    shown: list[str] = []
    inner = scope
    prefix = ("async " if "async" in options else "") + _PREFIXES.get(kind, "")
    for signature in signatures:
        match = _PYTHON_NAME.match(signature)
        if match is None:
            shown.append(signature)
            continue
        local = _in_class(match["name"], scope.classes)
        symbol = _in_module(local, module, kind)
        arguments = signature[match.end("name") :]
        symbols.append(symbol)
        shown.append(f"{prefix}{symbol}{arguments}{_annotation(options)}")
        if inner is scope:
            named = symbol.removeprefix(f"{module}.").rpartition(".")[0]
            classes = local if kind in _CLASSES else named or scope.classes
            inner = Scope(module, classes)
    names = [*symbols, options["canonical"]] if options.get("canonical") else symbols
    return Description(
        title=_title(symbols[0] if symbols else "", signatures, options),
        symbols=tuple(dict.fromkeys(names)),
        signatures=tuple(shown),
        language="python",
        inner=inner,
        domain="python",
    )


def _in_class(name: str, classes: str) -> str:
    if not classes or name.startswith(f"{classes}."):
        return name
    return f"{classes}.{name}"


def _in_module(name: str, module: str, kind: str) -> str:
    # The names in `builtins` are used, and looked up, without the module.
    if not module or module == "builtins":
        return name
    # Authors who write `.. function:: mod.f` below `.. module:: mod` mean `mod.f`; a method may
    # well belong to a class that is called like its module (`datetime.datetime.now`).
    if kind in {"class", "data", "decorator", "exception", "function"} and name.startswith(
        f"{module}."
    ):
        return name
    return f"{module}.{name}"


def _annotation(options: Mapping[str, str]) -> str:
    kind, value = options.get("type", ""), options.get("value", "")
    return (f": {kind}" if kind else "") + (f" = {value}" if value else "")


def _title(name: str, signatures: Sequence[str], options: Mapping[str, str]) -> str:
    """Return an entry's title: its first symbol, or else its first signature.

    A `no-index` description describes its symbols for a second time. It is titled by its signature
    in code font, so that the entry that is titled by the symbol is the main one.
    """
    signature = " ".join(signatures[0].split())
    if name and any(option in options for option in _NO_INDEX):
        return f"`{signature}`"
    return name or signature


def _names(domain: str, kind: str, signature: str) -> list[str]:
    if kind in _FORMS:
        return []
    if kind in _OPTIONS:
        return [match["name"] for match in _OPTION_NAME.finditer(signature)]
    signature = signature[:_LONGEST_SIGNATURE]
    if domain in {"rst", "std"}:
        match = _DOTTED_NAME.match(signature.lstrip(". ") if domain == "rst" else signature)
        return [match["name"]] if match else []
    name = c_name(signature) if domain in {"c", "cpp"} else declared_name(signature, domain)
    return [name] if name else []


def _qualified(name: str, domain: str, kind: str, scope: Scope) -> str:
    """Put a name of another language than Python into the classes or the module around it."""
    if domain == "cpp" and scope.classes:
        return f"{scope.classes}::{name}"
    if domain == "c" and scope.classes and kind in {"member", "var"} and "." not in name:
        return f"{scope.classes}.{name}"
    if domain == "js":
        outer = scope.classes or scope.module
        return f"{outer}.{name}" if outer and not name.startswith(f"{outer}.") else name
    return name

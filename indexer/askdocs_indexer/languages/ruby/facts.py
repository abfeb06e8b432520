"""What a Ruby file declares, by its syntax and by the calls in the bodies of its classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import FileSymbols, captures_of, file_symbols
from askdocs_indexer.languages.facts import (
    ELEMENT,
    NEW,
    SELF,
    Declaration,
    FileFacts,
    Import,
    Names,
    Term,
)
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.ruby.syntax import CONSTRUCTOR, SINGLETON, SYNTAX
from askdocs_indexer.languages.syntax import compiled
from askdocs_indexer.languages.terms import TermReader

_CALLS = """
((call !receiver method: (identifier) @method arguments: (argument_list) @arguments) @call
  (#any-of? @method "alias_method" "attr" "attr_accessor" "attr_reader" "attr_writer"
    "define_method" "extend" "include" "module_function" "prepend"))
((identifier) @method (#eq? @method "module_function")) @call
(alias name: (_) @new alias: (_) @old) @call
((assignment left: (constant) @made
    right: (call receiver: (constant) @class method: (identifier) @how) @maker) @call
  (#any-of? @class "Class" "Data" "Struct") (#any-of? @how "define" "new"))
(comment) @comment
(method name: (identifier) @result
  body: [(body_statement (_) @last .) (call) @last (self) @last]) @function
(singleton_method name: (identifier) @result
  body: [(body_statement (_) @last .) (call) @last (self) @last]) @function
"""
_READERS = frozenset({"attr", "attr_accessor", "attr_reader"})
_INCLUDES = frozenset({"include", "prepend"})
_RETURN = re.compile(r"@return\s+\[(?P<type>[^\]\n]{1,200})\]")
_PARAMETER = re.compile(
    r"@param\s+(?P<before>\w+)?\s*\[(?P<type>[^\]\n]{1,200})\](?:\s+(?P<behind>\w+))?"
)
_CONSTANT = re.compile(r"(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*")
_LITERALS = frozenset({"string", "simple_symbol"})


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    symbols = file_symbols(parsed, SYNTAX, ())
    return _Reader(parsed, symbols).facts()


def symbol_name(node: Node) -> str:
    """Return the name that a symbol or string literal holds."""
    return text_of(node).strip(":\"'")


class _Reader:
    def __init__(self, parsed: Parsed, symbols: FileSymbols) -> None:
        self._symbols = symbols
        self._terms = TermReader(SYNTAX)
        self._included: dict[Names, list[Term]] = {}
        self._extended: dict[Names, list[Term]] = {}
        self._made: dict[Names, Node] = {}
        self._results: dict[Names, Term] = {}
        self._comments: dict[int, str] = {}
        self._declared: list[Declaration] = []
        self._imports: list[Import] = []
        root = parsed.tree.root_node if parsed.tree is not None else None
        for captures in captures_of(root, compiled(parsed.language, _CALLS)):
            self._take({name: nodes[0] for name, nodes in captures.items()})

    def facts(self) -> FileFacts:
        """Return what the syntax declares with what the calls add to it."""
        given = self._symbols.facts.declarations
        types = {declaration.names for declaration in given if declaration.kind == "type"}
        known = [
            declaration
            for declaration in given
            if declaration.kind != "value" or declaration.names not in types
        ]
        known = [
            replace(declaration, types=declaration.types or self._types(declaration))
            for declaration in known
        ]
        declarations = [
            *self._declared,
            *(declaration for declaration in known if declaration.kind != "type"),
        ]
        for declaration in known:
            declarations += (
                self._type(declaration) if declaration.kind in {"module", "type"} else ()
            )
            declarations += self._maker(declaration) if declaration.names[-1] == CONSTRUCTOR else ()
        return replace(
            self._symbols.facts,
            declarations=tuple(_reached(declaration, types) for declaration in declarations),
            imports=tuple(self._imports),
        )

    def _maker(self, declaration: Declaration) -> Iterator[Declaration]:
        """Yield the `new` that calls a constructor."""
        names = (*declaration.names[:-1], SINGLETON, "new")
        yield Declaration(names, "function", declaration.line, (Term((SELF, NEW)),))

    def _type(self, declaration: Declaration) -> Iterator[Declaration]:
        """Yield a class or module as a type, and what it is as an object."""
        if declaration.names[-1:] == (SINGLETON,):
            return
        made = self._made.get(declaration.names)
        parents = (*declaration.bases, *(self._parents(made) if made is not None else ()))
        included = reversed(self._included.get(declaration.names, []))
        yield replace(declaration, kind="type", bases=(*included, *parents))
        singletons = tuple(Term((*term.steps, SINGLETON)) for term in parents)
        extended = reversed(self._extended.get(declaration.names, []))
        names = (*declaration.names, SINGLETON)
        yield Declaration(names, "type", declaration.line, bases=(*extended, *singletons))

    # -- what the calls say ---------------------------------------------------------------------

    def _take(self, captured: dict[str, Node]) -> None:
        if "comment" in captured:
            node = captured["comment"]
            self._comments[node.start_point.row] = text_of(node)
        elif "result" in captured:
            self._take_result(captured["result"], captured["last"])
        elif "new" in captured:
            self._alias(captured["call"], captured["new"], captured["old"])
        elif "made" in captured:
            names = self._symbols.declared_at(captured["made"].start_byte)
            if names is not None:
                self._made[names] = captured["maker"]
                self._take_members(names, captured["maker"])
        else:
            scope = self._symbols.scope_at(captured["call"].start_byte)
            arguments = captured.get("arguments")
            self._call(text_of(captured["method"]), arguments, scope)

    def _call(self, method: str, arguments: Node | None, scope: Names) -> None:
        inside = arguments.named_children if arguments is not None else []
        owner, is_singleton = scope, scope[-1:] == (SINGLETON,)
        if is_singleton:
            owner = scope[:-1]
        if method in _INCLUDES | {"extend"}:
            table = self._extended if is_singleton or method == "extend" else self._included
            for node in inside:
                term = Term((SELF,)) if node.type == "self" else self._terms.term(node)
                table.setdefault(owner, []).extend([term] if term is not None else [])
        elif method == "module_function":
            self._extended.setdefault(owner, []).append(Term((SELF,)))
        elif method in _READERS or method == "attr_writer":
            names = (node for node in inside if node.type in _LITERALS)
            self._declared += (self._attribute(node, method, scope) for node in names)
        elif method == "define_method" and inside and inside[0].type in _LITERALS:
            self._declared.append(self._attribute(inside[0], "", scope))
        elif method == "alias_method" and len(inside) > 1:
            self._alias(arguments, inside[0], inside[1])

    def _attribute(self, node: Node, method: str, scope: Names) -> Declaration:
        name = symbol_name(node)
        value = Term((SELF, NEW, f"@{name}"))
        types = (value,) if method in _READERS else ()
        own = f"{name}=" if method == "attr_writer" else name
        return Declaration((*scope, own), "function", _line(node), types)

    def _alias(self, node: Node | None, new: Node, old: Node) -> None:
        scope = self._symbols.scope_at(node.start_byte) if node is not None else ()
        names = [symbol_name(node) for node in (new, old)]
        self._imports.append(Import(names[0], "", (names[1],), scope, is_exported=True))

    # -- types ----------------------------------------------------------------------------------

    def _parents(self, maker: Node) -> tuple[Term, ...]:
        """Return the class that a `Class.new(Parent)` inherits from."""
        receiver, arguments = (maker.child_by_field_name(f) for f in ("receiver", "arguments"))
        if receiver is None or text_of(receiver) != "Class" or arguments is None:
            return ()
        terms = (self._terms.term(node) for node in arguments.named_children[:1])
        return tuple(term for term in terms if term is not None)

    def _take_members(self, names: Names, maker: Node) -> None:
        """Take the members that a `Struct.new(:a, :b)` names."""
        arguments = maker.child_by_field_name("arguments")
        for node in arguments.named_children if arguments is not None else ():
            if node.type == "simple_symbol":
                self._declared.append(self._attribute(node, "", names))

    def _take_result(self, name: Node, last: Node) -> None:
        """Take what a method ends with as its result, where that is a new instance or self."""
        names = self._symbols.declared_at(name.start_byte)
        term = self._terms.term(last)
        if names is not None and term is not None and term.steps[-1] == NEW:
            self._results[names] = term

    def _types(self, declaration: Declaration) -> tuple[Term, ...]:
        """Return the result of a method by its doc comment, or by what its body ends with."""
        if declaration.kind != "function":
            return ()
        row = declaration.line - 2
        while row in self._comments:
            match = _RETURN.search(self._comments[row])
            if match is not None:
                return doc_types(match["type"])
            row -= 1
        return (self._results[declaration.names],) if declaration.names in self._results else ()


def _reached(declaration: Declaration, classes: set[Names]) -> Declaration:
    """Keep a module's method from being matched by its name alone: it is called on something."""
    is_method = declaration.kind == "function" and len(declaration.names) > 1
    is_hidden = is_method and declaration.names[:-1] not in classes
    return (
        replace(declaration, is_public=False)
        if is_hidden or SINGLETON in declaration.names
        else declaration
    )


def parameter_types(comment: str, name: str) -> tuple[Term, ...]:
    """Return the type that a ``@param`` in the comment of a method gives to a parameter."""
    for match in _PARAMETER.finditer(comment):
        if name in (match["before"], match["behind"]):
            return doc_types(match["type"])
    return ()


def doc_types(text: str) -> tuple[Term, ...]:
    """Return the alternatives of a type in a doc comment: ``Array<Foo>, nil``."""
    types: list[Term] = []
    for part in re.split(r",\s*(?![^<]*>)", text):
        name = part.strip()
        if name == "self":
            types.append(Term((SELF,)))
        elif (held := re.fullmatch(r"(?:Array|Enumerable|Set)<([\w:]+)>", name)) is not None:
            types.append(Term((ELEMENT,), (_named(held[1]),)))
        elif _CONSTANT.fullmatch(name):
            types.append(_named(name))
    return tuple(types)


def _named(name: str) -> Term:
    first, *rest = name.removeprefix("::").split("::")
    return Term((f"::{first}" if name.startswith("::") else first, *rest))


def _line(node: Node) -> int:
    return node.start_point.row + 1

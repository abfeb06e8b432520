"""How Ruby writes things.

What a class or module has by itself, other than its constants, is declared in its `SINGLETON`.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, ELEMENT, NEW, SELF, Names, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import Syntax, names_of, read_query
from askdocs_indexer.readers.decoding import words

SINGLETON = "self"
CONSTRUCTOR = "initialize"
_METHODS = frozenset({"method", "singleton_method"})
_BODIES = frozenset({"class", "module", "program", "singleton_class"})
_DEEPEST = 200
_VARIABLES = frozenset({"class_variable", "instance_variable"})

Reader = Callable[[Node | None], Term | None]


def self_term(path: list[Node]) -> Term:
    """Return what `self` is at the end of a path: an instance, or a class or module itself."""
    method = ""
    for node in reversed(path):
        if node.type in _METHODS and not method:
            method = node.type
        elif node.type == "singleton_class":
            return Term((SELF,)) if method == "method" else Term(())
        elif node.type in _BODIES:
            break
    return Term((SELF, NEW)) if method == "method" else Term((SELF,))


def around(node: Node) -> list[Node]:
    """Return the nodes around a node up to the class or module, that one first."""
    path = [node]
    while path[-1].type not in _BODIES and len(path) < _DEEPEST:
        parent = path[-1].parent
        if parent is None:
            break
        path.append(parent)
    return path[:0:-1]


def _own_names(node: Node, names: Names) -> Names:
    name = node.child_by_field_name("name")
    if name is not None and name.type == "setter":
        names = (f"{names[-1]}=",)
    elif name is not None and name.type == "operator":
        names = (ELEMENT,) if text_of(name) == "[]" else ()
    if node.type == "singleton_class":
        return (SINGLETON,)
    if node.type == "singleton_method" and names:
        return (SINGLETON, *names)
    return names


def _self(node: Node, term: Reader) -> Term | None:
    return self_term(around(node))


def _identifier(node: Node, term: Reader) -> Term | None:
    """Read a local variable or a method of self, which are written alike; `new` makes a self."""
    name = text_of(node)
    return Term((*self_term(around(node)).steps, NEW)) if name == "new" else Term((name,))


def _variable(node: Node, term: Reader) -> Term | None:
    return Term((SELF, NEW, text_of(node)))


def _path(node: Node, term: Reader) -> Term | None:
    """Read ``A::B``."""
    scope, name = node.child_by_field_name("scope"), names_of(node)[-1:]
    if scope is None:
        return Term((f"::{name[0]}",)) if name else None
    owner = term(scope)
    return Term((*owner.steps, *name)) if owner is not None else None


def _call(node: Node, term: Reader) -> Term | None:
    """Read ``a.b(c)``; `new` makes an instance, and a call without a receiver is one of self."""
    receiver, method = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    if method is None or method.type not in {"identifier", "constant"}:
        return None
    owner = term(receiver) if receiver is not None else self_term(around(node))
    if owner is None:
        return None
    name = text_of(method)
    return Term((*owner.steps, NEW) if name == "new" else (*owner.steps, name, CALL))


SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=words("class_variable constant identifier instance_variable simple_symbol super"),
    literals={
        "array": "Array",
        "float": "Float",
        "hash": "Hash",
        "integer": "Integer",
        "regex": "Regexp",
        "simple_symbol": "Symbol",
        "string": "String",
        "string_array": "Array",
        "symbol_array": "Array",
    },
    elements={"element_reference": "object"},
    wrappers=frozenset({"begin", "parenthesized_statements"}),
    special={
        **dict.fromkeys(_VARIABLES, _variable),
        "call": _call,
        "identifier": _identifier,
        "scope_resolution": _path,
        "self": _self,
    },
    own_names=_own_names,
    hoisted=frozenset({"assignment"}),
)

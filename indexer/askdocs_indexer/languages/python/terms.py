"""Annotations and simple expressions as terms: what other files need to know of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from askdocs_indexer.languages.facts import CALL, ELEMENT, RESULT, Import, Term
from askdocs_indexer.languages.parsing import text_of

_GRAMMAR = Language(tree_sitter_python.language())
_DEEPEST = 30
_TYPING = frozenset({"dataclasses", "typing", "typing_extensions"})
# Special forms whose first argument is the type itself.
TRANSPARENT = frozenset(
    {
        "Annotated",
        "ClassVar",
        "Final",
        "InitVar",
        "NotRequired",
        "Optional",
        "ReadOnly",
        "Required",
        "TypeGuard",
        "TypeIs",
        "Unpack",
    }
)
CALLABLE = "Callable"
# Inside of type arguments, alternatives are the arguments of this one.
UNION = "typing.Union"
_CONTAINERS = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
_LITERALS = {
    "string": "str",
    "concatenated_string": "str",
    "integer": "int",
    "float": "float",
    "true": "bool",
    "false": "bool",
    "comparison_operator": "bool",
    "not_operator": "bool",
    "list": "list",
    "list_comprehension": "list",
    "set": "set",
    "set_comprehension": "set",
    "dictionary": "dict",
    "dictionary_comprehension": "dict",
    "tuple": "tuple",
}


class SpecialForms:
    """The names under which a file knows the special forms of `typing`."""

    def __init__(self) -> None:
        self._forms: dict[str, str] = {}
        self._modules: set[str] = set()

    def add(self, taken: Import) -> None:
        """Note what an import of the file says."""
        if taken.module in _TYPING and taken.target:
            self._forms[taken.name] = taken.target[0]
        elif taken.module in _TYPING:
            self._modules.add(taken.name)

    def of(self, node: Node) -> str:
        """Return which special form a name or an attribute stands for, "" for none."""
        if node.type == "identifier":
            return self._forms.get(text_of(node), "")
        module, _, name = text_of(node).rpartition(".")
        return name if module in self._modules else ""


class TermMaker:
    """Makes terms of one file's nodes."""

    def __init__(self, forms: SpecialForms) -> None:
        self._forms = forms

    # -- annotations ------------------------------------------------------------------------

    def types(self, node: Node | None, depth: int = 0) -> tuple[Term, ...]:
        """Return the alternatives of an annotation, without None."""
        return tuple(dict.fromkeys(self._types(node, depth)))

    def _types(self, node: Node | None, depth: int) -> Iterator[Term]:
        if node is None or depth > _DEEPEST:
            return
        kind = node.type
        if kind in ("type", "parenthesized_expression"):
            yield from self._types(_first(node), depth + 1)
        elif kind in ("union_type", "binary_operator"):
            for child in node.named_children:
                yield from self._types(child, depth + 1)
        elif kind == "string":
            yield from self._types(_quoted(text_of(node)), depth + 1)
        elif kind in ("generic_type", "subscript"):
            yield from self._generic(node, depth + 1)
        elif kind in ("identifier", "attribute", "dotted_name") and (steps := _steps(node)):
            yield Term(steps)

    def _generic(self, node: Node, depth: int) -> Iterator[Term]:
        base, *rest = [child for child in node.named_children if not child.is_extra]
        if node.type == "generic_type":
            rest = [inner for part in rest for inner in part.named_children]
        form = self._forms.of(base)
        if form == "Literal":
            yield from (term for part in rest if (term := self.value(_bare(part))))
        elif form == "Union":
            for part in rest:
                yield from self._types(part, depth)
        elif form in TRANSPARENT:
            yield from self._types(rest[0] if rest else None, depth)
        elif steps := _steps(base):
            parts = (inner for part in rest for inner in flattened(part))
            yield Term(steps, tuple(self._joined(part, depth) for part in parts))

    def _joined(self, node: Node, depth: int) -> Term:
        """Return a type argument as one term."""
        types = self.types(node, depth)
        if len(types) == 1:
            return types[0]
        return Term((f"={UNION}",), types) if types else Term(())

    def is_alias(self, node: Node, depth: int = 0) -> bool:
        """Whether a value is a type written with operators or brackets: ``A | None``."""
        if node.type == "binary_operator":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
            sides = [side for side in (left, right) if side is not None and side.type != "none"]
            is_or = operator is not None and operator.type == "|" and depth < _DEEPEST
            return is_or and all(_steps(side) or self.is_alias(side, depth + 1) for side in sides)
        base = node.child_by_field_name("value") if node.type == "subscript" else None
        if base is None:
            return False
        return bool(self._forms.of(base)) or text_of(base) in _CONTAINERS

    def bound(self, node: Node) -> tuple[Term, ...]:
        """Return what the types that a type variable stands for inherit from."""
        function = node.child_by_field_name("function") if node.type == "call" else None
        arguments = node.child_by_field_name("arguments")
        if function is None or arguments is None or self._forms.of(function) != "TypeVar":
            return ()
        for argument in arguments.named_children:
            name = argument.child_by_field_name("name")
            if argument.type == "keyword_argument" and name and text_of(name) == "bound":
                return self.types(argument.child_by_field_name("value"))
        return ()

    # -- values -----------------------------------------------------------------------------

    def value(
        self, node: Node | None, names: Mapping[str, Term | None] | None = None, depth: int = 0
    ) -> Term | None:
        """Return what an expression says, None where that is more than a chain of steps.

        `names` are those whose meaning is known from around, None for unknown ones.
        """
        if node is None or depth > _DEEPEST:
            return None
        kind = node.type
        if kind in _LITERALS:
            return Term((f"={_literal(node)}",))
        if kind == "identifier":
            name = text_of(node)
            return names[name] if names is not None and name in names else Term((name,))
        reader = _READERS.get(kind)
        term = reader(lambda inner: self.value(inner, names, depth + 1), node) if reader else None
        return term if term is not None and len(term.steps) <= _DEEPEST else None


def _literal(node: Node) -> str:
    """Return the type of a literal."""
    if node.type == "string" and "b" in text_of(node)[:2].lower():
        return "bytes"
    if node.type in ("integer", "float") and text_of(node)[-1:] in "jJ":
        return "complex"
    return _LITERALS[node.type]


_Value = Callable[[Node | None], Term | None]


def _attribute(value: _Value, node: Node) -> Term | None:
    owner, name = (
        value(node.child_by_field_name("object")),
        node.child_by_field_name("attribute"),
    )
    return Term((*owner.steps, text_of(name))) if owner is not None and name is not None else None


def _step(field: str, step: str) -> Callable[[_Value, Node], Term | None]:
    def read(value: _Value, node: Node) -> Term | None:
        whole = value(node.child_by_field_name(field) if field else _first(node))
        return Term((*whole.steps, step)) if whole is not None else None

    return read


def _either(value: _Value, node: Node) -> Term | None:
    """Return what both sides of ``a or b`` and ``a if c else b`` are, or the one that is known."""
    parts = [part for part in node.named_children if not part.is_extra]
    sides = [side for side in (parts[:1] + parts[-1:]) if side.type != "none"]
    terms = {term for side in sides if (term := value(side)) is not None}
    return terms.pop() if len(terms) == 1 else None


_READERS: dict[str, Callable[[_Value, Node], Term | None]] = {
    "attribute": _attribute,
    "call": _step("function", CALL),
    "subscript": _step("value", ELEMENT),
    "await": _step("", RESULT),
    "parenthesized_expression": lambda value, node: value(_first(node)),
    "boolean_operator": _either,
    "conditional_expression": _either,
}


def _steps(node: Node) -> tuple[str, ...]:
    """Return the names of ``a.b.c``; none for anything else."""
    text = "".join(text_of(node).split())
    parts = tuple(text.split("."))
    return parts if all(part.isidentifier() for part in parts) else ()


def flattened(argument: Node) -> list[Node]:
    """Return the parameters ``[A, B]`` or ``Concatenate[A, P]`` of a `Callable` one by one."""
    inner = _bare(argument)
    parts = [child for child in inner.named_children if not child.is_extra]
    if inner.type == "list":
        return parts
    if parts and text_of(parts[0]).rpartition(".")[2] == "Concatenate":
        rest = parts[1:]
        if inner.type == "generic_type":
            rest = [part for child in rest for part in child.named_children]
        return rest
    return [argument]


def _first(node: Node) -> Node | None:
    return next((child for child in node.named_children if not child.is_extra), None)


def _bare(node: Node) -> Node:
    return (_first(node) or node) if node.type == "type" else node


def _quoted(text: str) -> Node | None:
    """Return the expression that a string annotation holds."""
    inner = text.strip("\"'")
    tree = Parser(_GRAMMAR).parse(inner.encode("utf-8", "replace"))
    statement = _first(tree.root_node)
    return _first(statement) if statement is not None else None

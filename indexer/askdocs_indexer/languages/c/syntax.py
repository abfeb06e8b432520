"""How C and C++ write things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages.facts import CALL, NEW, RESULT, SELF, Import, Term
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import ResultParts, Syntax, names_of, read_query

# The module of an import whose target is looked for outside of all namespaces.
GLOBAL = "::"
ARGUMENTS = frozenset({"template_argument_list"})
CASTS = frozenset({"const_cast", "dynamic_cast", "reinterpret_cast", "static_cast"})
# Functions of the library that make what holds an instance of their first argument.
_MAKERS = {"make_shared": "shared_ptr", "make_unique": "unique_ptr"}
# Where something is given a name: what the facts do not list is a local or a parameter.
_DECLARING = (
    "array_declarator",
    "declaration",
    "field_declaration",
    "init_declarator",
    "optional_parameter_declaration",
    "parameter_declaration",
    "pointer_declarator",
    "type_definition",
)
_SPECIFIERS = frozenset({"class_specifier", "enum_specifier", "struct_specifier"})

_Inner = Callable[[Node | None], Term | None]


def imports(node: Node) -> Iterator[Import]:
    """Read ``using namespace n``, ``using n::x``, ``using enum e`` and ``namespace a = n::m``."""
    names = names_of(node, ARGUMENTS)
    if not names:
        return
    if node.type == "namespace_alias_definition":
        if len(names) > 1:
            yield Import(names[0], "", names[1:])
    elif any(child.type in {"enum", "namespace"} for child in node.children):
        yield Import("*", "", names)
    elif len(names) > 1 and names[-1] != names[-2]:
        yield Import(names[-1], "", names)


def _field(name: str) -> Callable[[Node, _Inner], Term | None]:
    """Read a node as one of its fields."""
    return lambda node, term: term(node.child_by_field_name(name))


def _called(node: Node, term: _Inner) -> Term | None:
    """A call; a cast, and what makes a smart pointer, give what their type argument says."""
    function = term(node.child_by_field_name("function"))
    if function is None:
        return None
    last = function.steps[-1]
    if function.args and last in CASTS:
        made = function.args[0]
        return Term((*made.steps, NEW), made.args) if made.steps else None
    if function.args and last in _MAKERS:
        return Term((*function.steps[:-1], _MAKERS[last], NEW), function.args[:1])
    return Term((*function.steps, CALL), function.args)


def _pointed(node: Node, term: _Inner) -> Term | None:
    """Read ``*p`` and ``&x``."""
    whole = term(node.child_by_field_name("argument"))
    is_address = any(child.type == "&" for child in node.children[:1])
    if whole is None or is_address or _is_this(node):
        return whole
    return Term((*whole.steps, RESULT), whole.args)


def looks_through(node: Node) -> bool:
    """Return whether a member is one of what its owner points to."""
    return any(child.type == "->" for child in node.children) and not _is_this(node)


def _is_this(node: Node) -> bool:
    """Return whether it is `this` that a node points through: no smart pointer, ever."""
    argument = node.child_by_field_name("argument")
    return argument is not None and argument.type == "this"


def _key_owner(path: Sequence[Node]) -> Node | Term | None:
    """Return the type of the initialiser whose member a designator names."""
    if path[-2].type == "field_initializer":
        return Term((SELF,))
    members: list[str] = []
    for index in range(len(path) - 3, 0, -1):
        node = path[index]
        if node.type == "initializer_pair":
            members = [*_designated(node), *members]
        elif node.type == "init_declarator":
            around = path[index - 1]
            return _with(around.child_by_field_name("type"), members[:-1])
        elif node.type == "compound_literal_expression":
            return _with(node.child_by_field_name("type"), members[:-1])
        elif node.type != "initializer_list":
            return None
    return None


def _designated(pair: Node) -> list[str]:
    keys = pair.children_by_field_name("designator")
    return [text_of(key.named_children[0]) for key in keys if key.type == "field_designator"]


def _with(kind: Node | None, members: Sequence[str]) -> Node | Term | None:
    if kind is None or not members:
        return kind
    specifier = kind.child_by_field_name("type") or kind
    named = specifier.child_by_field_name("name") if specifier.type in _SPECIFIERS else specifier
    names = names_of(named, ARGUMENTS) if named is not None else ()
    return Term((*names, NEW, *members)) if names else None


def _result(node: Node) -> ResultParts | None:
    """Read a lambda: ``[](A a) -> B { … }``."""
    if node.type != "lambda_expression":
        return None
    declarator = node.child_by_field_name("declarator")
    parts = declarator.named_children if declarator is not None else []
    declared = next((part for part in parts if part.type == "trailing_return_type"), None)
    kind = declared.named_children[0] if declared and declared.named_children else None
    return kind, node.child_by_field_name("body")


def _syntax(*queries: str) -> Syntax:
    return Syntax(
        facts="",
        locals=read_query(__file__, *queries),
        identifiers=frozenset(
            {"identifier", "field_identifier", "type_identifier", "namespace_identifier"}
        ),
        members={"field_expression": ("argument", "field")},
        paths=frozenset(
            {"nested_namespace_specifier", "qualified_identifier", "template_function"}
            | {"template_method", "template_type"}
        ),
        arguments=ARGUMENTS,
        constructors={
            "cast_expression": "type",
            "compound_literal_expression": "type",
            "new_expression": "type",
        },
        elements={"subscript_expression": "argument"},
        wrappers=frozenset({"dependent_name", "dependent_type", "parenthesized_expression"}),
        receivers=frozenset({"this"}),
        special={
            "call_expression": _called,
            "pointer_expression": _pointed,
            "type_descriptor": _field("type"),
            "union_specifier": _field("name"),
            **dict.fromkeys(_SPECIFIERS, _field("name")),
        },
        looks_through=looks_through,
        silent=frozenset(
            {
                ("attribute", ""),
                ("goto_statement", "label"),
                ("labeled_statement", "label"),
                ("parenthesized_declarator", ""),
                ("preproc_params", ""),
                ("reference_declarator", ""),
                ("structured_binding_declarator", ""),
                ("type_parameter_declaration", ""),
                ("variadic_declarator", ""),
                *((kind, "declarator") for kind in _DECLARING),
            }
        ),
        keys={"field_designator": "", "field_initializer": ""},
        # The name of a base that is initialised stands like that of a field.
        open_keys=frozenset({"field_initializer"}),
        key_owner=_key_owner,
        result=_result,
        import_nodes=frozenset({"namespace_alias_definition", "using_declaration"}),
        imports=imports,
    )


C = _syntax("locals.scm")
CPP = _syntax("locals.scm", "locals_cpp.scm")

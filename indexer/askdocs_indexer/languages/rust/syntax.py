"""How Rust writes things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from askdocs_indexer.languages.facts import FUNCTION, NEW, Import, Names, Term
from askdocs_indexer.languages.locals import Definition
from askdocs_indexer.languages.parsing import text_of
from askdocs_indexer.languages.syntax import (
    Syntax,
    name_nodes,
    names_of,
    read_query,
    result_fields,
)
from askdocs_indexer.readers.decoding import words

# Begins the name of an `impl`, which stands apart from its type.
EXTENSION = "impl "
EXTENSION_OF_CRATE = f"{EXTENSION}crate"
# Ends the name of a macro; ends that of a function beside a module or type of its name.
MACRO = "!"
VALUE = "()"
# Begin the modules of imports that stand for `mod` lines, without and with a path of their own;
# those of a file that may be the root of a crate, if a Cargo.toml says so.
MODULE = "mod:"
FILE = "file:"
OF_ROOT = "root:"

_Part = Callable[[Node | None], Term | None]

_ARGUMENTS = frozenset({"bracketed_type", "type_arguments"})
_SCOPED = ("scoped_identifier", "scoped_type_identifier")
_MADE_BY_MACROS = {"format": "=std::string::String", "vec": "=std::vec::Vec"}
_EXPORTED = re.compile(r"#\[\s*macro_export\b")
_DERIVES = re.compile(r"#\[\s*derive\s*\((?P<traits>[^)]*)\)")
_DERIVED_BY = re.compile(r"#\[\s*proc_macro_derive\s*\(\s*(?P<name>\w+)")
_PATH = re.compile(r"#\[\s*path\s*=\s*\"(?P<path>[^\"]+)\"\s*\]")


# -- imports ------------------------------------------------------------------------------------


def _imports(node: Node) -> Iterator[Import]:
    """Read a `use`, an `extern crate`, or a `mod` that another file holds."""
    is_exported = any(child.type == "visibility_modifier" for child in node.named_children)
    if node.type == "use_declaration":
        tree = node.child_by_field_name("argument")
        yield from _use_tree(tree, is_exported) if tree is not None else ()
        return
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if name is None:
        return
    if node.type == "mod_item":
        paths = (_PATH.match(text) for text in _attributes(node))
        path = next((match["path"] for match in paths if match), "")
        module = f"{FILE}{path}" if path else MODULE
        yield Import(text_of(name), module, is_exported=is_exported)
    else:
        local = text_of(alias if alias is not None else name)
        target = "crate" if text_of(name) == "self" else text_of(name)
        yield Import(local, "", (target,), is_exported=is_exported)


def _use_tree(tree: Node, is_exported: bool) -> Iterator[Import]:
    """Read groups, ``as``, ``self`` and ``*``."""
    stack: list[tuple[Node, Names]] = [(tree, ())]
    while stack:
        part, prefix = stack.pop()
        if part.type in ("scoped_use_list", "use_list"):
            path = part.child_by_field_name("path")
            inner = (*prefix, *names_of(path)) if path is not None else prefix
            items = part.child_by_field_name("list") if part.type == "scoped_use_list" else part
            children = items.named_children if items is not None else ()
            stack.extend((child, inner) for child in children if not child.is_extra)
            continue
        target = (*prefix, *_written(part))
        if len(target) > 1 and target[-1] == "self":
            target = target[:-1]
        if part.type == "use_wildcard":
            yield Import("*", "", target, is_exported=is_exported)
            continue
        alias = part.child_by_field_name("alias") if part.type == "use_as_clause" else None
        name = text_of(alias) if alias is not None else target[-1] if target else "_"
        if name != "_":
            yield Import(name, "", target, is_exported=is_exported)


def _written(part: Node) -> Names:
    path = part.child_by_field_name("path") if part.type == "use_as_clause" else part
    return names_of(path) if path is not None else ()


def _import_path(path: Sequence[Node]) -> Names:
    """Return the names that lead to a name in a use tree; for a new name those of the old one."""
    leaf = path[-1]
    names: Names = ()
    for depth, node in enumerate(path):
        if node.type == "scoped_use_list":
            inner = node.child_by_field_name("path")
            if inner is not None and path[depth + 1].id != inner.id:
                names += names_of(inner)
        elif node.type == "use_as_clause":
            alias = node.child_by_field_name("alias")
            if alias is not None and alias.id == leaf.id:
                return (*names, *_written(node))
    top = leaf
    for node in reversed(path[:-1]):
        if node.type not in _SCOPED:
            break
        top = node
    parts = name_nodes(top, frozenset())
    return (*names, *(text_of(part) for part in parts if part.start_byte <= leaf.start_byte))


# -- declarations -------------------------------------------------------------------------------


def _attributes(node: Node) -> Iterator[str]:
    """Yield the attributes before an item."""
    before = node.prev_sibling
    while before is not None and (before.is_extra or before.type == "attribute_item"):
        if before.type == "attribute_item":
            yield text_of(before)
        before = before.prev_sibling


def _own_names(node: Node, names: Names) -> Names:
    if node.type == "impl_item":
        kind = node.child_by_field_name("type")
        return (f"{EXTENSION}{_type_name(kind)}",) if kind is not None else ()
    if node.type == "macro_definition" and names:
        name = f"{names[-1]}{MACRO}"
        is_exported = any(_EXPORTED.match(attribute) for attribute in _attributes(node))
        return (EXTENSION_OF_CRATE, name) if is_exported else (name,)
    if node.type == "function_item":
        macros = (_DERIVED_BY.match(attribute) for attribute in _attributes(node))
        derives = next((match["name"] for match in macros if match), "")
        return (f"{derives}{MACRO}",) if derives else names
    return names or (_position(node),)


def _derived(node: Node) -> tuple[Term, ...]:
    """Return the traits that a type derives; the macros that do so have their names."""
    if node.type not in _DERIVING:
        return ()
    matches = (_DERIVES.match(attribute) for attribute in _attributes(node))
    paths = (path for match in matches if match for path in match["traits"].split(","))
    names = (tuple(filter(None, map(str.strip, path.split("::")))) for path in paths)
    return tuple(Term(steps) for steps in names if steps)


def _position(node: Node) -> str:
    """Return the name of a field without one: its position."""
    types = node.parent.children_by_field_name("type") if node.parent is not None else ()
    return str(sum(kind.start_byte < node.start_byte for kind in types))


def _type_name(node: Node) -> str:
    """Return the last name of a type, or its text where it has none."""
    while (inner := node.child_by_field_name("type")) is not None:
        node = inner
    inner = node.child_by_field_name("name") or node.child_by_field_name("trait")
    return text_of(inner or node)


def marking(clashes: frozenset[str]) -> Syntax:
    """Return how Rust is read where functions or values have the name of a module or type."""

    def own_names(node: Node, names: Names) -> Names:
        names = _own_names(node, names)
        is_value = node.type in _VALUES and bool(names) and names[-1] in clashes
        return (*names[:-1], f"{names[-1]}{VALUE}") if is_value else names

    return replace(SYNTAX, own_names=own_names)


_DERIVING = frozenset({"enum_item", "struct_item", "union_item"})
_VALUES = frozenset({"const_item", "function_item", "function_signature_item", "static_item"})
_FIELDS = frozenset({"field_initializer", "field_pattern", "shorthand_field_initializer"})
# What is as public as that which it stands in.
_SHARED = frozenset({"associated_type", "enum_variant", "function_signature_item"})


def _is_public(node: Node, name: str) -> bool:
    if node.type == "macro_definition":
        return any(_EXPORTED.match(attribute) for attribute in _attributes(node))
    if node.type in _SHARED:
        return True
    return any(child.type == "visibility_modifier" for child in node.children[:1])


# -- terms --------------------------------------------------------------------------------------


def _word(node: Node, term: _Part) -> Term | None:
    return Term((text_of(node),))


def _scoped(node: Node, term: _Part) -> Term | None:
    """A path; that of ``<Gate as Stop>::halt`` leads through the trait."""
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    if name is None:
        return None
    if path is None:
        return Term((text_of(name),))
    owner = Term(("self",)) if path.type == "self" else term(_qualified(path))
    return Term((*owner.steps, text_of(name))) if owner is not None else None


def _qualified(path: Node) -> Node | None:
    if path.type != "bracketed_type":
        return path
    inner = path.named_children[0] if path.named_children else None
    if inner is not None and inner.type == "qualified_type":
        return inner.child_by_field_name("alias")
    return inner


def _generic(node: Node, term: _Part) -> Term | None:
    kind, arguments = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
    whole = term(kind)
    if whole is None or arguments is None:
        return whole
    inner = (argument for argument in arguments.named_children if not argument.is_extra)
    args = (term(argument) or Term(()) for argument in inner if argument.type != "lifetime")
    return Term(whole.steps, tuple(args))


def _field(name: str) -> Callable[[Node, _Part], Term | None]:
    return lambda node, term: term(node.child_by_field_name(name))


def _bounded(node: Node, term: _Part) -> Term | None:
    return next(filter(None, map(term, node.named_children)), None)


def _macro(node: Node, term: _Part) -> Term | None:
    name = node.child_by_field_name("macro")
    made = _MADE_BY_MACROS.get(text_of(name)) if name is not None else None
    return Term((made,)) if made else None


def _field_pattern(node: Node, term: _Part) -> Term | None:
    """What a pattern of a field binds: the field."""
    name, pattern = node.child_by_field_name("name"), node.parent
    kind = pattern.child_by_field_name("type") if pattern is not None else None
    owner = term(kind)
    if name is None or owner is None:
        return None
    return Term((*owner.steps, NEW, text_of(name)))


def _first_field(node: Node, term: _Part) -> Term | None:
    """What a pattern of a struct without names binds first."""
    owner = term(node.child_by_field_name("type"))
    return Term((*owner.steps, NEW, "0")) if owner is not None else None


# -- names --------------------------------------------------------------------------------------


def _key_owner(path: Sequence[Node]) -> Node | Term | None:
    """Return what a name is a member of: of a struct's literal or pattern, of ``<Gate>``."""
    parent = path[-2]
    if parent.type in _SCOPED:
        owner = parent.child_by_field_name("path")
        is_qualified = owner is not None and owner.type == "bracketed_type"
        return _qualified(owner) if owner is not None and is_qualified else None
    for node in reversed(path[:-2]):
        if node.type == "struct_expression":
            return node.child_by_field_name("name")
        if node.type == "struct_pattern":
            return node.child_by_field_name("type")
    return None


def _fits(path: Sequence[Node], name: str, kinds: frozenset[str]) -> bool:
    """Keep macros, values and types apart."""
    leaf, parent = path[-1], path[-2]
    top = next((node for node in reversed(path[:-1]) if node.type not in _SCOPED), parent)
    is_last = len(path) < 3 or parent.type not in _SCOPED or parent.end_byte == leaf.end_byte
    is_macro = top.type == "macro_invocation" and is_last
    if name.endswith(MACRO) or (is_macro and kinds):
        return name.endswith(MACRO) and is_macro
    if not kinds:
        # No variable is a crate or the file of a module.
        is_value = leaf.type == "identifier" and parent.type not in _AROUND_MODULES
        return not is_value or "::" in name
    if leaf.type == "field_identifier" or parent.type in _FIELDS:
        is_called = top.type == "field_expression" and _is_called(path)
        return kinds == {"function"} if is_called else "function" not in kinds
    is_path = parent.type in _SCOPED and _is_path(path)
    if leaf.type == "type_identifier" or is_path:
        return not kinds <= {"function", "value"}
    return not kinds <= {"module"}


_AROUND_MODULES = frozenset(
    {*_SCOPED, "extern_crate_declaration", "mod_item", "scoped_use_list", "use_declaration"}
)


def _is_called(path: Sequence[Node]) -> bool:
    """Return whether a member is called."""
    call = path[-3] if len(path) > 2 else None
    if call is not None and call.type == "generic_function":
        call = path[-4] if len(path) > 3 else None
    return call is not None and call.type == "call_expression"


def _is_path(path: Sequence[Node]) -> bool:
    """Return whether something stands behind a name in a path."""
    leaf, parent = path[-1], path[-2]
    name = parent.child_by_field_name("name")
    if name is None or name.id != leaf.id:
        return True
    outer = path[-3] if len(path) > 2 else None
    return outer is not None and outer.type in _SCOPED


def _binds(definition: Definition, use: int, leaf: Node | None) -> bool:
    """Keep variables apart from types and modules; they are seen only behind their own values."""
    follower = leaf.next_sibling if leaf is not None else None
    is_path = follower is not None and follower.type == "::"
    if is_path or (leaf is not None and leaf.type == "type_identifier"):
        return definition.name.type == "type_identifier"
    if definition.is_function or definition.name.type == "type_identifier":
        return True
    values = (definition.value, definition.element, definition.result)
    is_inside = any(
        value is not None and value.start_byte <= use < value.end_byte for value in values
    )
    is_match = any(value is not None and value.type in _HOLDING_PATTERNS for value in values)
    return definition.name.start_byte <= use and (is_match or not is_inside)


def _function(node: Node, term: _Part) -> Term:
    """``Fn(A) -> B`` or ``fn(A) -> B``."""
    result = term(node.child_by_field_name("return_type"))
    return Term((FUNCTION,), (result or Term(()),))


def _yields(node: Node) -> Node | None:
    """Return what a block ends with, or the first arm of a choice that gives anything.

    Of a closure's parameters that is what holds the first one: what the closure is handed to.
    """
    if node.type == "closure_parameters":
        return _visited(node)
    if node.type == "block":
        last = node.named_children[-1] if node.named_children else None
        return last if last is not None and not last.type.endswith(_NO_VALUES) else None
    if node.type == "if_expression":
        return node.child_by_field_name("consequence")
    body = node.child_by_field_name("body") if node.type == "match_expression" else None
    arms = body.named_children if body is not None else ()
    values = (arm.child_by_field_name("value") for arm in arms)
    return next((value for value in values if value and not value.type.endswith(_NO_VALUES)), None)


def _visited(parameters: Node) -> Node | None:
    """Return what a method goes over with the closure that parameters belong to."""
    around = parameters
    for kind in ("closure_expression", "arguments", "call_expression"):
        if around.parent is None or around.parent.type != kind:
            return None
        around = around.parent
    function = around.child_by_field_name("function")
    method = function.child_by_field_name("field") if function is not None else None
    if function is None or method is None or text_of(method) not in _VISITING:
        return None
    return function.child_by_field_name("value")


_VISITING = words(
    "all and_then any filter filter_map find find_map flat_map for_each inspect is_some_and map "
    "map_while max_by_key min_by_key partition position retain skip_while sort_by_key take_while"
)
_NO_VALUES = (
    "_declaration",
    "_item",
    "_statement",
    "break_expression",
    "comment",
    "continue_expression",
    "macro_invocation",
    "return_expression",
)
# These hold the pattern of a definition, and are its value only in so far.
_HOLDING_PATTERNS = frozenset({"field_pattern", "tuple_struct_pattern"})

SYNTAX = Syntax(
    facts=read_query(__file__, "facts.scm"),
    locals=read_query(__file__, "locals.scm"),
    identifiers=frozenset(
        {"identifier", "field_identifier", "shorthand_field_identifier", "type_identifier"}
    ),
    members={"field_expression": ("value", "field")},
    paths=frozenset({*_SCOPED, "generic_type", "generic_function"}),
    arguments=_ARGUMENTS,
    literals={
        "array_expression": "slice",
        "char_literal": "char",
        "raw_string_literal": "str",
        "string_literal": "str",
    },
    calls={"call_expression": "function"},
    constructors={"struct_expression": "name", "type_cast_expression": "type"},
    elements={"index_expression": ""},
    waits={"try_expression": ""},
    lists={"array_type": "element"},
    wrappers=frozenset({"await_expression", "parenthesized_expression", "unary_expression"}),
    unions=frozenset({"trait_bounds"}),
    receivers=frozenset({"self"}),
    special={
        **dict.fromkeys(_SCOPED, _scoped),
        **dict.fromkeys(("crate", "integer_literal", "primitive_type", "super"), _word),
        "abstract_type": _field("trait"),
        "bounded_type": _bounded,
        "bracketed_type": lambda node, term: term(_qualified(node)),
        "dynamic_type": _field("trait"),
        "field_pattern": _field_pattern,
        "function_type": _function,
        "generic_function": _field("function"),
        "generic_type": _generic,
        "generic_type_with_turbofish": _generic,
        "macro_invocation": _macro,
        "pointer_type": _field("type"),
        "reference_expression": _field("value"),
        "reference_type": _field("type"),
        "tuple_struct_pattern": _first_field,
        "type_binding": _field("type"),
    },
    silent=frozenset({("label", ""), ("lifetime", "")}),
    keys={
        "field_initializer": "field",
        "field_pattern": "name",
        "scoped_identifier": "name",
        "scoped_type_identifier": "name",
        "shorthand_field_initializer": "",
    },
    key_owner=_key_owner,
    import_nodes=frozenset({"use_declaration"}),
    imports=_imports,
    is_public=_is_public,
    own_names=_own_names,
    derived=_derived,
    import_path=_import_path,
    yields=_yields,
    result=result_fields(
        {
            "closure_expression": ("return_type", "body"),
            "function_item": ("return_type", "body"),
        }
    ),
    binds=_binds,
    fits=_fits,
)

"""What a C or C++ file declares, in the namespaces that it opens.

What only its own file can name (static functions of a source file, its macros, what stands in a
nameless namespace) belongs to the file; see `FILE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from tree_sitter import Node, QueryCursor

from askdocs_indexer.languages.c.declarators import (
    Declarator,
    declarator_of,
    has_function,
    is_pointer,
    is_specialised,
    last_name,
)
from askdocs_indexer.languages.c.names import TYPES, parts_of
from askdocs_indexer.languages.c.namespaces import Regions, namespace_opened, regions, space_of
from askdocs_indexer.languages.c.preprocessor import ALONE
from askdocs_indexer.languages.c.syntax import CPP, GLOBAL, C, imports
from askdocs_indexer.languages.fact_reader import FileSymbols
from askdocs_indexer.languages.facts import (
    ELEMENT,
    FILE,
    PARAMETER,
    Declaration,
    FileFacts,
    Import,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.source import DEEPEST
from askdocs_indexer.languages.syntax import compiled
from askdocs_indexer.languages.terms import TermReader

HEADERS = frozenset({"", ".h", ".hh", ".hpp", ".hxx", ".inl", ".ipp"})
_MACROS = "[(preproc_def) (preproc_function_def)] @macro"
_USINGS = "[(using_declaration) (namespace_alias_definition)] @import"
_INCLUDE = re.compile(
    rb'^[ \t]*#[ \t]*(?:include|import)[ \t]*(?P<file>"[^"\n]+"|<[^>\n]+>)', re.MULTILINE
)
# A macro that declares fields, which types may share.
_FIELDS = re.compile(r"[\s\\]*(?:struct\s+)?[A-Za-z_]\w*[\s*]+[\w\s,*\[\]]*;")
_TRANSPARENT = frozenset({"ERROR", "declaration_list", "linkage_specification"})
_DECLARATIONS = frozenset({"declaration", "field_declaration", "function_definition"})


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    if "symbols" not in parsed.memo:
        parsed.memo["symbols"] = _Reader(parsed).symbols()
    symbols: FileSymbols = parsed.memo["symbols"]
    return symbols.facts


@dataclass(frozen=True, slots=True)
class _Context:
    """The scope of declarations: its `names`, of which the first `spaces` are namespaces.

    `is_own` marks what belongs to the file alone, `is_known` a specialisation of what is declared
    elsewhere, which declares nothing itself. `parameters` are those of the templates around it, as
    terms: those of the type around stand for its arguments, others for nothing known.
    """

    names: Names = ()
    spaces: int = 0
    is_type: bool = False
    is_public: bool = True
    is_own: bool = False
    is_known: bool = False
    parameters: Mapping[str, Term] = field(default_factory=dict)


_UNKNOWN = Term(())
_ROOT = _Context()


class _Reader:
    """Walks through the scopes and types of a file, not into functions."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._is_c = parsed.language == "c"
        self._is_header = PurePosixPath(parsed.path).suffix.lower() in HEADERS
        self._file = f"{FILE}{parsed.path}"
        self._terms = TermReader(C if self._is_c else CPP)
        self._declared: list[Declaration] = []
        self._imports: list[Import] = []
        self._scopes: list[tuple[int, int, Names]] = []
        self._bodies: list[tuple[int, int]] = []
        self._names: dict[int, Names] = {}
        self._left: list[tuple[Node, _Context]] = []
        self._regions: Regions = regions(parsed.source_bytes)

    def symbols(self) -> FileSymbols:
        """Return what the file declares, in the order of its lines."""
        for include in _INCLUDE.finditer(self._parsed.source_bytes):
            self._imports.append(Import("", include["file"].decode("utf-8", "replace")))
        if self._parsed.tree is not None:
            self._walk(self._parsed.tree.root_node)
        self._scopes.sort(key=lambda scope: (scope[0], -scope[1]))
        declared = sorted(self._declared, key=lambda declaration: declaration.line)
        facts = FileFacts(self._parsed.language, (), tuple(declared), tuple(self._imports))
        return FileSymbols(facts, self._scopes, self._names)

    def _walk(self, root: Node) -> None:
        for start, end, name in self._regions:
            self._scopes.append((start, end, (name,)))
        for name in dict.fromkeys(name for _, _, name in self._regions):
            self._declared.append(Declaration((name,), "module", 1))
        self._left.append((root, _Context()))
        while self._left:
            node, context = self._left.pop()
            self._body(node, context)
        for macro in self._captured(root, _MACROS, "macro"):
            self._macro(macro)
        if not self._is_c:
            for node in self._captured(root, _USINGS, "import"):
                self._using(node)

    def _captured(self, root: Node, text: str, capture: str) -> list[Node]:
        query = compiled(self._parsed.language, text)
        return QueryCursor(query).captures(root).get(capture, []) if query is not None else []

    def text(self, node: Node) -> str:
        """Return a node's text."""
        return text_of(node)

    def _body(self, body: Node, context: _Context) -> None:
        for node in body.named_children:
            if node.type == "access_specifier":
                is_public = not text_of(node).startswith(("private", "protected"))
                context = replace(context, is_public=is_public)
            elif len(context.names) <= DEEPEST:
                self._node(node, context)

    def _node(self, node: Node, context: _Context) -> None:
        if not context.names and (space := self._region(node)):
            context = replace(context, names=(space,), spaces=1)
        while node.type in {"template_declaration", "friend_declaration"} and node.named_children:
            inner = node.named_children[-1]
            if node.type == "template_declaration":
                context = self._with_parameters(node, context)
            elif inner.type in _DECLARATIONS:  # A friend stands beside the type, not in it.
                context = replace(context, names=context.names[: context.spaces], is_type=False)
            else:
                return
            node = inner
        self._unwrapped(node, context)

    def _unwrapped(self, node: Node, context: _Context) -> None:
        if node.type in _TRANSPARENT:
            inner = node.child_by_field_name("body") or node
            self._left.append((node if inner.type in _DECLARATIONS else inner, context))
        elif node.type == "namespace_definition":
            self._namespace(node, context)
        elif node.type in TYPES:
            self._type(node, context, ())
        elif node.type == "type_definition":
            self._typedef(node, context)
        elif node.type in {"alias_declaration", "concept_definition"}:
            self._alias(node, context)
        elif node.type in _DECLARATIONS:
            self._declaration(node, context)

    def _region(self, node: Node) -> str:
        spans = (name for start, end, name in self._regions if start <= node.start_byte < end)
        return next(spans, "")

    def _with_parameters(self, node: Node, context: _Context) -> _Context:
        inner = node.child_by_field_name("parameters")
        listed = [leaf for leaf in inner.named_children if not leaf.is_extra] if inner else []
        is_function = node.named_children[-1].type not in TYPES | {"alias_declaration"}
        known = context.parameters
        if not is_function:  # Positions are those in the innermost type.
            known = dict.fromkeys(known, _UNKNOWN)
        own = {
            text_of(leaf): _UNKNOWN if is_function else Term((f"{PARAMETER}{position}",))
            for position, parameter in enumerate(listed)
            for leaf in parameter.named_children
            if leaf.type == "type_identifier"
        }
        return replace(context, parameters={**known, **own})

    # -- scopes and types ---------------------------------------------------------------------

    def _namespace(self, node: Node, context: _Context) -> None:
        """A namespace; one without a name is the file's own, an inline one adds no name."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        is_inline = any(child.type == "inline" for child in node.children[:1])
        if body is None:
            return
        if name is None:
            context = replace(context, is_own=context.is_own or not self._is_header)
        elif not is_inline:
            for leaf in (leaf for leaf in [name, *name.named_children] if not leaf.child_count):
                context = self._inside(context, text_of(leaf))
                self._add(Declaration(context.names, "module", _line(leaf)), leaf)
        self._scopes.append((node.start_byte, node.end_byte, context.names))
        self._left.append((body, context))

    def _inside(self, context: _Context, name: str) -> _Context:
        names = (*context.names, name)
        return replace(context, names=names, spaces=len(names), is_type=False)

    def _type(self, node: Node, context: _Context, owner: Names) -> Names:
        """Read a class or enumeration; without a name it is what its `owner` is, if any."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and is_specialised(name):
            context = replace(context, is_known=True)
        names = owner
        if name is not None:
            around = () if self._is_c else context.names
            names = (*around, *parts_of(self, name))
            if len(names) == len(around):
                return ()
            bases = (*self._bases(node, context), *(Term((macro,)) for macro in self._fields(body)))
            declaration = Declaration(names, "type", _line(name), bases=bases)
            self._add(replace(declaration, is_public=context.is_public), name, context)
        if body is not None:
            self._scopes.append((node.start_byte, node.end_byte, names or context.names))
            self._members(node, body, names, context)
        return names

    def _fields(self, body: Node | None) -> Iterator[str]:
        """Yield the macros in a type's body that stand for some of its fields."""
        data, seen = self._parsed.source_bytes, self._parsed.seen
        if body is None or data[body.start_byte : body.end_byte] == body.text:
            return
        for match in ALONE.finditer(data, body.start_byte, body.end_byte):
            start, end = match.span("macro")
            around = body.descendant_for_byte_range(start, end)
            if not seen[start:end].strip() and around is not None and around.id == body.id:
                yield match["macro"].decode()

    def _members(self, node: Node, body: Node, names: Names, context: _Context) -> None:
        if node.type == "enum_specifier":
            is_scoped = any(child.type in {"class", "struct"} for child in node.children[:2])
            for child in body.named_children:
                if child.type == "enumerator":
                    self._enumerator(child, names, context, is_scoped=is_scoped)
            return
        is_public = node.type != "class_specifier"
        inside = replace(context, names=names or context.names, is_type=True, is_public=is_public)
        self._left.append((body, inside))

    def _enumerator(self, node: Node, owner: Names, context: _Context, *, is_scoped: bool) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        own = text_of(name)
        outer = owner if is_scoped else context.names
        types = (Term(owner),) if owner else ()
        self._add(Declaration((*outer, own), "value", _line(name), types), name, context)
        if owner and not is_scoped and not self._is_c and not context.is_known:
            self._imports.append(Import(own, "", (*outer, own), owner, is_exported=True))

    def _bases(self, node: Node, context: _Context) -> Iterator[Term]:
        for clause in node.named_children:
            if clause.type == "base_class_clause":
                for base in clause.named_children:
                    yield from self._known(self._terms.term(base), context)

    # -- functions, values and aliases --------------------------------------------------------

    def _declaration(self, node: Node, context: _Context) -> None:
        kind = node.child_by_field_name("type")
        owner: Names | None = None
        declarators = [*map(declarator_of, node.children_by_field_name("declarator"))]
        if kind is not None and kind.type in TYPES and kind.child_by_field_name("body"):
            first = next(filter(None, declarators), None)
            is_enum = kind.type == "enum_specifier"
            named = kind.child_by_field_name("name") is not None
            parts = parts_of(self, first.name) if first is not None else ()
            if parts and not named and not is_enum:
                owner = (*context.names, *parts)
            self._type(kind, context, owner or ())
        for declarator in declarators:
            if declarator is not None:
                self._declared_by(declarator, node, context, owner)

    def _declared_by(
        self, declarator: Declarator, node: Node, context: _Context, owner: Names | None
    ) -> None:
        parts = parts_of(self, declarator.name)
        kind = node.child_by_field_name("type")
        if not parts or (kind is None and not _is_made_by(parts, declarator.name, context)):
            return
        names = (*context.names, *parts)
        is_static = not context.is_type and len(parts) == 1 and self._is_static(node)
        context = replace(context, is_own=context.is_own or is_static)
        if declarator.function is not None:
            self._function(declarator, node, names, context)
        elif names == owner:
            declaration = Declaration(names, "type", _first_line(declarator, kind))
            self._add(declaration, declarator.name, context)
        else:
            types = (
                (Term(owner),)
                if owner
                else self._types(kind, context, is_array=declarator.is_array)
            )
            value = self._terms.term(declarator.value) if not types else None
            declaration = Declaration(names, "value", _first_line(declarator, kind), types, value)
            self._add(replace(declaration, is_public=context.is_public), declarator.name, context)

    def _is_static(self, node: Node) -> bool:
        return not self._is_header and any(
            child.type == "storage_class_specifier" and text_of(child) == "static"
            for child in node.named_children
        )

    def _function(
        self, declarator: Declarator, node: Node, names: Names, context: _Context
    ) -> None:
        assert declarator.function is not None
        trailing = [
            child
            for child in declarator.function.named_children
            if child.type == "trailing_return_type"
        ]
        result = trailing[0].named_children[0] if trailing else node.child_by_field_name("type")
        self._add(
            Declaration(
                names,
                "function",
                _line(declarator.name),
                self._types(result, context),
                parameters=tuple(self._parameters(declarator.function, context)),
                is_public=context.is_public,
            ),
            declarator.name,
            context,
        )
        if node.child_by_field_name("body") is not None:
            self._scopes.append((node.start_byte, node.end_byte, names))
            self._bodies.append((node.start_byte, node.end_byte))

    def _parameters(self, function: Node, context: _Context) -> Iterator[Term | None]:
        inner = function.child_by_field_name("parameters")
        for parameter in inner.named_children if inner is not None else ():
            if not parameter.is_extra:
                terms = self._types(parameter.child_by_field_name("type"), context)
                yield terms[0] if terms else None

    def _types(
        self, node: Node | None, context: _Context, *, is_array: bool = False
    ) -> tuple[Term, ...]:
        terms = tuple(self._known(self._terms.term(node), context)) if node is not None else ()
        return tuple(Term((ELEMENT,), (term,)) for term in terms) if is_array else terms

    def _known(self, term: Term | None, context: _Context) -> Iterator[Term]:
        """Yield a term, for a template parameter what it stands for; others are left empty."""
        if term is None or not term.steps:
            return
        parameter = context.parameters.get(term.steps[0])
        if parameter is not None:
            if parameter.steps and len(term.steps) == 1:
                yield parameter
            return
        args = (next(self._known(arg, context), Term(())) for arg in term.args)
        yield Term(term.steps, tuple(args))

    def _typedef(self, node: Node, context: _Context) -> None:
        kind = node.child_by_field_name("type")
        nodes = sorted(node.children_by_field_name("declarator"), key=is_pointer)
        declarators = [
            declarator
            for declarator in map(declarator_of, nodes)
            if declarator is not None and parts_of(self, declarator.name)
        ]
        if kind is None or not declarators:
            return
        first = (*context.names, *parts_of(self, declarators[0].name))
        is_nameless = kind.child_by_field_name("name") is None
        types: tuple[Term, ...] = ()
        if kind.type in TYPES and kind.child_by_field_name("body") is not None:
            names = self._type(kind, context, first)
            types = (Term(names),) if names else ()
        elif kind.type in TYPES or not is_nameless or not has_function(node):
            types = self._types(kind, context)
        for declarator in declarators:
            names = (*context.names, *parts_of(self, declarator.name))
            is_own_name = types[:1] in ((Term(names),), (Term(names[-1:]),))
            declared = (
                () if declarator.is_pointed_function or declarator.function is not None else types
            )
            if is_own_name:
                self._add(
                    Declaration(names, "type", _first_line(declarator, kind)),
                    declarator.name,
                    context,
                )
            else:
                if declarator.is_array:
                    declared = tuple(Term((ELEMENT,), (term,)) for term in declared)
                self._add(
                    Declaration(names, "alias", _first_line(declarator, kind), declared),
                    declarator.name,
                    context,
                )

    def _alias(self, node: Node, context: _Context) -> None:
        name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
        if name is None:
            return
        is_concept = node.type == "concept_definition"
        is_function = kind is not None and has_function(kind)
        types = self._types(kind, context) if not is_function else ()
        names = (*context.names, text_of(name))
        declaration = Declaration(names, "type" if is_concept else "alias", _line(name), types)
        self._add(replace(declaration, is_public=context.is_public), name, context)

    def _add(self, declaration: Declaration, name: Node, context: _Context = _ROOT) -> None:
        names = declaration.names
        if context.is_own:
            declaration = replace(declaration, names=(self._file, *names), is_public=False)
        self._names[last_name(name).start_byte] = declaration.names
        if not context.is_known:
            self._declared.append(declaration)

    # -- macros and using declarations --------------------------------------------------------

    def _macro(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        kind: Kind = "function" if node.type == "preproc_function_def" else "value"
        self._add(Declaration((text_of(name),), kind, _line(name)), name)
        macro = text_of(name)
        if value is not None and kind == "value" and _FIELDS.match(text_of(value)):
            self._declared += _fields_of(macro, value, self._parsed.language)
        opened = namespace_opened(macro, text_of(value) if value is not None else "")
        if opened is None or kind == "function":
            return
        space = (space_of(macro),)
        self._declared.append(Declaration(space, "module", _line(name)))
        self._imports.append(Import("*", GLOBAL, space, opened, is_exported=True))
        if opened:
            self._imports.append(Import("*", GLOBAL, opened, space, is_exported=True))
        for end in range(1, len(opened) + 1):
            self._declared.append(Declaration(opened[:end], "module", _line(name)))

    def _using(self, node: Node) -> None:
        around = [scope for scope in self._scopes if scope[0] <= node.start_byte < scope[1]]
        scope = max(around, key=lambda scope: scope[0])[2] if around else ()
        is_local = any(start <= node.start_byte < end for start, end in self._bodies)
        for imported in imports(node):
            is_exported = bool(scope) and not is_local
            self._imports.append(replace(imported, scope=scope, is_exported=is_exported))


def _fields_of(macro: str, value: Node, language: str) -> Iterator[Declaration]:
    """Yield the fields that a macro declares, as those of a type of its name."""
    text = text_of(value).replace("\\\n", " \n")
    parsed = Parsed(f"struct {macro} {{ {text}\n}};", language)
    if parsed.tree is None or parsed.tree.root_node.has_error:
        return
    declared = read(parsed).declarations
    if any(len(field.names) > 1 for field in declared):
        for field in declared:
            yield replace(field, line=field.line + value.start_point.row)


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _first_line(declarator: Declarator, kind: Node | None) -> int:
    """Return the line of a name, or where its type begins if that has a body before the name."""
    has_body = kind is not None and kind.child_by_field_name("body") is not None
    return _line(kind if kind is not None and has_body else declarator.name)


def _is_made_by(parts: Names, name: Node, context: _Context) -> bool:
    """Return whether a function without a result is a constructor, destructor or conversion.

    Any other is a macro that is used like a function.
    """
    owner = parts[-2] if len(parts) > 1 else context.names[-1] if context.is_type else ""
    is_operator = parts[-1].startswith("operator")
    return parts[-1] in {owner, f"~{owner}"} or is_operator

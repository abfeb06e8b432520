"""The symbol at a position of a JavaScript or TypeScript document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.facts import ELEMENT, RESULT, Names
from askdocs_indexer.languages.javascript.facts import symbols_of
from askdocs_indexer.languages.javascript.imports import (
    imports_of,
    module_of,
    required,
    specified,
    string_of,
)
from askdocs_indexer.languages.javascript.nodes import CLASSES, FUNCTIONS
from askdocs_indexer.languages.javascript.syntax import TYPESCRIPT, syntax_of
from askdocs_indexer.languages.locals import Definition
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Project,
    Target,
    Targets,
    Value,
    Values,
    elements,
    instances,
)
from askdocs_indexer.readers.decoding import words

_DEEPEST = 12
_PATTERNS = words("array_pattern object_pattern")
_BINDINGS = words("identifier shorthand_property_identifier_pattern")
_ELEMENTS = words("jsx_closing_element jsx_opening_element jsx_self_closing_element")
# Methods of arrays by the position at which their callbacks take an element.
_TAKES_ELEMENT = dict.fromkeys(
    words("every filter find findIndex findLast flatMap forEach map some"), 0
) | {"reduce": 1, "reduceRight": 1}
_COMPONENTS = words("ComponentClass ComponentType FC FunctionComponent")
_CONSTRUCTOR = "constructor"
IDENTIFIERS = TYPESCRIPT.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    symbols_of(parsed)
    return generic.resolve(parsed, offset, project, syntax_of(parsed.language), _ScriptFinder)


class _ScriptFinder(generic.Finder):
    """Knows imports, keys of objects and patterns, and what is expected of an expression."""

    def symbol(self) -> Symbol | None:
        """Return the symbol, or None where the identifier stands for nothing."""
        parent = self._path[-2]
        if parent.type in _ELEMENTS and self._name[:1].islower():
            return None
        if parent.type == "jsx_attribute":
            return self._made(self._attribute(self._path[-3]), is_sure=True)
        return super().symbol()

    def _enclosing(self) -> Names:
        """Return the scope around the identifier: its module where `this` is not known."""
        scope = super()._enclosing()
        owner = self._owner_of_this()
        if owner is None or any(start == owner.start_byte for start, _, _ in self._symbols.scopes):
            return scope
        return self._module_of(scope)

    def _owner_of_this(self) -> Node | None:
        """Return the class or object that `this` is, or the function that leaves it open."""
        is_method = False
        for node in reversed(self._path):
            if node.type in _WITH_THIS:
                holder = node.parent
                is_method = holder is not None and holder.type == "pair"
                if not is_method:
                    return node
            is_method |= node.type == "method_definition"
            if node.type in _TYPES or (node.type == "object" and is_method):
                return node
        return None

    def _module_of(self, scope: Names) -> Names:
        module = self._project.facts.module
        while scope:
            rows = self._project.declarations(Identity(self._project.family, (*module, *scope)))
            if any(row.kind == "module" for row in rows):
                break
            scope = scope[:-1]
        return scope

    def _bare(self) -> Symbol | None:
        """Return what a plain name stands for; a property's name stands for nothing by itself."""
        is_name = self._leaf.type not in {"private_property_identifier", "property_identifier"}
        return super()._bare() if is_name else self._made((), is_sure=True)

    def _made(self, targets: Sequence[Target], *, is_sure: bool = False) -> Symbol | None:
        """Return the symbol; behind it what it overrides, and what it is another name for."""
        named = dict.fromkeys(targets)
        for target in targets:
            named |= dict.fromkeys(self._project.overridden(target))
            named |= dict.fromkeys(self._project.initial(target))
        return super()._made(tuple(named), is_sure=is_sure)

    # -- imports --------------------------------------------------------------------------------

    def _imported(self) -> Targets:
        """Return what a name in an import or export stands for, under its old or its new name."""
        kinds = {"export_statement", "import_statement"}
        statement = next((node for node in reversed(self._path) if node.type in kinds), None)
        if statement is None:
            return ()
        for node in self._path:
            if node.type in {"export_specifier", "import_specifier"}:
                return self._project.imported(specified(node, module_of(statement)))
        taken = [imported for imported in imports_of(statement) if imported.name == self._name]
        return self._project.imported(taken[0]) if taken else ()

    # -- keys -----------------------------------------------------------------------------------

    def _keyed(self, parent: Node) -> Targets | None:
        kind = self._leaf.type
        if parent.type in _OWN_KEYS and self._is(parent, "name"):
            return ()
        if kind == "shorthand_property_identifier":
            return self._shorthand(parent)
        if self._is(parent, "key") and parent.type == "pair":
            return self._member_of(parent.parent)
        if parent.type == "method_definition" and self._is(parent, "name"):
            outer = parent.parent
            return self._member_of(outer) if outer is not None and outer.type == "object" else ()
        if kind == "shorthand_property_identifier_pattern" or (
            parent.type == "pair_pattern" and self._is(parent, "key")
        ):
            return self._pattern_key()
        return None

    def _member_of(self, node: Node | None) -> Targets:
        """Return the member of this name of what is expected of an object."""
        if node is None:
            return ()
        values = tuple(value for value in self._contextual(node, 0) if self._has_members(value))
        declared = self._project.select(values, self._name)
        return tuple(dict.fromkeys((*declared, *self._option(node, declared))))

    def _has_members(self, value: Value) -> bool:
        """Return whether an object can be a value, which a function type rules out."""
        rows = self._project.declarations(value.target)
        return not rows or any(row.kind != "function" for row in rows)

    def _option(self, node: Node, declared: Targets) -> Iterator[Target]:
        """Yield the key as a member of the function whose argument the object is, or is part of.

        Pages document the options of a function below it. One that is a part of another option has
        to be declared, and the function must not have an option of its own by that name.
        """
        is_declared = any(map(self._project.declarations, declared))
        for argument, call in self._calls_around(node):
            is_direct = argument.id == node.id
            for target in self._denoted(_callee(call), 0) if is_direct or is_declared else ():
                if is_direct or not self._takes_option(target, argument):
                    yield _below(target, self._name)

    def _takes_option(self, function: Target, argument: Node) -> bool:
        """Return whether a function declares an option of the identifier's name for an argument."""
        functions = self._project.values_of((function,))
        options = self._project.parameters(functions, _position(argument))
        return any(map(self._project.declarations, self._project.select(options, self._name)))

    def _calls_around(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Yield the calls that what a node is part of is given to: (argument, call).

        What is given to something that a callback receives is given to the callback's call as well.
        """
        for _ in range(_DEEPEST):
            while node.parent is not None and node.parent.type in _PARTS:
                node = node.parent
            call = node.parent.parent if node.parent is not None else None
            if call is None or node.parent is None or node.parent.type != "arguments":
                return
            yield node, call
            function = self._function_of(_root(_callee(call)))
            if function is None:
                return
            node = function

    def _function_of(self, node: Node | None) -> Node | None:
        """Return the function whose parameter a name is."""
        local = self._local_of(node) if node is not None else None
        formal = local.name.parent if local is not None else None
        while formal is not None and formal.type in _PARAMETERS | {"formal_parameters"}:
            formal = formal.parent
        return formal if formal is not None and formal.type in FUNCTIONS else None

    # -- members --------------------------------------------------------------------------------

    def _member_of_value(self, owner: Node) -> Targets:
        """Return the member, then that of the function which has made the value.

        Pages document the members of what ``createPond()`` gives below the function.
        """
        declared = super()._member_of_value(owner)
        made = (_below(maker, self._name) for maker in self._makers(owner, 0) if declared)
        return tuple(dict.fromkeys((*declared, *made, *self._of_received(owner))))

    def _of_received(self, owner: Node) -> Iterator[Target]:
        """Yield the member of a callback's parameter as pages about the callback's call have it.

        They document `t.is` below `test`, for ``test((t) => { t.is() })``.
        """
        function = self._function_of(owner)
        for _, call in self._calls_around(function) if function is not None else ():
            for target in self._denoted(_callee(call), 0):
                yield _below(_below(target, text_of(owner)), self._name)

    def _makers(self, node: Node | None, depth: int) -> Targets:
        """Return the functions whose result an expression is."""
        while node is not None and node.type in _TRANSPARENT:
            node = node.named_children[0] if node.named_children else None
        if node is None or depth > _DEEPEST:
            return ()
        if node.type == "call_expression":
            return self._denoted(node.child_by_field_name("function"), depth)
        if node.type not in {"identifier", "member_expression"}:
            return ()
        local = self._local_of(node)
        if local is not None:
            return self._makers(local.value, depth + 1)
        targets = self._denoted(node, depth)
        return tuple(maker for target in targets for maker in self._project.maker(target))

    def _denoted(self, node: Node | None, depth: int) -> Targets:
        """Return what the name or member that an expression is stands for."""
        if node is None or depth > _DEEPEST:
            return ()
        local = self._local_of(node)
        if local is not None:
            return self._renamed(local)
        if node.type == "identifier":
            return self._project.look_up(self._scope, text_of(node))
        if node.type == "member_expression":
            values = self._value(node.child_by_field_name("object"), depth + 1)
            return self._project.select(values, string_of(node.child_by_field_name("property")))
        return ()

    def _local_of(self, node: Node) -> Definition | None:
        if node.type != "identifier":
            return None
        return self._locals.visible(text_of(node), node.start_byte)

    def _shorthand(self, parent: Node) -> Targets:
        local = self._locals.visible(self._name, self._leaf.start_byte)
        if local is not None:
            targets = self._renamed(local)
        else:
            targets = self._project.look_up(self._scope, self._name)
        return targets or self._member_of(parent)

    def _pattern_key(self) -> Targets:
        """Return the member that a key of a pattern takes out of a value."""
        pattern = next(
            (node for node in reversed(self._path) if node.type == "object_pattern"), None
        )
        if pattern is None:
            return ()
        declarator = self._required_by(pattern)
        if declarator is not None:
            key = self._name
            taken = [
                imported for imported in required(declarator) if imported.target[-1:] == (key,)
            ]
            return self._project.imported(taken[0]) if taken else ()
        return self._project.select(self._taken_apart(pattern, 0), self._name)

    def _required_by(self, pattern: Node) -> Node | None:
        declarator = pattern.parent
        if declarator is None or declarator.type != "variable_declarator":
            return None
        return declarator if next(required(declarator), None) is not None else None

    def _attribute(self, element: Node) -> Targets:
        """Return the member of a component's properties."""
        return self._project.select(self._properties(element, 0), self._name)

    def _properties(self, element: Node, depth: int) -> Values:
        component = self._value(element.child_by_field_name("name"), depth)
        taken = self._project.parameters(component, 0)
        for value in component:
            if isinstance(value.target, Identity) and not value.is_instance:
                members = self._project.select(instances((value,)), "props")
                known = [member for member in members if self._project.declarations(member)]
                taken += self._project.values_of(known)
            else:
                taken += _component_properties(value)
        return taken

    # -- locals ---------------------------------------------------------------------------------

    def _renamed(self, row: Definition) -> Targets:
        """Return what a local is by another name: an import, a parameter that a type declares."""
        name = row.name
        if targets := self._required(name):
            return targets
        pattern, _ = _key_of(name)
        return self._named_by_type(name) if pattern is None else ()

    def _named_by_type(self, name: Node) -> Targets:
        """Return the parameter of a declared function type by a callback parameter's name."""
        function = name.parent
        while function is not None and function.type in _PARAMETERS | {"formal_parameters"}:
            function = function.parent
        if function is None or function.type not in FUNCTIONS:
            return ()
        expected = (value.target for value in self._contextual(function, 0))
        targets = (_below(target, text_of(name)) for target in expected)
        return tuple(target for target in targets if self._project.declarations(target))

    def _inferred(self, row: Definition, depth: int) -> Values:
        if depth > _DEEPEST:
            return ()
        if targets := self._required(row.name):
            return self._project.values_of(targets)
        pattern, key = _key_of(row.name)
        if pattern is not None:
            return self._project.follow(self._taken_apart(pattern, depth + 1), (key,))
        return self._passed(row.name, depth + 1)

    def _required(self, name: Node) -> Targets:
        """Return what a name stands for that is bound to what `require` gives."""
        declarator = name.parent
        while declarator is not None and declarator.type in _AROUND_NAMES:
            declarator = declarator.parent
        if declarator is None or declarator.type != "variable_declarator":
            return ()
        taken = [imported for imported in required(declarator) if imported.name == text_of(name)]
        return self._project.imported(taken[0]) if taken else ()

    def _taken_apart(self, pattern: Node, depth: int) -> Values:
        """Return what an object pattern takes apart."""
        holder = pattern.parent
        while holder is not None and holder.type == "assignment_pattern":
            pattern, holder = holder, holder.parent
        if holder is None or depth > _DEEPEST:
            return ()
        if holder.type == "pair_pattern" and holder.parent is not None:
            key = string_of(holder.child_by_field_name("key"))
            return self._project.follow(self._taken_apart(holder.parent, depth + 1), (key,))
        if holder.type == "variable_declarator":
            value = holder.child_by_field_name("value")
            return self._annotated(holder) or self._value(value, depth + 1)
        if holder.type == "for_in_statement":
            return elements(self._value(holder.child_by_field_name("right"), depth + 1))
        return self._passed(pattern, depth + 1)

    def _annotated(self, node: Node) -> Values:
        """Return an instance of the type that a variable, parameter or field is declared with."""
        annotation = node.child_by_field_name("type") or node.child_by_field_name("return_type")
        values: list[Value] = []
        for term in self._terms.types(annotation):
            if annotation is not None:
                values += self._of(term, annotation, 0)
        return instances(values)

    def _passed(self, pattern: Node, depth: int) -> Values:
        """Return what a parameter receives, by its own type or its function's."""
        parameter = pattern
        while parameter.parent is not None and parameter.parent.type in _PARAMETERS:
            parameter = parameter.parent
        formal = parameter.parent
        if formal is None or depth > _DEEPEST:
            return ()
        if declared := self._annotated(parameter):
            return declared
        function = formal.parent if formal.type == "formal_parameters" else formal
        if function is None or function.type not in FUNCTIONS | {"method_definition"}:
            return ()
        listed = [child for child in formal.named_children if not child.is_extra]
        index = next((i for i, child in enumerate(listed) if child.id == parameter.id), 0)
        if formal.type != "formal_parameters":
            index = 0
        expected = self._contextual(function, depth)
        properties = (_component_properties(value) for value in expected if index == 0)
        return (
            self._given_back(function, index, depth)
            or tuple(value for values in properties for value in values)
            or self._project.parameters(expected, index)
        )

    def _given_back(self, function: Node, index: int, depth: int) -> Values:
        """Return what an array or a promise gives to a callback."""
        call = function.parent.parent if function.parent is not None else None
        callee = _callee(call) if call is not None else None
        if callee is None or callee.type != "member_expression":
            return ()
        owner = self._value(callee.child_by_field_name("object"), depth + 1)
        method = string_of(callee.child_by_field_name("property"))
        if _TAKES_ELEMENT.get(method) == index:
            lists = [value for value in owner if value.target in _LISTS]
            return elements(lists)
        if method == "then" and index == 0:
            waited = self._project.follow(owner, (RESULT,))
            return waited if waited != owner else ()
        return ()

    # -- what is expected of an expression ------------------------------------------------------

    def _contextual(self, node: Node, depth: int) -> Values:
        """Return what the context of an expression expects, by declared types alone."""
        parent = node.parent
        if parent is None or depth > _DEEPEST:
            return ()
        reader = _EXPECTING.get(parent.type)
        return reader(self, parent, node, depth + 1) if reader else self._annotated(parent)

    def _expected_around(self, parent: Node, node: Node, depth: int) -> Values:
        return self._contextual(parent, depth)

    def _expected_element(self, parent: Node, node: Node, depth: int) -> Values:
        return elements(self._contextual(parent, depth))

    def _expected_assigned(self, parent: Node, node: Node, depth: int) -> Values:
        return self._value(parent.child_by_field_name("left"), depth)

    def _expected_claim(self, parent: Node, node: Node, depth: int) -> Values:
        children = [child for child in parent.named_children if not child.is_extra]
        if len(children) < 2:
            return self._contextual(parent, depth)
        terms = self._terms.types(children[-1])
        return instances(value for term in terms for value in self._of(term, children[-1], 0))

    def _expected_argument(self, arguments: Node, node: Node, depth: int) -> Values:
        call = arguments.parent
        values = self._value(_callee(call), depth) if call is not None else ()
        if call is not None and call.type == "new_expression":
            made = self._project.select(values, _CONSTRUCTOR)
            values = self._project.values_of(made)
        return self._project.parameters(values, _position(node))

    def _expected_member(self, parent: Node, node: Node, depth: int) -> Values:
        """Return what is expected of a value or method in an object."""
        whole = parent.parent if parent.type == "pair" else parent
        key = parent.child_by_field_name("key") if parent.type == "pair" else None
        key = key or node.child_by_field_name("name")
        if whole is None or key is None:
            return ()
        return self._project.follow(self._contextual(whole, depth), (string_of(key),))

    def _expected_attribute(self, parent: Node, node: Node, depth: int) -> Values:
        attribute = parent.parent
        if attribute is None or attribute.type != "jsx_attribute":
            return ()
        element, name = attribute.parent, attribute.named_children[:1]
        if element is None or not name:
            return ()
        return self._project.follow(self._properties(element, depth), (text_of(name[0]),))

    def _expected_result(self, parent: Node, node: Node, depth: int) -> Values:
        """Return what a function returns by its declared type."""
        function: Node | None = parent
        while function is not None and function.type not in _ALL_FUNCTIONS:
            function = function.parent
        if function is None:
            return ()
        body = function.child_by_field_name("body")
        if parent.type == "arrow_function" and (body is None or body.id != node.id):
            return ()
        declared = self._annotated(function)
        values = declared or self._project.called(self._contextual(function, depth))
        return self._project.follow(values, (RESULT,))


# Members of types and classes that have no name, and so no meaning outside.
_OWN_KEYS = words(
    "abstract_method_signature index_signature method_signature property_signature "
    "public_field_definition"
)
# The readers of what is expected of an expression, by the type of its parent node.
_EXPECTING: dict[str, Callable[[_ScriptFinder, Node, Node, int], Values]] = {
    "arguments": _ScriptFinder._expected_argument,
    "array": _ScriptFinder._expected_element,
    "arrow_function": _ScriptFinder._expected_result,
    "as_expression": _ScriptFinder._expected_claim,
    "assignment_expression": _ScriptFinder._expected_assigned,
    "await_expression": _ScriptFinder._expected_around,
    "jsx_expression": _ScriptFinder._expected_attribute,
    "object": _ScriptFinder._expected_member,
    "pair": _ScriptFinder._expected_member,
    "parenthesized_expression": _ScriptFinder._expected_around,
    "return_statement": _ScriptFinder._expected_result,
    "satisfies_expression": _ScriptFinder._expected_claim,
    "ternary_expression": _ScriptFinder._expected_around,
}
# What an argument is made of.
_PARTS = FUNCTIONS | words(
    "array as_expression object pair parenthesized_expression return_statement "
    "satisfies_expression statement_block ternary_expression"
)
_TRANSPARENT = words("await_expression non_null_expression parenthesized_expression")
_TYPES = CLASSES | {"interface_declaration"}
_WITH_THIS = words(
    "function_declaration function_expression generator_function generator_function_declaration"
)
_AROUND_NAMES = _PATTERNS | words("assignment_pattern object_assignment_pattern pair_pattern")
_PARAMETERS = words("assignment_pattern optional_parameter required_parameter rest_pattern")
_ALL_FUNCTIONS = FUNCTIONS | words(
    "function_declaration generator_function_declaration method_definition"
)
_LISTS = (External((ELEMENT,)), External(("Array",)), External(("ReadonlyArray",)))


def _component_properties(value: Value) -> Values:
    """Return what an instance of React's ``FC<Properties>`` takes."""
    is_component = isinstance(value.target, External) and any(
        name.rpartition(".")[2] in _COMPONENTS for name in value.target.names
    )
    return instances(value.args[0]) if is_component and value.is_instance and value.args else ()


def _position(argument: Node) -> int:
    """Return the position of an argument in its call."""
    listed = argument.parent.named_children if argument.parent is not None else []
    arguments = (child.id for child in listed if not child.is_extra)
    return next((i for i, known in enumerate(arguments) if known == argument.id), 0)


def _root(node: Node | None) -> Node | None:
    """Return what a chain of members begins with."""
    while node is not None and node.type in {"call_expression", "member_expression"}:
        node = node.child_by_field_name("object") or node.child_by_field_name("function")
    return node


def _callee(call: Node) -> Node | None:
    return call.child_by_field_name("function") or call.child_by_field_name("constructor")


def _below(target: Target, name: str) -> Target:
    """Return a member that only pages may know."""
    if isinstance(target, External):
        return External(tuple(f"{owner}.{name}" for owner in target.names))
    return Identity(target.family, (*target.names, name))


def _key_of(name: Node) -> tuple[Node | None, str]:
    """Return the object pattern that binds a name, and the key by which it does."""
    holder = name.parent
    if holder is not None and holder.type in {"assignment_pattern", "object_assignment_pattern"}:
        holder = holder.parent
    if holder is not None and holder.type == "pair_pattern":
        return holder.parent, string_of(holder.child_by_field_name("key"))
    is_shorthand = holder is not None and holder.type == "object_pattern"
    return (holder, text_of(name)) if is_shorthand else (None, "")

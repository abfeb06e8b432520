"""The symbol at a position of a Ruby document."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from askdocs_indexer.languages import generic
from askdocs_indexer.languages.facts import CALL, NEW, SELF, Term
from askdocs_indexer.languages.locals import Definition
from askdocs_indexer.languages.model import Symbol
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Project,
    Targets,
    Value,
    Values,
    instances,
)
from askdocs_indexer.languages.ruby.facts import parameter_types, symbol_name
from askdocs_indexer.languages.ruby.syntax import CONSTRUCTOR, SYNTAX, self_term
from askdocs_indexer.readers.decoding import words

# Calls whose symbols name methods of the class around them.
_NAMING = words(
    "alias_method attr attr_accessor attr_reader attr_writer define_method module_function private "
    "private_class_method protected public public_class_method"
)
_OF_MODULES = words(
    "alias_method attr attr_accessor attr_reader attr_writer define_method extend include "
    "module_function prepend private private_class_method private_constant protected public "
    "public_class_method refine"
)
_OF_ALL = words(
    "abort at_exit binding block_given? caller catch eval exit fail format gets lambda load loop "
    "p pp print printf proc putc puts raise rand readline require require_relative sleep sprintf "
    "srand system throw warn"
)
_METHODS = frozenset({"method", "singleton_method"})
_DEEPEST = 12
# A name stands in a parameter or among parameters, of a method.
_METHOD_ABOVE = 3
IDENTIFIERS = SYNTAX.identifiers


def resolve(parsed: Parsed, offset: int, project: Project) -> Symbol | None:
    """Find and resolve the symbol at a byte offset."""
    return generic.resolve(parsed, offset, project, SYNTAX, _Finder)


class _Finder(generic.Finder):
    """Finds methods by what they are called on, and constants by the modules around them."""

    def symbol(self) -> Symbol | None:
        if declared := self._declared():
            return self._made(self._with_reader(declared))
        find = {
            "class_variable": self._variable,
            "constant": self._constant,
            "identifier": self._method,
            "instance_variable": self._variable,
            "simple_symbol": self._symbol,
            "super": self._super,
        }
        return find[self._leaf.type]()

    # -- names ----------------------------------------------------------------------------------

    def _constant(self) -> Symbol | None:
        parent = self._path[-2]
        if parent.type == "call" and self._is(parent, "method"):
            return self._method()
        term = self._terms.term(parent if parent.type == "scope_resolution" else self._leaf)
        if parent.type == "scope_resolution" and not self._is(parent, "name"):
            term = Term((self._name,))
        if term is None:
            return None
        return self._made(self._project.denoted(term, self._scope), is_sure=len(term.steps) == 1)

    def _variable(self) -> Symbol | None:
        values = self._project.evaluate(Term((SELF, NEW)), self._scope)
        targets = _known(self._project, self._project.select(values, self._name))
        return self._made(self._with_reader(targets), is_sure=True)

    def _with_reader(self, targets: Targets) -> Targets:
        """Add the method that reads an instance variable, whose comment explains both."""
        names = (target.names for target in targets if isinstance(target, Identity))
        readers = (
            Identity(self._project.family, (*path[:-1], path[-1].removeprefix("@")))
            for path in names
            if path[-1].startswith("@") and not path[-1].startswith("@@")
        )
        return (*targets, *_known(self._project, readers))

    def _symbol(self) -> Symbol | None:
        """Resolve the name of a method in `private :name`."""
        calls = [node for node in self._path[-3:-2] if node.type == "call"]
        methods = (node.child_by_field_name("method") for node in calls)
        if not any(node is not None and text_of(node) in _NAMING for node in methods):
            return None
        names = Identity(self._project.family, (*self._scope, symbol_name(self._leaf)))
        targets = _known(self._project, (names,))
        if not targets and self._scope:
            values = instances(self._project.evaluate(Term((SELF,)), self._scope))
            targets = _known(self._project, self._project.select(values, symbol_name(self._leaf)))
        return self._made(targets, is_sure=True)

    def _super(self) -> Symbol | None:
        """Resolve `super` to the method that the one around it overrides."""
        around = [node for node in self._path if node.type in _METHODS]
        name = around[-1].child_by_field_name("name") if around else None
        declared = self._symbols.declared_at(name.start_byte) if name is not None else None
        if declared is None:
            return None
        method = Identity(self._project.family, declared)
        if declared[-1] == CONSTRUCTOR:
            bases = self._project.bases(Identity(self._project.family, declared[:-1]))
            values = instances(self._project.values_of(bases))
            methods = self._project.select(values, CONSTRUCTOR)
        else:
            methods = self._project.overridden(method)
        return self._made(_sure(self._project, methods), is_sure=True)

    # -- methods --------------------------------------------------------------------------------

    def _method(self) -> Symbol | None:
        parent = self._path[-2]
        is_call = parent.type == "call" and self._is(parent, "method")
        receiver = parent.child_by_field_name("receiver") if is_call else None
        if receiver is not None:
            return self._made(self._selected(self._value(receiver), self._is_set()))
        if not is_call and self._locals.visible(self._name, self._leaf.start_byte) is not None:
            return None
        values = self._project.evaluate(self_term(self._path[:-1]), self._scope)
        methods = _sure(self._project, self._selected(values, is_set=False))
        return self._made(methods or self._outer(), is_sure=True)

    def _is_set(self) -> bool:
        """Return whether the call stands where something is assigned to."""
        above = [node for node in self._path[-3:-2] if node.type == "assignment"]
        return any(node.child_by_field_name("left") == self._path[-2] for node in above)

    def _selected(self, values: Values, is_set: bool) -> Targets:
        if is_set:
            writers = _known(self._project, self._project.select(values, f"{self._name}="))
            if writers:
                return writers
        if self._name == "new":
            return self._constructors(values)
        return self._project.select(values, self._name)

    def _constructors(self, values: Values) -> Targets:
        """Return the constructor of each class, then the class."""
        types = tuple(value for value in values if not value.is_instance)
        made = _known(self._project, self._project.select(instances(types), CONSTRUCTOR))
        own = _known(self._project, self._project.select(types, "new"))
        return (*own, *made, *(value.target for value in types))

    def _outer(self) -> Targets:
        """Return the method outside of all classes, or one that Ruby itself has."""
        method = Identity(self._project.family, (self._name,))
        if self._project.declarations(method):
            return (method,)
        if self._name in _OF_MODULES and not any(node.type in _METHODS for node in self._path):
            return (External((f"Module#{self._name}",)),)
        return (External((f"Kernel#{self._name}",)),) if self._name in _OF_ALL else ()

    def _local(self, row: Definition, depth: int) -> Values:
        """Return what a variable is; for a parameter, what the comment above its method says."""
        values = super()._local(row, depth)
        if values or row.value is not None:
            return values
        terms = parameter_types(_comment_above(row.name), text_of(row.name))
        evaluated = (self._project.evaluate(term, self._scope, is_type=True) for term in terms)
        return instances(value for values in evaluated for value in values)

    def _value(self, node: Node | None, depth: int = 0) -> Values:
        """Return what an expression is; the class itself for ``a.class``."""
        method = node.child_by_field_name("method") if node is not None else None
        receiver = node.child_by_field_name("receiver") if node is not None else None
        if method is None or receiver is None or text_of(method) != "class":
            return super()._value(node, depth)
        values = self._value(receiver, depth + 1) if depth < _DEEPEST else ()
        return tuple(Value(value.target) for value in values if value.is_instance)

    def _of(self, term: Term, node: Node, depth: int, *, is_type: bool = False) -> Values:
        """Return what a term is; a plain name that is not a local variable is a call."""
        first = term.steps[0] if term.steps else ""
        is_plain = first[:1].islower() or first[:1] == "_"
        if is_plain and self._locals.visible(first, node.start_byte) is None:
            term = Term((*self_term(self._path).steps, first, CALL, *term.steps[1:]))
        return super()._of(term, node, depth, is_type=is_type)


def _comment_above(name: Node) -> str:
    """Return the comments above the method that a parameter belongs to; "" for none."""
    node: Node | None = name
    for _ in range(_METHOD_ABOVE):
        if node is not None and node.type not in _METHODS:
            node = node.parent
    if node is None or node.type not in _METHODS:
        return ""
    lines: list[str] = []
    row, above = node.start_point.row, node
    while (before := _before(above)) is not None and before.type == "comment":
        if before.end_point.row + 1 != row:
            break
        lines.append(text_of(before))
        row, above = before.start_point.row, before
    return "\n".join(reversed(lines))


def _before(node: Node) -> Node | None:
    """Return what stands before a statement; the first comment of a class is not in its body."""
    before = node.prev_named_sibling
    body = node.parent if before is None else None
    if body is None or body.type != "body_statement":
        return before
    return body.prev_named_sibling


def _known(project: Project, targets: Iterable[Identity | External]) -> Targets:
    return tuple(target for target in targets if project.declarations(target))


def _sure(project: Project, targets: Targets) -> Targets:
    """Leave out members that no code of the workspace declares."""
    return tuple(
        target for target in targets if isinstance(target, External) or project.declarations(target)
    )

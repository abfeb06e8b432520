"""The symbol graph as it is seen from one file: edges from names to declarations, types, bases.

A re-export or an alias leads to what it stands for, a member to the type that declares it, a value
to its type. Edges never leave the family of languages. Where they run in a cycle, or several of
them lead to different symbols, the answer is unknown: no target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain

from askdocs_indexer.languages.facts import (
    CALL,
    ELEMENT,
    EXTENSION,
    FUNCTION,
    NEW,
    PARAMETER,
    RESULT,
    SELF,
    SUPER,
    TYPE,
    Declaration,
    FileFacts,
    Kind,
    Names,
    Term,
)
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Target,
    Targets,
    Value,
    Values,
    elements,
    instances,
)
from askdocs_indexer.symbols.arguments import bounded, filled, is_inside
from askdocs_indexer.symbols.graph import SymbolGraph
from askdocs_indexer.symbols.names import ScopedNames, external
from askdocs_indexer.symbols.sources import DEEPEST, MOST_STEPS

_MOST_VALUES = 4

_LITERAL = "="
_WITH_RECEIVER = External((EXTENSION,))
_FUNCTIONS = (External((FUNCTION.removeprefix(_LITERAL),)), _WITH_RECEIVER)
_OPERATIONS = frozenset({CALL, ELEMENT, NEW, RESULT, SELF, SUPER, TYPE})


class View(ScopedNames):
    """One look-up's view of the graph from the file at `path`. Hold the graph's lock around it.

    `facts` are those of the text in hand, which may not be saved; without them the view is of the
    file as it is on disk.
    """

    def __init__(
        self, graph: SymbolGraph, path: str, facts: FileFacts | None = None, family: str = ""
    ) -> None:
        super().__init__(graph, path, facts, family)
        self.scope: Names = ()
        self._parameters: dict[Target, Values] = {}
        self._known_arguments: dict[Value, dict[Target, Values]] = {}

    # -- types --------------------------------------------------------------------------------

    def aliased(self, target: Target) -> Targets:
        """Return what an alias without arguments of its own stands for, one step on."""
        if isinstance(target, External):
            return ()
        targets: dict[Target, None] = {}
        for path, declaration in self.declared(target.names):
            for term in declaration.types if declaration.kind == "alias" else ():
                if not term.args:
                    scope = self._scope(path, target)[:-1]
                    targets |= dict.fromkeys(self._denoted(path, term, scope))
        targets.pop(target, None)
        return tuple(targets)

    def bases(self, target: Target) -> Targets:
        """Return the types that a type inherits from directly."""
        if isinstance(target, External):
            return ()
        if not self.rules.closed_modules and not any(
            row.bases for row in self.declarations(target)
        ):
            return ()
        return self._once(("bases", target), lambda: self._find_bases(target))

    def _find_bases(self, target: Identity) -> Targets:
        bases: dict[Target, None] = {}
        for part in (target, *self._extensions(target)):
            bases |= dict.fromkeys(value.target for value in self._base_values(part))
        bases.pop(target, None)
        return tuple(bases)

    def _base_values(self, target: Target) -> Iterator[Value]:
        if isinstance(target, External):
            return
        for path, declaration in self.declared(target.names):
            for term in declaration.bases:
                scope = self._scope(path, target)[:-1]
                values = bounded(self._evaluate(path, term, scope, is_type=True))
                yield from (value for value in values if not value.is_instance)

    def ancestors(self, target: Target) -> Iterator[Target]:
        """Yield the types that a type inherits from, the nearest first, each once."""
        seen, left = {target}, [*self.bases(target)]
        while left:
            base = left.pop(0)
            if base not in seen:
                seen.add(base)
                yield base
                left += self.bases(base)

    def overridden(self, target: Target) -> Targets:
        """Return the members of bases that a member stands for as well, the nearest first."""
        if isinstance(target, External) or not target.names:
            return ()
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if not kinds.isdisjoint(("alias", "module", "type")):
            return ()
        owner, name = Identity(self.family, target.names[:-1]), target.names[-1]
        if name in self.rules.constructors:
            return ()
        members: dict[Target, None] = {}
        for base in self.ancestors(owner):
            if isinstance(base, External):
                members |= dict.fromkeys(external(self._outside(base, name, is_instance=True)))
            elif self.declared((*base.names, name)):
                members[Identity(self.family, (*base.names, name))] = None
        return tuple(members)

    def initial(self, target: Target) -> Targets:
        """Return what a value is another name for, by what it is set to at first."""
        return self._set_to(target, _is_name)

    def maker(self, target: Target) -> Targets:
        """Return the function whose result a value is at first."""
        return self._set_to(target, _is_call)

    def _set_to(self, target: Target, is_meant: Callable[[Term], bool]) -> Targets:
        if isinstance(target, External):
            return ()
        denoted: dict[Target, None] = {}
        for path, declaration in self.declared(target.names):
            term = declaration.value
            if declaration.kind == "value" and term is not None and is_meant(term):
                scope = self._scope(path, target)[:-1]
                steps = term.steps[:-1] if term.steps[-1] == CALL else term.steps
                denoted |= dict.fromkeys(self._denoted(path, Term(steps), scope))
        denoted.pop(target, None)
        return tuple(denoted)

    # -- values -------------------------------------------------------------------------------

    def values_of(self, targets: Iterable[Target]) -> Values:
        """Return what targets are as values: an instance of its type for a variable."""
        values: dict[Value, None] = {}
        for target in targets:
            values |= dict.fromkeys(self._values_of(target))
        return tuple(values)[:_MOST_VALUES]

    def _values_of(self, target: Target) -> Values:
        if isinstance(target, External):
            return (Value(target),)
        declared = self.declared(target.names)
        if not declared:
            is_known = self.rules.closed_modules or self.has(target.names)
            return (Value(target),) if is_known else ()
        if target in self._parameters:
            return self._parameters[target]
        values = tuple(
            dict.fromkeys(
                value
                for path, declaration in declared
                for value in self._declared_values(path, declaration, target)
            )
        )
        if not values and self.rules.is_untyped and all(_is_untyped(row) for _, row in declared):
            return (Value(target, is_instance=True),)
        return values

    def _declared_values(self, path: str, declaration: Declaration, target: Identity) -> Values:
        scope = self._scope(path, target)[:-1]
        if declaration.kind not in ("alias", "value"):
            return (Value(target),)
        if declaration.types:
            terms = (self._evaluate(path, term, scope, is_type=True) for term in declaration.types)
            values = tuple(chain.from_iterable(terms))
            return values if declaration.kind == "alias" else instances(values)
        if declaration.value is not None:
            return self._evaluate(path, declaration.value, scope)
        return ()

    @contextmanager
    def _inside(self, owner: Value | None) -> Iterator[None]:
        """Read type parameters as what they stand for in a value, while its members are read."""
        before = self._parameters
        if owner is not None and owner.is_instance:
            self._parameters = self._arguments(owner)
        try:
            yield
        finally:
            self._parameters = before

    def _arguments(self, owner: Value) -> dict[Target, Values]:
        """Return what the type parameters of a value's type, and of its bases, stand for."""
        if owner in self._known_arguments:
            return self._known_arguments[owner]
        before, self._parameters = self._parameters, {}
        arguments = self._known_arguments[owner] = self._parameters
        seen: set[Target] = set()
        left = [owner]
        while left:
            value = left.pop(0)
            if isinstance(value.target, Identity) and value.target not in seen:
                seen.add(value.target)
                left += self._based(value.target, value.args)
        self._parameters = before
        return arguments

    def _based(self, target: Identity, args: tuple[Values, ...]) -> Iterator[Value]:
        """Set the type parameters of a type and yield its bases with their arguments."""
        for path, declaration in self.declared(target.names):
            if declaration.kind != "type":
                continue
            for parameter, values in zip(declaration.parameters, args, strict=False):
                if parameter is not None and values:
                    own = Identity(self.family, (*target.names, *parameter.steps))
                    self._parameters[own] = values
            for base in declaration.bases:
                scope = self._scope(path, target)[:-1]
                yield from self._evaluate(path, base, scope, is_type=True)

    def _type_arguments(self, owner: Value | None, member: Target) -> tuple[Values, ...]:
        """Return the type arguments that an owner gives to the type which declares a member."""
        if owner is None or isinstance(member, External):
            return ()
        seen, left = {owner.target}, [owner]
        while left:
            value = left.pop(0)
            names = value.target.names
            if isinstance(value.target, Identity) and member.names[: len(names)] == names:
                if value.args or value.owner is None:
                    return value.args
                left.append(value.owner)
            for base in self._base_values(value.target):
                if base.target not in seen:
                    seen.add(base.target)
                    left += filled(base, value.args)
        return ()

    # -- members ------------------------------------------------------------------------------

    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""
        members = self._members(values, name)
        return tuple(dict.fromkeys(target for _, target in members))

    def _members(self, values: Values, name: str) -> list[tuple[Value, Target]]:
        """Return the members of a name that values have, each with the value that has it.

        Of several values those count that declare the member, or whose declaration is nearest.
        """
        members = [
            (value, target) for value in bounded(values) for target in self._selected(value, name)
        ]
        owners = {value for value, _ in members}
        declaring = {value for value, target in members if self._is_declared(target)}
        if declaring and len(owners) > 1:
            members = [member for member in members if member[0] in declaring]
        targets = dict.fromkeys(target for _, target in members)
        if self._includes is None or len(targets) <= 1:
            return members
        nearest = self._includes.nearest(targets)
        return [member for member in members if member[1] in nearest]

    def _selected(self, value: Value, name: str) -> Targets:
        target = self._holder(value, name)
        if isinstance(target, Identity) and (targets := self._member(target, name)):
            return targets
        if self.rules.has_extensions and (targets := self._extending(target, name)):
            return targets
        if isinstance(target, External):
            outside = external(self._outside(target, name, is_instance=value.is_instance))
            return self._extended(target, name) or outside
        return self._synonymous(target, name) or self._undeclared(value, target, name)

    def _synonymous(self, owner: Identity, name: str) -> Targets:
        """Return the member that a type has under another name of the same meaning."""
        for other in self.rules.synonyms(name):
            if targets := self._member(owner, other):
                return targets
        return ()

    def _undeclared(self, value: Value, target: Identity, name: str) -> Targets:
        """Return the member that a type or module may have where no source of it declares one."""
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if "type" in kinds:
            # A page may document it under this type, or where it is inherited from.
            own = Identity(self.family, (*target.names, name))
            bases = (base for base in self.ancestors(target) if isinstance(base, External))
            base = next(bases, External(()))
            outside = self._outside(base, name, is_instance=value.is_instance)
            return (own, *external(outside))
        if value.is_instance and self.rules.is_untyped and kinds:
            return (Identity(self.family, (*target.names, name)),)
        written = self.rules.written(target.names)
        is_module = "module" in kinds or (not kinds and self.has(target.names))
        if written and is_module and not self.rules.closed_modules:
            return external(self._outside(External((written,)), name, is_instance=False))
        return ()

    def _extending(self, target: Target, name: str) -> Targets:
        """Return the functions or values of a name, seen from the file, that extend a type."""
        types = {target, *self.ancestors(target)}
        seen = (self._look_up(self.path, scope, name) for scope in (self.scope, ()))
        return tuple(
            extension
            for extension in dict.fromkeys(chain.from_iterable(seen))
            if not self._is_type(extension)
            and any(
                _is_same(base, extended) for base in self.bases(extension) for extended in types
            )
        )

    def _holder(self, value: Value, name: str) -> Target:
        """Return the type that gives a value its member; for a type as a value its singleton."""
        singleton = self.rules.singleton
        is_own = value.is_instance or name == singleton or self.rules.is_constant(name)
        if singleton and not is_own and isinstance(value.target, Identity):
            names = (*value.target.names, singleton)
            if self.declared(names):
                return Identity(self.family, names)
        return value.target

    def _outside(self, owner: External, name: str, *, is_instance: bool) -> Names:
        names = (
            member
            for owner_name in owner.names
            for member in self.rules.member(owner_name, name, is_instance=is_instance)
        )
        return tuple(dict.fromkeys(names))

    def _member_values(self, values: Values, name: str) -> Values:
        results: dict[Value, None] = {}
        for value, target in self._members(values, name):
            args = self._type_arguments(value, target)
            with self._inside(value):
                members = self.values_of((target,))
            for member in members:
                is_owned = not member.is_instance or is_inside(member, value)
                owned = replace(member, owner=value) if is_owned else member
                results |= dict.fromkeys(filled(owned, args))
        return tuple(results)[:_MOST_VALUES] or self._entries(values)

    def _entries(self, values: Values) -> Values:
        """Return what dictionaries keep under any name that their types do not declare."""
        is_possible = bool(self.rules.dictionaries)
        held = (value for value in values if is_possible and value.is_instance)
        return elements(
            base
            for value in held
            for base in (value, *self._instance_bases(value))
            if isinstance(base.target, External)
            and not self.rules.dictionaries.isdisjoint(base.target.names)
        )

    # -- calls --------------------------------------------------------------------------------

    def called(self, values: Values) -> Values:
        """Return what calling values gives."""
        results: dict[Value, None] = {}
        for value in chain.from_iterable(map(self._callable, bounded(values))):
            args = self._type_arguments(value.owner, value.target) or value.args
            for result in self._called(value):
                results |= dict.fromkeys(filled(result, args))
        return tuple(results)[:_MOST_VALUES]

    def _callable(self, value: Value) -> Iterator[Value]:
        """Yield what declares how a value is called: itself, or the bases of its type."""
        seen, left = {value.target}, [value]
        while left:
            owner = left.pop(0)
            rows = self.declarations(owner.target)
            is_function = any(row.kind == "function" for row in rows) or self._is_callable(owner)
            if is_function or not (owner.is_instance and self.rules.is_untyped):
                yield owner
                continue
            for base in self._base_values(owner.target):
                if base.target not in seen:
                    seen.add(base.target)
                    left += filled(replace(base, is_instance=True), owner.args)

    def _called(self, value: Value) -> Values:
        target = value.target
        if self._is_callable(value):
            return instances(value.args[-1]) if value.args else ()
        if value.is_instance and (isinstance(target, External) or not self.rules.is_untyped):
            return ()
        if isinstance(target, External):
            return self._returned(value) or self._made(target, value.owner)
        results = [*self._returned(value)] if not self.declared(target.names) else []
        for path, declaration in self.declared(target.names):
            scope = self._scope(path, target)
            if declaration.kind == "type" and not value.is_instance:
                results.append(Value(target, is_instance=True))
            elif declaration.kind == "function":
                for term in declaration.types:
                    is_self = term.steps == (SELF,)
                    if is_self and value.owner is not None:
                        results += instances((value.owner,))
                    else:
                        with self._inside(value.owner):
                            made = self._evaluate(path, term, scope, is_type=True)
                            results += instances(made)
        if not results and self.rules.is_untyped and self._is_undeclared(target):
            results.append(Value(target, is_instance=True))
        # What a function type gives when called is not what its function gives.
        return tuple(result for result in dict.fromkeys(results) if result != value)

    def _is_callable(self, value: Value) -> bool:
        """Return whether a value is a function whose type is not declared by a name."""
        names = value.target.names[:1] if isinstance(value.target, External) else ()
        kinds = {self.rules.last(name) for name in names}
        is_function = value.target in _FUNCTIONS or not kinds.isdisjoint(self.rules.callables)
        return value.is_instance and is_function

    def _is_undeclared(self, target: Identity) -> bool:
        """Return whether a function does not say what calling it gives."""
        rows = self.declarations(target)
        return any(row.kind == "function" for row in rows) and all(
            term.steps for row in rows for term in row.types
        )

    def _returned(self, value: Value) -> Values:
        """Return what a method that is declared outside of the workspace gives."""
        names = (
            value.target.names if isinstance(value.target, External) else value.target.names[-1:]
        )
        if value.owner is None or not names:
            return ()
        return self.rules.returned(names[0], value.owner)

    def _made(self, function: External, owner: Value | None) -> Values:
        """Return what calling a function outside of the workspace gives, as far as it is known."""
        if owner is not None and owner.args and isinstance(owner.target, External):
            names = {self.rules.last(name) for name in function.names}
            if names & self.rules.givers:
                return elements((owner,))
            if names & self.rules.keepers:
                return (Value(External(()), is_instance=True, args=owner.args),)
        made = tuple(filter(None, map(self.rules.made, function.names)))
        return (Value(External(made), is_instance=True),) if made else ()

    # -- parameters and lambdas ---------------------------------------------------------------

    def parameters(self, values: Values, index: int) -> Values:
        """Return what calling values takes at a position."""
        taken: dict[Value, None] = {}
        for value in chain.from_iterable(map(self._callable, bounded(values))):
            args = self._type_arguments(value.owner, value.target) or value.args
            for parameter in self._taken(value.target, index):
                is_owned = is_inside(parameter, value)
                owned = replace(parameter, owner=value.owner) if is_owned else parameter
                taken |= dict.fromkeys(filled(owned, args))
        return tuple(taken)[:_MOST_VALUES]

    def _taken(self, target: Target, index: int) -> Iterator[Value]:
        if isinstance(target, External):
            return
        for path, declaration in self.declared(target.names):
            term = [*declaration.parameters, None][min(index, len(declaration.parameters))]
            if term is not None:
                yield from instances(self._evaluate(path, term, self._scope(path, target)[:-1]))

    def expected(self, functions: Values, argument: int) -> Values:
        """Return the types of a parameter of functions, by its position; -1 for the last."""
        parameters: dict[Value, None] = {}
        for function in functions:
            with self._inside(function.owner):
                for path, scope, declaration in self._declared_functions(function.target):
                    parameters |= dict.fromkeys(self._parameter(path, declaration, argument, scope))
        return tuple(parameters)[:_MOST_VALUES]

    def received(self, types: Values) -> Values:
        """Return what names without an owner are members of in a lambda of a type."""
        receivers = (
            value.args[0] for value in types if value.target == _WITH_RECEIVER and value.args
        )
        return tuple(value for receiver in receivers for value in instances(receiver))

    def given(self, types: Values, parameter: int) -> Values:
        """Return what a lambda of a type is given as a parameter, by its position.

        The type is one of functions with type arguments, or has a single method.
        """
        arguments: dict[Value, None] = {}
        for value in types:
            if isinstance(value.target, External):
                if value.target in _FUNCTIONS:
                    first = int(value.target == _WITH_RECEIVER)
                    given = value.args[first:-1][parameter:][:1]
                else:
                    # All parameters of a `Comparator<T>` are of the type that it says once.
                    given = value.args[min(parameter, len(value.args) - 1) :][:1]
                arguments |= dict.fromkeys(
                    argument for values in given for argument in instances(values)
                )
                continue
            with self._inside(instances((value,))[0]):
                for path, scope, method in self._only_method(value.target):
                    arguments |= dict.fromkeys(
                        instances(self._parameter(path, method, parameter, scope))
                    )
        return tuple(arguments)[:_MOST_VALUES]

    def handed(self, owner: Values, method: str) -> Values:
        """Return what a method outside of the workspace hands to its lambda."""
        if method in self.rules.lenders:
            return instances(owner)
        return self.follow(owner, (ELEMENT,)) if method in self.rules.visitors else ()

    def _declared_functions(self, target: Target) -> Iterator[tuple[str, Names, Declaration]]:
        """Yield how a function is declared: (file, scope, declaration)."""
        if isinstance(target, Identity):
            for path, declaration in self.declared(target.names):
                if declaration.kind == "function":
                    yield path, self._scope(path, target), declaration

    def _only_method(self, target: Identity) -> Iterator[tuple[str, Names, Declaration]]:
        """Yield the method of a type that has only one: (file, scope, declaration)."""
        for path in dict.fromkeys(path for path, _ in self.declared(target.names)):
            scope = self._scope(path, target)
            methods = [
                declaration
                for declaration in self.facts_of(path).declarations
                if declaration.kind == "function" and declaration.names[:-1] == scope
            ]
            if len(methods) == 1:
                yield path, methods[0].names, methods[0]

    def _parameter(self, path: str, function: Declaration, position: int, scope: Names) -> Values:
        if not -1 <= position < len(function.parameters):
            return ()
        term = function.parameters[position] if function.parameters else None
        return self._evaluate(path, term, scope, is_type=True) if term is not None else ()

    # -- terms --------------------------------------------------------------------------------

    def evaluate(self, term: Term, scope: Names, *, is_type: bool = False) -> Values:
        """Return what a term of the file is."""
        return self._evaluate(self.path, term, scope, is_type=is_type)

    def denoted(self, term: Term, scope: Names, *, is_type: bool = False) -> Targets:
        """Return the symbols that a term of the file, whose last step is a name, stands for."""
        return self._denoted(self.path, term, scope, is_type=is_type)

    def _denoted(self, path: str, term: Term, scope: Names, *, is_type: bool = False) -> Targets:
        if len(term.steps) == 1:
            return self._first(path, term, scope, is_type=is_type)
        owners = self._evaluate(path, Term(term.steps[:-1]), scope, is_type=is_type)
        return self.select(owners, term.steps[-1])

    def _evaluate(self, path: str, term: Term, scope: Names, *, is_type: bool = False) -> Values:
        self._steps += 1
        if not term.steps or self._steps > MOST_STEPS or len(self._open) > DEEPEST:
            return ()
        key = (path, term, scope, is_type)
        if key in self._open:
            return ()
        self._open.add(key)
        is_type = is_type or _begins_with_type(term)
        before, self._at = self._at, path
        try:
            first = term.steps[0]
            if first.startswith(_LITERAL):
                values: Values = (Value(External((first[1:],)), is_instance=True),)
            elif first == ELEMENT or first.startswith(PARAMETER):
                values = (Value(External((first,))),)
            else:
                targets = self._first(path, term, scope, is_type=is_type)
                if not any(isinstance(target, Identity) for target in targets):
                    targets = self._root(path, first) or targets
                values = self._owned(self.values_of(targets), path, scope)
            values = self.follow(values, term.steps[1:])
            if term.args:
                args = tuple(self._evaluate(path, arg, scope, is_type=True) for arg in term.args)
                given = (applied for value in values for applied in self._given(value, args))
                values = tuple(inner for value in given for inner in self._pointed(value))
        finally:
            self._open.discard(key)
            self._at = before
        return values

    def _given(self, value: Value, args: tuple[Values, ...]) -> Values:
        """Return a type with its arguments, or what an alias makes of them."""
        if value.args and self.rules.numbers_parameters:
            return filled(value, args)
        return (replace(value, args=args),)

    def _owned(self, values: Values, path: str, scope: Names) -> Values:
        """Add the instance around to methods that are named without an owner."""
        if not self.rules.has_implicit_owner or not any(map(self._is_method, values)):
            return values
        around = self._first(path, Term((SELF,)), scope, is_type=True)
        types = {owner: (owner, *self.ancestors(owner)) for owner in around}
        return tuple(
            next(
                (
                    replace(value, owner=Value(owner, is_instance=True))
                    for owner, holders in types.items()
                    if Identity(self.family, value.target.names[:-1]) in holders
                ),
                value,
            )
            for value in values
        )

    def _is_method(self, value: Value) -> bool:
        return any(
            declaration.kind == "function" for declaration in self.declarations(value.target)
        )

    def _first(self, path: str, term: Term, scope: Names, *, is_type: bool) -> Targets:
        first = term.steps[0]
        if first != SELF:
            is_type = is_type and self.rules.parts_types
            return self._look_up(path, scope, first, is_type=is_type)
        for end in range(len(scope), 0, -1):
            owner = self._around(path, scope[:end])[0]
            if scope[end - 1] == self.rules.singleton:
                continue
            if any(
                declaration.kind in self._self_kinds() for declaration in self.declarations(owner)
            ):
                return (owner,)
            if any(declaration.kind == "extension" for declaration in self.declarations(owner)):
                extended = tuple(value.target for value in self._extends(owner))
                return extended or (owner,)
            if extended := self.bases(owner):
                return extended
        return ()

    def _root(self, path: str, name: str) -> Targets:
        """Return a module that is named from the root of the namespace, without an import."""
        outside = self.rules.root(name, self.facts_of(path), self)
        if outside and self.has((name,)):
            return (Identity(self.family, (name,)),)
        return (External(outside),) if outside else ()

    def _self_kinds(self) -> tuple[Kind, ...]:
        """Return the kinds with methods: values and functions too where objects need no type."""
        return ("type", "value", "function") if self.rules.is_untyped else ("type",)

    # -- steps of terms -----------------------------------------------------------------------

    def follow(self, values: Values, steps: Sequence[str]) -> Values:
        """Return what a chain of steps makes of values."""
        for step in steps:
            if not values:
                break
            if step == CALL:
                values = self.called(values)
            elif step == NEW:
                values = instances(values)
            elif step == SUPER:
                bases = (base for value in values for base in self.bases(value.target))
                values = tuple(map(Value, bases))
            elif step == ELEMENT:
                values = tuple(element for value in values for element in self._elements(value))
            elif step == TYPE:
                values = tuple(value for value in values if not self._is_denoted_type(value))
            elif step == RESULT:
                values = tuple(result for value in values for result in self._unwrapped(value))
            else:
                values = self._member_values(values, step)
        return values

    def _elements(self, value: Value) -> Values:
        """Return what an index into a value gives: what its type declares, or what it holds."""
        results = self._operated(value, self.rules.subscript)
        return self._held(value) if results is None else results

    def iterated(self, values: Values) -> Values:
        """Return what a loop over values goes through."""
        return tuple(element for value in values for element in self._iterated(value))

    def _iterated(self, value: Value) -> Values:
        results = self._operated(value, self.rules.iterator)
        return self._held(value) if results is None else self.follow(results, (RESULT,))

    def _held(self, value: Value) -> Values:
        """Return what a value holds."""
        if self.rules.is_plain(value):
            return (value,)
        return elements((value,)) or self._listed(value)

    def _listed(self, value: Value) -> Values:
        """Return the elements of a type of the workspace, by a base outside of it that has any."""
        held: dict[Value, None] = {}
        for base in self._instance_bases(value):
            held |= dict.fromkeys(elements((base,)))
        return tuple(held)[:_MOST_VALUES]

    def _instance_bases(self, value: Value) -> Iterator[Value]:
        """Yield the bases outside of the workspace of a type in it, with their arguments."""
        for target in (value.target, *self.ancestors(value.target)):
            if isinstance(target, Identity):
                with self._inside(value):
                    bases = [*self._based(target, ())]
                yield from (base for base in bases if isinstance(base.target, External))

    def _is_denoted_type(self, value: Value) -> bool:
        kinds = {declaration.kind for declaration in self.declarations(value.target)}
        return "type" in kinds and not value.is_instance

    def _operated(self, value: Value, operator: str) -> Values | None:
        """Return what an operator of a type gives; None where the type has none."""
        if not operator or not value.is_instance or isinstance(value.target, External):
            return None
        if not self._member(value.target, operator):
            return None
        return self.called(self._member_values((value,), operator))

    def _unwrapped(self, value: Value) -> Values:
        results = self._operated(value, self.rules.dereference)
        if results is not None:
            return results
        names = value.target.names
        last = self.rules.last(names[0]) if isinstance(value.target, External) else names[-1]
        if last in self.rules.holders:
            return instances(value.args[0]) if value.args else ()
        return (value,)

    def _pointed(self, value: Value) -> Values:
        """Return what a value points to, if it is used as if it were that.

        Of what a holder may hold, only the first counts: the rest are errors.
        """
        if isinstance(value.target, Identity) or not value.target.names:
            return (value,)
        last = self.rules.last(value.target.names[0])
        if last in self.rules.holders:
            return (replace(value, args=value.args[:1]),)
        return value.args[0] or (value,) if last in self.rules.pointers else (value,)


def _is_same(target: Target, other: Target) -> bool:
    if isinstance(target, External) and isinstance(other, External):
        return not set(target.names).isdisjoint(other.names)
    return target == other


def _is_untyped(declaration: Declaration) -> bool:
    return declaration.kind == "value" and not declaration.types


def _begins_with_type(term: Term) -> bool:
    """Return whether a term makes or claims an instance of what its first names stand for."""
    special = next((step for step in term.steps if step in (CALL, ELEMENT, NEW, RESULT)), "")
    return special == NEW


def _is_name(term: Term) -> bool:
    """Return whether a term ends in a name."""
    last = term.steps[-1] if term.steps else CALL
    return not last.startswith(_LITERAL) and last not in _OPERATIONS


def _is_call(term: Term) -> bool:
    """Return whether a term is the result of what a name stands for."""
    return term.steps[-1:] == (CALL,) and _is_name(Term(term.steps[:-1]))

"""The symbol graph as it is seen from one file: edges from names to declarations, types, bases.

A re-export or an alias leads to what it stands for, a member to the type that declares it, a value
to its type. Edges never leave the family of languages. Where they run in a circle, or several of
them lead to different symbols, the answer is unknown: no target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.languages.facts import (
    CALL,
    ELEMENT,
    NEW,
    PARAMETER,
    RESULT,
    SELF,
    SUPER,
    TYPE,
    Declaration,
    FileFacts,
    Import,
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
from askdocs_indexer.languages.registry import family_of, rules_of
from askdocs_indexer.symbols.graph import Family, SymbolGraph

# No sensible code needs more: what does is a circle, or made to be slow.
_DEEPEST = 40
_MOST_STEPS = 5000
_MOST_VALUES = 4

_LITERAL = "="
_OPERATIONS = frozenset({CALL, ELEMENT, NEW, RESULT, SELF, SUPER, TYPE})


class View:
    """One look-up's view of the graph from the file at `path`. Hold the graph's lock around it.

    `facts` are those of the text in hand, which may not be saved; without them the view is of the
    file as it is on disk.
    """

    def __init__(
        self, graph: SymbolGraph, path: str, facts: FileFacts | None = None, family: str = ""
    ) -> None:
        self.path = path
        self.facts = facts or graph.facts(path) or FileFacts("", ())
        self.family = family or family_of(self.facts.language)
        self.rules = rules_of(self.family)
        self._graph = graph
        self._stored = graph.family(self.family)
        self._own = Family()
        if facts is not None:
            self._own.add(path, facts)
        self._is_edited = facts is not None
        self._open: set[object] = set()
        self._memo: dict[object, Targets] = {}
        self._steps = 0

    # -- what the graph holds, with the file in hand in place of the stored one ---------------

    def declared(self, names: Names) -> list[tuple[str, Declaration]]:
        """Return the declarations of a symbol with their files, in the order of paths."""
        stored = self._stored.declared(names)
        rows = {path: stored[path] for path in stored if not self._is_own(path)}
        rows |= self._own.declared(names)
        return [(path, declaration) for path in sorted(rows) for declaration in rows[path]]

    def declarations(self, target: Target) -> tuple[Declaration, ...]:
        """Return how a symbol is declared; none for one outside of the workspace."""
        if isinstance(target, External):
            return ()
        return tuple(declaration for _, declaration in self.declared(target.names))

    def has(self, names: Names) -> bool:
        """Return whether a file, or a folder of some, is this module."""
        return self._stored.has(names) or self._own.has(names)

    def files(self, names: Names) -> frozenset[str]:
        """Return the paths of the files that are this module."""
        return self._stored.files(names) | self._own.files(names)

    def ending(self, name: str) -> Iterable[Names]:
        """Return the modules whose last name this is."""
        return {*self._stored.ending(name), *self._own.ending(name)}

    def inside(self, names: Names) -> Iterable[str]:
        """Return the last names of the modules right below one."""
        return {*self._stored.inside(names), *self._own.inside(names)}

    def packages(self, language: str) -> Iterable[tuple[Names, dict[str, str]]]:
        """Return the package files of a kind: (names of the folder, what the file says)."""
        return self._stored.packages(language)

    def public(self, name: str) -> set[Identity]:
        """Return the symbols of a name that stand in a module for others to use."""
        found: set[Identity] = set()
        for names in {*self._stored.public(name), *self._own.public(name)}:
            targets = self._member(Identity(self.family, names[:-1]), names[-1])
            found.update(target for target in targets if isinstance(target, Identity))
        return found

    def _is_own(self, path: str) -> bool:
        return self._is_edited and path == self.path

    def _facts_of(self, path: str) -> FileFacts:
        facts = self.facts if path == self.path else self._graph.facts(path)
        return facts or FileFacts("", ())

    def _bound(self, names: Names) -> list[tuple[str, Import]]:
        stored = [row for row in self._stored.imported(names) if not self._is_own(row[0])]
        return sorted([*stored, *self._own.imported(names)], key=lambda row: row[0])

    # -- names ------------------------------------------------------------------------------

    def look_up(self, scope: Names, name: str) -> Targets:
        """Return what a name stands for in a scope of the file's module, other than a local."""
        return self._look_up(self.path, scope, name)

    def _look_up(
        self, path: str, scope: Names, name: str, besides: Import | None = None
    ) -> Targets:
        facts = self._facts_of(path)
        for end in range(len(scope), 0, -1):
            inner = Identity(self.family, (*facts.module, *scope[:end]))
            if not self._is_open(inner):
                continue
            if targets := self._member(inner, name, is_lexical=True):
                return targets
        imports = [
            one
            for one in facts.imports
            if one is not besides and _is_seen(one, scope) and not self._is_for_others(one)
        ]
        if targets := self._agreed(
            self._imported(path, one) for one in imports if one.name == name
        ):
            return targets
        module = Identity(self.family, facts.module)
        if targets := self._member(module, name, is_lexical=True):
            return targets
        stars = (self._starred(path, one, name) for one in imports if one.name == "*")
        if targets := self._agreed(stars):
            return targets
        if any(one.name == name for one in imports):
            return ()
        return _outside(self.rules.unbound(name, facts))

    def _is_open(self, scope: Identity) -> bool:
        """Return whether the members of a scope are seen inside of it by their names alone."""
        if not self.rules.has_exports:
            return True
        return any(declaration.kind == "module" for declaration in self.declarations(scope))

    def _is_for_others(self, one: Import) -> bool:
        return one.is_exported and self.rules.has_exports

    def imported(self, one: Import) -> Targets:
        """Return what an import of the file gives."""
        return self._imported(self.path, one)

    def _imported(self, path: str, one: Import) -> Targets:
        return self._once((path, one), lambda: self._found_import(path, one))

    def _found_import(self, path: str, one: Import) -> Targets:
        if not one.module:
            head = self._look_up(path, one.scope, one.target[0], besides=one)
            return self._walked(head, one.target[1:])
        modules = self.rules.locate(one.module, path, self)
        if not modules:
            return _outside(self.rules.external(one.module, one.target))
        if len(modules) > 1:
            return ()
        module = Identity(self.family, modules[0])
        if not one.target and self.rules.whole:
            return self._member(module, self.rules.whole) or (module,)
        targets = self._walked((module,), one.target)
        if self.rules.has_exports:
            return targets
        return targets or _outside(self.rules.external(one.module, one.target))

    def _walked(self, targets: Targets, names: Names) -> Targets:
        for name in names:
            targets = self.select(self.values_of(targets), name)
        return targets

    def _starred(self, path: str, one: Import, name: str) -> Targets:
        """Return what a star import gives under a name, which its module may not make public."""
        if (name.startswith("_") and self.family == "python") or not self.rules.starred(name):
            return ()
        found: list[Targets] = []
        for target in self._imported(path, replace(one, name="")):
            if isinstance(target, External):
                continue
            listed = [self._facts_of(file).exports for file in self.files(target.names)]
            if all(exports is None or name in exports for exports in listed):
                found.append(self._member(target, name))
        return self._agreed(found)

    def _member(self, owner: Identity, name: str, *, is_lexical: bool = False) -> Targets:
        """Return what a module or type has under a name: declared, taken over or inherited."""
        key = (owner, name, is_lexical)
        return self._once(key, lambda: self._found_member(owner, name, is_lexical))

    def _found_member(self, owner: Identity, name: str, is_lexical: bool) -> Targets:
        names = (*owner.names, name)
        declared = self.declared(names)
        if declared and (is_lexical or self._shows(owner, declared)):
            return (Identity(self.family, names),)
        bound = [] if is_lexical and self.rules.has_exports else self._bound(owner.names)
        return (
            self._agreed(self._imported(path, one) for path, one in bound if one.name == name)
            or self._agreed(
                self._starred(path, one, name) for path, one in bound if one.name == "*"
            )
            or (() if is_lexical else self._in_module(owner, name))
            or self._inherited(owner, name)
        )

    def _in_module(self, owner: Identity, name: str) -> Targets:
        """Return a module's own module, or a member of all that the module exports at once."""
        names = (*owner.names, name)
        if not self.rules.has_exports:
            return (Identity(self.family, names),) if self.has(names) else ()
        if self.rules.whole in ("", name) or not self.has(owner.names):
            return ()
        whole = self.values_of(self._member(owner, self.rules.whole))
        members = (self.select((value,), name) for value in whole)
        return self._agreed(tuple(filter(self._is_declared, targets)) for targets in members)

    def _inherited(self, owner: Identity, name: str) -> Targets:
        for base in self.bases(owner):
            if isinstance(base, Identity) and (targets := self._member(base, name)):
                return targets
        return ()

    def _shows(self, owner: Identity, declared: list[tuple[str, Declaration]]) -> bool:
        """Return whether what is declared in a module or type is seen from elsewhere."""
        if not self.rules.has_exports or any(row.is_public for _, row in declared):
            return True
        kinds = {row.kind for row in self.declarations(owner)}
        return bool(kinds) and "module" not in kinds

    def _is_declared(self, target: Target) -> bool:
        if isinstance(target, External):
            return True
        return bool(self.declared(target.names) or self.files(target.names))

    def _agreed(self, found: Iterable[Targets]) -> Targets:
        """Return the targets that all ways lead to; none where they lead to different ones."""
        distinct = {targets for targets in found if targets}
        return distinct.pop() if len(distinct) == 1 else ()

    def _once(self, key: object, find: Callable[[], Targets]) -> Targets:
        """Follow an edge once; nothing for one that is being followed: it runs in a circle."""
        if key in self._memo:
            return self._memo[key]
        self._steps += 1
        if key in self._open or len(self._open) > _DEEPEST or self._steps > _MOST_STEPS:
            return ()
        self._open.add(key)
        try:
            targets = find()
        finally:
            self._open.discard(key)
        # What was found inside of a circle may lack what the circle itself will give.
        if not self._open or targets:
            self._memo[key] = targets
        return targets

    # -- types ------------------------------------------------------------------------------

    def bases(self, target: Target) -> Targets:
        """Return the types that a type inherits from directly."""
        bases = dict.fromkeys(value.target for value in self._base_values(target))
        bases.pop(target, None)
        return tuple(bases)

    def _base_values(self, target: Target) -> Iterator[Value]:
        if isinstance(target, External):
            return
        for path, declaration in self.declared(target.names):
            for term in declaration.bases:
                values = _bounded(self._evaluate(path, term, self._scope(path, target)[:-1]))
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
        owner, name = Identity(self.family, target.names[:-1]), target.names[-1]
        found: dict[Target, None] = {}
        for base in self.ancestors(owner):
            if isinstance(base, External):
                outside = _outside(self._members_outside(base, name, is_instance=True))
                found |= dict.fromkeys(outside)
            elif self.declared((*base.names, name)):
                found[Identity(self.family, (*base.names, name))] = None
        return tuple(found)

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
            return (Value(target),) if self.has(target.names) else ()
        values: dict[Value, None] = {}
        for path, declaration in declared:
            values |= dict.fromkeys(self._declared_values(target, path, declaration))
        if not values and self.rules.is_untyped and all(_is_untyped(row) for _, row in declared):
            return (Value(target, is_instance=True),)
        return tuple(values)

    def _declared_values(
        self, target: Identity, path: str, declaration: Declaration
    ) -> Iterator[Value]:
        scope = self._scope(path, target)[:-1]
        if declaration.kind == "alias":
            for term in declaration.types:
                yield from self._evaluate(path, term, scope)
        elif declaration.kind != "value":
            yield Value(target)
        elif declaration.types:
            for term in declaration.types:
                yield from instances(self._evaluate(path, term, scope))
        elif declaration.value is not None:
            yield from self._evaluate(path, declaration.value, scope)

    def _scope(self, path: str, target: Identity) -> Names:
        return target.names[len(self._facts_of(path).module) :]

    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""
        targets: dict[Target, None] = {}
        for value in _bounded(values):
            targets |= dict.fromkeys(self._selected(value, name))
        # Of several types those that declare the member are meant.
        declared = tuple(filter(self._is_declared, targets))
        return declared or tuple(targets)

    def _selected(self, value: Value, name: str) -> Targets:
        target = value.target
        if isinstance(target, External):
            return _outside(self._members_outside(target, name, is_instance=value.is_instance))
        if targets := self._member(target, name):
            return targets
        return self._undeclared(value, target, name)

    def _undeclared(self, value: Value, target: Identity, name: str) -> Targets:
        """Return a member that no source of the workspace declares."""
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if "type" in kinds:
            for base in self.ancestors(target):
                if isinstance(base, External):
                    return _outside(
                        self._members_outside(base, name, is_instance=value.is_instance)
                    )
        if "type" in kinds or (value.is_instance and self.rules.is_untyped and kinds):
            return (Identity(self.family, (*target.names, name)),)
        written = self.rules.written(target.names)
        if written and ("module" in kinds or (not kinds and self.has(target.names))):
            return _outside(self._members_outside(External((written,)), name, is_instance=False))
        return ()

    def _members_outside(self, owner: External, name: str, *, is_instance: bool) -> Names:
        names = (
            member
            for one in owner.names
            for member in self.rules.member(one, name, is_instance=is_instance)
        )
        return tuple(dict.fromkeys(names))

    def called(self, values: Values) -> Values:
        """Return what calling values gives."""
        results: dict[Value, None] = {}
        for value in _bounded(values):
            args = self._type_arguments(value.owner, value.target)
            for result in self._called(value):
                results |= dict.fromkeys(_filled(result, args))
        return tuple(results)[:_MOST_VALUES]

    def _called(self, value: Value) -> Values:
        target = value.target
        if value.is_instance and (isinstance(target, External) or not self.rules.is_untyped):
            return ()
        if isinstance(target, External):
            if passed := self._passed_on(target, value.owner):
                return passed
            made = tuple(filter(None, map(self.rules.made, target.names)))
            return (Value(External(made), is_instance=True),) if made else ()
        results: list[Value] = []
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
                        results += instances(self._evaluate(path, term, scope[:-1]))
        if not results and self.rules.is_untyped and self._is_undeclared(target):
            results.append(Value(target, is_instance=True))
        # What a function type gives when called is not what its function gives.
        return tuple(result for result in dict.fromkeys(results) if result != value)

    def _passed_on(self, method: External, owner: Value | None) -> Values:
        """Return what a method from outside gives of the value that it was selected from."""
        if owner is None:
            return ()
        passed = self.rules.passed_on(method.names[0])
        if passed == ELEMENT:
            return elements((owner,))
        return (owner,) if passed == SELF else ()

    def _is_undeclared(self, target: Identity) -> bool:
        """Return whether a function does not say what calling it gives."""
        rows = self.declarations(target)
        return any(row.kind == "function" for row in rows) and all(
            term.steps for row in rows for term in row.types
        )

    def parameters(self, values: Values, index: int) -> Values:
        """Return what calling values takes at a position."""
        taken: dict[Value, None] = {}
        for value in _bounded(values):
            args = self._type_arguments(value.owner, value.target) or value.args
            for parameter in self._parameters(value.target, index):
                is_owned = _is_inside(parameter, value)
                owned = replace(parameter, owner=value.owner) if is_owned else parameter
                taken |= dict.fromkeys(_filled(owned, args))
        return tuple(taken)[:_MOST_VALUES]

    def _parameters(self, target: Target, index: int) -> Iterator[Value]:
        if isinstance(target, External):
            return
        for path, declaration in self.declared(target.names):
            term = [*declaration.parameters, None][min(index, len(declaration.parameters))]
            if term is not None:
                yield from instances(self._evaluate(path, term, self._scope(path, target)[:-1]))

    # -- terms ------------------------------------------------------------------------------

    def evaluate(self, term: Term, scope: Names) -> Values:
        """Return what a term of the file is."""
        return self._evaluate(self.path, term, scope)

    def denoted(self, term: Term, scope: Names) -> Targets:
        """Return the symbols that a term of the file, whose last step is a name, stands for."""
        return self._denoted(self.path, term, scope)

    def _denoted(self, path: str, term: Term, scope: Names) -> Targets:
        if len(term.steps) == 1:
            return self._first(path, term, scope)
        owners = self._evaluate(path, Term(term.steps[:-1]), scope)
        return self.select(owners, term.steps[-1])

    def _evaluate(self, path: str, term: Term, scope: Names) -> Values:
        self._steps += 1
        if not term.steps or self._steps > _MOST_STEPS or len(self._open) > _DEEPEST:
            return ()
        key = (path, term, scope)
        if key in self._open:
            return ()
        self._open.add(key)
        try:
            first = term.steps[0]
            if first.startswith(_LITERAL):
                values: Values = (Value(External((first[1:],)), is_instance=True),)
            elif first == ELEMENT or first.startswith(PARAMETER):
                values = (Value(External((first,))),)
            else:
                values = self.values_of(self._first(path, term, scope))
            values = self.follow(values, term.steps[1:])
            if term.args:
                args = tuple(self._evaluate(path, arg, scope) for arg in term.args)
                values = tuple(one for value in values for one in _given(value, args))
        finally:
            self._open.discard(key)
        return values

    def _first(self, path: str, term: Term, scope: Names) -> Targets:
        first = term.steps[0]
        if first != SELF:
            return self._look_up(path, scope, first)
        module = self._facts_of(path).module
        for end in range(len(scope), 0, -1):
            owner = Identity(self.family, (*module, *scope[:end]))
            if any(one.kind in self._self_kinds() for one in self.declarations(owner)):
                return (owner,)
        return ()

    def _self_kinds(self) -> tuple[Kind, ...]:
        """Return what has methods: where objects need no type, also them and what makes them."""
        return ("type", "value", "function") if self.rules.is_untyped else ("type", "value")

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
                values = elements(values)
            elif step == TYPE:
                values = tuple(value for value in values if not self._is_type(value))
            elif step == RESULT:
                values = tuple(one for value in values for one in self._unwrapped(value))
            else:
                values = self._member_values(values, step)
        return values

    def _is_type(self, value: Value) -> bool:
        kinds = {declaration.kind for declaration in self.declarations(value.target)}
        return "type" in kinds and not value.is_instance

    def _member_values(self, values: Values, name: str) -> Values:
        found: dict[Value, None] = {}
        for value in _bounded(values):
            for target in self._selected(value, name):
                args = self._type_arguments(value, target)
                for member in self.values_of((target,)):
                    is_owned = not member.is_instance or _is_inside(member, value)
                    owned = replace(member, owner=value) if is_owned else member
                    found |= dict.fromkeys(_filled(owned, args))
        return tuple(found)[:_MOST_VALUES]

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
                    left += _filled(base, value.args)
        return ()

    def _unwrapped(self, value: Value) -> Values:
        names = value.target.names
        last = self.rules.last(names[0]) if isinstance(value.target, External) else names[-1]
        if last in self.rules.holders:
            return instances(value.args[0]) if value.args else ()
        return (value,)


def _is_seen(one: Import, scope: Names) -> bool:
    return one.scope == scope[: len(one.scope)]


def _outside(names: Names) -> Targets:
    """Return something outside of the workspace; nothing where it has no name."""
    return (External(names),) if names else ()


def _is_untyped(declaration: Declaration) -> bool:
    return declaration.kind == "value" and not declaration.types


def _is_name(term: Term) -> bool:
    """Return whether a term ends in a name."""
    last = term.steps[-1] if term.steps else CALL
    return not last.startswith(_LITERAL) and last not in _OPERATIONS


def _is_call(term: Term) -> bool:
    """Return whether a term is the result of what a name stands for."""
    return term.steps[-1:] == (CALL,) and _is_name(Term(term.steps[:-1]))


def _position(value: Value) -> int | None:
    """Return the position of the type parameter that a value stands for; None for others."""
    name = value.target.names[0] if isinstance(value.target, External) else ""
    position = name.removeprefix(PARAMETER)
    return int(position) if position != name and position.isdecimal() else None


def _given(value: Value, args: tuple[Values, ...]) -> Values:
    """Return a type with its arguments, or what an alias makes of them."""
    return _filled(value, args) if value.args else (replace(value, args=args),)


def _filled(value: Value, args: tuple[Values, ...]) -> Values:
    """Return a value with type arguments in the place of type parameters."""
    position = _position(value)
    if position is not None and position < len(args):
        return instances(args[position]) if value.is_instance else args[position]
    if position is not None or not value.args:
        return (value,)
    inner = (tuple(one for part in arg for one in _filled(part, args)) for arg in value.args)
    return (replace(value, args=tuple(inner)),)


def _bounded(values: Values) -> Values:
    """Return values with what type parameters extend in the place of those parameters."""
    bounded: list[Value] = []
    left = list(values)
    for _ in range(_DEEPEST):
        if not left:
            break
        value = left.pop(0)
        if _position(value) is None:
            bounded.append(value)
        else:
            bound = value.args[0] if value.args else ()
            left += instances(bound) if value.is_instance else bound
    return tuple(bounded)


def _is_inside(value: Value, owner: Value) -> bool:
    """Return whether a value's type has no name but that of a member or parameter of its owner."""
    names = owner.target.names
    is_own = isinstance(value.target, Identity) and isinstance(owner.target, Identity)
    return is_own and value.target != owner.target and value.target.names[: len(names)] == names

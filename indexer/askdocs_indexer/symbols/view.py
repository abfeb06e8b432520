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
    FILE,
    NEW,
    RESULT,
    SELF,
    SUPER,
    Declaration,
    FileFacts,
    Import,
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
from askdocs_indexer.symbols.includes import Includes

# No sensible code needs more: what does is a circle, or made to be slow.
_DEEPEST = 40
_MOST_STEPS = 5000
_MOST_VALUES = 4

_LITERAL = "="


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
        self._includes = Includes(self) if self.rules.includes else None

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

    def named(self, name: str) -> frozenset[str]:
        """Return the paths of the files with a file name."""
        return self._stored.named(name) | self._own.named(name)

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

    def facts_of(self, path: str) -> FileFacts:
        """Return the facts of a file; empty ones for a file that has none."""
        facts = self.facts if path == self.path else self._graph.facts(path)
        return facts or FileFacts("", ())

    def _bound(self, names: Names) -> list[tuple[str, Import]]:
        stored = [row for row in self._stored.imported(names) if not self._is_own(row[0])]
        rows = sorted([*stored, *self._own.imported(names)], key=lambda row: row[0])
        if self._includes is not None:  # Copies of a header say the same.
            rows = [(path, one) for one, path in {one: path for path, one in rows}.items()]
        return rows

    # -- names ------------------------------------------------------------------------------

    def look_up(self, scope: Names, name: str) -> Targets:
        """Return what a name stands for in a scope of the file's module, other than a local."""
        return self._look_up(self.path, scope, name)

    def _look_up(
        self, path: str, scope: Names, name: str, besides: Import | None = None
    ) -> Targets:
        facts = self.facts_of(path)
        scope = self.rules.lexical(scope, facts)
        for end in range(len(scope), 0, -1):
            for inner in self._around(path, scope[:end]):
                if scope[end - 1] == name and self._is_made_by_name(inner):
                    return (inner,)
                if targets := self._member(inner, name, is_lexical=True):
                    return targets
        imports = [row for row in self._seen_imports(path, scope) if row[1] is not besides]
        if targets := self._agreed(
            self._imported(file, one) for file, one in imports if one.name == name
        ):
            return targets
        module = Identity(self.family, facts.module)
        if targets := self._member(module, name, is_lexical=True):
            return targets
        stars = (self._starred(file, one, name) for file, one in imports if one.name == "*")
        if targets := self._agreed(stars):
            return targets
        seen = replace(facts, imports=tuple(one for _, one in imports))
        unbound = self.rules.unbound(name, seen)
        return (External(unbound),) if unbound else ()

    def _seen_imports(self, path: str, scope: Names) -> list[tuple[str, Import]]:
        """Return the imports whose names are seen in a scope of a file, with their files."""
        rows = [(path, one) for one in self.facts_of(path).imports if _is_seen(one, scope)]
        if self._includes is not None:
            rows += (row for row in self._includes.imports() if row[0] != path)
        return rows

    def _around(self, path: str, scope: Names) -> tuple[Identity, ...]:
        """Return the type or module that a scope of a file is.

        A member may be defined outside of its type, which only a using declaration makes known.
        """
        names = (*self.facts_of(path).module, *scope)
        targets = self.meant(names)
        if not targets and self.rules.includes:
            targets = self._walked(self._look_up(path, (), scope[0]), scope[1:])
        known = tuple(one for one in targets if isinstance(one, Identity))
        return known or (Identity(self.family, names),)

    def _is_made_by_name(self, owner: Identity) -> bool:
        """Return whether a type has a constructor of its own name, which code calls by the type."""
        names = (*owner.names, *owner.names[-1:])
        return bool(self.declared(names)) and _has(self.declarations(owner), "type")

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
            return (External(self.rules.external(one.module, one.target)),)
        if len(modules) > 1:
            return ()
        targets = self._walked((Identity(self.family, modules[0]),), one.target)
        return targets or (External(self.rules.external(one.module, one.target)),)

    def _walked(self, targets: Targets, names: Names) -> Targets:
        for name in names:
            targets = self.select(self.values_of(targets), name)
        return targets

    def _starred(self, path: str, one: Import, name: str) -> Targets:
        """Return what a star import gives under a name, which its module may not make public."""
        if name.startswith("_") and self.family == "python":
            return ()
        found: list[Targets] = []
        for target in self._imported(path, replace(one, name="")):
            if isinstance(target, External):
                continue
            listed = [self.facts_of(file).exports for file in self.files(target.names)]
            if all(exports is None or name in exports for exports in listed):
                found.append(self._member(target, name))
        return self._agreed(found)

    def _member(self, owner: Identity, name: str, *, is_lexical: bool = False) -> Targets:
        """Return what a module or type has under a name: declared, taken over or inherited."""
        key = (owner, name, is_lexical)
        return self._once(key, lambda: self._found_member(owner, name, is_lexical))

    def _found_member(self, owner: Identity, name: str, is_lexical: bool) -> Targets:
        names = (*owner.names, name)
        targets = self.meant(names)
        bound = self._bound(owner.names)
        if targets:
            return self._whole_module(targets, bound, name)
        if targets := self._agreed(
            self._imported(path, one) for path, one in bound if one.name == name
        ):
            return targets
        stars = (self._starred(path, one, name) for path, one in bound if one.name == "*")
        if targets := self._agreed(stars):
            return targets
        if not is_lexical and self.has(names):
            return (Identity(self.family, names),)
        for base in self.bases(owner):
            if isinstance(base, Identity) and (targets := self._member(base, name)):
                return targets
        return self._includes.elsewhere(names) if self._includes is not None else ()

    def meant(self, names: Names) -> Targets:
        """Return the symbol of these names, if the file in hand can see one."""
        if self._includes is not None:
            return self._includes.seen(names)
        return (Identity(self.family, names),) if self.declared(names) else ()

    def _whole_module(
        self, targets: Targets, bound: Sequence[tuple[str, Import]], name: str
    ) -> Targets:
        """Return a symbol, and for a module the others that are the same one by a macro's work."""
        declared = [one for target in targets for one in self.declarations(target)]
        if not self.rules.includes or not all(one.kind == "module" for one in declared):
            return targets
        stars = (self._starred(path, one, name) for path, one in bound if one.name == "*")
        more = (one for found in stars for one in found if _has(self.declarations(one), "module"))
        return tuple(dict.fromkeys((*targets, *more)))

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

    def aliased(self, target: Target) -> Targets:
        """Return what an alias without arguments of its own stands for, one step on."""
        if isinstance(target, External):
            return ()
        found: dict[Target, None] = {}
        for path, declaration in self.declared(target.names):
            for term in declaration.types if declaration.kind == "alias" else ():
                if not term.args:
                    scope = self._scope(path, target)[:-1]
                    found |= dict.fromkeys(self._denoted(path, term, scope))
        found.pop(target, None)
        return tuple(found)

    def bases(self, target: Target) -> Targets:
        """Return the types that a type inherits from directly."""
        if isinstance(target, External):
            return ()
        if not any(declaration.bases for _, declaration in self.declared(target.names)):
            return ()
        return self._once(("bases", target), lambda: self._found_bases(target))

    def _found_bases(self, target: Identity) -> Targets:
        bases: dict[Target, None] = {}
        for path, declaration in self.declared(target.names):
            for term in declaration.bases:
                values = self._evaluate(path, term, self._scope(path, target)[:-1])
                bases |= dict.fromkeys(value.target for value in values if not value.is_instance)
        bases.pop(target, None)
        return tuple(bases)

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
                found[External(self._outside(base, name, is_instance=True))] = None
            elif self.declared((*base.names, name)):
                found[Identity(self.family, (*base.names, name))] = None
        return tuple(found)

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
        values: list[Value] = []
        for path, declaration in declared:
            scope = self._scope(path, target)[:-1]
            if declaration.kind == "alias":
                for term in declaration.types:
                    values += self._evaluate(path, term, scope)
            elif declaration.kind != "value":
                values.append(Value(target))
            elif declaration.types:
                for term in declaration.types:
                    values += instances(self._evaluate(path, term, scope))
            elif declaration.value is not None:
                values += self._evaluate(path, declaration.value, scope)
        return tuple(dict.fromkeys(values))

    def _scope(self, path: str, target: Identity) -> Names:
        names = target.names[1:] if target.names[0].startswith(FILE) else target.names
        return names[len(self.facts_of(path).module) :]

    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""
        return tuple(dict.fromkeys(target for _, target in self._members(values, name)))

    def _members(self, values: Values, name: str) -> list[tuple[Value, Target]]:
        """Return the members of a name that values have, each with the value that has it."""
        members = [(value, target) for value in values for target in self._selected(value, name)]
        targets = dict.fromkeys(target for _, target in members)
        if self._includes is None or len(targets) <= 1:
            return members
        nearest = self._includes.nearest(targets)
        return [member for member in members if member[1] in nearest]

    def _selected(self, value: Value, name: str) -> Targets:
        target = value.target
        if isinstance(target, External):
            return (External(self._outside(target, name, is_instance=value.is_instance)),)
        if targets := self._member(target, name):
            return targets
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if "type" in kinds:
            for base in self.ancestors(target):
                if isinstance(base, External):
                    outside = self._outside(base, name, is_instance=value.is_instance)
                    return (External(outside),) if outside else ()
            return (Identity(self.family, (*target.names, name)),)
        if "module" in kinds or (not kinds and self.has(target.names)):
            written = self.rules.written(target.names)
            return (External(self._outside(External((written,)), name, is_instance=False)),)
        return ()

    def _outside(self, owner: External, name: str, *, is_instance: bool) -> Names:
        names = (
            member
            for one in owner.names
            for member in self.rules.member(one, name, is_instance=is_instance)
        )
        return tuple(dict.fromkeys(names))

    def called(self, values: Values) -> Values:
        """Return what calling values gives."""
        results: dict[Value, None] = {}
        for value in values:
            results |= dict.fromkeys(self._called(value))
        return tuple(results)[:_MOST_VALUES]

    def _called(self, value: Value) -> Values:
        target = value.target
        if value.is_instance:
            return ()
        if isinstance(target, External):
            made = tuple(filter(None, map(self.rules.made, target.names)))
            return (Value(External(made), is_instance=True),) if made else ()
        results: list[Value] = []
        for path, declaration in self.declared(target.names):
            scope = self._scope(path, target)
            if declaration.kind == "type":
                results.append(Value(target, is_instance=True))
            elif declaration.kind == "function":
                for term in declaration.types:
                    is_self = term.steps == (SELF,)
                    if is_self and value.owner is not None:
                        results += instances((value.owner,))
                    else:
                        results += instances(self._evaluate(path, term, scope[:-1]))
        return tuple(dict.fromkeys(results))

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
            elif first == ELEMENT:
                values = (Value(External((ELEMENT,))),)
            else:
                values = self.values_of(self._first(path, term, scope))
            values = self.follow(values, term.steps[1:])
            if term.args:
                args = tuple(self._evaluate(path, arg, scope) for arg in term.args)
                values = tuple(replace(value, args=args) for value in values)
        finally:
            self._open.discard(key)
        return values

    def _first(self, path: str, term: Term, scope: Names) -> Targets:
        first = term.steps[0]
        if first != SELF:
            return self._look_up(path, scope, first)
        for end in range(len(scope), 0, -1):
            owner = self._around(path, scope[:end])[0]
            if _has(self.declarations(owner), "type"):
                return (owner,)
        return ()

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
                values = tuple(one for value in values for one in self._elements(value))
            elif step == RESULT:
                values = tuple(one for value in values for one in self._unwrapped(value))
            else:
                values = self._member_values(values, step)
        return values

    def _member_values(self, values: Values, name: str) -> Values:
        found: dict[Value, None] = {}
        for value, target in self._members(values, name):
            for member in self.values_of((target,)):
                owned = member if member.is_instance else replace(member, owner=value)
                found[owned] = None
        return tuple(found)[:_MOST_VALUES]

    def _elements(self, value: Value) -> Values:
        """Return what a value holds; where it has no arguments, what its subscript says."""
        if isinstance(value.target, External):
            is_plain = not value.args and self.rules.is_plain(value.target.names)
            return (value,) if is_plain else elements((value,))
        if not self.rules.subscript:
            return elements((value,))
        found = self._operated(value, self.rules.subscript)
        return (value,) if found is None else found

    def iterated(self, values: Values) -> Values:
        """Return what a loop over values goes through."""
        return tuple(one for value in values for one in self._iterated(value))

    def _iterated(self, value: Value) -> Values:
        if isinstance(value.target, External) or not self.rules.iterator:
            return elements((value,))
        found = self._operated(value, self.rules.iterator)
        return (value,) if found is None else self.follow(found, (RESULT,))

    def _operated(self, value: Value, operator: str) -> Values | None:
        """Return what an operator of a type gives; None where the type has none."""
        if not isinstance(value.target, Identity) or not value.is_instance:
            return None
        targets = self._member(value.target, operator)
        return self.called(self.values_of(targets)) if targets else None

    def _unwrapped(self, value: Value) -> Values:
        if self.rules.dereference:
            found = self._operated(value, self.rules.dereference)
            if found is not None:
                return found
        names = value.target.names
        last = self.rules.last(names[0]) if isinstance(value.target, External) else names[-1]
        if last in self.rules.holders:
            return instances(value.args[0]) if value.args else ()
        return (value,)


def _has(declarations: Iterable[Declaration], kind: str) -> bool:
    return any(declaration.kind == kind for declaration in declarations)


def _is_seen(one: Import, scope: Names) -> bool:
    return one.scope == scope[: len(one.scope)]

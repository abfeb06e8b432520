"""The symbol graph as it is seen from one file: edges from names to declarations, types, bases.

A re-export or an alias leads to what it stands for, a member to the type that declares it, a value
to its type. Edges never leave the family of languages. Where they run in a circle, or several of
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
_WITH_RECEIVER = External((EXTENSION,))
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
        self.scope: Names = ()
        self._at = path
        self._graph = graph
        self._stored = graph.family(self.family)
        self._own = Family()
        if facts is not None:
            self._own.add(path, facts)
        self._is_edited = facts is not None
        self._parameters: dict[Target, Values] = {}
        self._known_arguments: dict[Value, dict[Target, Values]] = {}
        self._open: set[object] = set()
        self._memo: dict[object, Targets] = {}
        self._steps = 0

    # -- what the graph holds, with the file in hand in place of the stored one ---------------

    def declared(self, names: Names) -> list[tuple[str, Declaration]]:
        """Return the declarations of a symbol with their files, in the order of paths."""
        stored = self._stored.declared(names)
        rows = {path: stored[path] for path in stored if not self._is_own(path)}
        rows |= self._own.declared(names)
        return [
            (path, declaration)
            for path in sorted(rows)
            for declaration in rows[path]
            if path == self._at or not self._is_hidden(declaration)
        ]

    def _is_hidden(self, declaration: Declaration) -> bool:
        """Return whether a declaration is seen in its own file only."""
        is_in_module = len(declaration.names) == 1
        return self.rules.has_file_scope and is_in_module and not declaration.is_public

    @contextmanager
    def _seen_from(self, path: str) -> Iterator[None]:
        before, self._at = self._at, path
        try:
            yield
        finally:
            self._at = before

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

    def all_packages(self) -> Iterable[tuple[Names, dict[str, str]]]:
        """Return the package files of all kinds, as `packages` does."""
        return self._stored.all_packages()

    def is_known(self, identity: Identity) -> bool:
        """Return whether a source declares a symbol, or is it."""
        return bool(self.declared(identity.names)) or self.has(identity.names)

    def public(self, name: str) -> set[Target]:
        """Return what stands under a name in a module for others to use."""
        found: set[Target] = set()
        for names in {*self._stored.public(name), *self._own.public(name)}:
            found.update(self._member(Identity(self.family, names[:-1]), names[-1]))
        return found

    def members(self, name: str) -> set[Identity]:
        """Return the public members of a name that types of the workspace declare."""
        names = {*self._stored.members(name), *self._own.members(name)}
        return {Identity(self.family, one) for one in names}

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
        self,
        path: str,
        scope: Names,
        name: str,
        besides: Import | None = None,
        *,
        is_type: bool = False,
    ) -> Targets:
        with self._seen_from(path):
            for meaning in self._meanings(path, scope, name, besides):
                if targets := tuple(filter(self._may_be_type, meaning)) if is_type else meaning:
                    return targets
        return ()

    def _meanings(
        self, path: str, scope: Names, name: str, besides: Import | None
    ) -> Iterator[Targets]:
        """Yield what a name may stand for in a scope, the innermost first."""
        facts = self._facts_of(path)
        hidden: Targets = ()
        for end in range(len(scope), 0, -1):
            inner = Identity(self.family, (*facts.module, *scope[:end]))
            if not self._is_open(inner):
                continue
            if scope[end - 1] == name and self._is_type(inner):
                # Inside of a type its name is the type's, also where a constructor is called so.
                yield (inner,)
            targets = self._member(inner, name, is_lexical=True)
            if self.rules.has_plain_members or self._are_types(targets):
                yield targets
            else:
                hidden = hidden or targets
        imports = [
            one
            for one in facts.imports
            if one is not besides and _is_seen(one, scope) and not self._is_for_others(one)
        ]
        yield self._agreed(self._imported(path, one) for one in imports if one.name == name)
        module = Identity(self.family, facts.module)
        yield self._member(module, name, is_lexical=True)
        yield self._agreed(self._starred(path, one, name) for one in imports if one.name == "*")
        if any(one.name == name for one in imports):
            return  # What an import binds and does not give is unknown.
        outside = (*self._inherited(facts, scope, name), *self.rules.unbound(name, facts))
        yield _external(tuple(dict.fromkeys(outside)))
        yield hidden

    def _are_types(self, targets: Targets) -> bool:
        kinds = {one.kind for target in targets for one in self.declarations(target)}
        return not kinds & {"function", "value"}

    def _may_be_type(self, target: Target) -> bool:
        kinds = {declaration.kind for declaration in self.declarations(target)}
        return not kinds or not kinds.isdisjoint(("alias", "module", "type"))

    def _inherited(self, facts: FileFacts, scope: Names, name: str) -> Iterator[str]:
        """Yield the qualified names that a member of a type outside of the workspace may have."""
        ends = range(len(scope), 0, -1) if self.rules.is_inherited(name, facts) else ()
        for end in ends:
            for base in self.ancestors(Identity(self.family, (*facts.module, *scope[:end]))):
                if isinstance(base, External):
                    yield from self._outside(base, name, is_instance=True)

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
        if len(modules) > 1:
            return ()
        targets: Targets = ()
        if modules:
            names, inner = modules[0], one.target
            while len(names) > 1 and not self.has(names) and not self.declared(names):
                names, inner = names[:-1], (names[-1], *inner)
            module = Identity(self.family, names)
            if not inner and self.rules.whole:
                return self._member(module, self.rules.whole) or (module,)
            targets = self._walked((module,), inner)
            if self.rules.has_exports:
                return targets
        return targets or _external(self.rules.external(one.module, one.target))

    def _walked(self, targets: Targets, names: Names) -> Targets:
        for name in names:
            targets = self.select(self.values_of(targets), name)
        return targets

    def _starred(self, path: str, one: Import, name: str) -> Targets:
        """Return what a star import gives under a name, which its module may not make public."""
        if not self.rules.starred(name):
            return ()
        found: list[Targets] = []
        for target in self._imported(path, replace(one, name="")):
            if isinstance(target, External):
                continue
            listed = [self._facts_of(file).exports for file in self.files(target.names)]
            if all(self._is_handed_on(name, exports) for exports in listed):
                found.append(self._member(target, name))
        return self._agreed(found)

    def _is_handed_on(self, name: str, exports: Names | None) -> bool:
        """Whether a star import takes a name of a module that makes `exports` public."""
        if exports is not None:
            return name in exports
        return self.family != "python" or not name.startswith("_")

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
            or self._inherited_member(owner, name, is_lexical)
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

    def _inherited_member(self, owner: Identity, name: str, is_lexical: bool) -> Targets:
        is_inherited = self.rules.has_plain_members or not is_lexical
        for base in self.bases(owner) if is_inherited else ():
            if isinstance(base, External) or (is_lexical and base.names[-1] == name):
                continue  # A constructor, which has the name of its type, is not inherited.
            if targets := self._member(base, name, is_lexical=is_lexical):
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
        if self.rules.has_file_scope:
            key = (self._at, key)
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
        if isinstance(target, External):
            return ()
        return self._once(("bases", target), lambda: self._found_bases(target))

    def _found_bases(self, target: Identity) -> Targets:
        bases: dict[Target, None] = {}
        for path, declaration in self.declared(target.names):
            for term in declaration.bases:
                scope = self._scope(path, target)[:-1]
                values = self._evaluate(path, term, scope, is_type=True)
                bases |= dict.fromkeys(value.target for value in values if not value.is_instance)
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
        if isinstance(target, External) or not target.names or self._is_type(target):
            return ()
        owner, name = Identity(self.family, target.names[:-1]), target.names[-1]
        found: dict[Target, None] = {}
        for base in self.ancestors(owner):
            if isinstance(base, External):
                found |= dict.fromkeys(_external(self._outside(base, name, is_instance=True)))
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
        found = self._known_arguments[owner] = self._parameters
        seen: set[Target] = set()
        left = [owner]
        while left:
            value = left.pop(0)
            if isinstance(value.target, Identity) and value.target not in seen:
                seen.add(value.target)
                left += self._based(value.target, value.args)
        self._parameters = before
        return found

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
        if isinstance(target, Identity) and (targets := self._member(target, name)):
            return targets
        if self.rules.has_extensions and (targets := self._extensions(target, name)):
            return targets
        if isinstance(target, External):
            return _external(self._outside(target, name, is_instance=value.is_instance))
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
            return (own, *_external(outside))
        if value.is_instance and self.rules.is_untyped and kinds:
            return (Identity(self.family, (*target.names, name)),)
        written = self.rules.written(target.names)
        if written and ("module" in kinds or (not kinds and self.has(target.names))):
            return _external(self._outside(External((written,)), name, is_instance=False))
        return ()

    def _extensions(self, target: Target, name: str) -> Targets:
        """Return the functions or values of a name, seen from the file, that extend a type."""
        types = {target, *self.ancestors(target)}
        seen = (self._look_up(self.path, scope, name) for scope in (self.scope, ()))
        return tuple(
            extension
            for extension in dict.fromkeys(chain.from_iterable(seen))
            if not self._is_type(extension)
            and any(_is_same(base, one) for base in self.bases(extension) for one in types)
        )

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
            return self._passed_on(target, value.owner) or self._made(target, value.owner)
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
                        with self._inside(value.owner):
                            made = self._evaluate(path, term, scope, is_type=True)
                            results += instances(made)
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
            for parameter in self._taken(value.target, index):
                is_owned = _is_inside(parameter, value)
                owned = replace(parameter, owner=value.owner) if is_owned else parameter
                taken |= dict.fromkeys(_filled(owned, args))
        return tuple(taken)[:_MOST_VALUES]

    def _taken(self, target: Target, index: int) -> Iterator[Value]:
        if isinstance(target, External):
            return
        for path, declaration in self.declared(target.names):
            term = [*declaration.parameters, None][min(index, len(declaration.parameters))]
            if term is not None:
                yield from instances(self._evaluate(path, term, self._scope(path, target)[:-1]))

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

    # -- lambdas ----------------------------------------------------------------------------

    def expected(self, functions: Values, argument: int) -> Values:
        """Return the types of a parameter of functions, by its position; -1 for the last."""
        found: dict[Value, None] = {}
        for function in functions:
            with self._inside(function.owner):
                for path, scope, declaration in self._declared_functions(function.target):
                    found |= dict.fromkeys(self._parameter(path, declaration, argument, scope))
        return tuple(found)[:_MOST_VALUES]

    def received(self, types: Values) -> Values:
        """Return what names without an owner are members of in a lambda of a type."""
        found = (value.args[0] for value in types if value.target == _WITH_RECEIVER and value.args)
        return tuple(one for values in found for one in instances(values))

    def given(self, types: Values, parameter: int) -> Values:
        """Return what a lambda of a type is given as a parameter, by its position.

        The type is one of functions with type arguments, or has a single method.
        """
        found: dict[Value, None] = {}
        for value in types:
            if isinstance(value.target, External):
                # All parameters of a `Comparator<T>` are of the type that it says once.
                args = value.args[1:] if value.target == _WITH_RECEIVER else value.args
                given = args[min(parameter, len(args) - 1) :][:1]
                found |= dict.fromkeys(one for values in given for one in instances(values))
                continue
            with self._inside(instances((value,))[0]):
                for path, scope, method in self._only_method(value.target):
                    found |= dict.fromkeys(
                        instances(self._parameter(path, method, parameter, scope))
                    )
        return tuple(found)[:_MOST_VALUES]

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
        """Yield the method of a type that has one alone: (file, scope, declaration)."""
        for path in dict.fromkeys(path for path, _ in self.declared(target.names)):
            scope = self._scope(path, target)
            methods = [
                declaration
                for declaration in self._facts_of(path).declarations
                if declaration.kind == "function" and declaration.names[:-1] == scope
            ]
            if len(methods) == 1:
                yield path, methods[0].names, methods[0]

    def _parameter(self, path: str, function: Declaration, position: int, scope: Names) -> Values:
        if not -1 <= position < len(function.parameters):
            return ()
        term = function.parameters[position] if function.parameters else None
        return self._evaluate(path, term, scope, is_type=True) if term is not None else ()

    # -- terms ------------------------------------------------------------------------------

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
        if not term.steps or self._steps > _MOST_STEPS or len(self._open) > _DEEPEST:
            return ()
        key = (path, term, scope)
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
                values = tuple(one for value in values for one in _given(value, args))
        finally:
            self._open.discard(key)
            self._at = before
        return values

    def _owned(self, values: Values, path: str, scope: Names) -> Values:
        """Add the instance around to methods that are named without an owner."""
        if not self.rules.has_implicit_owner or not any(map(self._is_method, values)):
            return values
        around = self._first(path, Term((SELF,)), scope, is_type=True)
        types = {one: (one, *self.ancestors(one)) for one in around}
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
        return any(one.kind == "function" for one in self.declarations(value.target))

    def _first(self, path: str, term: Term, scope: Names, *, is_type: bool) -> Targets:
        first = term.steps[0]
        if first != SELF:
            is_type = is_type and self.rules.parts_types
            return self._look_up(path, scope, first, is_type=is_type)
        module = self._facts_of(path).module
        for end in range(len(scope), 0, -1):
            owner = Identity(self.family, (*module, *scope[:end]))
            if any(one.kind in self._self_kinds() for one in self.declarations(owner)):
                return (owner,)
            if extended := self.bases(owner):
                return extended
        return ()

    def _is_type(self, target: Target) -> bool:
        return any(one.kind == "type" for one in self.declarations(target))

    def _root(self, path: str, name: str) -> Targets:
        """Return a module that is named from the root of the namespace on, without an import."""
        outside = self.rules.root(name, self._facts_of(path), self)
        if outside and self.has((name,)):
            return (Identity(self.family, (name,)),)
        return (External(outside),) if outside else ()

    def _self_kinds(self) -> tuple[Kind, ...]:
        """Return what has methods: where objects need no type, also them and what makes them."""
        return ("type", "value", "function") if self.rules.is_untyped else ("type",)

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
                values = elements(values) or self._listed(values)
            elif step == TYPE:
                values = tuple(value for value in values if not self._is_denoted_type(value))
            elif step == RESULT:
                values = tuple(one for value in values for one in self._unwrapped(value))
            else:
                values = self._member_values(values, step)
        return values

    def _listed(self, values: Values) -> Values:
        """Return the elements of types of the workspace, by a base outside of it that has some."""
        found: list[Value] = []
        for value in values:
            for base in self._instance_bases(value):
                found += elements((base,))
        return tuple(dict.fromkeys(found))[:_MOST_VALUES]

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

    def _member_values(self, values: Values, name: str) -> Values:
        found: dict[Value, None] = {}
        for value in _bounded(values):
            for target in self._selected(value, name):
                args = self._type_arguments(value, target)
                with self._inside(value):
                    members = self.values_of((target,))
                for member in members:
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


def _external(names: Names) -> Targets:
    """Return what is outside of the workspace under some names, nothing where there are none."""
    return (External(names),) if names else ()


def _is_seen(one: Import, scope: Names) -> bool:
    return one.scope == scope[: len(one.scope)]


def _is_same(one: Target, other: Target) -> bool:
    if isinstance(one, External) and isinstance(other, External):
        return not set(one.names).isdisjoint(other.names)
    return one == other


def _begins_with_type(term: Term) -> bool:
    """Return whether a term makes or claims an instance of what its first names stand for."""
    special = next((step for step in term.steps if step in (CALL, ELEMENT, NEW, RESULT)), "")
    return special == NEW


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
    name = "".join(value.target.names[:1]) if isinstance(value.target, External) else ""
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

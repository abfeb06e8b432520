"""What names stand for: in scopes, by imports, as members of modules and types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.project import External, Identity, Target, Targets
from askdocs_indexer.symbols.closed import ClosedModules


class ScopedNames(ClosedModules):
    """The names of the file in hand, and of others as they see them."""

    # -- in scopes ----------------------------------------------------------------------------

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
        if self.rules.closed_modules:
            yield self._look_up_closed(path, scope, name, besides)
            return
        facts = self.facts_of(path)
        hidden: Targets = ()
        if full := self.rules.full(name, facts, scope):
            yield self._full(full)
            return
        scope = self.rules.lexical(scope, facts)
        for end in range(len(scope), 0, -1):
            for inner in filter(self._is_open, self._around(path, scope[:end])):
                if scope[end - 1] == name and self._is_type(inner):
                    # Inside a type its name means the type, even where a constructor has that name.
                    yield (inner,)
                targets = self._member(inner, name, is_lexical=True)
                if self.rules.has_plain_members or self._are_types(targets):
                    yield targets
                else:
                    hidden = hidden or targets
        imports = [row for row in self._seen_imports(path, scope) if row[1] is not besides]
        named = [(file, imported) for file, imported in imports if imported.name == name]
        yield self._agreed(self._imported(file, imported) for file, imported in named)
        module = Identity(self.family, facts.module)
        yield self._member(module, name, is_lexical=True)
        stars = [self._starred(file, star, name) for file, star in imports if star.name == "*"]
        yield self._agreed(stars)
        if any(stars) or named:
            return  # What imports bind and do not give, or not all alike, is unknown.
        if self._includes is not None:
            facts = replace(facts, imports=tuple(imported for _, imported in imports))
        outside = (*self._inherited(facts, scope, name), *self.rules.unbound(name, facts))
        yield external(tuple(dict.fromkeys(outside)))
        yield hidden

    def _full(self, alternatives: Sequence[Names]) -> Targets:
        """Return the first symbol of several full names; one outside where none is declared."""
        for names in alternatives:
            owner = Identity(self.family, names[:-1])
            if targets := self._member(owner, names[-1], is_lexical=True):
                return targets
        return (External(tuple(map(self.rules.written, reversed(alternatives)))),)

    def _are_types(self, targets: Targets) -> bool:
        kinds = {
            declaration.kind for target in targets for declaration in self.declarations(target)
        }
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

    def _is_for_others(self, imported: Import) -> bool:
        return imported.is_exported and self.rules.has_exports

    def _seen_imports(self, path: str, scope: Names) -> list[tuple[str, Import]]:
        """Return the imports whose names are seen in a scope of a file, with their files."""
        rows = [
            (path, imported)
            for imported in self.facts_of(path).imports
            if _is_seen(imported, scope) and not self._is_for_others(imported)
        ]
        if self._includes is not None:
            rows += (row for row in self._includes.imports() if row[0] != path)
        return rows

    def _around(self, path: str, scope: Names) -> tuple[Identity, ...]:
        """Return the type or module that a scope of a file is.

        A member may be defined outside of its type, which only a using declaration makes known.
        """
        names = (*self.facts_of(path).module, *scope)
        if self._includes is None:
            return (Identity(self.family, names),)
        targets = self.meant(names) or self._walked(self._look_up(path, (), scope[0]), scope[1:])
        known = tuple(target for target in targets if isinstance(target, Identity))
        return known or (Identity(self.family, names),)

    def public(self, name: str) -> set[Target]:
        """Return what stands under a name in a module for others to use."""
        targets: set[Target] = set()
        families = (self._stored, self._own)
        marked = [f"{name}{mark}" for mark in self.rules.marks]
        rows = {names for family in families for key in marked for names in family.public(key)}
        for owner in sorted({names[:-1] for names in rows}):
            # Of namespaces that are one only by a macro, each has what it declares.
            own = self._includes.elsewhere((*owner, name)) if self._includes else ()
            targets.update(own or self._member(Identity(self.family, owner), name))
        return targets

    # -- by imports ---------------------------------------------------------------------------

    def imported(self, imported: Import) -> Targets:
        """Return what an import of the file gives."""
        return self._imported(self.path, imported)

    def _imported(self, path: str, imported: Import) -> Targets:
        return self._once((path, imported), lambda: self._find_import(path, imported))

    def _find_import(self, path: str, imported: Import) -> Targets:
        if not imported.module:
            head = self._look_up(path, imported.scope, imported.target[0], besides=imported)
            return self._walked(head, imported.target[1:])
        modules = self.rules.locate(imported.module, path, self)
        if len(modules) > 1:
            return ()
        targets: Targets = ()
        if modules:
            names, inner = modules[0], imported.target
            while len(names) > 1 and not self.has(names) and not self.declared(names):
                names, inner = names[:-1], (names[-1], *inner)
            module = Identity(self.family, names)
            if not inner and self.rules.whole:
                return self._member(module, self.rules.whole) or (module,)
            targets = self._walked((module,), inner)
            if self.rules.has_exports:
                return targets
        return targets or external(self.rules.external(imported.module, imported.target))

    def _walked(self, targets: Targets, names: Names) -> Targets:
        for name in names:
            targets = self.select(self.values_of(targets), name)
        return targets

    def _starred(self, path: str, star: Import, name: str) -> Targets:
        """Return what a star import gives under a name, which its module may not make public."""
        if not self.rules.starred(name):
            return ()
        if self.rules.closed_modules:
            return self._starred_closed(path, star, name)
        members: list[Targets] = []
        for target in self._imported(path, replace(star, name="")):
            if isinstance(target, External):
                continue
            listed = [self.facts_of(file).exports for file in self.files(target.names)]
            if all(self._is_handed_on(name, exports) for exports in listed):
                members.append(self._member(target, name))
        return self._agreed(members)

    def _is_handed_on(self, name: str, exports: Names | None) -> bool:
        """Whether a star import takes a name of a module that makes `exports` public."""
        if exports is not None:
            return name in exports
        return self.family != "python" or not name.startswith("_")

    # -- of members ---------------------------------------------------------------------------

    def _member(
        self, owner: Identity, name: str, *, is_lexical: bool = False, is_open: bool = True
    ) -> Targets:
        """Return what a module or type has under a name: declared, taken over or inherited.

        A closed module that is not open gives only what others see; its imports are not part of a
        lexical look-up, which has already asked for them.
        """
        key = (owner, name, is_lexical, is_open)
        if self.rules.closed_modules and key in self._open:
            # What the module declares is known, also while it is asked for what it takes over.
            return self._marked((*owner.names, name))
        if self.rules.closed_modules:
            return self._once(key, lambda: self._find_closed(owner, name, is_lexical, is_open))
        return self._once(key, lambda: self._find_member(owner, name, is_lexical))

    def _find_member(self, owner: Identity, name: str, is_lexical: bool) -> Targets:
        bound = [] if is_lexical and self.rules.has_exports else self._bound(owner.names)
        if targets := self._own_member(owner, name, is_lexical=is_lexical):
            return self._whole_module(targets, bound, name)
        return (
            self._agreed(
                self._imported(path, imported) for path, imported in bound if imported.name == name
            )
            or self._agreed(
                self._starred(path, star, name) for path, star in bound if star.name == "*"
            )
            or (() if is_lexical else self._in_module(owner, name))
            or self._inherited_member(owner, name, is_lexical)
            or (self._includes.elsewhere((*owner.names, name)) if self._includes else ())
        )

    def _own_member(self, owner: Identity, name: str, *, is_lexical: bool) -> Targets:
        """Return what is declared under a name; `Box.Box` may be a constructor by another name."""
        names = (*owner.names, name)
        if targets := self.meant(names):
            return targets if is_lexical or self._shows(owner, names) else ()
        if is_lexical or owner.names[-1:] != (name,):
            return ()
        made = ((*owner.names, constructor) for constructor in self.rules.constructors)
        return tuple(Identity(self.family, own) for own in made if self.declared(own))

    def _in_module(self, owner: Identity, name: str) -> Targets:
        """Return a module's submodule, or a member of what the module exports as a whole."""
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

    def meant(self, names: Names) -> Targets:
        """Return the symbol of these names, if the file in hand can see one."""
        if self._includes is not None:
            return self._includes.seen(names)
        return (Identity(self.family, names),) if self.declared(names) else ()

    def _whole_module(
        self, targets: Targets, bound: Sequence[tuple[str, Import]], name: str
    ) -> Targets:
        """Return a symbol and, for a module, the others that a macro makes the same module."""
        declared = [declaration for target in targets for declaration in self.declarations(target)]
        if not self.rules.includes or not all(
            declaration.kind == "module" for declaration in declared
        ):
            return targets
        stars = (self._starred(path, star, name) for path, star in bound if star.name == "*")
        more = (module for modules in stars for module in modules if self._is_module(module.names))
        return tuple(dict.fromkeys((*targets, *more)))

    def _shows(self, owner: Identity, names: Names) -> bool:
        """Return whether what is declared in a module or type is seen from elsewhere."""
        if not self.rules.has_exports or any(row.is_public for _, row in self.declared(names)):
            return True
        kinds = {row.kind for row in self.declarations(owner)}
        return bool(kinds) and "module" not in kinds


def external(names: Names) -> Targets:
    """Return what is outside of the workspace under some names, nothing where there are none."""
    return (External(names),) if names else ()


def _is_seen(imported: Import, scope: Names) -> bool:
    return imported.scope == scope[: len(imported.scope)]

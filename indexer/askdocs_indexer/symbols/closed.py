"""What names stand for in modules that are closed, and what extensions give to types: Rust's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace

from askdocs_indexer.languages.facts import Import, Names
from askdocs_indexer.languages.project import External, Identity, Target, Targets, Values
from askdocs_indexer.symbols.sources import Sources


class ClosedModules(Sources):
    """See `Rules.closed_modules`."""

    def _look_up_closed(
        self, path: str, scope: Names, name: str, besides: Import | None
    ) -> Targets:
        """Return what a name stands for where modules and types are closed."""
        facts = self.facts_of(path)
        depth = self._module_depth(facts.module, scope)
        module = Identity(self.family, (*facts.module, *scope[:depth]))
        if (word := self.rules.relative(name, module.names, self)) is not None:
            return (Identity(self.family, word),)
        layers: list[Targets] = []
        is_bound = False
        for end in range(len(scope), depth - 1, -1):
            taken = [
                bound
                for bound in facts.imports
                if bound.scope == scope[:end]
                # What it takes over has another meaning than the first name of its own path.
                and not (besides is not None and (bound.name,) == (name,) == bound.target[:1])
            ]
            named = [(path, bound) for bound in taken if bound.name == name]
            own = self._member(module, name, is_lexical=True) if end == depth else ()
            outer = self._inherited_names(module, name) if end == depth else ()
            first = self._named(named, own)
            stars: list[Targets] = []
            if not (named or own) or self._are_macros(first):
                stars += [self._starred(path, star, name) for star in taken if star.name == "*"]
            layers += [first, self._agreed(stars), outer]
            is_bound = is_bound or bool(named) or any((own, outer, *stars))
        if is_bound:
            return self._layered(layers)
        package = self.rules.unimported(name, path, self)
        if package is not None:
            return package
        unbound = self.rules.unbound(name, facts)
        return (External(unbound),) if unbound else ()

    def _named(self, bound: Sequence[tuple[str, Import]], declared: Targets) -> Targets:
        """Return what the imports and the declarations of one name in a module give together."""
        files = (self._imported(path, imported) for path, imported in bound if imported.module)
        others = (self._imported(path, imported) for path, imported in bound if not imported.module)
        # A line that leads to a module's file counts before its own declaration.
        return self._layered([self._agreed(files), self._agreed([*others, declared])])

    def _module_depth(self, module: Names, scope: Names) -> int:
        """Return how many names of a scope lead to the innermost module of the file."""
        depth = 0
        while depth < len(scope) and self._is_module((*module, *scope[: depth + 1])):
            depth += 1
        return depth

    def _inherited_names(self, module: Identity, name: str) -> Targets:
        """Return what modules around one declare for the modules inside of them to see."""
        mark = self.rules.inherited_mark
        for end in range(len(module.names) - 1, -1, -1):
            outer = (*module.names[:end], f"{name}{mark}")
            if self.declared(outer):
                return (Identity(self.family, outer),)
        root = self.rules.relative(self.rules.root_word, module.names, self)
        members = self._member(Identity(self.family, root), name) if root is not None else ()
        return tuple(target for target in members if target.names[-1].endswith(mark))

    def _starred_closed(self, path: str, star: Import, name: str) -> Targets:
        """Return what a star import gives: all that is seen inside of a module around it."""
        here = (*self.facts_of(path).module, *star.scope)
        members: list[Target] = []
        for target in self._imported(path, replace(star, name="")):
            if isinstance(target, External):
                continue
            is_around = here[: len(target.names)] == target.names
            for member in self._member(target, name, is_open=is_around):
                is_method = self._is_type(target) and not self._is_type(member)
                is_hidden = member.names[:-1] == target.names and not self._is_public(member)
                if not is_method and (is_around or not is_hidden):
                    members.append(member)
        return tuple(members)

    def _find_closed(self, owner: Identity, name: str, is_lexical: bool, is_open: bool) -> Targets:
        if (word := self.rules.relative(name, owner.names, self)) is not None:
            return (Identity(self.family, word),)
        names = (*owner.names, name)
        bound = [] if is_lexical else self._bound(owner.names)
        if is_open and not is_lexical:
            bound += self._bound_inside(owner.names)
        named = [(path, imported) for path, imported in bound if imported.name == name]
        declared, extended = self._marked(names), self._extended(owner, name)
        first = self._layered([self._named(named, declared), extended])
        if (named or declared or extended) and not self._are_macros(first):
            return first
        stars = [self._starred(path, star, name) for path, star in bound if star.name == "*"]
        if first or any(stars):
            return self._layered([first, self._agreed(stars)])
        if not is_lexical and self.has(names):
            return (Identity(self.family, names),)
        bases = (base for base in self.bases(owner) if isinstance(base, Identity))
        return self._agreed(self._member(base, name) for base in bases)

    def _bound_inside(self, names: Names) -> list[tuple[str, Import]]:
        """Return what is bound inside a module for itself and the modules inside of it."""
        for end in range(len(names), -1, -1):
            if files := sorted(self.files(names[:end])):
                return [
                    (path, imported)
                    for path in files
                    for imported in self.facts_of(path).imports
                    if imported.scope == names[end:] and not imported.is_exported
                ]
        return []

    # -- extensions ---------------------------------------------------------------------------

    def _extensions(self, target: Target, name: str = "") -> tuple[Identity, ...]:
        """Return the extensions of a type, or of a package, that have a member of a name."""
        key = ("extensions", target, name)
        extensions = self._once(key, lambda: self._find_extensions(target, name))
        return tuple(extension for extension in extensions if isinstance(extension, Identity))

    def _find_extensions(self, target: Target, name: str) -> Targets:
        if isinstance(target, External):
            keys = {self.rules.last(outside) for outside in target.names}
        else:
            keys = {self.rules.root_word} if self.has(target.names) else {*target.names[-1:]}
        families = (self._stored, self._own)
        rows = {names for key in keys for part in families for names in part.extensions(key)}
        return tuple(
            extension
            for extension in (Identity(self.family, names) for names in sorted(rows))
            if not name or self._marked((*extension.names, name))
            if any(value.target == target for value in self._extends(extension))
        )

    def _extended(self, target: Target, name: str) -> Targets:
        """Return the member of a name that extensions of a type give it."""
        extensions = self._extensions(target, name)
        own = (self._marked((*extension.names, name)) for extension in extensions)
        if (targets := self._agreed(own)) or isinstance(target, Identity):
            return targets
        bases = (base for part in self._extensions(target) for base in self.bases(part))
        traits = (base for base in bases if isinstance(base, Identity))
        return self._agreed(self._member(trait, name) for trait in traits)

    def _marked(self, names: Names) -> Targets:
        """Return what is declared under a name in any of the namespaces."""
        marked = ((*names[:-1], f"{names[-1]}{mark}") for mark in self.rules.marks)
        return tuple(Identity(self.family, full) for full in marked if self.declared(full))

    def _extends(self, extension: Identity) -> Values:
        """Return the types that an extension is one of; none for what is not an extension."""
        return tuple(
            value
            for path, declaration in self.declared(extension.names)
            if declaration.kind == "extension"
            for term in declaration.types
            for value in self._evaluate(path, term, self._scope(path, extension)[:-1])
        )

    # -- targets of several namespaces --------------------------------------------------------

    def _layered(self, layers: Iterable[Targets]) -> Targets:
        """Return the targets of several namespaces: of each those that come first."""
        spaces: dict[str, Targets] = {}
        for targets in layers:
            layer: dict[str, Targets] = {}
            for target in targets:
                space = self._space(target)
                layer[space] = (*layer.get(space, ()), target)
            spaces = layer | spaces
        # A name that a macro shares with a type, such as the trait it derives, is first the type's.
        order = sorted(spaces, key=lambda space: (space == "macro", space))
        return tuple(target for space in order for target in spaces[space])

    def _are_macros(self, targets: Targets) -> bool:
        """Return whether targets leave a name free for a type, such as the trait they derive."""
        return bool(targets) and all(self._space(target) == "macro" for target in targets)

    def _space(self, target: Target) -> str:
        """Return the namespace that a target stands in, where they are apart."""
        if isinstance(target, External):
            return "outside"
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if target.names[-1].endswith(self.rules.inherited_mark):
            return "macro"
        return "function" if kinds and kinds <= {"function", "value"} else "type"

    def _agreed(self, alternatives: Iterable[Targets]) -> Targets:
        """Return the targets that all ways lead to; none where they lead to different ones."""
        distinct = {targets for targets in alternatives if targets}
        if self.rules.closed_modules and len(distinct) > 1:
            spaces: dict[str, set[Target]] = {}
            for target in (target for targets in distinct for target in targets):
                spaces.setdefault(self._space(target), set()).add(target)
            return tuple(spaces[space].pop() for space in sorted(spaces) if len(spaces[space]) == 1)
        return distinct.pop() if len(distinct) == 1 else ()

    # -- what `ScopedNames` knows -------------------------------------------------------------

    @abstractmethod
    def _imported(self, path: str, imported: Import) -> Targets:
        """Return what an import of a file gives."""

    @abstractmethod
    def _starred(self, path: str, star: Import, name: str) -> Targets:
        """Return what a star import gives under a name."""

    @abstractmethod
    def _member(
        self, owner: Identity, name: str, *, is_lexical: bool = False, is_open: bool = True
    ) -> Targets:
        """Return what a module or type has under a name."""

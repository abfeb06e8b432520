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
    FILE,
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
from askdocs_indexer.symbols.includes import Includes

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
        self._includes = Includes(self) if self.rules.includes else None

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

    def named(self, name: str) -> frozenset[str]:
        """Return the paths of the files with a file name."""
        return self._stored.named(name) | self._own.named(name)

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

    def _extensions(self, target: Target, name: str = "") -> tuple[Identity, ...]:
        """Return the extensions of a type, or of a package, that have a member of a name."""
        key = ("extensions", target, name)
        extensions = self._once(key, lambda: self._found_extensions(target, name))
        return tuple(extension for extension in extensions if isinstance(extension, Identity))

    def _found_extensions(self, target: Target, name: str) -> Targets:
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
        """Return the types that an extension is one of; none for what is no extension."""
        return tuple(
            value
            for path, declaration in self.declared(extension.names)
            if declaration.kind == "extension"
            for term in declaration.types
            for value in self._evaluate(path, term, self._scope(path, extension)[:-1])
        )

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
                    # Inside of a type its name is its own, also where a constructor is called so.
                    yield (inner,)
                targets = self._member(inner, name, is_lexical=True)
                if self.rules.has_plain_members or self._are_types(targets):
                    yield targets
                else:
                    hidden = hidden or targets
        imports = [row for row in self._seen_imports(path, scope) if row[1] is not besides]
        named = [(file, one) for file, one in imports if one.name == name]
        yield self._agreed(self._imported(file, one) for file, one in named)
        module = Identity(self.family, facts.module)
        yield self._member(module, name, is_lexical=True)
        stars = [self._starred(file, one, name) for file, one in imports if one.name == "*"]
        yield self._agreed(stars)
        if any(stars) or named:
            return  # What imports bind and do not give, or not all alike, is unknown.
        if self._includes is not None:
            facts = replace(facts, imports=tuple(one for _, one in imports))
        outside = (*self._inherited(facts, scope, name), *self.rules.unbound(name, facts))
        yield _external(tuple(dict.fromkeys(outside)))
        yield hidden

    def _full(self, alternatives: Sequence[Names]) -> Targets:
        """Return the first symbol of several full names; one outside where none is declared."""
        for names in alternatives:
            owner = Identity(self.family, names[:-1])
            if targets := self._member(owner, names[-1], is_lexical=True):
                return targets
        return (External(tuple(map(self.rules.written, reversed(alternatives)))),)

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
            stars: list[Targets] = []
            if not named and not own:
                stars += [self._starred(path, one, name) for one in taken if one.name == "*"]
            layers += [self._named(named, own), self._agreed(stars), outer]
            is_bound = is_bound or bool(named) or any((own, outer, *stars))
        if is_bound:
            return self._layered(layers)
        package = self.rules.unimported(name, path, self)
        if package is not None:
            return package
        unbound = self.rules.unbound(name, facts)
        return (External(unbound),) if unbound else ()

    def _seen_imports(self, path: str, scope: Names) -> list[tuple[str, Import]]:
        """Return the imports whose names are seen in a scope of a file, with their files."""
        rows = [
            (path, one)
            for one in self.facts_of(path).imports
            if _is_seen(one, scope) and not self._is_for_others(one)
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
        known = tuple(one for one in targets if isinstance(one, Identity))
        return known or (Identity(self.family, names),)

    def _named(self, bound: Sequence[tuple[str, Import]], declared: Targets) -> Targets:
        """Return what the imports and the declarations of one name in a module give together."""
        files = (self._imported(path, one) for path, one in bound if one.module)
        others = (self._imported(path, one) for path, one in bound if not one.module)
        # A line that leads to the file of a module counts before its being a declaration.
        return self._layered([self._agreed(files), self._agreed([*others, declared])])

    def _module_depth(self, module: Names, scope: Names) -> int:
        """Return how many names of a scope lead to the innermost module of the file."""
        depth = 0
        while depth < len(scope) and self._is_module((*module, *scope[: depth + 1])):
            depth += 1
        return depth

    def _is_module(self, names: Names) -> bool:
        return any(declaration.kind == "module" for _, declaration in self.declared(names))

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

    def _layered(self, layers: Iterable[Targets]) -> Targets:
        """Return the targets of several namespaces: of each those that come first."""
        spaces: dict[str, Targets] = {}
        for targets in layers:
            layer: dict[str, Targets] = {}
            for target in targets:
                space = self._space(target)
                layer[space] = (*layer.get(space, ()), target)
            spaces = layer | spaces
        return tuple(target for space in sorted(spaces) for target in spaces[space])

    def _space(self, target: Target) -> str:
        """Return the namespace that a target stands in, where they are apart."""
        if isinstance(target, External):
            return "outside"
        kinds = {declaration.kind for declaration in self.declarations(target)}
        if target.names[-1].endswith(self.rules.inherited_mark):
            return "macro"
        return "function" if kinds and kinds <= {"function", "value"} else "type"

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
        if self.rules.closed_modules:
            return self._starred_closed(path, one, name)
        found: list[Targets] = []
        for target in self._imported(path, replace(one, name="")):
            if isinstance(target, External):
                continue
            listed = [self.facts_of(file).exports for file in self.files(target.names)]
            if all(self._is_handed_on(name, exports) for exports in listed):
                found.append(self._member(target, name))
        return self._agreed(found)

    def _starred_closed(self, path: str, one: Import, name: str) -> Targets:
        """Return what a star import gives: all that is seen inside of a module around it."""
        here = (*self.facts_of(path).module, *one.scope)
        members: list[Target] = []
        for target in self._imported(path, replace(one, name="")):
            if isinstance(target, External):
                continue
            is_around = here[: len(target.names)] == target.names
            for member in self._member(target, name, is_open=is_around):
                is_method = self._is_type(target) and not self._is_type(member)
                is_hidden = member.names[:-1] == target.names and not self._is_public(member)
                if not is_method and (is_around or not is_hidden):
                    members.append(member)
        return tuple(members)

    def _is_public(self, target: Target) -> bool:
        declarations = self.declarations(target)
        return not declarations or any(one.is_public for one in declarations)

    def _is_handed_on(self, name: str, exports: Names | None) -> bool:
        """Whether a star import takes a name of a module that makes `exports` public."""
        if exports is not None:
            return name in exports
        return self.family != "python" or not name.startswith("_")

    def _member(
        self, owner: Identity, name: str, *, is_lexical: bool = False, is_open: bool = True
    ) -> Targets:
        """Return what a module or type has under a name: declared, taken over or inherited.

        Of a closed module that is not open only what others see; its imports are no part of a
        lexical look-up, which has asked for them.
        """
        key = (owner, name, is_lexical, is_open)
        if self.rules.closed_modules and key in self._open:
            # What the module declares is known, also while it is asked for what it takes over.
            return self._marked((*owner.names, name))
        if self.rules.closed_modules:
            return self._once(key, lambda: self._found_closed(owner, name, is_lexical, is_open))
        return self._once(key, lambda: self._found_member(owner, name, is_lexical))

    def _found_member(self, owner: Identity, name: str, is_lexical: bool) -> Targets:
        bound = [] if is_lexical and self.rules.has_exports else self._bound(owner.names)
        if targets := self._own_member(owner, name, is_lexical=is_lexical):
            return self._whole_module(targets, bound, name)
        return (
            self._agreed(self._imported(path, one) for path, one in bound if one.name == name)
            or self._agreed(
                self._starred(path, one, name) for path, one in bound if one.name == "*"
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
        more = (one for found in stars for one in found if self._is_module(one.names))
        return tuple(dict.fromkeys((*targets, *more)))

    def _found_closed(self, owner: Identity, name: str, is_lexical: bool, is_open: bool) -> Targets:
        if (word := self.rules.relative(name, owner.names, self)) is not None:
            return (Identity(self.family, word),)
        names = (*owner.names, name)
        bound = [] if is_lexical else self._bound(owner.names)
        if is_open and not is_lexical:
            bound += self._bound_inside(owner.names)
        named = [(path, one) for path, one in bound if one.name == name]
        declared, extended = self._marked(names), self._extended(owner, name)
        if named or declared or extended:
            return self._layered([self._named(named, declared), extended])
        stars = [self._starred(path, one, name) for path, one in bound if one.name == "*"]
        if any(stars):
            return self._agreed(stars)
        if not is_lexical and self.has(names):
            return (Identity(self.family, names),)
        bases = (base for base in self.bases(owner) if isinstance(base, Identity))
        return self._agreed(self._member(base, name) for base in bases)

    def _bound_inside(self, names: Names) -> list[tuple[str, Import]]:
        """Return what is bound inside a module for itself and the modules inside of it."""
        for end in range(len(names), -1, -1):
            if files := sorted(self.files(names[:end])):
                return [
                    (path, one)
                    for path in files
                    for one in self.facts_of(path).imports
                    if one.scope == names[end:] and not one.is_exported
                ]
        return []

    def _shows(self, owner: Identity, names: Names) -> bool:
        """Return whether what is declared in a module or type is seen from elsewhere."""
        if not self.rules.has_exports or any(row.is_public for _, row in self.declared(names)):
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
        if self.rules.closed_modules and len(distinct) > 1:
            spaces: dict[str, set[Target]] = {}
            for target in (target for targets in distinct for target in targets):
                spaces.setdefault(self._space(target), set()).add(target)
            return tuple(spaces[space].pop() for space in sorted(spaces) if len(spaces[space]) == 1)
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
        if not self.rules.closed_modules and not any(
            row.bases for row in self.declarations(target)
        ):
            return ()
        return self._once(("bases", target), lambda: self._found_bases(target))

    def _found_bases(self, target: Identity) -> Targets:
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
                values = _bounded(self._evaluate(path, term, scope, is_type=True))
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
        if name in self.rules.constructors:
            return ()
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
        names = target.names
        if names and names[0].startswith(FILE):
            names = names[1:]
        return names[len(self.facts_of(path).module) :]

    def select(self, values: Values, name: str) -> Targets:
        """Return the members of a name that values have."""
        members = self._members(values, name)
        return tuple(dict.fromkeys(target for _, target in members))

    def _members(self, values: Values, name: str) -> list[tuple[Value, Target]]:
        """Return the members of a name that values have, each with the value that has it.

        Of several values those count that declare the member, or whose declaration is nearest.
        """
        members = [
            (value, target) for value in _bounded(values) for target in self._selected(value, name)
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
            outside = _external(self._outside(target, name, is_instance=value.is_instance))
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
            return (own, *_external(outside))
        if value.is_instance and self.rules.is_untyped and kinds:
            return (Identity(self.family, (*target.names, name)),)
        written = self.rules.written(target.names)
        is_module = "module" in kinds or (not kinds and self.has(target.names))
        if written and is_module and not self.rules.closed_modules:
            return _external(self._outside(External((written,)), name, is_instance=False))
        return ()

    def _extending(self, target: Target, name: str) -> Targets:
        """Return the functions or values of a name, seen from the file, that extend a type."""
        types = {target, *self.ancestors(target)}
        seen = (self._look_up(self.path, scope, name) for scope in (self.scope, ()))
        return tuple(
            extension
            for extension in dict.fromkeys(chain.from_iterable(seen))
            if not self._is_type(extension)
            and any(_is_same(base, one) for base in self.bases(extension) for one in types)
        )

    def _holder(self, value: Value, name: str) -> Target:
        """Return the type that a value has a member from: for a type as a value its singleton."""
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

    def _returned(self, value: Value) -> Values:
        """Return what a method gives that is declared outside of the workspace."""
        names = (
            value.target.names if isinstance(value.target, External) else value.target.names[-1:]
        )
        if value.owner is None or not names:
            return ()
        return self.rules.returned(names[0], value.owner)

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
                given = (one for value in values for one in self._given(value, args))
                values = tuple(inner for value in given for inner in self._pointed(value))
        finally:
            self._open.discard(key)
            self._at = before
        return values

    def _given(self, value: Value, args: tuple[Values, ...]) -> Values:
        """Return a type with its arguments, or what an alias makes of them."""
        if value.args and self.rules.numbers_parameters:
            return _filled(value, args)
        return (replace(value, args=args),)

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
        for end in range(len(scope), 0, -1):
            owner = self._around(path, scope[:end])[0]
            if scope[end - 1] == self.rules.singleton:
                continue
            if any(one.kind in self._self_kinds() for one in self.declarations(owner)):
                return (owner,)
            if any(one.kind == "extension" for one in self.declarations(owner)):
                extended = tuple(value.target for value in self._extends(owner))
                return extended or (owner,)
            if extended := self.bases(owner):
                return extended
        return ()

    def _is_type(self, target: Target) -> bool:
        return any(one.kind == "type" for one in self.declarations(target))

    def _root(self, path: str, name: str) -> Targets:
        """Return a module that is named from the root of the namespace on, without an import."""
        outside = self.rules.root(name, self.facts_of(path), self)
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
                values = tuple(one for value in values for one in self._elements(value))
            elif step == TYPE:
                values = tuple(value for value in values if not self._is_denoted_type(value))
            elif step == RESULT:
                values = tuple(one for value in values for one in self._unwrapped(value))
            else:
                values = self._member_values(values, step)
        return values

    def _listed(self, value: Value) -> Values:
        """Return the elements of a type of the workspace, by a base outside of it that has some."""
        found: dict[Value, None] = {}
        for base in self._instance_bases(value):
            found |= dict.fromkeys(elements((base,)))
        return tuple(found)[:_MOST_VALUES]

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
        for value, target in self._members(values, name):
            args = self._type_arguments(value, target)
            with self._inside(value):
                members = self.values_of((target,))
            for member in members:
                is_owned = not member.is_instance or _is_inside(member, value)
                owned = replace(member, owner=value) if is_owned else member
                found |= dict.fromkeys(_filled(owned, args))
        return tuple(found)[:_MOST_VALUES]

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

    def _elements(self, value: Value) -> Values:
        """Return what an index into a value gives: what its type declares, or what it holds."""
        found = self._operated(value, self.rules.subscript)
        return self._held(value) if found is None else found

    def iterated(self, values: Values) -> Values:
        """Return what a loop over values goes through."""
        return tuple(one for value in values for one in self._iterated(value))

    def _iterated(self, value: Value) -> Values:
        found = self._operated(value, self.rules.iterator)
        return self._held(value) if found is None else self.follow(found, (RESULT,))

    def _held(self, value: Value) -> Values:
        """Return what a value holds."""
        if self.rules.is_plain(value):
            return (value,)
        return elements((value,)) or self._listed(value)

    def _operated(self, value: Value, operator: str) -> Values | None:
        """Return what an operator of a type gives; None where the type has none."""
        if not operator or not value.is_instance or isinstance(value.target, External):
            return None
        if not self._member(value.target, operator):
            return None
        return self.called(self._member_values((value,), operator))

    def _unwrapped(self, value: Value) -> Values:
        found = self._operated(value, self.rules.dereference)
        if found is not None:
            return found
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

"""What the workspace's other files say: the project's symbols as values of the evaluator.

A symbol of the workspace goes by its canonical name: its identity's names behind slashes, such as
``/src/httpx/_client/Client``, which no dotted name looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from askdocs_indexer.languages.facts import CALL, Import, Names
from askdocs_indexer.languages.project import (
    External,
    Identity,
    Project,
    Target,
    Targets,
    instances,
)
from askdocs_indexer.languages.project import Value as Shared
from askdocs_indexer.languages.project import Values as SharedValues
from askdocs_indexer.languages.python.evaluator.knowledge import Knowledge
from askdocs_indexer.languages.python.evaluator.values import (
    Instance,
    Member,
    Thing,
    Value,
    Values,
    merge,
)
from askdocs_indexer.languages.python.terms import TRANSPARENT, UNION
from askdocs_indexer.languages.registry import rules_of

# Types that say nothing about their values.
OPAQUE = frozenset({"object", "typing.Any", "typing.NoReturn", "typing.TypeVar"})
# The wrappers of types, where another file hands them on.
_TRANSPARENT = frozenset(f"typing.{form}" for form in TRANSPARENT)
_CLASSES = ("type", "typing.Type")
_ITERATORS = ("Iterator", "Generator", "Iterable")


def is_canonical(name: str) -> bool:
    """Whether a name is that of a symbol of the workspace."""
    return name.startswith("/")


def canonical(names: Names) -> str:
    """Return the name of the symbol of the workspace that these names lead to."""
    return f"/{'/'.join(names)}"


class Workspace:
    """Answers for canonical names, by the symbol graph."""

    def __init__(self, project: Project, tables: Knowledge) -> None:
        self.family = project.family
        self._project = project
        self._tables = tables

    # -- names ------------------------------------------------------------------------------

    def identity(self, name: str) -> Identity:
        """Return the symbol that a canonical name stands for."""
        return Identity(self.family, tuple(name[1:].split("/")) if name != "/" else ())

    def own(self, names: Names) -> Identity | None:
        """Return a symbol of the file itself, None where it declares no such name."""
        own = Identity(self.family, (*self._project.facts.module, *names))
        return own if self._project.declarations(own) else None

    def own_name(self, names: Names | None) -> str:
        """Return the canonical name of a symbol of the file itself, "" where there is none."""
        own = self.own(names) if names is not None else None
        return canonical(own.names) if own is not None else ""

    def member_of_own(self, names: Names, name: str) -> Identity:
        """Return a member of a class of the file, which need not be declared."""
        return Identity(self.family, (*self._project.facts.module, *names, name))

    def imported(self, taken: Import) -> Values:
        """Return what an import of the file gives."""
        return things(self._project.imported(taken))

    def outside(self, name: str) -> Values:
        """Return what a name that the file does not bind stands for."""
        return things(self._project.look_up((), name))

    def fixture(self, name: str) -> Values:
        """Return what a fixture of the folder's conftest, or of one around it, gives."""
        folder = self._project.path.split("/")[:-1]
        for end in range(len(folder), -1, -1):
            conftest = Identity(self.family, (*folder[:end], "conftest"))
            targets = self._project.select((Shared(conftest),), name)
            fixtures = [Shared(target) for target in targets if self._is_kind(target, "function")]
            if fixtures:
                values = self._values(self._project.called(tuple(fixtures)))
                return merge(*(_yielded(value) for value in values))
        return ()

    # -- classes ----------------------------------------------------------------------------

    def class_name(self, name: str) -> str:
        """Return the name of the class that a name or an alias refers to."""
        classes = [value for value in self._meanings(name) if not value.is_instance]
        return name_of(classes[0].target) if len(classes) == 1 else name

    def is_class(self, name: str) -> bool:
        """Whether the name is that of a class."""
        return self._is_kind(self.identity(name), "type")

    def is_enum(self, name: str) -> bool:
        """Whether the name is that of an enumeration."""
        return any(base.names[0].startswith("enum.") for base in self._outside_bases(name))

    def has_member(self, name: str, attribute: str) -> bool:
        """Whether a class or one of its bases is known to have the attribute."""
        return any(
            bool(self._project.declarations(target))
            if isinstance(target, Identity)
            else self._tables.has_member(*_parted(target))
            for target in self._project.select((Shared(self.identity(name), True),), attribute)
        )

    def has_initializer(self, name: str) -> bool:
        """Whether a class of the workspace says how its instances are made."""
        targets = self._project.select((Shared(self.identity(name)),), "__init__")
        return any(self._project.declarations(target) for target in targets)

    # -- values -----------------------------------------------------------------------------

    def is_module(self, name: str) -> bool:
        """Whether a name is that of a module of the workspace."""
        return is_canonical(name) and self._is_kind(self.identity(name), "module")

    def written(self, name: str, attribute: str) -> str:
        """Return the dotted name by which an attribute of a module is written."""
        module = rules_of(self.family).written(self.identity(name).names)
        return f"{module}.{attribute}" if module else attribute

    def attribute(self, owner: Thing, name: str) -> Values:
        """Return what an attribute of a module, class or function stands for."""
        targets = self._project.select((self._shared(owner),), name)
        if self.is_class(owner.name) and any(
            self._is_kind(target, "function") for target in targets
        ):
            return (Member(owner, name),)
        return things(targets)

    def held(self, name: str) -> Values:
        """Return what a variable or an alias holds; nothing for other symbols."""
        identity = self.identity(name)
        declarations = self._project.declarations(identity)
        if any(row.kind not in ("value", "alias") for row in declarations):
            return ()
        owner = canonical(identity.names[:-1])
        is_typed = any(row.types for row in declarations)
        if declarations and not is_typed and self.is_class(owner) and self.is_enum(owner):
            return (Instance(owner),)
        return self._values(self._meanings(name))

    def instances(self, name: str, args: tuple[Values, ...]) -> Values:
        """Return instances of what a name means as a type."""
        values = self._values(instances(self._meanings(name)))
        return tuple(
            Instance(value.name, args) if isinstance(value, Instance) and args else value
            for value in values
        )

    def called(self, name: str) -> Values:
        """Return what calling a class or function gives."""
        return self._values(self._project.called((Shared(self.identity(name)),)))

    def taken(self, name: str) -> Values:
        """Return what calling a function takes first, where that is a function itself."""
        return self._values(self._project.parameters((Shared(self.identity(name)),), 0))

    def member_taken(self, owner: Instance | Thing, name: str) -> Values:
        """Return the same for a method of an object or class."""
        methods = self._project.follow((self._shared(owner),), (name,))
        return self._values(self._project.parameters(methods, 0))

    def member_held(self, owner: Instance | Thing, name: str) -> Values:
        """Return what an attribute of an object or class holds."""
        values = self._project.follow((self._shared(owner),), (name,))
        return self._values(
            value for value in values if not self._is_kind(value.target, "function")
        )

    def member_called(self, owner: Instance | Thing, name: str) -> Values:
        """Return what calling a method of an object or class gives."""
        return self._values(self._project.follow((self._shared(owner),), (name, CALL)))

    def _meanings(self, name: str) -> SharedValues:
        return self._project.values_of((self.identity(name),))

    def _shared(self, owner: Instance | Thing) -> Shared:
        return Shared(self.identity(owner.name), isinstance(owner, Instance))

    def _is_kind(self, target: Target, kind: str) -> bool:
        return any(row.kind == kind for row in self._project.declarations(target))

    def _outside_bases(self, name: str) -> Iterator[External]:
        seen: set[Target] = set()
        left: list[Target] = [self.identity(name)]
        while left:
            target = left.pop()
            if target in seen:
                continue
            seen.add(target)
            if isinstance(target, External):
                yield target
            left += self._project.bases(target)

    def _values(self, shared: Iterable[Shared]) -> Values:
        return merge(*(self._value(value) for value in shared))

    def _value(self, shared: Shared) -> Values:
        name = name_of(shared.target)
        return self._instance(name, shared.args) if shared.is_instance else (Thing(name),)

    def _instance(self, name: str, types: tuple[SharedValues, ...]) -> Values:
        """Return an instance of what a name means with these type arguments."""
        if name in _CLASSES:
            return self._values(value for group in types for value in group)
        args = tuple(self._values(instances(group)) for group in types)
        if name == UNION:
            return merge(*args)
        if name in _TRANSPARENT:
            return merge(*args[:1])
        if not is_canonical(name):
            name = self._tables.class_name(name)
            if name in OPAQUE or not self._tables.is_type(name):
                return ()
        return (Instance(name, args),)

    # -- what documents a name --------------------------------------------------------------

    def targets(self, name: str) -> Targets:
        """Return what a canonical name stands for."""
        return self.meant((self.identity(name),))

    def member_targets(self, owner: Instance | Thing, name: str) -> Targets:
        """Return what an attribute stands for: the member of the nearest class, then of others."""
        return self.meant(self._project.select((self._shared(owner),), name))

    def meant(self, targets: Targets) -> Targets:
        """Return targets, each with what it is another name for and what it overrides."""
        meant: dict[Target, None] = {}
        for target in targets:
            meant[target] = None
            if isinstance(target, External):
                continue
            if any(row.kind in ("value", "alias") for row in self._project.declarations(target)):
                values = self._project.values_of((target,))
                renamed = [
                    value.target for value in values if not value.is_instance and not value.args
                ]
                if len(renamed) == 1 == len(values):
                    meant[renamed[0]] = None
            overridden = self._project.overridden(target)
            meant |= dict.fromkeys(base for base in overridden if not self._lacks(base))
        return tuple(meant)

    def _lacks(self, member: Target) -> bool:
        """Whether the tables know a class and say that it has no such member."""
        owner, name = _parted(member) if isinstance(member, External) else ("", "")
        owner = self._tables.class_name(owner)
        return owner in self._tables.members and not self._tables.has_member(owner, name)


def name_of(target: Target) -> str:
    """Return the canonical name of a symbol of the workspace, the best one of another."""
    return canonical(target.names) if isinstance(target, Identity) else target.names[0]


def things(targets: Iterable[Target]) -> Values:
    """Return targets as values."""
    return merge(tuple(Thing(name_of(target)) for target in targets))


def _parted(target: External) -> tuple[str, str]:
    owner, _, name = target.names[0].rpartition(".")
    return owner, name


def _yielded(value: Value) -> Values:
    if isinstance(value, Instance) and value.args and value.name.endswith(_ITERATORS):
        return value.args[0]
    return (value,)

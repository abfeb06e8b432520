"""What is known of names: the workspace's symbols by the graph, all others by the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from askdocs_indexer.languages.project import External, Project, Targets
from askdocs_indexer.languages.python.evaluator.knowledge import Knowledge, knowledge
from askdocs_indexer.languages.python.evaluator.values import Instance, Member, Thing, Values
from askdocs_indexer.languages.python.evaluator.workspace import OPAQUE, Workspace, is_canonical

if TYPE_CHECKING:
    from askdocs_indexer.languages.python.evaluator.calls import Arguments

Written = Callable[[str, "Instance | None", "Arguments | None"], Values]


class Sources:
    """One interface to both. `written` makes values of the types that the tables write."""

    def __init__(self, project: Project, written: Written) -> None:
        self.tables: Knowledge = knowledge()
        self.workspace = Workspace(project, self.tables)
        self._written = written

    # -- classes ----------------------------------------------------------------------------

    def class_name(self, name: str) -> str:
        """Return the best-known name of a class."""
        if is_canonical(name):
            name = self.workspace.class_name(name)
        return name if is_canonical(name) else self.tables.class_name(name)

    def is_class(self, name: str) -> bool:
        """Whether the name is a class's."""
        return self._of(name).is_class(name)

    def is_enum(self, name: str) -> bool:
        """Whether the name is an enumeration's."""
        return self._of(name).is_enum(name)

    def has_member(self, name: str, attribute: str) -> bool:
        """Whether a class or one of its bases is known to have the attribute."""
        return self._of(name).has_member(name, attribute)

    def _of(self, name: str) -> Workspace | Knowledge:
        return self.workspace if is_canonical(name) else self.tables

    def instances(self, name: str, args: tuple[Values, ...]) -> Values:
        """Return instances of what a name means as a type."""
        if is_canonical(name):
            return self.workspace.instances(name, args)
        name = self.tables.class_name(name)
        if name in OPAQUE or not self.tables.is_type(name):
            return ()
        return (Instance(name, args),)

    # -- values -----------------------------------------------------------------------------

    def attribute(self, owner: Thing, name: str) -> Values:
        """Return what an attribute of a module, class or function stands for."""
        if is_canonical(owner.name):
            return self.workspace.attribute(owner, name)
        return (Thing(f"{owner.name}.{name}"),)

    def held(self, name: str) -> Values:
        """Return what a constant of a module or class holds, () where that is not known."""
        if is_canonical(name):
            return self.workspace.held(name)
        if name in self.tables.members or name in self.tables.modules:
            return ()
        if written := self.tables.type_of(name):
            return self._written(written, None, None)
        owner = name.rpartition(".")[0]
        return (Instance(owner),) if _is_data(name) and self.tables.is_enum(owner) else ()

    def member_held(self, member: Member) -> Values:
        """Return what an attribute of an object holds, () where that is not known."""
        owner, name = member.owner, member.name
        if isinstance(owner, Thing) or is_canonical(owner.name):
            held = self.workspace.member_held(owner, name)
            of_all = self.tables.types.get(f"object.{name}") if not held else None
            return self._written(of_all, None, None) if of_all else held
        written = self.tables.member_type(owner.name, name)
        for anything in (f"{owner.name}.*", f"object.{name}"):
            written = written or self.tables.types.get(anything)
        return self._written(written, owner, None) if written else ()

    def member_called(
        self, member: Member, arguments: Arguments | None = None, operand: str = ""
    ) -> Values | None:
        """Return what calling a method gives, None where nothing is known of it.

        `operand` is the class of an operator's other side.
        """
        owner, name = member.owner, member.name
        if isinstance(owner, Thing) or is_canonical(owner.name):
            return (self.workspace.member_called(owner, name) or None) if not operand else None
        written = self.tables.member_type(owner.name, f"{name}({operand})")
        return self._written(written, owner, arguments) if written else None

    def handed(self, function: Thing | Member, arguments: Arguments) -> Values:
        """Return what a function hands to a lambda that it is given."""
        if isinstance(function, Thing):
            written = self.tables.type_of(f"{function.name}(callback)")
            return self._written(written, None, arguments) if written else ()
        owner = function.owner
        if isinstance(owner, Thing):
            return ()
        written = self.tables.member_type(owner.name, f"{function.name}(callback)")
        return self._written(written, owner, arguments) if written else ()

    # -- what documents a name --------------------------------------------------------------

    def targets(self, name: str) -> Targets:
        """Return what a name stands for."""
        if is_canonical(name):
            return self._expanded(self.workspace.targets(name))
        return (External(tuple(self.tables.candidates(name))),)

    def member_targets(self, member: Member) -> Targets:
        """Return what an attribute stands for."""
        owner, name = member.owner, member.name
        if isinstance(owner, Thing) or is_canonical(owner.name):
            targets = self._expanded(self.workspace.member_targets(owner, name))
            is_special = name.startswith("__") and name.endswith("__")
            return (*targets, External((f"object.{name}",))) if is_special else targets
        return (External(tuple(self.tables.member_candidates(owner.name, name))),)

    def _expanded(self, targets: Targets) -> Targets:
        """Give what is outside of the workspace all names that documentation may list it under."""
        return tuple(
            External(tuple(name for main in target.names for name in self.tables.candidates(main)))
            if isinstance(target, External)
            else target
            for target in targets
        )


def _is_data(name: str) -> bool:
    """Whether a name cannot be a function, whose documented type is what calling it gives."""
    return name.rpartition(".")[2].isupper()

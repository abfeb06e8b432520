"""Object descriptions: from their directives to entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import fenced
from askdocs_indexer.readers.rst.declarations import enumerators
from askdocs_indexer.readers.rst.lines import DIRECTIVE, OPTION, Extent, Lines
from askdocs_indexer.readers.rst.names import c_name
from askdocs_indexer.readers.rst.objects import KINDS, Description, Scope, describe, is_object
from askdocs_indexer.readers.sections import Entry, Item
from askdocs_indexer.types import Block

# autodoc writes these entries from the sources; text that authors add is documentation as well.
_AUTO = {
    f"auto{kind}": kind
    for kind in (
        "attribute",
        "class",
        "data",
        "decorator",
        "exception",
        "function",
        "method",
        "property",
    )
}
_SHOWN = {"type": "Type", "default": "Default"}
NAMESPACES = words(
    "c:namespace c:namespace-pop c:namespace-push cpp:namespace cpp:namespace-pop "
    "cpp:namespace-push"
)


@dataclass(frozen=True, slots=True)
class _Header:
    """The parts of a directive above its body."""

    arguments: tuple[str, ...]
    options: dict[str, str]
    body: int


class Objects:
    """Reads object descriptions out of `lines`; `read_body` reads what they contain.

    `module` and `domain` are the current ones, which directives set for those below them.
    """

    def __init__(self, lines: Lines, read_body: Callable[[Extent], list[Item]]) -> None:
        self.module = ""
        self.domain = ""
        self._namespaces = [""]
        self._lines = lines
        self._read_body = read_body

    def enter_namespace(self, directive: str, name: str) -> None:
        """Follow a directive that sets, opens or closes a namespace of C or C++."""
        name = "" if name in {"0", "NULL", "nullptr"} else c_name(name)
        outer = self._namespaces[-1]
        if directive.endswith("push"):
            self._namespaces.append(f"{outer}::{name}" if outer else name)
        elif not directive.endswith("pop"):
            self._namespaces = [name]
        elif len(self._namespaces) > 1:
            self._namespaces.pop()

    def read(self, match: re.Match[str], extent: Extent, limit: int) -> tuple[list[Item], int]:
        """Read an object description, with those right below it that share its text."""
        first = extent.start
        header = self._header(match, extent)
        descriptions = [self._description(match, header, extent)]
        while header.body >= extent.end and (after := self._sibling(extent, limit)):
            match, extent = after
            header = self._header(match, extent)
            descriptions.append(self._description(match, header, extent))
        is_written = self._lines.after_blank(header.body, extent.end) < extent.end
        if match["name"].lower() in _AUTO and not is_written:
            return [], extent.end
        signatures = [line for description in descriptions for line in description.signatures]
        symbols = dict.fromkeys(
            name for description in descriptions for name in description.symbols
        )
        # Only the last of them has a body, whose members Sphinx names after it.
        body = Extent(header.body, extent.end, descriptions[-1].inner.classes, extent.depth)
        code = fenced(signatures, descriptions[0].language)
        shown = Block(code, first + 1, header.body, "signature")
        items = (shown, *self._facts(descriptions[0], header), *self._read_body(body))
        if descriptions[0].domain == "c":
            symbols |= dict.fromkeys(enumerators(items))
        entry = Entry(
            title=descriptions[0].title,
            start_line=first + 1,
            end_line=header.body,
            symbols=tuple(symbols),
            items=items,
            domain=descriptions[0].domain,
        )
        return [entry], extent.end

    def _facts(self, description: Description, header: _Header) -> list[Item]:
        """Return the options of a setting that Sphinx shows; Python's are in the signature."""
        if description.domain == "python":
            return []
        given = ((label, header.options.get(option)) for option, label in _SHOWN.items())
        return [
            Block(f"- **{label}:** {self._lines.markdown(value)}", header.body, header.body)
            for label, value in given
            if value
        ]

    def described(self, name: str) -> str:
        """Return the directive's name with its domain if it describes an object, or else ""."""
        name = _AUTO.get(name, name)
        within = f"{self.domain}:{name}"
        if self.domain and ":" not in name and is_object(within) and name in KINDS:
            return within
        return name if is_object(name) else ""

    def _description(self, match: re.Match[str], header: _Header, extent: Extent) -> Description:
        name = match["name"].lower()
        arguments = header.arguments
        if name in _AUTO:
            # Names may be given in full here, and with `::` behind the module.
            prefix = f"{self.module}."
            full = (argument.replace("::", ".") for argument in arguments)
            arguments = tuple(argument.removeprefix(prefix) for argument in full)
        name = self.described(name)
        is_c = name.startswith(("c:", "cpp:"))
        around = extent.classes or (self._namespaces[-1] if is_c else "")
        return describe(name, arguments, header.options, Scope(self.module, around))

    def _sibling(self, extent: Extent, limit: int) -> tuple[re.Match[str], Extent] | None:
        """Return the object description on the very next line, if any."""
        index = extent.end
        if index >= limit or self._lines.is_blank(index):
            return None
        match = DIRECTIVE.match(self._lines.texts[index].strip())
        if match is None or not self.described(match["name"].lower()):
            return None
        end = self._lines.block_end(index + 1, limit, self._lines.indents[index])
        return match, Extent(index, end, extent.classes, extent.depth)

    def _header(self, match: re.Match[str], extent: Extent) -> _Header:
        lines = self._lines
        arguments = [(match["argument"] or "").strip()]
        options: dict[str, str] = {}
        index = extent.start + 1
        while index < extent.end and not lines.is_blank(index):
            text = lines.texts[index].strip()
            option = OPTION.match(text)
            if option:
                options[option["name"]] = (option["value"] or "").strip()
            elif arguments[-1].endswith("\\"):
                arguments[-1] = f"{arguments[-1][:-1].rstrip()} {text}"
            elif not options:
                arguments.append(text)
            index += 1
        given = tuple(argument.rstrip("\\") for argument in arguments if argument)
        return _Header(given or ("",), options, index)

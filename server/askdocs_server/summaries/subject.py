"""What a summary is written about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from askdocs_server.answers.passages import Citation
from askdocs_server.hover.blocks import section_text
from askdocs_server.hover.lookup import HoverResult


@dataclass(frozen=True, slots=True)
class Subject:
    """A symbol to be summarised, and the passage that documents it: its title and its text.

    `section` is the root, the path and the headings of its section, and `contents` the hashes of
    its chunks: when these change, the section needs another summary.
    """

    name: str
    title: str
    text: str
    section: tuple[str, ...]
    contents: tuple[str, ...]

    @property
    def passage(self) -> Citation:
        """The passage as prompts and checks take it."""
        path = self.section[1]
        breadcrumb = " > ".join(self.section[2:])
        return Citation(1, path, 1, 1, self.title, self.text, "", 1.0, breadcrumb)


def subject_of(result: HoverResult, root: Path) -> Subject:
    """Return what a summary of a hover is to be written about."""
    best = result.hits[0]
    chunk = best.chunk
    return Subject(
        name=best.name or result.symbol.name,
        title=chunk.title,
        text=section_text(best)[0],
        section=(str(root), chunk.path, *chunk.heading_path),
        contents=tuple(part.content_hash for part in (chunk, *best.rest)),
    )

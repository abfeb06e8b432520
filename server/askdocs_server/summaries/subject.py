"""What a summary is written about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from askdocs_server.answers.passages import Citation
from askdocs_server.hover.blocks import section_text
from askdocs_server.hover.lookup import HoverResult
from askdocs_server.hover.signature import documented_name


@dataclass(frozen=True, slots=True)
class Subject:
    """A symbol to be summarised, and the passage that documents it: its title and its text.

    `place` says where that stands and `contents` holds the hashes of its chunks: at a place with
    other contents the summary is another one.
    """

    name: str
    title: str
    text: str
    place: tuple[str, ...]
    contents: tuple[str, ...]

    @property
    def passage(self) -> Citation:
        """The passage as prompts and checks take it."""
        path = self.place[1]
        return Citation(1, path, 1, 1, self.title, self.text, excerpt="", score=1.0)


def subject_of(result: HoverResult, root: Path) -> Subject:
    """Return what a summary of a hover is to be written about."""
    best = result.hits[0]
    chunk = best.chunk
    return Subject(
        name=documented_name(result.symbol.candidates, chunk.symbols) or result.symbol.name,
        title=chunk.title,
        text=section_text(best)[0],
        place=(str(root), chunk.path, *chunk.heading_path),
        contents=tuple(part.content_hash for part in (chunk, *best.rest)),
    )

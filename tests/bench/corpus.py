"""Real prose that every machine has: the docstrings of Python's own library, and our pages."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from askdocs_indexer.embedding.window import UNLIMITED, Window
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.settings import DocsSettings

REPOSITORY = Path(__file__).parent.parent.parent


def chunk_texts(file: Path, name: str, window: Window = UNLIMITED) -> list[str]:
    """Return what an embedder with a window sees of a document that lies at `name` below a root."""
    reader = reader_for(name)
    assert reader is not None
    sections = reader(decode(file.read_bytes()), name)
    chunks = chunks_of(name, sections, DocsSettings().chunk_characters, window)
    return [chunk.embedded_text for chunk in chunks]


def lay_out(root: Path, count: int, parts: int, window: Window = UNLIMITED) -> list[list[str]]:
    """Copy documents with about `count` chunks into the folders 0, 1… of `root`.

    Returns the texts of each folder as an embedder with that window gets them.
    """
    texts: list[list[str]] = [[] for _ in range(parts)]
    for number, (file, name) in enumerate(_documents()):
        part = number % parts
        if sum(map(len, texts)) >= count:
            break
        target = root / str(part) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        texts[part] += chunk_texts(file, f"{part}/{name}", window)
    return texts


def write_pages(root: Path, count: int) -> None:
    """Write pages with about `count` chunks below `root`: sections of words in changing order."""
    words = (REPOSITORY / "docs" / "indexing.md").read_text("utf-8").split()
    for page in range(0, count, 100):
        sections = []
        for number in range(page, min(page + 100, count)):
            start = number % len(words)
            text = " ".join([*words[start : start + 60], *words[: max(0, start + 60 - len(words))]])
            sections.append(f"## Part {number}\n\n{text.replace('#', '')} {number}.\n")
        target = root / str(page // 10_000) / f"{page}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"# Page {page}\n\n" + "\n".join(sections), encoding="utf-8")


def write_api(root: Path, count: int, functions: int) -> int:
    """Write reStructuredText pages that describe about `count` functions, a chunk each.

    Module `library0` has `call0`, `call1`… as many as `functions`, and so on. Returns how many
    modules there are.
    """
    words = (REPOSITORY / "docs" / "indexing.md").read_text("utf-8").replace("`", "").split()
    modules = max(1, count // functions)
    for module in range(modules):
        lines = [f"library{module}", "=" * 12, "", f".. module:: library{module}", ""]
        for number in range(functions):
            start = (module * functions + number) % len(words)
            text = " ".join([*words[start:], *words][:70]).replace("|", "").replace("*", "")
            lines += [
                f".. function:: call{number}(records, limit=10)",
                "",
                f"   Work number {number} of module {module}. {text}.",
                "",
                "   :param int limit: how many at most.",
                "   :returns: what was found.",
                "",
                "   .. versionadded:: 1.2",
                "",
            ]
        target = root / f"docs{module // 100}" / f"library{module}.rst"
        target.parent.mkdir(exist_ok=True)
        target.write_text("\n".join(lines), encoding="utf-8")
    return modules


def _documents() -> Iterator[tuple[Path, str]]:
    for page in sorted((REPOSITORY / "docs").glob("*.md")):
        yield page, page.name
    library = Path(sysconfig.get_path("stdlib"))
    for package in ("asyncio", "concurrent", "email", "http", "importlib", "logging", "."):
        pattern = "*.py" if package == "." else "**/*.py"
        for file in sorted((library / package).glob(pattern)):
            yield file, str(file.relative_to(library))

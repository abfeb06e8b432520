"""Links, labels and index words in the lines of Markdown, in all its dialects."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from askdocs_indexer.readers.connections import MOST_MARKS, Connections, context_of, target_within
from askdocs_indexer.readers.markdown.front_matter import FrontMatter
from askdocs_indexer.readers.markdown.myst import holds_prose
from askdocs_indexer.readers.rst.connections import role_link, role_words, toctree_entry

_FENCE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<fence>`{3,}+|~{3,}+)[ \t]*(?P<info>[^`]*)$"
)
_DIRECTIVE = re.compile(r"\{(?P<name>[A-Za-z][\w:.+-]{0,80})\}")
# Lines that begin a paragraph of their own: items of lists, headings, rows of tables.
_BEGINS = re.compile(r"[ \t>]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||:::|!!!|===)")
# Lines that no paragraph goes on behind.
_ENDS = re.compile(
    r"[ \t>]*(?:#{1,6}[ \t]|\||!!!|\?\?\?|:::|===|///|[-=]{3,}[ \t]*$|<[^<>]*>[ \t]*$)"
)
_DEFINITION = re.compile(
    r"[ ]{0,3}\[(?P<label>(?!\^)[^\[\]]{1,400})\]:[ \t]*(?P<target><[^<>]{0,1000}>|\S{1,1000})"
)
_NESTED = r"\[(?:[^\[\]\\]|\\.){0,300}+\](?:\([^()\s]{0,1000}\)|\[[^\[\]]{0,300}\])?"
_INLINE = re.compile(
    rf"""
      \\.
    | \{{(?P<role>[A-Za-z][\w:.+-]{{0,60}})\}}`(?P<role_text>[^`]{{1,600}})`
    | (?P<ticks>`+)(?!`).{{1,400}}?(?<!`)(?P=ticks)(?!`)
    | (?P<image>!?)\[(?P<text>(?:[^\[\]\\`]|\\.|`[^`]{{1,300}}`|{_NESTED}){{0,1000}}+)\](?:
        \(\s*(?P<target><[^<>\n]{{0,1000}}>|[^\s()<>]{{0,1000}}+(?:\([^\s()]{{0,300}}\)[^\s()]{{0,300}})?)
          (?:\s+(?:"[^"]{{0,300}}"|'[^']{{0,300}}'|\([^()]{{0,300}}\)))?\s*\)
      | \[(?P<label>[^\[\]]{{0,400}})\])?
    | <(?P<scheme>xref|project|doc):(?P<uid>[^<>\s?]{{1,400}})[^<>]{{0,200}}>
    | <(?P<tag>[A-Za-z][\w.-]{{0,60}})
      (?P<attributes>\s(?:[^<>"'{{}}]|"[^"]{{0,600}}"|'[^']{{0,600}}'|\{{[^{{}}]{{0,600}}\}}){{0,600}}+)>
    """,
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"(?<=\s)(?P<name>[A-Za-z][\w-]*)=(?:\{?\s*[\"'`](?P<quoted>[^\"'`]*)[\"'`]\s*\}?|(?P<bare>[^\s\"'{}]+))"
)
_WEB = ("http://", "https://")
_AROUND = " \t>"
_TARGET_PROPS = ("href", "to", "link", "url")
_TEXT_PROPS = ("title", "label", "header", "name", "text")
_LABELLING = re.compile(r"\s(?:id|name)=[\"'](?P<name>[^\"'<>\s]{1,200})[\"']")
_HEADING = re.compile(r"[ \t>]{0,9}#{1,6}[ \t]|[^{]{1,400}\{:?[ \t]*#")
_HEADING_LABEL = re.compile(r"\{(?::|/\*)?[ \t]*#(?P<name>[^\s{}*]{1,200})[^{}]*\}")
_MYST_LABEL = re.compile(r"[ \t]*\((?P<name>[\w .:+-]{1,100})\)=\s*$")
_TAGS_ALONE = re.compile(r"(?:\s*<[^<>]*>)+\s*$|\s*\[\]\(\)\{[^{}]*\}\s*$|\s*\{:?[^{}]*\}\s*$")
_NAMED = re.compile(r"[ \t]*:(?:name|label):[ \t]*(?P<name>\S.{0,100})")
_TERM = re.compile(r"(?P<term>[^\s:].{0,100})$")
# What templates write before an address, or around a page's name.
_REFERENCE = re.compile(
    r"\{\{[<%]-?\s*(?:rel)?ref\s+(?:path=)?[\"`]?(?P<hugo>[^\"`\s>%]+)[\"`]?[^{}]*\}\}"
    r"|\{%-?\s*link\s+(?P<jekyll>[^\s%]+)\s*-?%\}"
    r"|\{\{\s*[\"'](?P<filtered>[^\"']+)[\"']\s*\|[^{}]*\}\}"
    r"|\{\{\s*(?:site\.)?(?:base_?url|url|github\.url)\s*\}\}"
)
# Folders of the site that generators have names for.
_SITE_ROOTS = ("@site/", "@/", "~/", "{{site.baseurl}}/")
# mkdocs-autorefs leads such labels to headings and symbols of the project.
_AUTOREF = re.compile(r"[A-Za-z_][\w.:#+-]{1,200}(?:\(\))?$")
_LINKED = re.compile(
    r"!?\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*+)\]"
    r"(?:\([^()]*+(?:\([^()]*\)[^()]*+)*+\)|\[[^\[\]]*\])?"
    r"|\{[A-Za-z][\w:.+-]*\}`([^`]*)`"
)
_ELEMENT = re.compile(r"<(a|[A-Z]\w*)\b[^<>]*>.*?</\1>", re.DOTALL)
_MARKS = re.compile(
    r"</?[A-Za-z][^<>]*>|[*`|]+|(?<!\w)_+|_+(?!\w)|\{[:#.%<][^{}]*\}|^[ \t>]*(?:[-+]|\d+[.)]|#+)\s"
    r"|\\(?=[!-/:-@\[-`{-~])",
    re.MULTILINE,
)


def markdown_connections(
    lines: Sequence[str], path: str, *, is_myst: bool = False, first: int = 0
) -> Connections:
    """Return what connects a document, or a piece of it, from the line of index `first` on."""
    return _Scanner(lines, path, is_myst=is_myst, first=first).read()


def add_front_matter(connections: Connections, matter: FrontMatter, path: str) -> None:
    """Add what a page's front matter says: other names and addresses, keywords, descriptions."""
    for words in matter.index:
        connections.index(words)
    for address in matter.aliases:
        connections.former(address)
    for label in matter.labels:
        connections.label(0, label)
    folder = f"/{path.rpartition('/')[0]}".rstrip("/")
    for address in matter.addresses:
        connections.label(0, address if address[:1] == "/" else f"{folder}/{address}")


def plain_words(markdown: str) -> str:
    """Return the words of Markdown without its marks, on one line."""
    text = _LINKED.sub(_label_of, markdown)
    if "[" in text:
        text = _LINKED.sub(_label_of, text)
    text = _MARKS.sub("", text)
    return " ".join((html.unescape(text) if "&" in text else text).split())


def without_links(markdown: str) -> str:
    """Return Markdown without its links and what they show."""
    return _MARKS.sub("", _LINKED.sub("", _ELEMENT.sub("", markdown)))


def _label_of(link: re.Match[str]) -> str:
    return link[1] or (role_words(link[2]) if link[2] else "")


class _Scanner:
    def __init__(self, lines: Sequence[str], path: str, *, is_myst: bool, first: int) -> None:
        self._path = path
        self._is_myst = is_myst
        self._connections = Connections()
        self._module = ""
        # The fences and names of the directives around the current line.
        self._directives: list[tuple[str, str]] = []
        self._lines = lines
        self._prose = list(self._outside_code(first))
        self._definitions = dict(self._defined())

    def read(self) -> Connections:
        """Read all lines."""
        lines, is_myst = self._prose, self._is_myst
        behind = 0
        for index, line in enumerate(lines):
            if "=" in line or "{" in line or (is_myst and ":" in line):
                self._label(index, line)
            may_link = "]" in line or "<" in line or "}`" in line
            if may_link and index >= behind:
                start, behind = self._paragraph_around(index, behind)
                self._paragraph("\n".join(lines[start:behind]), start)
        return self._connections

    def _paragraph_around(self, index: int, behind: int) -> tuple[int, int]:
        """Return the lines [start, end) of the paragraph around a line, from line `behind` on."""
        lines, start, end = self._prose, index, index + 1
        while start > behind and not _BEGINS.match(lines[start]):
            before = lines[start - 1]
            if not before.strip(_AROUND) or _ENDS.match(before):
                break
            start -= 1
        while end < len(lines) and not _ENDS.match(lines[end - 1]):
            if not lines[end].strip(_AROUND) or _BEGINS.match(lines[end]):
                break
            end += 1
        return start, end

    def _outside_code(self, first: int) -> Iterator[str]:
        """Yield all lines, those of code and above `first` empty."""
        fence = ""
        for index, line in enumerate(self._lines):
            marked = "```" in line or "~~~" in line or ":::" in line
            if index < first:
                yield ""
            elif fence:
                text = line.strip(" \t>") if marked else ""
                if text.startswith(fence) and not text.strip(fence[0]):
                    fence = ""
                yield ""
            elif marked and (match := _FENCE.match(line)):
                argument = self._directive(match, index) if self._is_myst else None
                fence = match["fence"] if argument is None else ""
                yield argument or ""
            else:
                if self._directives and self._directives[-1][1] == "glossary":
                    self._term(index, line)
                yield line

    def _directive(self, match: re.Match[str], index: int) -> str | None:
        """Read a line that opens or closes a directive of MyST; return its argument.

        It is None for one with code or data inside, and for other code.
        """
        fence, info = match["fence"], match["info"]
        directive = _DIRECTIVE.match(info)
        if directive is None:
            if info or not self._directives or self._directives[-1][0] != fence:
                return None
            self._directives.pop()
            return ""
        name, argument = directive["name"], info[directive.end() :].strip()
        if name.endswith(("currentmodule", "module")):
            self._module = argument
        if name == "toctree":
            self._toctree(index + 1, fence)
        if not holds_prose(name):
            return None
        self._directives.append((fence, name))
        return argument

    def _term(self, index: int, line: str) -> None:
        if term := _TERM.match(line):
            self._connections.label(index + 1, f"term:{term['term']}")

    def _toctree(self, start: int, fence: str) -> None:
        for index in range(start, len(self._lines)):
            if self._lines[index].strip() == fence:
                break
            if entry := toctree_entry(self._lines[index]):
                self._connections.link(index + 1, entry[0], "", target_within(self._path, entry[1]))

    def _defined(self) -> Iterator[tuple[str, str]]:
        for index, line in enumerate(self._prose):
            if "]:" in line and (match := _DEFINITION.match(line)):
                self._prose[index] = ""
                yield _normal(match["label"]), match["target"].strip("<>")

    # -- labels -----------------------------------------------------------------------------

    def _label(self, index: int, line: str) -> None:
        names: list[str] = []
        if "#" in line and "{" in line and (_HEADING.match(line) or _TAGS_ALONE.match(line)):
            names += (match["name"] for match in _HEADING_LABEL.finditer(line))
        if "=" in line:
            if "<" in line:
                names += (match["name"] for match in _LABELLING.finditer(line))
            elif target := _MYST_LABEL.match(line):
                names.append(target["name"])
        if self._is_myst and ":" in line and (option := _NAMED.match(line)):
            names.append(option["name"])
        if names:
            is_above = _TAGS_ALONE.match(line) or _MYST_LABEL.match(line)
            number = self._ahead(index) if is_above else index
            for name in names:
                self._connections.label(number + 1, name)

    def _ahead(self, index: int) -> int:
        """Return the index of the line that a label on a line of its own is for."""
        for number in range(index + 1, min(index + 10, len(self._lines))):
            line = self._lines[number]
            if line.strip() and not (_TAGS_ALONE.match(line) or _MYST_LABEL.match(line)):
                return number
        return index

    # -- links ------------------------------------------------------------------------------

    def _paragraph(self, text: str, start: int) -> None:
        if "{{" in text or "{%" in text:
            text = _REFERENCE.sub(_page_named, text)
        line, position = start + 1, 0
        for match in islice(_INLINE.finditer(text), MOST_MARKS):
            line += text.count("\n", position, match.start())
            position = match.start()
            if match["role"]:
                shown, target = role_link(
                    match["role"], match["role_text"], self._path, self._module
                )
            elif match["text"] is not None:
                shown, target = match["text"], self._linked(match)
            elif match["uid"]:
                shown, target = "", self._target(f"{match['scheme']}:{match['uid']}")
            elif match["tag"]:
                shown, target = self._tag(match)
            else:
                continue
            if target and not match["image"]:
                context = ""
                if shown[:2] != "![":  # Pictures stand among others, not in sentences.
                    span = (match.start(), match.end())
                    context = context_of(text, *span, plain_words, without_links)
                self._connections.link(line, plain_words(shown), context, target)

    def _linked(self, match: re.Match[str]) -> str:
        if match["target"] is not None:
            if match["target"].startswith(_WEB):
                return ""
            return self._target(match["target"].strip("<>"))
        text, label = match["text"], match["label"]
        if text[:1] in {"^", ""} and label is None:
            return ""
        name = label or text
        if self._definitions and (target := self._definitions.get(_normal(name))) is not None:
            return self._target(target)
        if label is None or match.string[match.start() - 1 : match.start()].isalnum():
            return ""
        name = name.strip("`")
        return f":{name}" if _AUTOREF.match(name) else ""

    def _tag(self, match: re.Match[str]) -> tuple[str, str]:
        """Return what a link written as a tag shows, and where it leads."""
        props = {
            prop["name"]: prop["quoted"] if prop["quoted"] is not None else prop["bare"]
            for prop in _ATTRIBUTE.finditer(match["attributes"])
        }
        target = next((props[name] for name in _TARGET_PROPS if props.get(name)), "")
        if not target or (match["tag"].islower() and match["tag"] not in {"a", "xref"}):
            return "", ""
        if match["tag"] == "xref":
            return props.get("text", ""), self._target(f"xref:{target}")
        end = match.string.find(f"</{match['tag']}>", match.end(), match.end() + 600)
        inside = match.string[match.end() : end] if end >= 0 else ""
        shown = next((props[name] for name in _TEXT_PROPS if props.get(name)), inside)
        return shown, self._target(html.unescape(target))

    def _target(self, written: str) -> str:
        scheme, _, rest = written.partition(":")
        if scheme == "xref":
            # Behind a backtick is how many type parameters a type has.
            return f":xref:{re.split(r'[?`]|%60', rest, maxsplit=1)[0]}"
        if scheme in {"project", "doc", "path"} and rest[:2] != "//":
            written = rest
        if self._is_myst and written[:1] == "#":
            return f":{written[1:]}" if len(written) > 1 else ""
        for root in _SITE_ROOTS:
            if written.startswith(root):
                written = f"/{written.removeprefix(root)}"
        return target_within(self._path, written)


def _page_named(match: re.Match[str]) -> str:
    if match["jekyll"]:
        return f"/{match['jekyll']}"
    return match["hugo"] or match["filtered"] or ""


def _normal(label: str) -> str:
    return " ".join(label.split()).casefold()

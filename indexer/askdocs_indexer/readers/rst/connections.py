"""Links, labels and index words in the lines of reStructuredText."""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import islice

from askdocs_indexer.readers.connections import MOST_MARKS, Connections, context_of, target_within
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.rst.directives import ADMONITIONS, CODE, UNSEEN, VERSIONS
from askdocs_indexer.readers.rst.inline import label_and_target
from askdocs_indexer.readers.rst.lines import DIRECTIVE

_LABEL = re.compile(
    r"[ ]*\.\. _(?:`(?P<quoted>[^`]{1,200})`|(?P<name>(?:[^:\\]|\\.){1,200})):(?P<target>.*)$"
)
_OPTION = re.compile(r"[ ]+:(?P<name>name|alt):[ ]+(?P<value>\S.*)$")
_META = re.compile(r"[ ]+:(?P<name>[\w-]+)[^:]*:[ ]*(?P<value>.*)$")
_INDEX_KIND = re.compile(
    r"(?:single|pair|triple|see|seealso|module|keyword|operator|object|exception"
    r"|statement|builtin)[ ]*:[ ]*"
)
_ENTRY = re.compile(r"(?:(?P<title>[^<>]+?)[ ]*<(?P<target>[^<>]+)>|(?P<path>[^\s<>*]+))$")
_BEGINS = re.compile(r"[ ]*(?:[-*+•][ ]|(?:\d{1,3}|#|[a-zA-Z])[.)][ ]|\|[ ]|\.\. |:[\w ]{1,60}:)")
# How many lines there may be between a label and what it is for.
_AHEAD = 20
_SIGNS = frozenset(string.punctuation)
_EXPLICIT = frozenset(".:")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}$")
_VERBATIM = CODE.keys() | {"literalinclude", "raw"}
_MODULES = words("automodule currentmodule module py:currentmodule py:module")
# Directives that are read, and whose lines are text as well.
_OPEN = _MODULES | {"glossary"}
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,80}$")
# Directives whose argument is no name of what they describe.
_NOT_TARGETS = (
    UNSEEN
    | CODE.keys()
    | ADMONITIONS.keys()
    | VERSIONS.keys()
    | words(
        "admonition class container csv-table currentmodule default-domain figure list-table "
        "module rubric sidebar table topic"
    )
)
# Literals, and texts of roles and references; what is before and behind tells which.
_TICKED = re.compile(
    r"``(?=\S)(?:[^`]|`(?!`(?!`))){1,2000}?``(?!`)|`(?P<text>[^`]{1,600})`(?P<suffix>__?(?!\w))?"
)
_ROLE = re.compile(r"(?<![\w:]):(?P<role>[A-Za-z][\w.+-]{0,40}(?::[A-Za-z][\w.+-]{0,40})?):$")
_ROLE_CHARACTERS = 90
# The sign behind a word that is a reference, and such a word.
_MARKED = re.compile(r"_(?![\w`])")
_WORD = re.compile(r"(?<![\w`*|<./])(?P<name>[A-Za-z0-9]{1,80}(?:[.+:_-][A-Za-z0-9]{1,80}){0,10})$")
# Roles whose texts lead nowhere in the project.
_NO_LINKS = words(
    "abbr abbreviation bpo cite citation code command commit cve cwe dfn eq emphasis file "
    "footcite gh guilabel index issue kbd literal mailheader makevar manpage math menuselection "
    "mimetype newsgroup pep pr program pull pypi raw regexp rfc samp source strong sub subscript "
    "sup superscript title title-reference user"
)
_DOCUMENT_ROLES = frozenset({"doc", "download"})
_LABEL_ROLES = frozenset({"ref", "numref", "any"})
# Roles of what is in a module.
_IN_MODULES = words("attr class const data exc func meth obj type")
_SHOWN = re.compile(r"(?::[\w:.+-]{1,80}:)?`(?P<text>[^`]*)`(?:__?(?!\w))?")
_MARKS = re.compile(
    r"[*`|]+|(?<=\w)__?(?!\w)|^[ ]*(?:[-+•]|\d+[.)]|#[.])[ ]|\\(?=\S)", re.MULTILINE
)


def rst_connections(lines: Sequence[str], path: str) -> Connections:
    """Return what connects a document."""
    return _Scanner(lines, path).read()


def role_link(role: str, text: str, path: str, module: str = "") -> tuple[str, str]:
    """Return what a role of Sphinx shows and where it leads, "" for nowhere.

    `module` is the current one, in which symbols are looked for that do not name theirs.
    """
    kind = role.rpartition(":")[2].lower()
    label, target = label_and_target(text)
    target = " ".join((target or text).split()).lstrip("!~").replace("\\", "")
    if kind in _NO_LINKS or not target or text[:1] == "!":
        return "", ""
    shown = label or _short(text)
    if kind in _DOCUMENT_ROLES:
        return label, target_within(path, target)
    if kind in _LABEL_ROLES:
        return shown if kind == "any" else label, f":{kind}:{target}"
    if kind == "option":
        target = target.split()[-1].partition("=")[0]
    target = target.removesuffix("()")
    is_inside = module and kind in _IN_MODULES and ("." not in target or target[0].isupper())
    return shown, f":{kind}:{module}.{target.lstrip('.')}" if is_inside else f":{kind}:{target}"


def plain_words(text: str) -> str:
    """Return the words of reStructuredText without its marks, on one line."""
    return " ".join(_MARKS.sub("", _SHOWN.sub(lambda role: role_words(role["text"]), text)).split())


def without_links(text: str) -> str:
    """Return reStructuredText without its links and what they show."""
    return _MARKS.sub("", _SHOWN.sub("", text))


def role_words(text: str) -> str:
    """Return what a role shows of its text."""
    label, target = label_and_target(text)
    return label or _short(target or text)


def toctree_entry(line: str) -> tuple[str, str] | None:
    """Return the title, "" for the page's own, and the page of a line in a `toctree`."""
    entry = _ENTRY.match(line.strip())
    if entry is None or (entry["path"] or "")[:1] == ":" or entry["path"] == "self":
        return None
    return entry["title"] or "", entry["target"] or entry["path"]


def _short(name: str) -> str:
    """Return what a role shows of a name that `~` shortens."""
    return name[1:].rpartition(".")[2] if name.startswith("~") else name.lstrip("!")


class _Scanner:
    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._path = path
        self._lines = lines
        self._connections = Connections()
        self._definitions: dict[str, str] = {}
        # The lines from which on a module is the current one, with its name.
        self._modules: list[tuple[int, str]] = []
        self._directives: dict[str, Callable[[str, int, int], None]] = {
            "glossary": self._glossary,
            "index": self._index,
            "meta": self._meta,
            "toctree": self._toctree,
        }
        self._directives |= dict.fromkeys(_MODULES, self._module)

    def read(self) -> Connections:
        """Read all lines: first the labels and directives, then the text between them."""
        for start, text in self._texts():
            if "`" in text or "_" in text:
                self._links(text, start)
        return self._connections

    def _texts(self) -> list[tuple[int, str]]:
        """Read what stands on lines of its own; return the paragraphs, each with its index."""
        lines, texts = self._lines, []
        run: list[str] = []
        index = start = 0
        while index < len(lines):
            line = lines[index]
            stripped = line.lstrip(" ")
            sign = stripped[:1]
            is_blank = not sign or stripped.isspace()
            if run and (is_blank or (not sign.isalpha() and _BEGINS.match(line))):
                texts.append((start, "\n".join(run)))
                announces, indent = run[-1].endswith("::"), _indent(run[-1])
                run = []
                if is_blank and announces:
                    index = self._end(index, indent)
                    continue
            if sign in _SIGNS and len(run) < 2 and _ADORNMENT.match(line):
                if run:
                    texts.append((start, run.pop()))
                index += 1
                continue
            if sign in _EXPLICIT and stripped.startswith((".. ", ":")):
                index = self._explicit(index, line)
                continue
            if not is_blank:
                start = start if run else index
                run.append(line)
            index += 1
        if run:
            texts.append((start, "\n".join(run)))
        return texts

    def _explicit(self, index: int, line: str) -> int:
        """Read a label, a directive's first line or an option; return the index to go on from."""
        if option := _OPTION.match(line):
            if option["name"] == "name":
                self._connections.label(index + 1, option["value"])
            else:
                self._connections.index(option["value"], index + 1)
            return index + 1
        if label := _LABEL.match(line):
            self._label(label, index)
            return index + 1
        directive = DIRECTIVE.match(line.strip())
        if directive is None:
            if line.lstrip().startswith(":"):
                self._links(line, index)
            return index + 1
        name, argument = directive["name"].lower(), (directive["argument"] or "").strip()
        if name in self._directives:
            end = self._end(index + 1, _indent(line))
            self._directives[name](argument, index + 1, end)
            return index + 1 if name in _OPEN else end
        if _NAME.match(argument) and ":" not in name and name not in _NOT_TARGETS:
            self._connections.label(index + 1, f"{name}:{argument}")
        if argument and "`" in argument:
            self._links(argument, index)
        return self._end(index + 1, _indent(line)) if name in _VERBATIM else index + 1

    def _end(self, index: int, indent: int) -> int:
        """Return the index of the next line that is not deeper than `indent`."""
        lines = self._lines
        for number in range(index, len(lines)):
            line = lines[number]
            if line and not line[: indent + 1].isspace() and not line.isspace():
                return number
        return len(lines)

    # -- lines with a meaning ---------------------------------------------------------------

    def _label(self, label: re.Match[str], index: int) -> None:
        name = (label["quoted"] or label["name"]).replace("\\", "")
        target = label["target"].strip()
        if not target and index + 1 < len(self._lines) and _is_address(self._lines[index + 1]):
            target = self._lines[index + 1].strip()
        if target:
            self._definitions[_normal(name)] = target
        elif name != "_":
            self._connections.label(self._ahead(index) + 1, name)

    def _ahead(self, index: int) -> int:
        """Return the index of the line that a label or an entry of the index is for."""
        for number in range(index, min(index + _AHEAD, len(self._lines))):
            line = self._lines[number]
            is_passed = line.startswith((".. index::", "   ")) or _LABEL.match(line)
            if line.strip() and not is_passed:
                return number
        return index

    def _index(self, argument: str, start: int, end: int) -> None:
        entries = [argument, *self._lines[start:end]]
        number = self._ahead(end) + 1
        for entry in entries:
            if entry.strip()[:1] == ":" or not entry.strip():
                continue
            kind = _INDEX_KIND.match(entry.strip())
            text = entry.strip()[kind.end() :] if kind else entry.strip()
            for entry_words in [text] if kind else text.split(","):
                self._connections.index(entry_words.strip(" !").replace(";", ","), number)

    def _module(self, argument: str, start: int, end: int) -> None:
        self._modules.append((start, "" if argument == "None" else argument))

    def _meta(self, argument: str, start: int, end: int) -> None:
        fields = (_META.match(line) for line in self._lines[start:end])
        for meta in fields:
            if meta and meta["name"] in {"description", "keywords"}:
                self._connections.index(meta["value"])

    def _glossary(self, argument: str, start: int, end: int) -> None:
        body = [i for i in range(start, end) if self._lines[i].strip()]
        body = [i for i in body if not self._lines[i].lstrip().startswith((":", ".. "))]
        least = min((_indent(self._lines[i]) for i in body), default=0)
        for i in body:
            if _indent(self._lines[i]) == least:
                term = self._lines[i].strip().partition(" : ")[0]
                self._connections.label(i + 1, f"term:{plain_words(term)}")

    def _toctree(self, argument: str, start: int, end: int) -> None:
        for index in range(start, end):
            if entry := toctree_entry(self._lines[index]):
                self._connections.link(index + 1, entry[0], "", target_within(self._path, entry[1]))

    # -- inline markup ----------------------------------------------------------------------

    def _links(self, text: str, start: int) -> None:
        ticked: list[tuple[int, int]] = []
        line, position = start + 1, 0
        for match in islice(_TICKED.finditer(text), MOST_MARKS):
            line += text.count("\n", position, match.start())
            position = match.start()
            ticked.append(match.span())
            if match["text"] is not None:
                self._ticked(match, line)
        if "_" in text:
            self._marked(text, start, ticked)

    def _ticked(self, match: re.Match[str], line: int) -> None:
        """Read a text between backticks: that of a role, a reference or a target."""
        text, first = match.string, match.start()
        before = text[max(0, first - _ROLE_CHARACTERS) : first]
        role = _ROLE.search(before) if before.endswith(":") else None
        if before.endswith("_") and not match["suffix"]:
            self._connections.label(line, match["text"])
        elif role:
            if role["role"] == "index":
                entry = label_and_target(match["text"])[1]
                self._connections.index(entry or match["text"], line)
            module = next((name for index, name in reversed(self._modules) if index < line), "")
            shown, target = role_link(role["role"], match["text"], self._path, module)
            self._link((first - len(role[0]), match.end()), text, line, shown, target)
        elif match["suffix"]:
            self._link(match.span(), text, line, *self._reference(match["text"]))

    def _marked(self, text: str, start: int, ticked: Sequence[tuple[int, int]]) -> None:
        """Read words that are references because of the sign behind them."""
        line, position = start + 1, 0
        for mark in islice(_MARKED.finditer(text), MOST_MARKS):
            end = mark.start()
            if text[end - 1 : end] == "_":
                end -= 1
            word = _WORD.search(text[max(0, end - _ROLE_CHARACTERS) : end])
            line += text.count("\n", position, mark.start())
            position = mark.start()
            inside = bisect_right(ticked, (end, len(text))) - 1
            if word and (inside < 0 or ticked[inside][1] <= end):
                span = (end - len(word[0]), mark.end())
                self._link(span, text, line, *self._reference(word["name"]))

    def _link(self, span: tuple[int, int], text: str, line: int, shown: str, target: str) -> None:
        if target:
            context = context_of(text, *span, plain_words, without_links)
            self._connections.link(line, plain_words(shown), context, target)

    def _reference(self, text: str) -> tuple[str, str]:
        """Return what a reference of docutils shows and where it leads."""
        label, target = label_and_target(text)
        if target and not target.endswith("_"):
            return label, target_within(self._path, "".join(target.split()))
        shown, name = label or text, _normal((target or text).removesuffix("_"))
        for _ in range(5):
            defined = self._definitions.get(name)
            if defined is None:
                return shown, f"#{name}"
            if not defined.endswith("_"):
                return shown, target_within(self._path, defined)
            name = _normal(defined.strip("`_"))
        return "", ""


def _is_address(line: str) -> bool:
    return re.match(r"\s+https?://\S+$", line) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _normal(name: str) -> str:
    return " ".join(name.split()).casefold()

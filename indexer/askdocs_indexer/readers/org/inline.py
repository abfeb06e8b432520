"""Inline markup of Org as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html.entities import html5

from askdocs_indexer.readers.markdown_writer import code_span, literal, without_blocks
from askdocs_indexer.readers.org.lines import Settings

# What may stand before the first and behind the last mark of emphasis.
_BEFORE = r"(?<![^\s({'\"\-\[|])"
_AFTER = r"(?![^\s\-.,;:!?'\")}\[\]|\\])"
# Every repetition is bounded, so that no input makes matching quadratic.
_INLINE = re.compile(
    rf"""
      (?P<macro>\{{\{{\{{[A-Za-z][\w-]{{0,60}}(?:\([^{{}}]{{0,600}}\))?\}}\}}\}})
    | (?P<link>\[\[(?P<target>(?:[^\[\]\\]|\\.){{1,800}})\]
        (?:\[(?P<label>(?:[^\[\]]|\](?!\])){{1,600}})\])?\])
    | (?P<footnote>[ \t]*\[fn:[\w-]{{0,60}}(?::(?P<note>[^\[\]]{{0,600}}))?\])
    | (?P<citation>\[cite(?:/[\w/-]{{1,40}})?:(?P<keys>[^\[\]]{{1,400}})\])
    | (?P<code>{_BEFORE}(?P<tick>[=~])(?=\S)(?P<written>.{{1,400}}?)(?<=\S)(?P=tick){_AFTER})
    | (?P<emphasis>{_BEFORE}(?P<mark>[*/_+])(?=\S)(?P<text>.{{1,400}}?)(?<=\S)(?P=mark){_AFTER})
    | (?P<source>(?<![\w-])src_[\w+-]{{1,40}}(?:\[[^\[\]]{{0,200}}\])?
        \{{(?P<body>[^{{}}]{{1,400}})\}})
    | (?P<snippet>@@[\w-]{{1,40}}:.{{0,400}}?@@)
    | (?P<address><?(?:https?|ftp)://[^\s<>\[\]]{{1,800}}>?)
    | (?P<anchor><<<?(?P<name>[^<>\n]{{1,100}})>>>?)
    | (?P<math>\$\$.{{1,400}}?\$\$|\\\(.{{1,400}}?\\\)|\\\[.{{1,400}}?\\\]
        |(?<![\w$])\$(?=[^\s$.,;])[^$\n]{{1,200}}(?<=[^\s.,;])\$(?![\w$]))
    | (?P<entity>\\[A-Za-z]{{1,20}}\d{{0,2}}(?:\{{\}}|(?![A-Za-z])))
    | (?P<break>\\\\[ \t]*$)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_MARKS = {"*": "**", "/": "*", "_": "*", "+": "~~"}
_WEB = re.compile(r"(?:https?|ftp|mailto):\S+$")
_FILE = re.compile(r"(?:file|id|info|help|elisp|eww|kbd|fn|var|doom-[\w-]+):")
_PICTURE = re.compile(r"(?:file:)?[^\n]{1,400}\.(?:avif|gif|jpe?g|png|svg|webp)$", re.IGNORECASE)
_MACRO = re.compile(r"\{\{\{(?P<name>[\w-]+)(?:\((?P<arguments>.*)\))?\}\}\}", re.DOTALL)
_COMMA = re.compile(r"(?<!\\),")
# Entities of Org that HTML does not have under the same name.
_ENTITIES = {"dots": "…", "vert": "|", "under": "_", "slash": "/", "plusmn": "±"}


class Inline:
    """Rewrites a document's inline markup, with its macros and abbreviations of addresses."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._writers: dict[str, Callable[[re.Match[str]], str]] = {
            "address": lambda match: match[0],
            "anchor": lambda match: match["name"] if match[0].startswith("<<<") else "",
            "break": lambda match: "  ",
            "citation": lambda match: f"\\[{match['keys'].strip()}]",
            "code": lambda match: code_span(match["written"]),
            "emphasis": self._emphasis,
            "entity": lambda match: _entity(match[0]),
            "footnote": self._footnote,
            "link": self._link,
            "macro": self._macro,
            "math": lambda match: match[0],
            "snippet": lambda match: "",
            "source": lambda match: code_span(match["body"]),
        }

    def markdown(self, text: str) -> str:
        """Return a paragraph's markup as Markdown, keeping its line breaks."""
        return without_blocks(self._rewritten(text))

    def _rewritten(self, text: str) -> str:
        parts: list[str] = []
        position = 0
        for match in _INLINE.finditer(text):
            parts.append(literal(text[position : match.start()]))
            parts.append(self._writers[match.lastgroup or ""](match))
            position = match.end()
        parts.append(literal(text[position:]))
        return "".join(parts)

    def _emphasis(self, match: re.Match[str]) -> str:
        mark = _MARKS[match["mark"]]
        return f"{mark}{self._rewritten(match['text'])}{mark}"

    def _footnote(self, match: re.Match[str]) -> str:
        return f" ({self._rewritten(match['note'].strip())})" if match["note"] else ""

    def _link(self, match: re.Match[str]) -> str:
        """A link; of one into the project the text alone is shown."""
        target = re.sub(r"\\([\[\]\\])", r"\1", match["target"])
        label = self._rewritten(match["label"]) if match["label"] else ""
        name, colon, rest = target.partition(":")
        address = self._settings.links.get(name, "") if colon else ""
        if address:
            target = address.replace("%s", rest) if "%s" in address else address + rest
        if _WEB.match(target):
            picture = match["label"] and _PICTURE.match(match["label"])
            return f"[{label}]({target})" if label and not picture else target
        if label:
            return label
        if _PICTURE.match(target):
            return ""
        is_heading = target.startswith(("*", "#"))
        return literal(target[1:]) if is_heading else code_span(_FILE.sub("", target, count=1))

    def _macro(self, match: re.Match[str]) -> str:
        macro = _MACRO.match(match[0])
        name, written = (macro["name"].lower(), macro["arguments"] or "") if macro else ("", "")
        arguments = [value.strip().replace("\\,", ",") for value in _COMMA.split(written)]
        text = self._settings.macros.get(name, "")
        # A macro may hold others, but not itself; code of Lisp is not run.
        if not text or text.startswith("(eval") or "{{{" in text:
            shown = ", ".join(arguments)
            return code_span(shown) if name == "kbd" else literal(shown)
        return self._rewritten(_with_arguments(text, arguments))


def _with_arguments(text: str, arguments: Sequence[str]) -> str:
    """Return a macro's text with `$1` and the like filled in."""
    values = {str(number): value for number, value in enumerate(arguments, 1)}
    return re.sub(r"\$(\d)", lambda match: values.get(match[1], ""), text)


def _entity(written: str) -> str:
    name = written[1:].removesuffix("{}")
    shown = _ENTITIES.get(name) or html5.get(f"{name};")
    return shown if shown and name not in {"in", "n", "t"} else literal(written)

"""Inline markup of AsciiDoc as Markdown, or as the bare text that is shown in code."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial

from askdocs_indexer.readers.asciidoc.attribute_lists import attribute_list
from askdocs_indexer.readers.asciidoc.attributes import CHARACTERS, Attributes
from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.markdown_writer import code_span, literal, without_blocks


def _within(mark: str) -> str:
    """Return a pattern for text between two marks that stand at the ends of words.

    It passes a mark only between characters of words, where none opens: so no character is looked
    at twice for the sake of marks that are never closed.
    """
    return rf"(?=[^\s{mark}])(?:[^{mark}]|(?<=\w){mark}(?=\w)){{1,2000}}+(?<!\s)"


def _between(mark: str) -> str:
    """Return a pattern for text between two doubled marks."""
    return rf"(?:[^{mark}]|{mark}(?!{mark})){{1,2000}}+"


_BETWEEN_PLUSES, _WITHIN_PLUSES = _between(r"\+"), _within(r"\+")
_BETWEEN_STARS, _WITHIN_STARS = _between(r"\*"), _within(r"\*")
_BETWEEN_HASHES, _WITHIN_HASHES = _between(r"\#"), _within(r"\#")
_CONTENT = r"(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.){0,300}+\]){0,3000}+"
_INLINE = re.compile(
    rf"""
    (?P<escape>\\{{1,2}})?(?:
      pass:[a-z,]{{0,40}}\[(?P<passed>(?:[^\]\\]|\\.){{0,600}}+)\]
    | \+\+\+(?P<raw>(?:[^+]|\+(?!\+\+)){{1,2000}}+)\+\+\+
    | \+\+(?P<verbatim>{_BETWEEN_PLUSES})\+\+
    | `\+(?P<typed>(?:[^+`]|\+(?!`)){{1,1000}}+)\+`
    | (?<![\w+\\])\+(?P<exact>{_WITHIN_PLUSES})\+(?!\w)
    | ``(?P<monospace>{_between("`")})``
    | (?<![\w`"'])`(?P<code>(?=[^\s`])[^`]{{1,1000}}+(?<!\s))`(?![\w`"'])
    | "`(?P<quote>(?=[^\s`])[^`]{{1,1000}}+(?:`(?!")[^`]{{1,1000}}+){{0,8}}+)`"
    | '`(?P<single>(?=[^\s`])[^`]{{1,1000}}+)`'
    | (?<!\w)(?P<role>\[(?:[.\#%][\w.\#%-]{{1,100}}|underline|overline|line-through|big|small)\])
      (?=[*_`\#+^~])
    | \*\*(?P<bold>{_BETWEEN_STARS})\*\*
    | (?<![\w*])\*(?P<strong>{_WITHIN_STARS})\*(?![\w*])
    | __(?P<italic>{_between("_")})__
    | (?<![\w_])_(?P<emphasis>{_within("_")})_(?![\w_])
    | \#\#(?P<highlight>{_BETWEEN_HASHES})\#\#
    | (?<![\w\#&])\#(?P<mark>{_WITHIN_HASHES})\#(?![\w\#])
    | \^(?P<superscript>[^\s^]{{1,60}}+)\^
    | ~(?P<subscript>[^\s~]{{1,60}}+)~
    | \[\[\[(?P<entry>[\w:.-]{{1,100}}+)(?:,(?P<entrytext>[^\[\]]{{0,200}}+))?\]\]\]
    | \[\[(?P<anchor>[A-Za-z_:][\w:.-]{{0,200}}+)(?:,[^\[\]]{{0,300}}+)?\]\]
    | \(\(\((?P<hidden>[^()]{{1,300}}+)\)\)\)
    | \(\((?P<term>[^()]{{1,300}}+)\)\)
    | <<(?P<reference>[\w/.\#"][^<>]{{0,400}}+)>>
    | (?P<open><)?(?P<macro>(?<!\w)(?:[a-z][\w-]{{0,40}}+|\w{{1,40}}?footnote)):(?!:)
      (?P<target>(?:\+\+[^+\s]{{1,400}}+\+\+|(?!\+\+)[^\s\[\]<>`]{{0,1000}}+)
        |(?<=menu:)\w[^\n\[\]]{{0,60}}+|(?<=image:)\w[^\n\[\]]{{0,200}}+)
      \[(?P<content>{_CONTENT})\]
    | (?P<url>(?<![\w/])(?:https?|ftp|irc)://[^\s<>\[\]`"]{{1,2000}}+(?<![.,:;!?)]))
    | \{{(?P<character>{"|".join(CHARACTERS)})\}}
    | \{{[\w-]{{1,100}}\}}/[^\s\[\]<>`]{{0,300}}+\[(?P<unresolved>{_CONTENT})\]
    | (?P<braces>\{{[\w:!-]{{1,100}}\}})
    | (?P<entity>&(?:\#\d{{1,7}}|\#x[\da-fA-F]{{1,6}}|[A-Za-z]\w{{1,30}});)
    | (?P<break>[ ]\+(?=\n|$))
    | (?P<sign>\((?:C|R|TM)\)|(?<=\w)--(?=\w)|(?<=[ ])--(?=[ \n])|\.\.\.|[-=]>|<[-=](?![-=]))
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_SIGNS = {
    "(C)": "©",
    "(R)": "®",
    "(TM)": "™",
    "--": "—",
    "...": "…",
    "->": "→",
    "=>": "⇒",
    "<-": "←",
    "<=": "⇐",
}
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_WEB = re.compile(r"(?:https?|ftp|irc)://\S+$")
_ESCAPED_BRACKET = re.compile(r"\\([\[\]])")
_NAMED = re.compile(r"(?:^|,)\s*\w[\w-]*\s*=")
_FORMULAS = words("asciimath latexmath stem")
_UNSEEN_MACROS = words("anchor audio icon indexterm video")
# No text nests markup deeper; the rest stays as it was written.
_DEEPEST = 8


class Inline:
    """Writes inline markup; `titles` are the texts of references by what they refer to."""

    def __init__(self, attributes: Attributes, titles: Mapping[str, str]) -> None:
        self._attributes = attributes
        self._titles = titles
        # Each gets the text of a piece of markup and how deep it is nested.
        self._pieces: dict[str, Callable[[str, int], str]] = {
            **dict.fromkeys(("passed", "raw", "verbatim", "exact", "braces"), self._literal),
            **dict.fromkeys(
                ("bold", "strong"), lambda text, depth: self._marked("**", text, depth)
            ),
            **dict.fromkeys(
                ("italic", "emphasis"), lambda text, depth: self._marked("*", text, depth)
            ),
            **dict.fromkeys(("role", "anchor", "hidden"), lambda text, depth: ""),
            **dict.fromkeys(
                ("monospace", "code"), lambda text, depth: self._coded(self.code(text))
            ),
            **dict.fromkeys(("entry", "entrytext"), self._entry),
            "break": lambda text, depth: "  ",
            "character": lambda text, depth: self._plain(CHARACTERS[text]),
            "entity": lambda text, depth: self._plain(html.unescape(text)),
            "quote": lambda text, depth: f"“{self._shown(text, depth)}”",
            "reference": self._reference,
            "sign": lambda text, depth: _SIGNS[text],
            "single": lambda text, depth: f"‘{self._shown(text, depth)}’",
            "subscript": lambda text, depth: self._shown(_script(text, _LOWERED), depth),
            "superscript": lambda text, depth: self._shown(_script(text, _RAISED), depth),
            "unresolved": self._label,
            "typed": lambda text, depth: self._coded(text),
            "url": lambda text, depth: text,
        }
        # Each gets a macro's target, the text in its brackets, and how deep it is nested.
        self._macros: dict[str, Callable[[str, str, int], str]] = {
            **dict.fromkeys(_FORMULAS, lambda target, text, depth: self._coded(text)),
            **dict.fromkeys(_UNSEEN_MACROS, lambda target, text, depth: ""),
            "btn": lambda target, text, depth: self._marked("**", text, depth),
            "image": lambda target, text, depth: self._plain(attribute_list(text).at(0)),
            "indexterm2": lambda target, text, depth: self._shown(text, depth),
            "kbd": lambda target, text, depth: self._coded(text),
            "link": lambda target, text, depth: self._link(target.strip("+"), text, depth),
            "mailto": lambda target, text, depth: self._label(text, depth) or self._plain(target),
            "menu": self._menu,
            "xref": lambda target, text, depth: (
                self._label(text, depth) or self._title(target, depth)
            ),
        }

    def markdown(self, text: str) -> str:
        """Return a paragraph as Markdown, keeping its line breaks."""
        return without_blocks(self._shown(self._attributes.expanded(text), 0)).strip()

    def code(self, text: str) -> str:
        """Return the text that a renderer shows for markup inside of code."""
        return self._bare.shown(text)

    @cached_property
    def _bare(self) -> _Plain:
        return _Plain(self._attributes, self._titles)

    def _shown(self, text: str, depth: int) -> str:
        if depth > _DEEPEST:
            return self._plain(text)
        parts: list[str] = []
        position = 0
        for match in _INLINE.finditer(text):
            parts.append(self._plain(text[position : match.start()]))
            parts.append(self._piece(match, depth + 1))
            position = match.end()
        parts.append(self._plain(text[position:]))
        return "".join(parts)

    def _piece(self, match: re.Match[str], depth: int) -> str:
        if match["escape"]:
            return self._plain(match[0].lstrip("\\"))
        kind = match.lastgroup or ""
        if kind == "content":
            return self._macro(match, depth)
        return self._pieces.get(kind, self._shown)(match[kind], depth)

    def _literal(self, text: str, depth: int) -> str:
        return self._plain(_ESCAPED_BRACKET.sub(r"\1", text))

    def _entry(self, text: str, depth: int) -> str:
        """The name of an entry in a bibliography."""
        return self._plain(f"[{text.strip()}]")

    # -- macros -----------------------------------------------------------------------------

    def _macro(self, match: re.Match[str], depth: int) -> str:
        name, target = match["macro"], match["target"]
        content = _ESCAPED_BRACKET.sub(r"\1", match["content"])
        if name.endswith(("footnote", "footnoteref")):
            # It may stand at the end of a word.
            before = name.removesuffix("ref").removesuffix("footnote")
            note = content.partition(",")[2] if name.endswith("ref") else content
            return f"{before} ({self._shown(note, depth)})" if note else before
        if _WEB.match(f"{name}:{target}"):
            return self._link(f"{name}:{target}", content, depth)
        return self._macros.get(name, partial(self._unknown, name))(target, content, depth)

    def _unknown(self, name: str, target: str, content: str, depth: int) -> str:
        """A macro of an extension mostly shows its text, or else the name that is its target."""
        if not target:
            return self._plain(f"{name}:[{content}]")
        return self._label(content, depth) or self._coded(target)

    def _menu(self, target: str, content: str, depth: int) -> str:
        return self._marked("**", " > ".join(filter(None, (target, content))), depth)

    def _link(self, target: str, content: str, depth: int) -> str:
        label = self._label(content, depth).removesuffix("^")
        if not label or label == target:
            return target
        return self._linked(label, target) if _WEB.match(target) else label

    def _label(self, content: str, depth: int) -> str:
        """Return the text in a macro's brackets, where attributes may follow it."""
        if _NAMED.search(content):
            content = attribute_list(content).at(0)
        return self._shown(" ".join(content.split()), depth)

    def _reference(self, reference: str, depth: int) -> str:
        target, comma, text = reference.partition(",")
        return self._label(text.strip(), depth) if comma else self._title(target, depth)

    def _title(self, target: str, depth: int) -> str:
        """Return what a reference without a text shows: the title of its target."""
        path, _, fragment = target.partition("#")
        name = fragment or path
        title = self._titles.get(name) or self._titles.get(" ".join(name.lower().split()))
        if title and (not fragment or not path):
            return self._shown(title, depth)
        stem = re.split(r"[/:]", re.sub(r"(?:/index)?\.(?:adoc|asciidoc|html)$", "", path))[-1]
        return self._plain(re.sub(r"[-_]+", " ", (fragment or stem).strip("_")).strip())

    # -- Markdown ---------------------------------------------------------------------------

    def _plain(self, text: str) -> str:
        return literal(text)

    def _coded(self, text: str) -> str:
        return code_span(" ".join(text.split()))

    def _marked(self, mark: str, text: str, depth: int) -> str:
        shown = self._shown(text, depth)
        stripped = shown.strip()
        if not stripped or stripped[0] in "*`":
            return shown
        return shown.replace(stripped, f"{mark}{stripped}{mark}", 1)

    def _linked(self, label: str, target: str) -> str:
        return f"[{label}]({target})"


class _Plain(Inline):
    """Writes the same without any marks."""

    def shown(self, text: str) -> str:
        return self._shown(self._attributes.expanded(text), 0)

    def code(self, text: str) -> str:
        return self._shown(text, 1)

    def _plain(self, text: str) -> str:
        return text

    def _coded(self, text: str) -> str:
        return text

    def _marked(self, mark: str, text: str, depth: int) -> str:
        return self._shown(text, depth)

    def _linked(self, label: str, target: str) -> str:
        return label


def _script(text: str, table: dict[int, int]) -> str:
    """Return text in raised or lowered characters where there are such; else as it is."""
    return text.translate(table) if all(ord(character) in table for character in text) else text

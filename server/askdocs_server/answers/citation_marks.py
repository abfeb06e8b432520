"""Citation marks such as `[1]` in an answer's Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from askdocs_server.text.markdown import CITATION, CODE_SPAN, code_and_text, ends_with_code, runs

_CITED = re.compile(rf"{CODE_SPAN}|(?P<space>\s*)(?<!\\)(?P<marks>{CITATION}(?:\s*{CITATION})*)")
_MARK = re.compile(CITATION)
_WORDS = re.compile(r"\A\[([\d,\s]*?)\s*(?:[:,]?\s*[\"“”„«「『]([\s\S]*)[\"”“»」』])?\s*\]\Z")
_NEXT = re.compile(r"[\"”“»」』]\s*[,;]\s*[\"“”„«「『]")
_LOOKS_CITED = re.compile(r"(?<!\\)\[(\d+)\](?!\()")


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation in a model's text: its number, None where it names no passage, and the words that
    it quotes, "" for none."""

    number: int | None
    words: str = ""


def take_marks(sentence: str, numbers: Mapping[int, int]) -> tuple[str, tuple[Mark, ...]]:
    """Take the citation marks out; returns the text and the marks, in order.

    `numbers` maps what a mark may say to what it means. `items[0]` is not a citation: code is left
    alone, and so are unknown numbers that follow a word.
    """
    marks: list[Mark] = []

    def take(match: re.Match[str]) -> str:
        if match["ticks"]:
            return match[0]
        taken = [mark for text in _MARK.findall(match["marks"]) for mark in _marks(text, numbers)]
        if not match["space"] and all(mark == Mark(None) for mark in taken):
            return match[0]
        marks.extend(mark for mark in taken if mark != Mark(None))
        return ""

    return _marks_replaced(take, sentence), tuple(dict.fromkeys(marks))


def _marks(text: str, numbers: Mapping[int, int]) -> list[Mark]:
    """Return what one pair of brackets cites; what it quotes is of its last number."""
    match = _WORDS.match(text)
    if match is None:
        return []
    *others, last = (numbers.get(int(number)) for number in re.findall(r"\d+", match[1]))
    return [*map(Mark, others), *(Mark(last, words) for words in _NEXT.split(match[2] or ""))]


def citation_marks(numbers: Sequence[int]) -> str:
    """Citation numbers as they stand in an answer: `[1][3]`."""
    return "".join(f"[{number}]" for number in numbers)


def with_marks(text: str, marks: str) -> str:
    """Put marks such as `[1]` behind a sentence, before the white space at its end.

    Behind a code block they get a paragraph of their own; in a table row they join the last cell.
    """
    body = text.rstrip()
    if not marks or not body:
        return text
    space = text[len(body) :]
    if ends_with_code(body):
        return f"{body}\n\n{marks}{space}"
    if body.endswith("|"):
        return f"{body[:-1].rstrip()} {marks} |{space}"
    return f"{body} {marks}{space}"


def without_marks(text: str) -> str:
    """Take all citation marks out, as those of an answer to another question."""
    return _marks_replaced(lambda match: match[0] if match["ticks"] else "", text)


def escaped_marks(text: str) -> str:
    """Escape what looks like a citation mark in a text that is quoted; code is left alone."""
    return "".join(
        piece if is_code else _LOOKS_CITED.sub(r"\\[\1\\]", piece)
        for piece, is_code in code_and_text(text)
    )


def _marks_replaced(replacement: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace what `_CITED` matches outside of blocks of code."""
    return "\n".join(
        lines if run.fence else _CITED.sub(replacement, lines)
        for run in runs(text)
        for lines in ("\n".join(run.lines),)
    )

"""Citation marks such as `[1]` in an answer's Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from askdocs_server.text.markdown import code_and_text, ends_with_code

_MARK = r"\[\d{1,2}(?:\s*,\s*\d{1,2})*\](?!\()"
_CITED = re.compile(rf"(\s*)(?<!\\)({_MARK}(?:\s*{_MARK})*)")
_LOOKS_CITED = re.compile(r"(?<!\\)\[(\d+)\](?!\()")


def take_marks(sentence: str, numbers: Mapping[int, int]) -> tuple[str, tuple[int, ...]]:
    """Take the citation marks out; returns the text and what the known numbers stand for, in order.

    `numbers` maps what a mark may say to what it means. `items[0]` is not a citation: code is left
    alone, and so are unknown numbers that follow a word.
    """
    cited: list[int] = []

    def take(match: re.Match[str]) -> str:
        named = [int(number) for number in re.findall(r"\d+", match[2])]
        if not match[1] and not numbers.keys() >= set(named):
            return match[0]
        cited.extend(numbers[number] for number in named if number in numbers)
        return ""

    return _outside_code(_CITED, take, sentence), tuple(dict.fromkeys(cited))


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
    """Take all citation marks out of an answer: they name passages of another question."""
    return _outside_code(_CITED, "", text)


def escaped_marks(text: str) -> str:
    """Escape what looks like a citation mark in a text that is quoted; code is left alone."""
    return _outside_code(_LOOKS_CITED, r"\\[\1\\]", text)


def _outside_code(
    pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str], text: str
) -> str:
    return "".join(
        piece if is_code else pattern.sub(replacement, piece)
        for piece, is_code in code_and_text(text)
    )

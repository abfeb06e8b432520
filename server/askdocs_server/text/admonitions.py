"""Admonitions of Markdown's dialects, as the bold label that the readers give those of Sphinx.

Editors know none of the marks: `!!! warning "Title"` (MkDocs), `/// warning | Title` (its blocks),
`:::warning[Title]` (Docusaurus, VitePress, Pandoc, MyST) and `> [!WARNING]` (GitHub, Obsidian).
"""

from __future__ import annotations

import re

from askdocs_server.text.markdown import LIST_MARK, runs

_MARKER = re.compile(
    # What a list or a quote puts before it.
    r"(?P<before>[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+)*)"
    r"(?:(?:!!!|\?\?\?\+?)[ \t]+(?P<box>[\w-]+)(?:[ \t]+[\w-]+)*(?:[ \t]+\"(?P<title>.*?)\")?[ \t]*"
    r"|===[!+]?[ \t]+\"(?P<tab>[^\"]+)\"[ \t]*"
    r"|(?P<colons>:{3,})[ \t]*(?P<head>[\w{.#].*)?"
    r"|(?P<slashes>/{3,})[ \t]*(?P<block>[\w-]+)?[ \t]*(?:\|[ \t]*(?P<caption>.*))?"
    r"|\[!(?P<kind>[\w-]+)\][-+]?[ \t]*(?P<words>.*))$"
)
_KIND = re.compile(r"\{?[ \t]*[.]?(?:callout-)?(?P<kind>[A-Za-z][\w-]*)\}?(?P<rest>.*)$")
_ATTRIBUTE = re.compile(r"\btitle=[\"'](?P<title>[^\"']*)[\"']")
_ATTRIBUTES = re.compile(r"\{[^{}]*\}")
# A table or a heading begins, before which a label stands alone.
_NO_PROSE = re.compile(r"[|#]")
_INDENT = 4
# What containers and boxes with a meaning are called. A container by another name is layout.
_KINDS = frozenset(
    {
        *("abstract", "attention", "bug", "caution", "danger", "error", "example", "failure"),
        *("hint", "important", "info", "note", "question", "quote", "seealso", "success"),
        *("summary", "tip", "todo", "warning"),
    }
)
_LABELS = {"seealso": "See also", "todo": "To do"}


def labelled(markdown: str) -> str:
    """Return Markdown in which admonitions are paragraphs that begin with `**Warning:**`."""
    rewriter = _Rewriter()
    for run in runs(markdown):
        for line in run.lines:
            rewriter.take(line, is_code=run.fence is not None)
    return rewriter.text()


class _Rewriter:
    """Takes a text line by line and puts an admonition's label before its first words."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._label = ""
        # What is inside an admonition of MkDocs is indented that far, which would make code of it;
        # the admonition itself may be indented.
        self._inner = self._outer = 0

    def take(self, line: str, *, is_code: bool) -> None:
        """Take the next line."""
        marker = None if is_code else _marker(line)
        if marker is not None:
            self._open(marker)
            return
        text = self._dedented(line)
        if not self._label:
            self._lines.append(text)
        elif is_code or text.strip(" \t>"):
            self._lines.append(
                f"{_alone(self._label)}{text}" if is_code else _led(self._label, text)
            )
            self._label = ""

    def text(self) -> str:
        """Return what has become of the lines."""
        return "\n".join([*self._lines, _alone(self._label)] if self._label else self._lines)

    def _open(self, marker: re.Match[str]) -> None:
        before, words = marker["before"], _label(marker)
        if self._label:
            self._lines.append(_alone(self._label))
        if ">" not in before:
            self._lines.append("")
        self._label = f"{before}{words}" if words else ""
        self._outer = len(before)
        self._inner = self._outer + _INDENT if marker["box"] or marker["tab"] else 0

    def _dedented(self, line: str) -> str:
        if not line.strip():
            return line
        if not line[: self._inner].isspace():
            self._inner = 0
        return " " * self._outer + line[self._inner :] if self._inner else line


def _marker(line: str) -> re.Match[str] | None:
    match = _MARKER.match(line)
    return None if match and match["kind"] and ">" not in match["before"] else match


def _led(label: str, line: str) -> str:
    text = line.lstrip(" \t>")
    if _NO_PROSE.match(text) or LIST_MARK.match(text):
        return f"{_alone(label)}{line}"
    return f"{label} {text}"


def _alone(label: str) -> str:
    """Return a label as a paragraph of its own."""
    quote = label[: label.index("**")].rstrip() if label.lstrip().startswith(">") else ""
    return f"{label.removesuffix(':**')}**\n{quote}\n"


def _label(marker: re.Match[str]) -> str:
    """Return what stands for an admonition's first line, "" for a container's."""
    if marker["colons"]:
        kind, title = _of_container(marker["head"] or "")
    elif marker["slashes"]:
        kind, title = _of_block((marker["block"] or "").lower(), marker["caption"] or "")
    elif marker["kind"]:
        kind, title = marker["kind"], marker["words"]
    else:
        kind, title = marker["box"] or "", marker["title"] or marker["tab"] or ""
    title = title.replace("*", "").strip().rstrip(":")
    name = _LABELS.get(kind.lower(), kind.replace("-", " ").capitalize())
    if name and title and not title.lower().startswith(name.lower()):
        title = f"{name}: {title}"
    words = title or name
    return f"**{words}:**" if words else ""


def _of_block(kind: str, title: str) -> tuple[str, str]:
    """Return the kind and the title of a block; one by another name is layout."""
    return ("", title) if kind in ("", "admonition", "details", "tab") else (kind, title)


def _of_container(head: str) -> tuple[str, str]:
    """Return the kind and the title that a line such as `:::note[Title]` gives."""
    match = _KIND.match(head)
    if match is None:
        return "", ""
    kind, rest = match["kind"].lower(), match["rest"]
    attribute = _ATTRIBUTE.search(rest)
    title = attribute["title"] if attribute else _ATTRIBUTES.sub("", rest).strip(" }:")
    if title.startswith("[") and title.endswith("]"):
        title = title[1:-1]
    if kind in _KINDS:
        return kind, title
    return "", title if kind in {"admonition", "details", "tab"} else ""

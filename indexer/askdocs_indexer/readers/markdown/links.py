"""Links whose target stands elsewhere in a document, written with the target in place.

A section is shown without the definitions at the end of its page: `[text][label]` would be left
with its brackets there.
"""

from __future__ import annotations

import re
from typing import Any

from markdown_it.common.utils import normalizeReference

# Bounded and possessive, so that no run of brackets makes matching quadratic.
_LINK = re.compile(
    r"""
      (?P<verbatim>
        \\. | ^[ \t>]*(?P<fence>```+|~~~+).*?(?:^[ \t>]*(?P=fence)|\Z)
      | (?P<ticks>`+)(?!`).{1,400}?(?<!`)(?P=ticks)(?!`)
      | ^[ \t>]*\[(?:[^\[\]\\]|\\.){1,400}\]:)
    | (?P<mark>!?)\[(?P<text>(?:
          [^\[\]\\`]|\\.|`[^`]{1,300}`
        | \[(?:[^\[\]\\]|\\.){0,300}+\](?:\([^()\s]{0,1000}\)|\[[^\[\]]{0,300}\])?
      ){1,1000}+)\](?:\[(?P<label>[^\[\]]{0,400})\]|(?P<inline>\())?
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
# Generators of documentation find what such a label names among the symbols of the code.
_SYMBOL = re.compile(r"`?[A-Za-z_]\w*(?:(?:\.|::|\#)\w+)+(?:\(\))?`?")


class Links:
    """The definitions of links in a document, which its parser adds to `environment`."""

    def __init__(self) -> None:
        self.environment: dict[str, Any] = {}

    def resolved(self, markdown: str) -> str:
        """Return Markdown with the targets of its links in place; it keeps its number of lines."""
        return _LINK.sub(self._resolved, markdown) if "[" in markdown else markdown

    def _resolved(self, link: re.Match[str]) -> str:
        if link["verbatim"]:
            return link[0]
        text = self.resolved(link["text"])
        opening = f"{link['mark']}[{text}]"
        if link["inline"]:
            return f"{opening}("
        label = link["label"] or link["text"]
        target = self._target(label)
        breaks = "\n" * (link["label"] or "").count("\n")
        if target is not None:
            return f"{opening}({target}){breaks}"
        is_index = link.start() > 0 and link.string[link.start() - 1].isalnum()
        if link["label"] is not None and _SYMBOL.fullmatch(label) and not is_index:
            return f"{text}{breaks}"
        return opening + ("" if link["label"] is None else f"[{link['label']}]")

    def _target(self, label: str) -> str | None:
        definition = self.environment.get("references", {}).get(normalizeReference(label))
        if definition is None:
            return None
        # Parentheses would have to be balanced.
        return str(definition["href"]).replace("(", "%28").replace(")", "%29")

"""Front matter above a Markdown document: YAML, TOML or JSON, as Hugo and others read it.

Read are the values of its outermost keys that say in words what the page is about.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from askdocs_indexer.readers.markdown_writer import plain

_YAML_FENCE = re.compile(r"---(?:ya?ml)?$")
_YAML_ENDS = frozenset({"---", "..."})
# The opening line -> the format and the closing line.
_TOML_FENCES = {"+++": "+++", "---toml": "---"}
_JSON_FENCES = {"---json": "---", ";;;": ";;;"}
# A line between horizontal rules that is not a key may be prose.
_YAML_LINE = re.compile(r"(?P<key>[\w\"'.@$-][^:]{0,100}:(?:\s|$))|\s|#|- |[\]}]|$")
_YAML_KEY = re.compile(r"[\"']?(?P<key>[\w.-]{1,100})[\"']?[ \t]{0,9}:(?:[ \t]+(?P<value>.*))?$")
_BLOCK_SCALAR = re.compile(r"[>|][+\-0-9]{0,2}\s*(?:#.*)?$")
_LIST_ITEM = re.compile(r"\s*-\s+(?P<value>.*)")
_DOUBLE_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*+\"")
_SINGLE_QUOTED = re.compile(r"'(?P<text>(?:[^']|'')*+)'")
_FLOW_ITEM = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^']|'')*+'|[^,\[\]\"'\s][^,\[\]]*+")
_COMMENT = re.compile(r"(?:^|\s)#.*$")

_DESCRIPTIONS = ("description", "summary", "abstract", "subtitle", "excerpt", "lead", "tagline")
# What a page is found by, beside its text: in menus, in lists of tags, by search engines.
_INDEX = (
    "title", "description", "keywords", "keyword", "tags", "categories", "linktitle", "nav_title",
    "navtitle", "short_title", "shorttitle", "sidebar_label", "sidebar_title", "sidebartitle",
    "menu_title", "meta_title", "seotitle", "subtitle", "summary", "abstract", "excerpt",
    "synonyms", "search_keywords", "f1_keywords", "helpviewer_keywords",
)  # fmt: skip
_ALIASES = ("aliases", "alias", "redirect_from", "redirects", "redirect_urls", "old_urls")
_LABELS = ("uid",)
_ADDRESSES = ("permalink", "slug", "url", "id")
# What a home page is made of: VitePress' and Starlight's `hero`, VuePress' `features`, with the
# fields in them that are words.
_HOME = ("hero", "features")
_HOME_FIELD = re.compile(
    r"\s*(?:- )?\s*[\"']?(?P<key>description|details|name|tagline|text|title)[\"']?:\s+"
    r"(?P<value>\S.*)"
)

_Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What front matter says of its page, "" for nothing, and how many lines it takes.

    `texts` are the words of a home page. `index` are the words that the page is found by, `aliases`
    the addresses that lead to it from elsewhere, `labels` what links may call it, and `addresses`
    its own on the site; those without a slash in front are inside its folder.
    """

    lines: int
    title: str
    description: str
    keywords: str
    texts: tuple[str, ...] = ()
    index: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


def front_matter(text: str) -> FrontMatter | None:
    """Return the front matter that a document begins with, or None."""
    matter = _json(text) if text[:1] == "{" else _fenced(text)
    if matter is None:
        return None
    values = {key.lower(): value for key, value in matter[0].items()}
    descriptions = (_words(values.get(key)) for key in _DESCRIPTIONS)
    return FrontMatter(
        lines=matter[1],
        title=plain(_words(values.get("title"))),
        description=next(filter(None, descriptions), ""),
        keywords=_words(values.get("keywords")),
        texts=tuple(text for key in _HOME for text in _home(values.get(key))),
        index=tuple(_listed(values, _INDEX)),
        aliases=tuple(_listed(values, _ALIASES)),
        labels=tuple(_listed(values, _LABELS)),
        addresses=tuple(_listed(values, _ADDRESSES)),
    )


def _json(text: str) -> tuple[_Values, int] | None:
    """Read an object that begins the text and is followed by the end of its line."""
    try:
        values, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    rest = text[end:].split("\n", 1)[0]
    return None if rest.strip() or not values else (values, text.count("\n", 0, end) + 1)


def _fenced(text: str) -> tuple[_Values, int] | None:
    """Read front matter between two marks, each on a line of its own."""
    mark = text.split("\n", 1)[0].rstrip()
    if _YAML_FENCE.match(mark):
        return _yaml(text.split("\n"))
    closing = _TOML_FENCES.get(mark) or _JSON_FENCES.get(mark)
    if closing is None:
        return None
    lines = [line.rstrip() for line in text.split("\n")]
    end = lines.index(closing, 1) if closing in lines[1:] else 0
    try:
        body = "\n".join(lines[1:end])
        values = tomllib.loads(body) if mark in _TOML_FENCES else json.loads(body)
    except (ValueError, RecursionError):
        return None
    return (values, end + 1) if isinstance(values, dict) and values else None


def _yaml(lines: Sequence[str]) -> tuple[_Values, int] | None:
    has_keys = False
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() in _YAML_ENDS:
            return (_yaml_values(lines[1:index]), index + 1) if has_keys else None
        match = _YAML_LINE.match(line.rstrip())
        if match is None:
            return None
        has_keys = has_keys or match["key"] is not None
    return None


def _yaml_values(lines: Sequence[str]) -> _Values:
    """Return the outermost keys with their values, as far as these are words or lists of words."""
    keys = {i: match for i, line in enumerate(lines) if (match := _YAML_KEY.match(line.rstrip()))}
    ends = [*keys, len(lines)][1:]
    return {
        match["key"]: _yaml_home(lines[start + 1 : end])
        if match["key"] in _HOME
        else _yaml_value((match["value"] or "").strip(), lines[start + 1 : end])
        for (start, match), end in zip(keys.items(), ends, strict=True)
    }


def _yaml_home(lines: Sequence[str]) -> list[_Values]:
    """Return the fields of a home page that are words, each a mapping of its own."""
    fields: list[dict[str, str]] = []
    is_open = False
    for line in lines:
        match = _HOME_FIELD.match(line)
        if match:
            value = match["value"]
            is_folded = _BLOCK_SCALAR.match(value) is not None
            fields.append({match["key"]: "" if is_folded else _scalar(value)})
        elif is_open and not _YAML_KEY.match(line.strip("- ")):
            key, value = next(iter(fields[-1].items()))
            fields[-1][key] = f"{value} {line.strip()}"
        is_open = match is not None or (is_open and not _YAML_KEY.match(line.strip("- ")))
    return list(fields)


def _home(value: object) -> Iterator[str]:
    """Yield the words of a part of a home page, in Markdown: titles are bold."""
    for field in value if isinstance(value, list) else [value]:
        if isinstance(field, dict):
            for key in ("name", "title", "text", "tagline", "details", "description"):
                if words := _words(field.get(key)):
                    yield f"**{words}**" if key in {"name", "title"} else words


def _yaml_value(value: str, below: Sequence[str]) -> object:
    """Return a value that begins beside its key and goes on in the lines below."""
    if _BLOCK_SCALAR.match(value):
        return " ".join(below)
    items = [match["value"] for line in below if (match := _LIST_ITEM.match(line))]
    if items and not _COMMENT.sub("", value):
        return [_scalar(item) for item in items]
    whole = " ".join([value, *(line.strip() for line in below)])
    if value[:1] == "[":
        return [_scalar(item) for item in _FLOW_ITEM.findall(whole)]
    if value[:1] in {'"', "'"}:
        return _scalar(whole)
    if not value and any(_YAML_KEY.match(line.strip()) for line in below):
        return None  # Keys of its own.
    return " ".join(_COMMENT.sub("", line) for line in (value, *below))


def _scalar(written: str) -> str:
    """Return what a scalar in a single line says, quoted or not."""
    if double := _DOUBLE_QUOTED.match(written):
        try:
            return str(json.loads(double[0], strict=False))
        except ValueError:  # An escape that only YAML knows.
            return re.sub(r"\\(.)", r"\1", double[0][1:-1])
    if single := _SINGLE_QUOTED.match(written):
        return single["text"].replace("''", "'")
    return _COMMENT.sub("", written).strip()


def _listed(values: _Values, keys: Sequence[str]) -> Iterator[str]:
    """Yield what several keys say in words, the parts of a list one by one."""
    for value in map(values.get, keys):
        for part in value if isinstance(value, list) else [value]:
            if words := _words(part):
                yield words


def _words(value: object) -> str:
    """Return a value as words in a single line; "" for one that is no text."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    return " ".join(str(value).split()) if is_text else ""

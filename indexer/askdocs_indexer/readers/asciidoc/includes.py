"""Which file an `include` directive of AsciiDoc names, and which of its lines it asks for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

_TAG = re.compile(r"\b(?P<kind>tag|end)::(?P<name>[^\s\[\]]{1,200}+)\[\](?=\s|$|-->|\*/|\W*$)")
# Antora's `version@component:module:family$path`.
_RESOURCE = re.compile(
    r"(?:[\w.~-]{1,80}@)?(?:(?:[\w.-]{0,80}:)?(?P<module>[\w.-]{1,80}):)?"
    r"(?P<family>attachment|example|image|page|partial)\$(?P<path>.+)$"
)
_MODULE = re.compile(r"(?P<modules>(?:.*/)?modules/)(?P<module>[^/]+)/")
# The attributes in a component's settings, of which nothing else is of interest.
_ANTORA = re.compile(
    r"^asciidoc:[ ]*\n(?:[ ]*(?:#.*)?\n)*[ ]+attributes:[ ]*\n(?P<values>(?:[ ]{3,}.*\n?|\s*\n)+)",
    re.MULTILINE,
)
_VALUE = re.compile(r"\s+['\"]?(?P<name>\w[\w-]*)['\"]?:[ ]*(?P<value>.*?)\s*$")
_UNDEFINED = re.compile(r"\{\w[\w-]{0,100}\}/")
_RANGE = re.compile(r"\s*(?P<first>\d{1,9})\s*(?P<dots>\.\.)?\s*(?P<last>-?\d{1,9})?\s*$")
_ANY_TAG, _ANY_LINE = "*", "**"


def included_paths(target: str, path: str) -> list[str]:
    """Return the paths that a target in the file at `path` may mean, the likeliest first.

    All are relative to the root. A target with a slash in front begins there; so does mostly one
    that begins with an attribute which only a build script defines, or else in a folder around the
    file.
    """
    resource, undefined = _RESOURCE.match(target), _UNDEFINED.match(target)
    if resource:
        module = _MODULE.match(path)
        if module is None:
            return []
        name = resource["module"] or module["module"]
        targets = [f"{module['modules']}{name}/{resource['family']}s/{resource['path']}"]
    elif undefined:
        folders = path.split("/")[:-1]
        around = ("/".join(folders[:count]) for count in range(len(folders), 0, -1))
        targets = [f"{folder}/{target[undefined.end() :]}" for folder in ("", *around)]
    elif target[:1] == "/":
        targets = [target]
    else:
        targets = [f"{posixpath.dirname(path)}/{target}"]
    return [] if "://" in target else list(filter(None, map(_inside, targets)))


def _inside(path: str) -> str:
    """Return a path without steps up; "" where it leads out of the root."""
    normal = posixpath.normpath(path.lstrip("/"))
    return "" if normal == ".." or normal.startswith("../") else normal


def antora_settings(path: str) -> str:
    """Return where the settings of the component are that a page of Antora belongs to, or ""."""
    module = _MODULE.match(path)
    return f"{module['modules'].removesuffix('modules/')}antora.yml" if module else ""


def antora_attributes(settings: str) -> dict[str, str]:
    """Return the attributes that the settings of a component define for its pages."""
    section = _ANTORA.search(settings)
    if section is None:
        return {}
    values = (_VALUE.match(line) for line in section["values"].split("\n"))
    return {
        match["name"].lower(): match["value"].strip("\"'").removesuffix("@")
        for match in values
        if match
    }


def selected(lines: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """Return the lines that a directive's attributes ask for, without those that mark tags."""
    if "lines" in wanted:
        chosen = _by_number(lines, wanted["lines"])
    else:
        chosen = _by_tag(lines, wanted.get("tags", wanted.get("tag", "")))
    indent = wanted.get("indent", "")
    return _indented(chosen, int(indent)) if indent.isdecimal() and len(indent) < 3 else chosen


def _by_number(lines: Sequence[str], ranges: str) -> list[str]:
    numbers: set[int] = set()
    for part in re.split(r"[,;]", ranges):
        match = _RANGE.match(part)
        if match is None:
            continue
        first = int(match["first"])
        last = int(match["last"] or -1) if match["dots"] else first
        numbers.update(range(first, min(last if last >= 0 else len(lines), len(lines)) + 1))
    return [line for number, line in enumerate(lines, 1) if number in numbers]


def _by_tag(lines: Sequence[str], tags: str) -> list[str]:
    """Follow the rules of Asciidoctor: the nearest region of a tag that is named decides."""
    names = [name.strip() for name in re.split(r"[,;]", tags) if name.strip()]
    wanted = {name.lstrip("!"): not name.startswith("!") for name in names}
    any_tag = wanted.pop(_ANY_TAG, None)
    if _ANY_LINE in wanted:
        outside = wanted.pop(_ANY_LINE)
    elif names and names[0].lstrip("!") == _ANY_TAG:
        outside = not any_tag
    else:
        outside = any_tag is None and True not in wanted.values()
    regions: list[tuple[str, bool]] = []
    chosen: list[str] = []
    for line in lines:
        mark = _TAG.search(line) if "::" in line and "[]" in line else None
        is_chosen = regions[-1][1] if regions else outside
        if mark is None:
            chosen += [line] if is_chosen else []
        elif mark["kind"] == "end":
            _leave(regions, mark["name"])
        elif mark["name"] in wanted:
            regions.append((mark["name"], wanted[mark["name"]]))
        elif any_tag is not None:
            regions.append((mark["name"], any_tag and (is_chosen or not regions)))
    return chosen


def _leave(regions: list[tuple[str, bool]], name: str) -> None:
    for index in range(len(regions) - 1, -1, -1):
        if regions[index][0] == name:
            del regions[index]
            return


def _indented(lines: Sequence[str], indent: int) -> list[str]:
    """Return lines with another indentation in common."""
    expanded = [line.expandtabs(4) for line in lines]
    least = min((len(line) - len(line.lstrip()) for line in expanded if line.strip()), default=0)
    return [" " * indent + line[least:] if line.strip() else "" for line in expanded]

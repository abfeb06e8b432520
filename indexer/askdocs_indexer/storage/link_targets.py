"""What the targets of links and the sections that they lead to are called, in comparable form.

A link names a page by its file, by its address on the site that is built from it, or by a label;
a part of the page by an id that each generator makes from the title in its own way.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_SUFFIX = re.compile(
    r"\.(?:adoc|asc|asciidoc|htm|html|ipynb|livemd|markdown|md|mdx|mdown|mkd|org|qmd|rest|rmd|rst"
    r"|text|txt|xhtml)$",
    re.IGNORECASE,
)
# Pages that are called by the folder they are in.
_INDEX_PAGES = frozenset({"_index", "index", "readme"})
# Numbers put the files of a folder in order, and are not in the address of the page.
_ORDER = re.compile(r"(?:^|(?<=/))(?:\d{1,4}[-_.]\s?|_)(?=\w)")
_SIGNS = re.compile(r"[\W_]+")
_LEADING_NUMBER = re.compile(r"[\d.]+\s")
_REPEATED = re.compile(r"(?P<slug>.+)[-_](?P<number>\d{1,3})$")
_LABEL = re.compile(r":(?:(?P<kind>[a-z][\w-]*):(?!:))?(?P<name>.+)$", re.DOTALL)
_SYMBOL_PART = re.compile(r"::|[.#]")
_LABEL_PART = re.compile(r"[.:#/\s]+")


def address_of(path: str) -> str:
    """Return the address of the page at a path or behind a link: small letters, no suffix.

    It is that of the folder for the folder's own page, "" for the project's.
    """
    address = _SUFFIX.sub("", path).strip("/").casefold()
    folder, _, name = address.rpartition("/")
    return folder if name in _INDEX_PAGES else address


def addresses_of(path: str) -> tuple[str, ...]:
    """Return the addresses under which links may find the page of a file; none for other files."""
    if not _SUFFIX.search(path):
        return ()
    address = address_of(path)
    folder, _, name = address.rpartition("/")
    addresses = [address, _ORDER.sub("", address)]
    if name and name == posixpath.basename(folder):
        addresses.append(folder)
    return tuple(dict.fromkeys(addresses))


def is_index_page(path: str) -> bool:
    """Return whether a page has the address of its folder."""
    name = posixpath.basename(_SUFFIX.sub("", path)).casefold()
    return name in _INDEX_PAGES


def around(path: str) -> Iterator[str]:
    """Yield the folders around a file, the nearest first, each with a slash behind, then ""."""
    folder = posixpath.dirname(path)
    while folder and folder != "/":
        yield f"{folder}/"
        folder = posixpath.dirname(folder)
    yield ""


def as_built(path: str, target: str) -> str:
    """Return where a relative link leads on a site that makes a folder of each page.

    `target` is where it would lead from the file at `path`.
    """
    folder = posixpath.dirname(path)
    outer = posixpath.dirname(folder)
    return posixpath.normpath(posixpath.join(folder, posixpath.relpath(target, outer or ".")))


def nearest(path: str, candidates: Iterable[str]) -> list[str]:
    """Return the paths that share most folders with `path`; itself comes before all others."""
    folders = path.split("/")

    def shared(candidate: str) -> int:
        pairs = zip(folders, candidate.split("/"), strict=False)
        return next((i for i, (a, b) in enumerate(pairs) if a != b), len(folders))

    ranked = {candidate: shared(candidate) for candidate in candidates}
    most = max(ranked.values(), default=0)
    return [candidate for candidate, count in ranked.items() if count == most]


def slug_key(text: str) -> str:
    """Return the letters and digits of a title or an id, which all generators leave in."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(filter(lambda letter: not unicodedata.combining(letter), decomposed))
    return _SIGNS.sub("", text.casefold())


def title_keys(title: str) -> tuple[str, ...]:
    """Return the keys of a title's ids; some generators leave out its leading number."""
    whole, bare = slug_key(title), slug_key(_LEADING_NUMBER.sub("", title, count=1))
    return (whole, bare) if bare and bare != whole else (whole,)


def repeated(fragment: str) -> tuple[str, int] | None:
    """Return the slug and the index of a title that is not the first of its kind on its page."""
    match = _REPEATED.match(fragment)
    if match is None:
        return None
    number = int(match["number"])
    # Asciidoctor counts from the title itself.
    return match["slug"], number - 1 if fragment.startswith("_") else number


def label_parts(target: str) -> tuple[str, str]:
    """Return the kind, "" for none, and the name of a target that is a label."""
    match = _LABEL.match(target)
    return (match["kind"] or "", match["name"]) if match else ("", target)


def label_key(name: str) -> str:
    """Return a label as links may write it: case and spaces do not count."""
    return " ".join(name.split()).casefold()


def last_part(name: str) -> str:
    """Return the last part of a label or symbol, by which it may be looked up."""
    parts: Sequence[str] = _LABEL_PART.split(name.casefold().removesuffix("()").strip(".:#/ "))
    return parts[-1]


def symbol_parts(name: str) -> list[str]:
    """Return the parts of a symbol's name, however they are joined."""
    return [part for part in _SYMBOL_PART.split(name) if part]


def target_names(path: str, target: str) -> tuple[str, ...]:
    """Return the names by which a link of the page at `path` is found from its target's side."""
    if target.startswith(":"):
        return (last_part(label_parts(target)[1]),)
    address, _, fragment = target.partition("#")
    name = posixpath.basename(address_of(address)) if address else own_name(path)
    return (name, last_part(fragment)) if "." in fragment else (name,)


def own_name(path: str) -> str:
    """Return the name of links from a page into itself."""
    return f"#{path}"

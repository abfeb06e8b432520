"""Files that hold documentation and are not read, so that nobody believes them to be indexed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from askdocs_indexer.types import Unread

# Formats of documents that no reader reads, by their suffixes.
_FORMATS: Mapping[str, str] = {
    ".avdl": "Avro",
    ".capnp": "Cap'n Proto",
    ".chm": "compiled HTML help",
    ".creole": "Creole",
    ".dbk": "DocBook",
    ".dita": "DITA",
    ".ditamap": "DITA",
    ".dj": "Djot",
    ".djot": "Djot",
    ".doc": "Word",
    ".docbook": "DocBook",
    ".docx": "Word",
    ".dox": "Doxygen pages",
    ".dtx": "LaTeX",
    ".epub": "EPUB",
    ".fbs": "FlatBuffers",
    ".fodt": "OpenDocument",
    ".gmi": "Gemtext",
    ".gql": "GraphQL",
    ".graphql": "GraphQL",
    ".graphqls": "GraphQL",
    ".latex": "LaTeX",
    ".ltx": "LaTeX",
    ".lyx": "LyX",
    ".mediawiki": "MediaWiki",
    ".mht": "MHTML",
    ".mhtml": "MHTML",
    ".muse": "Muse",
    ".odp": "OpenDocument",
    ".odt": "OpenDocument",
    ".pages": "Pages",
    ".pod": "Pod",
    ".ppt": "PowerPoint",
    ".pptx": "PowerPoint",
    ".rakudoc": "Raku documentation",
    ".raml": "RAML",
    ".rd": "R documentation",
    ".rdoc": "RDoc",
    ".rnw": "Sweave",
    ".rtf": "Rich Text",
    ".scd": "scdoc",
    ".scrbl": "Scribble",
    ".sgml": "SGML",
    ".smithy": "Smithy",
    ".t2t": "txt2tags",
    ".tex": "LaTeX",
    ".texi": "Texinfo",
    ".texinfo": "Texinfo",
    ".textile": "Textile",
    ".thrift": "Thrift",
    ".tutorial": "DocC tutorials",
    ".txi": "Texinfo",
    ".typ": "Typst",
    ".wiki": "wiki text",
    ".wit": "WIT",
}
# Languages whose sources document themselves, by their suffixes.
_LANGUAGES: Mapping[str, str] = {
    ".adb": "Ada",
    ".ads": "Ada",
    ".agda": "Agda",
    ".astro": "Astro",
    ".clj": "Clojure",
    ".cljc": "Clojure",
    ".cljs": "Clojure",
    ".coffee": "CoffeeScript",
    ".cr": "Crystal",
    ".cu": "CUDA",
    ".cuh": "CUDA",
    ".d": "D",
    ".dart": "Dart",
    ".el": "Emacs Lisp",
    ".elm": "Elm",
    ".erl": "Erlang",
    ".ex": "Elixir",
    ".exs": "Elixir",
    ".f": "Fortran",
    ".f03": "Fortran",
    ".f08": "Fortran",
    ".f90": "Fortran",
    ".f95": "Fortran",
    ".fnl": "Fennel",
    ".for": "Fortran",
    ".fs": "F#",
    ".fsi": "F#",
    ".fsx": "F#",
    ".gd": "GDScript",
    ".gleam": "Gleam",
    ".groovy": "Groovy",
    ".hrl": "Erlang",
    ".hs": "Haskell",
    ".hx": "Haxe",
    ".idr": "Idris",
    ".ino": "Arduino",
    ".janet": "Janet",
    ".jl": "Julia",
    ".lean": "Lean",
    ".lhs": "Haskell",
    ".lisp": "Lisp",
    ".lua": "Lua",
    ".luau": "Luau",
    ".m": "Objective-C",
    ".metal": "Metal",
    ".ml": "OCaml",
    ".mli": "OCaml",
    ".mm": "Objective-C",
    ".mojo": "Mojo",
    ".nim": "Nim",
    ".nix": "Nix",
    ".odin": "Odin",
    ".pas": "Pascal",
    ".pl": "Perl",
    ".pm": "Perl",
    ".pony": "Pony",
    ".ps1": "PowerShell",
    ".psm1": "PowerShell",
    ".purs": "PureScript",
    ".pxd": "Cython",
    ".pyx": "Cython",
    ".r": "R",
    ".raku": "Raku",
    ".rakumod": "Raku",
    ".res": "ReScript",
    ".rkt": "Racket",
    ".roc": "Roc",
    ".scala": "Scala",
    ".scm": "Scheme",
    ".sol": "Solidity",
    ".sv": "SystemVerilog",
    ".svelte": "Svelte",
    ".svh": "SystemVerilog",
    ".swift": "Swift",
    ".tcl": "Tcl",
    ".tf": "Terraform",
    ".v": "V or Verilog",
    ".vala": "Vala",
    ".vb": "Visual Basic",
    ".vhd": "VHDL",
    ".vhdl": "VHDL",
    ".vue": "Vue",
    ".wren": "Wren",
    ".zig": "Zig",
}


# Much else is in such files: the path, then the beginning tells.
_XML = ".xml"
_XML_PATHS = re.compile(
    r"(?:^|[/_-])(?:docs?|documentation|guides?|help|man|manuals?)[/_-]", re.IGNORECASE
)
_XML_HEAD = re.compile(
    rb"docbook|<!DOCTYPE\s+(?:concept|map|reference|task|topic)\b"
    rb"|<(?:article|book|chapter|concept|refentry|sect1|section|topic)[\s>]",
    re.IGNORECASE,
)
HEAD_BYTES = 2048


class UnreadFiles:
    """The unread files that a selection has met, by suffix. Used by one thread at a time."""

    def __init__(self) -> None:
        self.report: tuple[Unread, ...] = ()
        self._keys: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, key: str) -> None:
        """Note a file."""
        self._keys[_suffix(key)].add(key)

    def forget(self, key: str, *, below: bool) -> None:
        """Forget a file, and those `below` it if it may be a folder; "" is the whole root."""
        for keys in self._keys.values():
            keys.discard(key)
            if below:
                prefix = f"{key}/" if key else ""
                keys -= {noted for noted in keys if noted.startswith(prefix)}

    def sum_up(self) -> None:
        """Bring `report` in step: one row for each suffix, the most frequent first."""
        rows = [
            Unread(suffix, len(keys), why_unread(suffix) or _unread_format("DocBook or DITA"))
            for suffix, keys in self._keys.items()
            if keys
        ]
        self.report = tuple(sorted(rows, key=lambda row: (-row.files, row.kind)))


def is_unread(key: str, head: Callable[[], bytes] = bytes, *, docstrings: bool = True) -> bool:
    """Return whether a file that no reader reads holds documentation, by its name.

    `head` reads the first `HEAD_BYTES` of the file, where the name leaves it open. Sources count
    where `docstrings` are wanted.
    """
    suffix = _suffix(key)
    if suffix == _XML:
        return bool(_XML_PATHS.search(key) and _XML_HEAD.search(head()))
    return suffix in _FORMATS or (docstrings and suffix in _LANGUAGES)


def why_unread(suffix: str) -> str:
    """Return why files of a suffix are not read, with the next step; "" for other suffixes."""
    if suffix in _LANGUAGES:
        return (
            f"the language {_LANGUAGES[suffix]} is not supported: its doc comments are not read, "
            "and there are no hovers. Pages that its tools generate (HTML, Markdown) are read"
        )
    return _unread_format(_FORMATS[suffix]) if suffix in _FORMATS else ""


def _unread_format(name: str) -> str:
    return (
        f"the format {name} is not read. Convert them to Markdown or HTML, or list them in "
        "docs.exclude to hide this message"
    )


def _suffix(key: str) -> str:
    return PurePosixPath(key).suffix.lower()

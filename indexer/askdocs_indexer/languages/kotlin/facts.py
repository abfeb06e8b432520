"""What a Kotlin file declares, in its package."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from tree_sitter import Node

from askdocs_indexer.languages.fact_reader import file_symbols
from askdocs_indexer.languages.facts import FileFacts, Import, Names
from askdocs_indexer.languages.kotlin.syntax import SYNTAX
from askdocs_indexer.languages.parsing import Parsed, text_of
from askdocs_indexer.languages.syntax import names_of

_JVM_NAME = re.compile(r"@file:\s*JvmName\(\s*(?:name\s*=\s*)?\"(?P<name>\w+)\"")


def read(parsed: Parsed) -> FileFacts:
    """Return the facts of a file."""
    root = parsed.tree.root_node if parsed.tree is not None else None
    package = _package(root)
    facts = file_symbols(parsed, SYNTAX, package).facts
    if root is None or not package or not parsed.path:
        return facts
    facade = Import(_facade(root, parsed.path), ".".join(package), is_exported=True)
    return replace(facts, imports=(*facts.imports, facade))


def _package(root: Node | None) -> Names:
    for node in root.named_children if root is not None else ():
        if node.type == "package_header" and node.named_children:
            return names_of(node.named_children[0])
    return ()


def _facade(root: Node, path: str) -> str:
    """Return the class by which Java names what stands outside of the classes of a file."""
    for node in root.named_children:
        if node.type == "file_annotation" and (named := _JVM_NAME.match(text_of(node))):
            return named["name"]
    stem = PurePosixPath(path).stem
    return f"{stem[:1].upper()}{stem[1:]}Kt"

"""The arguments of macros, read as the code outside of them."""

from __future__ import annotations

from itertools import pairwise

from tree_sitter import Node

from askdocs_indexer.languages.parsing import Parsed, path_to, text_of
from askdocs_indexer.readers.decoding import words

_DEEPEST = 8
# As long as each other.
_DERIVE, _ALIAS = b"#[derive(", b"type _ =("
_LINKS = frozenset({".", "::"})
# Behind a bare name these make it something new: a key, an argument's name, a variable.
_NAMING = frozenset({":", "=", "=>"})
# So does one of these, or another name, before it.
_DECLARING = words(
    "const enum fn for identifier let mod mutable_specifier ref static struct trait type union"
)


def opened(parsed: Parsed, offset: int) -> Parsed:
    """Return the document with the macros around a byte offset as blocks of their arguments.

    ``assert_eq!(a, b)`` reads ``           {a; b}``: every byte keeps its place. Where the
    arguments are not expressions, only the chain of names around the offset is left.
    """
    for _ in range(_DEEPEST):
        invocation = _invocation(parsed, offset)
        if invocation is None:
            break
        blocks: dict[int, Parsed] = parsed.memo.setdefault("blocks", {})
        start = invocation.start_byte
        if start not in blocks:
            blocks[start] = _block(parsed, invocation)
        is_read = _is_readable(blocks[start], invocation)
        parsed = blocks[start] if is_read else _chain(parsed, invocation, offset)
    return parsed


def listed(parsed: Parsed, attribute: Node) -> Parsed | None:
    """Return the document with a `derive` as a type of the traits that it lists, else None.

    ``#[derive(Pump, Stop)]`` reads ``type _ =(Pump, Stop);``: every byte keeps its place.
    """
    text = bytearray(parsed.source_bytes)
    start, end = attribute.start_byte, attribute.end_byte
    if not (text.startswith(_DERIVE, start) and text.endswith(b")]", start, end)):
        return None
    text[start : start + len(_DERIVE)] = _ALIAS
    text[end - 2 : end] = b");"
    return _made(parsed, text)


def _invocation(parsed: Parsed, offset: int) -> Node | None:
    """Return the outermost macro whose arguments hold an offset."""
    if parsed.tree is None:
        return None
    path = path_to(parsed.tree.root_node, offset)
    for outer, inner in pairwise(path):
        if outer.type == "macro_invocation" and inner.type == "token_tree":
            return outer
    return None


def _is_readable(parsed: Parsed, invocation: Node) -> bool:
    """Return whether what stands in a macro's place has been read without errors."""
    if parsed.tree is None:
        return False
    start, end = invocation.start_byte, invocation.end_byte
    block = parsed.tree.root_node.descendant_for_byte_range(_tokens(invocation).start_byte, end)
    is_block = block is not None and block.start_byte >= start and block.end_byte <= end
    return block is not None and is_block and not block.has_error


def _tokens(invocation: Node) -> Node:
    return next(child for child in invocation.children if child.type == "token_tree")


# -- the two ways to read arguments -------------------------------------------------------------


def _block(parsed: Parsed, invocation: Node) -> Parsed:
    """Return the document with a macro as a block of its arguments."""
    text = _unwrapped(parsed, invocation)
    tokens = _tokens(invocation).children[1:-1]
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        written = text_of(token)
        is_guard = written == "if" and before is not None and before.is_named
        is_first = index < 2 or text_of(tokens[index - 2]) in {",", ";"}
        if written == ",":
            text[token.start_byte : token.end_byte] = b";"
        elif written == "=>" or is_guard:
            text[token.start_byte : token.end_byte] = b"; "
        elif written == "=" and before is not None and is_first:
            _blank(text, before.start_byte, token.end_byte)
    return _made(parsed, text)


def _chain(parsed: Parsed, invocation: Node, offset: int) -> Parsed:
    """Return the document with a macro as a block of one expression, or of none."""
    text = _unwrapped(parsed, invocation)
    tree = parsed.tree
    path = path_to(tree.root_node, offset) if tree is not None else []
    around = next((node for node in reversed(path) if node.type == "token_tree"), None)
    inner = _tokens(invocation)
    start = end = inner.start_byte + 1
    if around is not None:
        start, end = _extent(around.children[1:-1], offset) or (start, end)
    _blank(text, inner.start_byte + 1, start)
    _blank(text, end, max(end, inner.end_byte - 1))
    return _made(parsed, text)


def _extent(tokens: list[Node], offset: int) -> tuple[int, int] | None:
    """Return where the chain of names around an offset stands among tokens."""
    at = next(
        (i for i, token in enumerate(tokens) if token.start_byte <= offset < token.end_byte), None
    )
    if at is None:
        return None
    first = last = at
    while first > 1 and tokens[first - 1].type in _LINKS:
        first -= 2
        while first and tokens[first].type in {"?", "token_tree"}:
            first -= 1
    while last + 2 < len(tokens) and tokens[last + 1].type == "::":
        last += 2
    follower = tokens[last + 1] if last + 1 < len(tokens) else None
    is_call = follower is not None and follower.type == "token_tree"
    if first == at and not is_call and _is_new(tokens, at):
        return None
    if follower is not None and is_call and text_of(follower).startswith("("):
        last += 1
    return tokens[first].start_byte, tokens[last].end_byte


def _is_new(tokens: list[Node], at: int) -> bool:
    """Return whether a name that stands alone may be one that the macro gives something."""
    before = tokens[at - 1] if at else None
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    is_named = behind is not None and text_of(behind) in _NAMING
    return is_named or (before is not None and before.type in _DECLARING)


# -- text ---------------------------------------------------------------------------------------


def _unwrapped(parsed: Parsed, invocation: Node) -> bytearray:
    """Return the text with braces around a macro's arguments, and without its name."""
    tokens = _tokens(invocation)
    text = bytearray(parsed.source_bytes)
    _blank(text, invocation.start_byte, tokens.start_byte)
    text[tokens.start_byte] = ord("{")
    if tokens.end_byte - tokens.start_byte > 1:
        text[tokens.end_byte - 1] = ord("}")
    return text


def _blank(text: bytearray, start: int, end: int) -> None:
    """Write spaces over a part of a text; its lines stay."""
    text[start:end] = bytes(byte if byte in b"\r\n" else 32 for byte in text[start:end])


def _made(parsed: Parsed, text: bytearray) -> Parsed:
    made = Parsed(text.decode("utf-8", "replace"), parsed.language, parsed.path, parsed)
    made.memo |= {key: parsed.memo[key] for key in ("facts", "symbols") if key in parsed.memo}
    return made

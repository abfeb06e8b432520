"""Which symbols a heading documents.

A heading in code font, or one that reads like a call or a dotted name, stands for that symbol, as
API pages written by hand have it: ``## `Client.connect(host)` ``. An ordinary word does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from askdocs_indexer.readers.decoding import words

# A part of a C++ name may be a destructor's or an operator's.
_PART = r"(?:operator\s*(?:\(\)|\[\]|[-+*/%^&|~!=<>,]{1,3})|~?[A-Za-z_$][\w$]*)"
_NAME = rf"[A-Za-z_$][\w$]*(?:(?:\.|::|#){_PART})*"
_KEYWORDS = (
    r"(?:(?:async|class|classmethod|const|def|enum|exception|export|fn|func|function|impl|"
    r"interface|method|module|new|property|pub|public|static|staticmethod|struct|trait|type)\s+)*"
)
_SIGNATURE = re.compile(
    rf"@?{_KEYWORDS}(?P<name>{_NAME})(?:\s*<(?:[^<>]|<[^<>]*>)*>)?(?P<call>\s*\(.*\))?"
    r"(?:\s*(?:->|→|:|=).*)?[!?]?$",
    re.DOTALL,
)
# A method of Go: `func (c *Client) Do(req)`.
_RECEIVER = re.compile(r"func \((?:\w+ )?\*?(?P<type>\w+)(?:\[[^\]]*\])?\) (?P<name>\w+)")
# A type stands in front: `void acme_close(acme_client *c)`, `static <T> List<T> of(T... xs)`.
_ARGUMENTS = r"<(?:[^()<>]|<[^()<>]*+>)*+>"
_TYPED = re.compile(
    rf"(?:(?:[\w:.]++(?:{_ARGUMENTS})?|{_ARGUMENTS})[\s*&\[\]]++){{1,6}}(?P<name>{_NAME})\(.*\)"
    r"[\w\s]*$",
    re.DOTALL,
)
_INNER_ARGUMENTS = re.compile(r"<[^<>]*>(?=::)")
# A component: `<Suspense fallback={…}>`.
_ELEMENT = re.compile(r"</?(?P<name>[A-Z][\w.]*)(?:\s[^<>]*)?/?>$")
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)", re.DOTALL)
_BETWEEN = re.compile(r"[\s,/&|]*(?:\b(?:and|or)\b)?[\s,/&|]*$")
_AFTER = re.compile(
    r"\s*(?:$|[-–—:(]|(?:class|component|constant|decorator|enum|exception|function|hook|interface|"
    r"macro|method|module|property|struct|trait|type)\s*$)",
    re.IGNORECASE,
)
# Names that only macros and constants have.
_CAPITALS = re.compile(
    r"[A-Z][A-Z\d]*_[A-Z\d_]*[A-Z\d](?:(?:, | / | and )[A-Z][A-Z\d]*_[A-Z\d_]+)*$"
)
# Bare words count only as a dotted name or with arguments right behind: not `Install (Linux)`, and
# not `Step(s)`.
_LIKE_CODE = re.compile(rf"{_KEYWORDS}[\w$]+(?:(?:\.|::|#)[\w$]+|\((?!e?s\)))")
# A member without its owner: `.code(status)`, and in code also `#flush` and `::new`.
_MEMBER = re.compile(r"(?:\.|#|::)(?=(?P<name>[A-Za-z_]\w*(?P<call>\()?))")
# PHP's `$client->get()` and C's `loop->stop()`.
_ARROW = re.compile(r"\$?(\b[A-Za-z_]\w*)->(?=\w)")
# What may stand in front of a heading's symbol: numbers and pictures, links, words for its kind.
_ORNAMENT = re.compile(r"(?:\d+(?:\.\d+)*\.?\s+|[^\w\s`*\[\](){}<>@$#.:/\\\"'|+=~!?&%^,;-]+\s*)+")
_ESCAPED = re.compile(r"\\([()*\[\]_#<>&])")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()]*\)")
# What sphinx-markdown-builder puts into italics: `*class* acme.Client`, `width *: int*`.
_ITALIC_KEYWORD = re.compile(
    r"\*(?:abstract|async|class|classmethod|enum|exception|final|function|global|handler|method|"
    r"module|property|static|staticmethod)(?: [a-z]+)*\*\s+"
)
_ITALIC_TYPE = re.compile(r"\s*\*(?P<text>[:=][^*]*)\*")
_KIND = re.compile(
    r"(?:(?:static |abstract )?(?:class|classmethod|component|constant|constructor|decorator|enum|"
    r"enumeration|exception|function|hook|interface|macro|method|module|namespace|package|property|"
    r"record|struct|trait|type(?: alias)?|typedef|union|variable)(?P<colon>:)?)\s+(?=(?P<rest>.))",
    re.IGNORECASE,
)
# Such a word in code's own spelling makes a name of what follows: `func Get`, `class Foo`.
_DECLARED = re.compile(
    r"(?:(?:def|enumerator|fn|func) |(?:class|enum|exception|interface|struct|trait|type) "
    rf"(?=\w*[A-Z_\d]))(?P<name>{_NAME})$"
)
# A C function begins with a type, which prose does not contain.
_C_FUNCTION = re.compile(
    r"(?:(?:const|static|unsigned|signed)\s+)*(?:bool|char|double|float|int|long|short|size_t|void|"
    r"(?:enum|struct|union)\s+\w+|\w+_t)\b[\s*]+(?P<name>[A-Za-z_]\w*)\(.*\)$",
    re.DOTALL,
)
_ANCHOR = re.compile(r"\{[: ]*#(?P<name>(?:[A-Za-z_]\w*\.)+(?P<last>[A-Za-z_]\w*))[ }]")
_SEPARATOR = re.compile(r"\.|::|#")
_TYPE_NAME = re.compile(r"(?:[A-Z][a-z\d]*){2,}$")
_CLASS_LIKE = re.compile(r"[A-Z][A-Za-z0-9]+$")
# Capitalised words that stand above the names of members and are not classes.
_ORDINARY = words(
    "API Accessors Attributes Classes Constants Constructors Delegates Enumerations Enums Events "
    "Example Examples Exceptions Fields Functions Installation Interfaces Introduction Members "
    "Methods Namespaces Options Overview Parameters Properties Reference Returns Structs Traits "
    "Types Usage Variables"
)
_TITLE_CHARACTERS = 400
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# The most letters of an abbreviation that leaves out some in between.
_ABBREVIATION = 4

# A heading above: the symbols that it documents, and its title.
Around = tuple[tuple[str, ...], str]
# `README.md` and `node.js` read like dotted names but are not.
_FILE_ENDINGS = words(
    "c cfg com conf cpp css csv exe go h htm html ini ipynb java js json lock log md net org "
    "pdf png py rs rst sh sql svg toml ts tsx txt xml yaml yml zip"
)


def signature_name(signature: str) -> str:
    """Return the name that a signature like ``class a.B(x) -> y`` declares, or "" for none."""
    signature = _INNER_ARGUMENTS.sub("", signature.strip())
    method = _RECEIVER.match(signature)
    if method:
        return f"{method['type']}.{method['name']}"
    match = _SIGNATURE.match(signature) or _ELEMENT.match(signature) or _TYPED.match(signature)
    return match["name"] if match else ""


def heading_symbols(title: str) -> tuple[str, ...]:
    """Return the names that a heading documents; `title` is its Markdown.

    A member without its owner begins with a dot, until `qualified` puts the owner before it.
    """
    if len(title) > _TITLE_CHARACTERS:
        return ()
    written = _ESCAPED.sub(r"\1", title.strip().strip("~"))
    title, is_named = _bared(_ARROW.sub(r"\1.", written))
    if not title:
        return ()
    if _CAPITALS.match(title):
        return tuple(re.findall(r"\w{2,}_\w+", title))
    if "`" not in title:
        name = _plain_name(re.sub(r" \(\)$", "()", title), is_named=is_named)
        return (name,) if name else ()
    names: list[str] = []
    position = 0
    for match in _CODE.finditer(title):
        if not _BETWEEN.match(title[position : match.start()]):
            break
        name = _code_name(match["code"])
        if not name:
            return ()
        names.append(name)
        position = match.end()
    return tuple(dict.fromkeys(names)) if _AFTER.match(title, position) else _mentioned(title)


def _plain_name(title: str, *, is_named: bool) -> str:
    """Return the name in a title without code that reads like code."""
    member = _MEMBER.match(title)
    if member and member["call"]:
        return _code_name(title)
    declared = _DECLARED.match(title) or _RECEIVER.match(title) or _C_FUNCTION.match(title)
    is_code = is_named or declared or _LIKE_CODE.match(title)
    name = signature_name(title) if is_code else ""
    return name if name and _is_symbol(name, title) else ""


def _code_name(code: str) -> str:
    member = _MEMBER.match(code)
    name = signature_name(code[member.end() :] if member else code)
    if not name or not _is_symbol(name, code):
        return ""
    return f".{name}" if member else name


def _mentioned(title: str) -> tuple[str, ...]:
    """Return the names that a heading mentions among words, as in ``Using `Client.connect` ``.

    A name without a dot may be anything there: an option, a value, another program's command. One
    of several capitalised words is a type's.
    """
    names = (_code_name(match["code"]) for match in _CODE.finditer(title))
    is_symbol = (name for name in names if _SEPARATOR.search(name) or _TYPE_NAME.match(name))
    return tuple(dict.fromkeys(is_symbol))


def _bared(title: str) -> tuple[str, bool]:
    """Return a title without what adorns its symbol, and whether a name follows for certain."""
    ornament = _ORNAMENT.match(title)
    if ornament and ornament.end() < len(title):
        title = title[ornament.end() :]
    title, types = _ITALIC_TYPE.subn(r" \g<text>", _LINK.sub(r"\1", title))
    keyword = _ITALIC_KEYWORD.match(title)
    if keyword:
        return title[keyword.end() :], True
    kind = _KIND.match(title)
    if kind and (kind["rest"] == "`" or kind["colon"]):
        return title[kind.end() :], bool(kind["colon"])
    return title, bool(types)


def anchored(markdown: str) -> tuple[str, ...]:
    """Return the qualified name that a heading is anchored by: `connect() {#acme.connect}`."""
    anchor = _ANCHOR.search(markdown[:_TITLE_CHARACTERS])
    if anchor is None or anchor["last"] not in markdown[: anchor.start()]:
        return ()
    return (anchor["name"],)


def qualified(names: tuple[str, ...], around: Sequence[Around]) -> tuple[str, ...]:
    """Return `names` inside what the headings above them document, the nearest last.

    A plain word above a member may be a class that its author did not mark as code: both names
    count.
    So do both of `server.close` below `http.Server` or `createServer`: it stands for any instance.
    Below a function, `t.is` is also a member of what that hands to a callback as `t`.
    A member that does not say its owner has that from the headings above, or documents nothing.
    """
    owner, word = "", ""
    for symbols, title in reversed(around):
        if symbols:
            owner = symbols[0] if len(symbols) == 1 else ""
            break
        if not word and _CLASS_LIKE.match(title) and title not in _ORDINARY:
            word = title
    documented: list[str] = []
    for name in names:
        parts = _SEPARATOR.split(name)
        if name.startswith("."):
            documented += _owned(parts[-1], owner, word)
        elif len(parts) > 1:
            documented += [name, *_of_instance(parts, owner)]
        else:
            documented.append(owner if name == _last(owner) else _inside(owner, name))
            if word and not name[0].isupper():
                documented.append(_inside(_inside(owner, word), name))
    return tuple(dict.fromkeys(documented))


def _owned(member: str, owner: str, word: str) -> Iterator[str]:
    """Yield the names of a member of what the headings above are about, or of an instance of it."""
    if owner:
        yield _inside(owner, member)
    if word:
        yield from (_inside(_inside(owner, word), member), _inside(word.lower(), member))


def _of_instance(parts: Sequence[str], owner: str) -> Iterator[str]:
    """Yield the names of a member of an instance inside the type or the function above it."""
    last = _last(owner)
    if len(parts) != 2 or not last or not parts[0][0].islower():
        return
    if parts[0] in _SEPARATOR.split(owner):
        return  # `test.each` below `test.only` is not one of its members.
    if nearness(parts[0], last) > 1:
        yield _inside(owner, parts[1])
    elif last[0].islower():
        yield _inside(owner, ".".join(parts))
    elif nearness(parts[0], last):
        yield _inside(owner, parts[1])


def nearness(instance: str, owner: str) -> int:
    """Return how near the name of an instance is to that of its type; 0 if it is not the type's.

    3 for `async_client` of `AsyncClient`, 2 for `client`, 1 for an abbreviation: `c`, `ctx`, `res`.
    """
    words, ends = words_of(instance), words_of(owner)
    if not words or words == ends:
        return 3 if words else 0
    if words == ends[-len(words) :]:
        return 2
    tails = ("".join(ends[start:]) for start in range(len(ends)))
    return int(len(words) == 1 and any(_shortens(words[0], tail) for tail in tails))


def words_of(name: str) -> list[str]:
    """Return the words of a name in camel or snake case, in small letters."""
    return [word.lower() for word in _WORD.findall(name)]


def _shortens(word: str, whole: str) -> bool:
    """Return whether a word abbreviates another: it begins it, or has some of its letters."""
    letters = iter(whole)
    is_short = len(word) <= _ABBREVIATION and all(letter in letters for letter in word)
    return whole.startswith(word) or (is_short and word[0] == whole[0])


def _inside(owner: str, name: str) -> str:
    separator = "::" if "::" in owner else "."
    return f"{owner}{separator}{name}" if owner else name


def _last(name: str) -> str:
    return _SEPARATOR.split(name)[-1]


def _is_symbol(name: str, written: str) -> bool:
    return "(" in written or name.rpartition(".")[2].lower() not in _FILE_ENDINGS or "." not in name

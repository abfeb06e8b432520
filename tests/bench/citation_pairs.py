"""Sentences about passages of real documentation, labelled by whether the passage supports them.

True ones are the passage's own sentences, as they are and as rules rephrase them; false ones are
sentences of other passages, and the passage's own with a number, a name, a negation or the two
sides of a statement changed. Beside them stands a file of sentences written by hand: true ones in
other words, and false ones that an inattentive writer might make of the same passage. Its part
"held-out" was written before what it measures and took no part in any choice.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from askdocs_indexer.errors import IndexerError
from askdocs_indexer.ingest.chunker import chunks_of
from askdocs_indexer.ingest.formats import reader_for
from askdocs_indexer.readers.decoding import decode
from askdocs_indexer.settings import DocsSettings
from askdocs_indexer.types import Chunk
from askdocs_server.text.segments import units
from askdocs_server.text.tokens import exact_tokens

HAND = Path(__file__).parent / "paraphrases.jsonl"
_MIN_WORDS = 6
_MIN_UNITS = 3
_SECTION_CHARACTERS = 4000

_SYNONYMS = {
    "use": "employ", "uses": "employs", "used": "employed", "create": "make", "creates": "makes",
    "created": "made", "return": "give back", "returns": "gives back", "need": "require",
    "needs": "requires", "must": "has to", "can": "may", "allows": "lets", "specify": "give",
    "specifies": "gives", "specified": "given", "contains": "holds", "remove": "delete",
    "removed": "deleted", "show": "display", "shows": "displays", "get": "obtain", "start": "begin",
    "several": "many", "large": "big", "default": "standard", "method": "function",
    "error": "failure", "however": "but", "also": "too", "only": "just", "support": "offer",
    "supports": "offers", "ensure": "make sure", "provides": "gives", "data": "information",
}  # fmt: skip
_VERBS = {
    "returns": "returned", "creates": "created", "uses": "used", "specifies": "specified",
    "defines": "defined", "supports": "supported", "provides": "provided", "raises": "raised",
    "contains": "contained", "stores": "stored", "determines": "determined",
    "controls": "controlled", "implements": "implemented", "requires": "required",
    "receives": "received", "calls": "called",
}  # fmt: skip
_STATEMENT = re.compile(
    rf"(?P<subject>[^,;:.()]{{3,60}}?) (?P<verb>{'|'.join(_VERBS)}) (?P<object>[^,;:.()]{{3,60}})\."
)
_CONDITION = re.compile(r"(?P<condition>(?:If|When|For|To) [^,]{8,80}), (?P<rest>[^,]{12,160})\.")
_CLAUSE = re.compile(
    r"(?:,? (?:which|because|so that|such as|including) [^.]*|\s*\([^)]*\))(?=[.,])"
)
_BE = re.compile(r"\b(is|are|can|will|does|must|should|may|has been|was|were)\b(?! not)")
_NOT = re.compile(r"\b(is|are|can|will|does|do|must|should|was|were) not\b|\b(can)not\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence beside a passage; `kind` says how it came about."""

    kind: str
    sentence: str
    title: str
    passage: str
    is_supported: bool


def build_pairs(roots: Sequence[Path], passages: int, seed: int = 7) -> list[Pair]:
    """Return the pairs made from so many passages of each folder, and those written by hand."""
    chance = random.Random(seed)
    pairs: list[Pair] = []
    for root in roots:
        files = [file for file in sorted(root.rglob("*")) if file.is_file()]
        chance.shuffle(files)
        pages = [chunks for file in files if len(chunks := _chunks(file, root)) >= _MIN_UNITS]
        for page, other in itertools.pairwise(pages[: passages + 1]):
            pairs += _of_page(page, other, chance)
    return [*pairs, *_written(roots)]


def _chunks(file: Path, root: Path) -> list[Chunk]:
    name = file.relative_to(root).as_posix()
    reader = reader_for(name)
    if reader is None:
        return []
    try:
        sections = reader(decode(file.read_bytes()), name)
    except IndexerError:
        return []
    found = chunks_of(name, sections, DocsSettings().chunk_characters)
    return [chunk for chunk in found if len(_sentences(chunk)) >= _MIN_UNITS]


def _sentences(chunk: Chunk) -> list[str]:
    return [
        unit.text
        for unit in units(chunk.text)
        if unit.kind == "sentence" and len(unit.text.split()) >= _MIN_WORDS
    ]


def _of_page(
    page: Sequence[Chunk], other: Sequence[Chunk], chance: random.Random
) -> Iterator[Pair]:
    number = chance.randrange(len(page))
    chunk = page[number]
    own = _sentences(chunk)
    neighbour = chance.choice(_sentences(page[number - 1]))
    stranger = chance.choice(_sentences(chance.choice(other)))
    first = chance.randrange(len(own) - 1)
    merged = f"{own[first].rstrip('.')}, and {own[first + 1]}"

    def pair(kind: str, sentence: str, *, is_supported: bool) -> Pair:
        return Pair(kind, sentence, chunk.title, chunk.text, is_supported)

    yield pair("own sentence", own[first], is_supported=True)
    yield pair("two sentences merged", merged, is_supported=True)
    yield pair("of another page", stranger, is_supported=False)
    if neighbour not in chunk.text:
        yield pair("of a neighbouring section", neighbour, is_supported=False)
    for sentence in own:
        for kind, said in _rephrased(sentence):
            yield pair(kind, said, is_supported=True)
        for kind, said in _falsified(sentence, chunk.text, chance):
            yield pair(kind, said, is_supported=False)


def _rephrased(sentence: str) -> Iterator[tuple[str, str]]:
    said = re.sub(r"[a-z]+", lambda word: _SYNONYMS.get(word[0], word[0]), sentence)
    if said != sentence and "`" not in sentence:
        yield "synonyms", said
    if (found := _CONDITION.fullmatch(sentence)) is not None:
        condition = found["condition"][0].lower() + found["condition"][1:]
        yield "clauses in another order", f"{_capital(found['rest'])} {condition}."
    shorter = _CLAUSE.sub("", sentence)
    if shorter != sentence and len(shorter.split()) >= _MIN_WORDS:
        yield "a clause dropped", shorter
    if (found := _STATEMENT.fullmatch(sentence)) is not None:
        verb, subject = _VERBS[found["verb"]], found["subject"]
        yield (
            "passive",
            f"{_capital(found['object'])} is {verb} by {subject[0].lower()}{subject[1:]}.",
        )


def _falsified(sentence: str, passage: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    if (number := _NUMBER.search(sentence)) is not None:
        other = str(int(float(number[0])) + chance.randint(1, 9))
        yield "another number", sentence[: number.start()] + other + sentence[number.end() :]
    names = sorted(name for name in re.findall(r"`(\w+)`", sentence))
    others = sorted(set(re.findall(r"`(\w+)`", passage)) - exact_tokens(sentence) - set(names))
    if names and others:
        yield "another name of the passage", sentence.replace(f"`{names[0]}`", f"`{others[0]}`")
    if (negated := _NOT.search(sentence)) is not None:
        kept = negated[1] or negated[2]
        yield "negation taken out", sentence[: negated.start()] + kept + sentence[negated.end() :]
    elif (verb := _BE.search(sentence)) is not None:
        yield "negation put in", f"{sentence[: verb.end()]} not{sentence[verb.end() :]}"
    if (found := _STATEMENT.fullmatch(sentence)) is not None:
        yield "sides swapped", f"{_capital(found['object'])} {found['verb']} {found['subject']}."


def _written(roots: Sequence[Path]) -> Iterator[Pair]:
    """Yield the pairs written by hand: on made-up passages, and on pages below the roots."""
    for line in HAND.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row.get("passage") or _section(roots, row["path"], row["title"])
        for is_true in (True, False) if text else ():
            word = "true" if is_true else "false"
            yield Pair(f"{row['set']}: {word}", row[word], row["title"], text, is_true)


def _section(roots: Sequence[Path], path: str, title: str) -> str:
    """Return the text of the sections of that title, "" where no root has the page.

    Raises ValueError where the page has no such section.
    """
    root = next((root for root in roots if (root / path).is_file()), None)
    reader = reader_for(path)
    if root is None or reader is None:
        return ""
    sections = reader(decode((root / path).read_bytes()), path)
    chunks = chunks_of(path, sections, _SECTION_CHARACTERS)
    found = [chunk.text for chunk in chunks if chunk.title == title]
    if not found:
        raise ValueError(f"{root / path} has no section {title!r}; mend {HAND.name}.")
    return "\n\n".join(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

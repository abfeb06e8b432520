"""The macros of man(7), and the requests of roff that pages use beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.man.escapes import Escapes, Font, Piece, plain_text
from askdocs_indexer.readers.man.page import Page
from askdocs_indexer.readers.man.source import Line, Source, arguments
from askdocs_indexer.readers.man.tables import table_blocks

# Macros that change fonts: one font for all words, or two that alternate.
_FONTS: dict[str, tuple[Font, ...]] = {
    "B": ("bold",),
    "BI": ("bold", "italic"),
    "BR": ("bold", "roman"),
    "I": ("italic",),
    "IB": ("italic", "bold"),
    "IR": ("italic", "roman"),
    "R": ("roman",),
    "RB": ("roman", "bold"),
    "RI": ("roman", "italic"),
    "SB": ("bold",),
    "SM": ("roman",),
}
# A page may define these again, which changes how they look but not what they mean.
MACROS = words(
    "B BI BR EE EX HP I IB IP IR IX LP ME MR MT OP P PP R RB RE RI RS SB SH SM SS SY Sh Sp Ss "
    "TE TH TP TQ TS UE UR Vb Ve YS"
)
_PARAGRAPHS = words("LP P PP HP")
_CODE_BEGINS = words("EX Vb nf")
_CODE_ENDS = words("EE Ve fi")
# What is drawn, set or typeset as formulas is left as it was written.
_DRAWINGS = {"EQ": "EN", "PS": "PE", "GS": "GE", "G1": "G2"}


class ManPage:
    """Interprets a page's lines."""

    def __init__(self, source: Source) -> None:
        self.page = Page()
        self._escapes = Escapes(source.strings)
        self._lines = source.lines()
        # A macro whose words stand on the next line: what is done with that.
        self._awaited: Callable[[list[Piece], int], None] | None = None
        self._term: list[Piece] = []
        # Whether the section sets code apart: then nothing else in it is code.
        self._has_code = False
        self._address = ""
        self._link: list[Piece] = []
        self._requests: dict[str, Callable[[Line], None]] = {
            **dict.fromkeys(_FONTS, self._styled),
            **dict.fromkeys(_PARAGRAPHS, lambda line: self._paragraph()),
            **dict.fromkeys(_CODE_BEGINS, lambda line: self._code(True)),
            **dict.fromkeys(_CODE_ENDS, lambda line: self._code(False)),
            **dict.fromkeys(_DRAWINGS, self._drawing),
            "IP": self._indented,
            "ME": self._link_end,
            "MR": self._reference,
            "MT": self._link_begin,
            "OP": self._option,
            "RE": lambda line: self.page.dedent(),
            "RS": lambda line: self.page.indent(),
            "SH": lambda line: self._heading(2, line),
            "SS": lambda line: self._heading(3, line),
            "SY": self._synopsis,
            "Sp": lambda line: self.page.paragraph(),
            "TH": self._title,
            "TP": lambda line: self._await(self._tag),
            "TQ": self._await_further,
            "TS": self._table,
            "UE": self._link_end,
            "UR": self._link_begin,
            "YS": lambda line: self.page.paragraph(),
            "br": lambda line: self.page.line_break(),
            "ft": lambda line: self._escapes.select(line.text.strip()),
            "sp": lambda line: self._space(),
        }

    def read(self) -> Page:
        """Interpret all lines."""
        for line in self._lines:
            if line.name:
                request = self._requests.get(line.name)
                if request:
                    request(line)
            elif self.page.is_code:
                self._put(self._escapes.pieces(line.text), line.number)
            elif line.text.strip():
                self._text(line)
            else:
                self.page.paragraph()
        return self.page

    # -- text -------------------------------------------------------------------------------

    def _text(self, line: Line) -> None:
        if line.text[:1].isspace():  # A line that is indented begins anew.
            self.page.line_break()
        self._put(self._escapes.pieces(line.text.strip()), line.number)
        if line.text.endswith("\\c"):
            self.page.glue()

    def _put(self, pieces: list[Piece], number: int) -> None:
        """Add a line's text where it belongs: to a title, a link or the page."""
        if self._awaited:
            awaited, self._awaited = self._awaited, None
            awaited(pieces, number)
        elif self._address:
            self._link += [*pieces, Piece(" ")]
        elif self.page.is_code:
            self.page.code(plain_text(pieces), number)
        else:
            self.page.add(pieces, number)

    def _styled(self, line: Line) -> None:
        """A macro of fonts; without words it is about the next line."""
        pieces = self._font_pieces(line.name, line.text)
        fonts = _FONTS[line.name]
        is_declared = self.page.in_synopsis and self.page.documents_functions
        is_declared = is_declared and not self._has_code
        if not pieces:
            font = fonts[0]
            before = self._awaited

            def styled(text: list[Piece], number: int) -> None:
                self._awaited = before
                self._put([Piece(piece.text, font) for piece in text], number)

            self._awaited = styled
        elif is_declared and not self._awaited:
            self.page.code(plain_text(pieces), line.number)
        else:
            self._put(pieces, line.number)
            if line.text.endswith("\\c"):
                self.page.glue()

    def _font_pieces(self, name: str, text: str) -> list[Piece]:
        fonts = _FONTS[name]
        between = " " if len(fonts) == 1 else ""
        pieces: list[Piece] = []
        for index, word in enumerate(arguments(text)):
            self._escapes.font = fonts[index % len(fonts)]
            pieces += [Piece(between, fonts[0])] if index and between else []
            pieces += self._escapes.pieces(word)
        self._escapes.font = "roman"
        return pieces

    def _pieces(self, line: Line) -> list[Piece]:
        """Return the text of a line of text or of a macro of fonts."""
        if line.name:
            return self._font_pieces(line.name, line.text) if line.name in _FONTS else []
        return self._escapes.pieces(line.text)

    def _words(self, text: str) -> list[str]:
        return [self._escapes.plain(word).strip() for word in arguments(text)]

    # -- sections and paragraphs ------------------------------------------------------------

    def _title(self, line: Line) -> None:
        name, section, *_ = [*self._words(line.text), "", ""]
        self.page.begin(name, section, line.number)

    def _heading(self, level: int, line: Line) -> None:
        self._end()
        self._escapes.font = "roman"
        title = " ".join(self._words(line.text))
        if title:
            self.page.head(level, title, line.number)
        else:
            self._await(lambda text, number: self.page.head(level, plain_text(text), number))

    def _end(self) -> None:
        self._awaited = None
        self.page.is_code = self._has_code = False

    def _paragraph(self) -> None:
        self._awaited = None
        self.page.leave()

    def _space(self) -> None:
        if not self.page.is_code:
            self.page.paragraph()

    def _await(self, awaited: Callable[[list[Piece], int], None]) -> None:
        self.page.paragraph()
        self._awaited = awaited

    def _tag(self, text: list[Piece], number: int) -> None:
        self._term = text
        self.page.begin_item(text, number)

    def _await_further(self, line: Line) -> None:
        if self._term:
            self._awaited = self._further_tag

    def _further_tag(self, text: list[Piece], number: int) -> None:
        self._term = [*self._term, Piece(", "), *text]
        self.page.relabel(self._term)

    def _indented(self, line: Line) -> None:
        label = [*arguments(line.text), ""][0]
        if label:
            self._tag(self._escapes.pieces(label), line.number)
            self._escapes.font = "roman"
        else:
            self.page.paragraph()

    def _code(self, begins: bool) -> None:
        if begins != self.page.is_code:
            self.page.paragraph()
        self.page.is_code = begins
        self._has_code = self._has_code or begins

    # -- links, options, drawings -----------------------------------------------------------

    def _link_begin(self, line: Line) -> None:
        self._address = "".join(self._words(line.text)[:1])
        self._link = []

    def _link_end(self, line: Line) -> None:
        address, self._address = self._address, ""
        label = plain_text(self._link).strip()
        is_web = address.startswith(("http://", "https://", "ftp://"))
        text = f"[{label}]({address})" if label and is_web else label or address
        after = "".join(self._words(line.text)[:1])
        self._put([Piece(text, "markdown"), Piece(after)], line.number)

    def _reference(self, line: Line) -> None:
        name, section, after, *_ = [*self._words(line.text), "", "", ""]
        self._put([Piece(name, "bold"), Piece(f"({section}){after}")], line.number)

    def _option(self, line: Line) -> None:
        words = self._words(line.text)
        value = [Piece(" "), Piece(words[1], "italic")] if len(words) > 1 else []
        option = Piece("".join(words[:1]), "bold")
        self._put([Piece("["), option, *value, Piece("]")], line.number)

    def _synopsis(self, line: Line) -> None:
        self.page.paragraph()
        self._put([Piece(" ".join(self._words(line.text)), "bold")], line.number)

    def _table(self, line: Line) -> None:
        lines = list(self._until("TE"))
        self.page.table(table_blocks(lines, self._pieces))
        self._escapes.font = "roman"

    def _drawing(self, line: Line) -> None:
        lines = list(self._until(_DRAWINGS[line.name]))
        self.page.paragraph()
        for inside in lines:
            name = f".{inside.name} " if inside.name else ""
            self.page.code(name + inside.text, inside.number)
        self.page.paragraph()

    def _until(self, name: str) -> Iterator[Line]:
        for line in self._lines:
            if line.name == name:
                return
            yield line

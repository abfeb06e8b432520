"""The macros of mdoc(7): sections, lists, displays and declarations of functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.man.escapes import Escapes, Piece, markdown, plain_text
from askdocs_indexer.readers.man.page import Page
from askdocs_indexer.readers.man.phrases import MACROS as PHRASE_MACROS
from askdocs_indexer.readers.man.phrases import Phrase, call
from askdocs_indexer.readers.man.source import Line, Source, arguments
from askdocs_indexer.readers.markdown_writer import Row, table

_LISTS = words("-bullet -column -dash -diag -enum -hang -hyphen -inset -item -ohang -tag")
_BULLETS = words("-bullet -dash -hyphen")
_LITERAL = words("-literal -unfilled")
_WITH_VALUE = words("-offset -width")
MACROS = PHRASE_MACROS | words("Bd Bl D1 Dd Dl Dt Ed El Fc Fo It Nd Os Pp Lp Re Rs Sh Sm Ss Br")


@dataclass(slots=True)
class _List:
    """A list that is open: how its items are marked, and the rows of one of columns."""

    kind: str
    number: int = 0
    start_line: int = 0
    head: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    cells: list[list[Piece]] | None = None


class MdocPage:
    """Interprets a page's lines."""

    def __init__(self, source: Source) -> None:
        self.page = Page()
        self._escapes = Escapes(source.strings)
        self._lines = source.lines()
        self._name = ""
        self._lists: list[_List] = []
        self._displays: list[bool] = []
        # A term that goes on over several lines, between `Xo` and `Xc`.
        self._term: list[Piece] | None = None
        self._function: list[str] = []
        self._type = ""
        self._is_spaced = True
        self._requests: dict[str, Callable[[Line, list[str]], None]] = {
            "Bd": self._display,
            "Bl": self._list,
            "D1": self._display_line,
            "Dl": self._display_line,
            "Dt": self._title,
            "Ed": self._display_end,
            "El": self._list_end,
            "Fa": self._parameter,
            "Fc": self._function_end,
            "Fn": self._function_line,
            "Fo": self._function_begin,
            "Ft": self._function_type,
            "In": self._header,
            "It": self._item,
            "Nd": self._description,
            "Nm": self._names,
            "Rs": lambda line, given: self.page.line_break(),
            "Sh": lambda line, given: self._heading(2, line, given),
            "Sm": self._spacing,
            "Ss": lambda line, given: self._heading(3, line, given),
            **dict.fromkeys(("Lp", "Pp"), lambda line, given: self.page.paragraph()),
            "Xc": self._term_end,
            "br": lambda line, given: self.page.line_break(),
            "sp": lambda line, given: self.page.paragraph(),
            "nf": lambda line, given: self._code(True),
            "fi": lambda line, given: self._code(False),
        }

    def read(self) -> Page:
        """Interpret all lines."""
        number = 1
        for line in self._lines:
            number = line.number
            if line.name:
                given = arguments(line.text)
                request = self._requests.get(line.name)
                if request:
                    request(line, given)
                elif line.name in PHRASE_MACROS:
                    self._phrase(line, [line.name, *given])
            elif line.text.strip() or self.page.is_code:
                self._put(self._escapes.pieces(line.text), line.number)
            else:
                self.page.paragraph()
        self._end_lists(number)
        return self.page

    # -- text -------------------------------------------------------------------------------

    def _read(self, given: Sequence[str]) -> Phrase:
        return Phrase(self._escapes, self._name, self._is_spaced).read(given)

    def _phrase(self, line: Line, given: Sequence[str]) -> None:
        phrase = self._read(given)
        for index, cell in enumerate(phrase.cells):
            if index:
                self._next_cell()
            self._put(cell, line.number, glued=phrase.glued and not index)
        if phrase.glues or not self._is_spaced:
            self.page.glue()

    def _put(self, pieces: list[Piece], number: int, *, glued: bool = False) -> None:
        cells = self._lists[-1].cells if self._lists else None
        if self._term is not None:
            self._term += [*([] if glued or not self._term else [Piece(" ")]), *pieces]
        elif cells is not None:
            cells[-1] += [*([] if glued or not cells[-1] else [Piece(" ")]), *pieces]
        elif self.page.is_code:
            self.page.code(plain_text(pieces), number)
        else:
            self.page.add(pieces, number, glued=glued)

    def _plain(self, given: Sequence[str]) -> list[str]:
        return [self._escapes.plain(word) for word in given]

    def _spacing(self, line: Line, given: list[str]) -> None:
        self._is_spaced = given != ["off"]

    # -- sections ---------------------------------------------------------------------------

    def _title(self, line: Line, given: list[str]) -> None:
        name, section, *_ = [*self._plain(given), "", ""]
        self.page.begin(name, section, line.number)

    def _heading(self, level: int, line: Line, given: list[str]) -> None:
        self._code(False)
        self._end_lists(line.number)
        self._displays.clear()
        title = plain_text(self._read(["No", *given]).cells[0])
        self.page.head(level, title, line.number)

    def _names(self, line: Line, given: list[str]) -> None:
        own = [word for word in given if word not in PHRASE_MACROS]
        if own and not self._name:
            self._name = self._escapes.plain(own[0])
        if self.page.in_synopsis:
            self.page.line_break()
        self._phrase(line, ["Nm", *given])

    def _description(self, line: Line, given: list[str]) -> None:
        self._phrase(line, ["No", "—", *given])

    # -- functions --------------------------------------------------------------------------

    @property
    def _declares(self) -> bool:
        return self.page.in_synopsis and self.page.documents_functions

    def _header(self, line: Line, given: list[str]) -> None:
        header = "".join(self._plain(given)[:1])
        if self._declares:
            self.page.code(f"#include <{header}>", line.number)
        else:
            self._phrase(line, ["In", f"<{header}>", *given[1:]])

    def _function_type(self, line: Line, given: list[str]) -> None:
        if self._declares:
            self._type = " ".join(self._plain(given))
        else:
            self._phrase(line, ["Ft", *given])

    def _function_line(self, line: Line, given: list[str]) -> None:
        if self._declares and given:
            self._declare(self._plain(given), line)
        else:
            self._phrase(line, ["Fn", *given])

    def _function_begin(self, line: Line, given: list[str]) -> None:
        self._function = self._plain(given)[:1]

    def _parameter(self, line: Line, given: list[str]) -> None:
        if self._function:
            self._function += (word for word in self._plain(given) if word != ",")
        else:
            self._phrase(line, ["Fa", *given])

    def _function_end(self, line: Line, given: list[str]) -> None:
        function, self._function = self._function, []
        if function and self._declares:
            self._declare(function, line)
        elif function:
            self._put([Piece(call(function), "code")], line.number)
            self._phrase(line, ["Ns", *given])

    def _declare(self, function: Sequence[str], line: Line) -> None:
        declared = f"{self._type} {call(function)};".lstrip().replace("* ", "*", 1)
        self.page.code(declared, line.number)
        self._type = ""

    # -- displays ---------------------------------------------------------------------------

    def _display(self, line: Line, given: list[str]) -> None:
        self.page.paragraph()
        self._displays.append(not _LITERAL.isdisjoint(given))
        self._code(self._displays[-1])

    def _display_end(self, line: Line, given: list[str]) -> None:
        if self._displays:
            self._displays.pop()
        self._code(bool(self._displays) and self._displays[-1])

    def _code(self, is_code: bool) -> None:
        self.page.paragraph()
        self.page.is_code = is_code

    def _display_line(self, line: Line, given: list[str]) -> None:
        phrase = self._read(["No", *given])
        self.page.paragraph()
        self.page.code(plain_text(phrase.cells[0]), line.number)
        self.page.paragraph()

    # -- lists ------------------------------------------------------------------------------

    def _list(self, line: Line, given: list[str]) -> None:
        kind = next((word for word in given if word in _LISTS), "-item")
        self._lists.append(_List(kind, start_line=line.number))
        self.page.indent()

    def _list_end(self, line: Line, given: list[str]) -> None:
        if self._lists:
            self._end_list(line.number)

    def _end_lists(self, number: int) -> None:
        while self._lists:
            self._end_list(number)

    def _end_list(self, number: int) -> None:
        ended = self._lists[-1]
        self._end_term(number)
        if ended.kind == "-column":
            self._end_row(number)
            head, rows = _headed(ended.rows)
            self.page.table(table(head, rows, ended.start_line))
        self._lists.pop()
        self.page.dedent()

    def _item(self, line: Line, given: list[str]) -> None:
        if not self._lists:
            return
        around = self._lists[-1]
        self._end_term(line.number)
        around.number += 1
        if around.kind == "-column":
            self._end_row(line.number)
            around.cells = [[]]
            self._phrase(line, ["No", *arguments(line.text.replace("\t", " Ta "))])
        elif around.kind in _BULLETS:
            self.page.begin_item([], line.number)
        elif around.kind == "-enum":
            self.page.begin_item([Piece(f"{around.number}.")], line.number)
        elif around.kind == "-item":
            self.page.leave()
        else:
            self._term = []
            self._phrase(line, ["No", *given] if given[:1] and given[0] not in MACROS else given)
            if "Xo" not in given:
                self._end_term(line.number)

    def _term_end(self, line: Line, given: list[str]) -> None:
        self._phrase(line, ["No", *given])
        self._end_term(line.number)

    def _end_term(self, number: int) -> None:
        if self._term is not None:
            term, self._term = self._term, None
            self.page.begin_item(term, number, is_term=True)

    def _next_cell(self) -> None:
        if self._lists and self._lists[-1].cells is not None:
            self._lists[-1].cells.append([])

    def _end_row(self, number: int) -> None:
        around = self._lists[-1]
        if around.cells is not None:
            cells = [markdown(cell).strip() for cell in around.cells]
            start = max(row.end_line for row in around.rows) if around.rows else around.start_line
            around.rows.append(Row(cells, start, max(start, number - 1)))
            around.cells = None


def _headed(rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """Split off the first row where it is in bold."""
    cells = rows[0].cells if len(rows) > 1 else ()
    filled = [cell for cell in cells if cell]
    is_head = filled and all(cell.startswith("**") and cell.endswith("**") for cell in filled)
    return ([cell.strip("*") for cell in cells], rows[1:]) if is_head else ((), rows)

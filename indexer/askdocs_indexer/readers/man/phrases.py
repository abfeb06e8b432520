"""A line of mdoc(7) as text: macros name what their words are, and may follow one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from askdocs_indexer.readers.decoding import words
from askdocs_indexer.readers.man.escapes import Escapes, Font, Piece

_FONTS: dict[str, Font] = {
    **dict.fromkeys(words("Cd Cm Dv Er Ev Fl Ft Ic In Li Nm Pa Va Vt Ms"), "code"),
    **dict.fromkeys(words("Ar Em Fa Sx"), "italic"),
    "Sy": "bold",
    **dict.fromkeys(
        words("Ad An Bt No Tn Ud Mt %A %B %C %D %I %J %N %O %P %Q %R %T %U %V"), "roman"
    ),
}
_DEFAULTS = {"Ar": "file ...", "Pa": "~", "Mt": "~", "Li": ""}
# Around what is on the same line, and what begins and ends such text over several lines.
_SIGNS = {
    "Aq": "⟨⟩", "Bq": "[]", "Brq": "{}", "Dq": "“”", "Op": "[]", "Pq": "()",
    "Ql": "‘’", "Qq": '""', "Sq": "‘’",
}  # fmt: skip
_OPENED = {
    "Ao": "⟨", "Bo": "[", "Bro": "{", "Do": "“", "Oo": "[", "Po": "(", "Qo": '"', "So": "‘",
}  # fmt: skip
_CLOSED = {
    "Ac": "⟩", "Bc": "]", "Brc": "}", "Dc": "”", "Oc": "]", "Pc": ")", "Qc": '"', "Sc": "’",
}  # fmt: skip
_SYSTEMS = {
    "At": "AT&T UNIX", "Bsx": "BSD/OS", "Bx": "BSD", "Dx": "DragonFly", "Fx": "FreeBSD",
    "Nx": "NetBSD", "Ox": "OpenBSD", "Ux": "UNIX",
}  # fmt: skip
_SENTENCES = {
    "Bt": "is currently in beta test.",
    "Ud": "currently under development.",
}
# Macros without words of their own.
_SILENT = words("Bk Db Ek Tg")
_SHELLS = words("Xc Xo")
_OPENING = words("( [")
_CLOSING = words(". , : ; ) ] ? !")
_OTHERS = words("Ap Fn Lb Lk Ns Pf St Ta Xr Ex Rv Eo Ec")
MACROS = frozenset({*_FONTS, *_SIGNS, *_OPENED, *_CLOSED, *_SYSTEMS, *_SILENT, *_SHELLS, *_OTHERS})


class Phrase:
    """Puts the words of lines together; `name` is what the page is about.

    `cells` are the text so far, cut where a column begins. `glued` says that the first word follows
    what is before it without space, `glues` the same of what comes after the last.
    """

    def __init__(self, escapes: Escapes, name: str, is_spaced: bool = True) -> None:
        self.cells: list[list[Piece]] = [[]]
        self.glued = False
        self.glues = False
        self._escapes = escapes
        self._name = name
        self._is_spaced = is_spaced
        self._is_first = True
        # The signs that the end of the line closes.
        self._closers: list[str] = []

    def read(self, line: Sequence[str]) -> Phrase:
        """Read a line's words, the first of which is its macro."""
        end = len(line)
        while end > 1 and line[end - 1] in _CLOSING:
            end -= 1
        index = 0
        while index < end:
            word = line[index]
            index += 1
            if word not in MACROS:
                self._word(word, "roman")
                continue
            stop = index
            while stop < end and line[stop] not in MACROS:
                stop += 1
            index += self._macro(word, line[index:stop])
        while self._closers:
            self._close(self._closers.pop())
        for sign in line[end:]:
            self._close(sign)
        return self

    # -- words and spaces -------------------------------------------------------------------

    def _word(self, word: str, font: Font, text: str = "") -> None:
        """Add a word; `text` stands for one without escapes."""
        if not text and word in _CLOSING:
            self._close(word)
        elif not text and word in _OPENING:
            self._open(word)
        else:
            self._escapes.font = font
            self._add([Piece(text, font)] if text else self._escapes.pieces(word))
            self._escapes.font = "roman"

    def _add(self, pieces: list[Piece]) -> None:
        if not pieces:
            return
        cell = self.cells[-1]
        if self._is_first:
            self.glued = self.glued or self.glues
        elif cell and self._is_spaced and not self.glues:
            cell.append(Piece(" "))
        cell += pieces
        self._is_first = self.glues = False

    def _open(self, sign: str) -> None:
        self._add([Piece(sign)])
        self.glues = True

    def _close(self, sign: str) -> None:
        self.glues = True
        self._add([Piece(sign)])

    # -- macros -----------------------------------------------------------------------------

    def _macro(self, name: str, line: Sequence[str]) -> int:
        """Add a macro with the words up to the next one; return how many it has used."""
        if name in _OTHERS:
            other: Callable[[Sequence[str]], int] = getattr(self, f"_{name.lower()}")
            return other(line)
        if name in _FONTS:
            self._styled(name, line)
        elif name in _SYSTEMS:
            self._system(name, line)
        elif name not in _SILENT:
            return self._sign(name, line)
        return len(line)

    def _sign(self, name: str, line: Sequence[str]) -> int:
        """Add what stands around a text; that of `Ql` is literal."""
        if name in _SIGNS:
            self._open(_SIGNS[name][0])
            self._closers.append(_SIGNS[name][1])
        elif name in _OPENED:
            self._open(_OPENED[name])
        elif name in _CLOSED:
            self._close(_CLOSED[name])
        if name != "Ql":
            return 0
        self._word("", "code", " ".join(map(self._escapes.plain, line)))
        return len(line)

    def _system(self, name: str, line: Sequence[str]) -> None:
        """Add the name of a system; only BSD's has its version before it."""
        version = [word for word in line if word not in _CLOSING]
        shown = [_SYSTEMS[name], *version]
        if name == "Bx" and version:
            shown = [f"{version[0]}BSD", *version[1:]]
        self._word("", "roman", " ".join(shown))
        for word in line[len(version) :]:
            self._word(word, "roman")

    def _styled(self, name: str, line: Sequence[str]) -> None:
        own = [word for word in line if word not in _CLOSING and word not in _OPENING]
        if name in _SENTENCES:
            self._word("", "roman", _SENTENCES[name])
        elif name == "Fl":
            self._flags(line)
            return
        elif not own:
            default = self._name if name == "Nm" else _DEFAULTS.get(name, "")
            if default:
                self._word("", _FONTS[name], default)
        for word in line:
            is_option = name == "An" and word in {"-split", "-nosplit"}
            if not is_option:
                self._word(word, _FONTS[name])

    def _flags(self, line: Sequence[str]) -> None:
        """Options: each has its dash."""
        if not line or line[0] in _CLOSING:
            self._word("", "code", "-")
        for word in line:
            is_flag = word not in _CLOSING and word not in _OPENING and word != "|"
            self._word(f"\\-{word}" if is_flag else word, "code" if is_flag else "roman")

    def _ap(self, line: Sequence[str]) -> int:
        self._close("'")
        self.glues = True
        return 0

    def _ns(self, line: Sequence[str]) -> int:
        self.glues = True
        return 0

    def _pf(self, line: Sequence[str]) -> int:
        for word in line[:1]:
            self._word(word, "roman")
        self.glues = True
        return len(line[:1])

    def _ta(self, line: Sequence[str]) -> int:
        self.cells.append([])
        return 0

    def _eo(self, line: Sequence[str]) -> int:
        for word in line[:1]:
            self._open(word)
        return len(line[:1])

    def _ec(self, line: Sequence[str]) -> int:
        for word in line[:1]:
            self._close(word)
        return len(line[:1])

    def _xr(self, line: Sequence[str]) -> int:
        name, section = [*line, "", ""][:2]
        has_section = section not in {"", *_CLOSING}
        self._add([Piece(name, "bold"), *([Piece(f"({section})")] if has_section else ())])
        return 1 + has_section if line else 0

    def _fn(self, line: Sequence[str]) -> int:
        own = [word for word in line if word not in _CLOSING]
        if own:
            self._word("", "code", call(map(self._escapes.plain, own)))
        return len(own)

    def _lk(self, line: Sequence[str]) -> int:
        own = [self._escapes.plain(word) for word in line if word not in _CLOSING]
        label = " ".join(own[1:])
        is_web = bool(own) and own[0].startswith(("http://", "https://"))
        shown = f"[{label}]({own[0]})" if label and is_web else label or "".join(own[:1])
        self._add([Piece(shown, "markdown")] if shown else [])
        return len(own)

    def _lb(self, line: Sequence[str]) -> int:
        for word in line[:1]:
            self._word("", "roman", f"library {word}")
        return len(line[:1])

    def _st(self, line: Sequence[str]) -> int:
        """A standard: `-p1003.1-2008` is POSIX's, `-isoC-99` that of C."""
        for word in line[:1]:
            shown = word.removeprefix("-").replace("p1003", "IEEE Std 1003").replace("iso", "ISO ")
            self._word("", "roman", shown)
        return len(line[:1])

    def _ex(self, line: Sequence[str]) -> int:
        names = ", ".join(line[1:]) or self._name
        sentence = f"The {names} utility exits 0 on success, and >0 if an error occurs."
        self._word("", "roman", sentence)
        return len(line)

    def _rv(self, line: Sequence[str]) -> int:
        names = ", ".join(f"{name}()" for name in line[1:]) or f"{self._name}()"
        sentence = (
            f"The {names} function returns the value 0 if successful; otherwise the value -1 is "
            "returned and errno is set to indicate the error."
        )
        self._word("", "roman", sentence)
        return len(line)


def call(line: Sequence[str] | map[str]) -> str:
    """Return a function with its parameters, of which the first word is the name."""
    name, *parameters = line
    return f"{name}({', '.join(parameters)})"

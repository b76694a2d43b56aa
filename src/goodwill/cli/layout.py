"""How a small table fits a terminal: names and figures stay whole, sentences wrap."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from goodwill.pipeline.outcome import Sheet

_GAP = 2
_SENTENCE = 32
# A word of Latin letters, or a single wide letter, with the stops and blanks that follow it.
_PIECES = re.compile(r"(?:[!-~]+|[^!-~])[，。；：、）”]*\s*")


def laid_out(sheet: Sheet, width: int) -> Group:
    """Return a sheet as it fits `width` columns of a terminal.

    Heads wrap at their words, so that a column of figures is as narrow as its figures. Where all columns
    together are still too wide, they stand in several tables below one another, each with the first column.
    """
    places = range(len(sheet.columns))
    widths = [_width(sheet, place) for place in places]
    tables = [_table(sheet, part, widths) for part in _parts(widths, width)]
    return Group(Text(sheet.title, style="bold", overflow="fold"), *tables)


def _width(sheet: Sheet, place: int) -> int | None:
    """Return what a column needs to keep every cell on one line; None where it holds sentences."""
    cells = max((cell_len(row[place]) for row in sheet.rows), default=0)
    if cells > _SENTENCE:
        return None
    return max(cells, *(cell_len(word) for word in _head(sheet, place).split(" ")))


def _head(sheet: Sheet, place: int) -> str:
    """Return a head that can wrap at its words; a name like past_window has no others."""
    head = sheet.columns[place]
    return head if " " in head else head.replace("_", " ")


def _parts(widths: Sequence[int | None], width: int) -> list[list[int]]:
    parts, room = [[0]], width - (widths[0] or _SENTENCE)
    for place, wanted in enumerate(widths[1:], start=1):
        needed = (_SENTENCE // 2 if wanted is None else wanted) + _GAP
        if needed > room and len(parts[-1]) > 1:
            parts.append([0])
            room = width - (widths[0] or _SENTENCE)
        parts[-1].append(place)
        room -= needed
    return parts


def _table(sheet: Sheet, part: Sequence[int], widths: Sequence[int | None]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        show_header=any(sheet.columns),
        header_style="bold",
        pad_edge=False,
        padding=(0, _GAP - 1, 0, 0),
    )
    for place in part:
        is_whole = place > 0 and widths[place] is not None
        is_right = is_whole and all(_is_figure(row[place]) for row in sheet.rows)
        table.add_column(
            escape(_head(sheet, place)),
            justify="right" if is_right else "left",
            width=widths[place],
            overflow="fold",
        )
    for row in sheet.rows:
        table.add_row(
            *(_Sentence(row[place]) if widths[place] is None else escape(row[place]) for place in part)
        )
    return table


@dataclass(frozen=True)
class _Sentence:
    """A sentence that breaks between its words; one in Chinese, which has no blanks, breaks anywhere."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(min(_SENTENCE // 2, cell_len(self.text)), cell_len(self.text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        is_wide = cell_len(self.text) > len(self.text)
        yield Text(_folded(self.text, options.max_width) if is_wide else self.text, overflow="fold")


def _folded(text: str, width: int) -> str:
    """Return a text in lines of at most a width, a stop never at the beginning of one."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if cell_len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(lines)


def _is_figure(cell: str) -> bool:
    return (
        not cell
        or cell in {"–", "yes", "no", "是", "否"}
        or cell.lstrip("+-−[ ").replace(",", "")[:1].isdigit()
        or cell[:1] == "."
    )

"""Reading a sheet of an Excel workbook."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.errors import SourceError

if TYPE_CHECKING:
    from openpyxl import Workbook

Cell = str | float | int | bool | date | datetime | None


def read_workbook(
    engine: BaseBackend, file: Path, sheet: str | None, text_columns: Sequence[str]
) -> ir.Table:
    """Read a sheet into a temporary table of the engine; its first row holds the names.

    Parameters
    ----------
    sheet : its name; the first when None.
    text_columns : columns that are text whatever they look like.
    """
    header, *rows = _rows(file, sheet)
    names = [
        str(cell).strip() if cell is not None else f"column_{i}" for i, cell in enumerate(header, start=1)
    ]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise SourceError(
            f"{file}: the first row names {', '.join(repeated)} more than once. Rename one of them."
        )
    cells = zip(*rows, strict=True) if rows else [()] * len(names)
    columns = {
        name: _column(list(column), name in text_columns) for name, column in zip(names, cells, strict=True)
    }
    return engine.create_table(ibis.util.gen_name("sheet"), pa.table(columns), temp=True)


def filled_sheets(file: Path) -> list[str]:
    """Return the names of a workbook's sheets that hold anything."""
    book = _opened(file)
    try:
        return [name for name in book.sheetnames if any(map(any, book[name].iter_rows(values_only=True)))]
    finally:
        book.close()


def _rows(file: Path, sheet: str | None) -> list[tuple[Cell, ...]]:
    book = _opened(file)
    try:
        return _filled(book[_sheet(file, sheet, book.sheetnames)].iter_rows(values_only=True), file)
    finally:
        book.close()


def _opened(file: Path) -> "Workbook":
    try:
        import openpyxl  # noqa: PLC0415 - an extra, needed for Excel alone
    except ImportError as error:
        raise SourceError(
            f"{file}: reading Excel needs an extra. Install it: pip install 'goodwill[excel]'."
        ) from error
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (
        BadZipFile,
        KeyError,
        ValueError,
        OSError,
        openpyxl.utils.exceptions.InvalidFileException,
    ) as error:
        raise SourceError(f"{file}: not a whole .xlsx workbook. Save it again from Excel.") from error


def _sheet(file: Path, sheet: str | None, names: Sequence[str]) -> str:
    if sheet is None:
        return names[0]
    if sheet in names:
        return sheet
    raise SourceError(f"{file}: there is no sheet {sheet!r}. There are: {', '.join(names)}.")


def _filled(rows: Iterable[tuple[Cell, ...]], file: Path) -> list[tuple[Cell, ...]]:
    """Leave out blank rows, and columns to the right of the last name."""
    filled = [row for row in rows if any(cell is not None for cell in row)]
    if not filled:
        raise SourceError(f"{file}: the sheet is empty. Its first row must hold the names of the columns.")
    width = max(i for i, cell in enumerate(filled[0], start=1) if cell is not None)
    return [(row + (None,) * width)[:width] for row in filled]


def _column(cells: list[Cell], is_text: bool) -> pa.Array:  # noqa: FBT001 - private, and named at the call
    kinds = {type(cell) for cell in cells if cell is not None}
    if not is_text and kinds and kinds <= {int, float}:
        return pa.array(cells, pa.int64() if kinds == {int} else pa.float64())
    if not is_text and kinds and kinds <= {date, datetime}:
        return pa.array(cells, pa.timestamp("us"))
    return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)

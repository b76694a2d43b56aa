"""Reading CSV and its kin: the delimiter, the header, and the type of each column from all its rows."""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import duckdb
import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.data.encodings import detect_encoding, known_encoding, open_bytes, write_utf8
from goodwill.data.types import is_missing
from goodwill.engine import fetch
from goodwill.errors import SourceError

_DELIMITERS = (",", ";", "\t", "|")
# Python's csv reads no field longer than 131,072 letters.
_SAMPLE_BYTES, _SAMPLE_ROWS = 1 << 16, 200
# Digits that no 64-bit number holds, or that start with a zero, are a name and not a number.
_WHOLE = r"^[+-]?(0|[1-9]\d{0,17})$"
_NUMBER = r"^[+-]?((0|[1-9]\d{0,14})([.]\d*)?|[.]\d+)([eE][+-]?\d{1,3})?$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_MOMENT = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?)?$"
_PATTERNS = {"int64": _WHOLE, "float64": _NUMBER, "date": _DAY, "timestamp": _MOMENT}
_WHOLE_FLOAT = r"^[+-]?\d+[.]0$"


def read_delimited(
    engine: BaseBackend, files: Sequence[Path], encoding: str | None, text_columns: Sequence[str]
) -> ir.Table:
    """Read CSV files with one header into a temporary table of the engine.

    A column is a number or a time only if every value of every file is one, times in ISO form; the rest
    is text.

    Parameters
    ----------
    encoding : of all files; detected for each when None.
    text_columns : columns that are text whatever they look like; the `.0` that a missing id forces on all
        others of its column, when ids are exported as floats, is taken away again.
    """
    parts = [_read_text(engine, file, encoding) for file in files]
    for file, part in zip(files, parts, strict=True):
        if set(part.columns) != set(parts[0].columns):
            missing = ", ".join(sorted(set(part.columns) ^ set(parts[0].columns)))
            message = (
                f"{file}: its columns differ from those of {files[0].name} in: {missing}. Read them apart."
            )
            raise SourceError(message)
    columns = parts[0].columns
    text = ibis.union(*[part.select(columns) for part in parts]) if len(parts) > 1 else parts[0]
    table = engine.create_table(ibis.util.gen_name("rows"), _typed(text, text_columns), temp=True)
    for part in parts:
        engine.drop_table(part.op().name)
    return table


def _typed(text: ir.Table, text_columns: Sequence[str]) -> ir.Table:
    kinds = _kinds(text, text_columns)
    values = {}
    for name, kind in kinds.items():
        if kind == "string":
            values[name] = text[name]
        elif kind == "whole float":
            values[name] = text[name].re_replace(r"[.]0$", "")
        else:
            values[name] = is_missing(text[name]).ifelse(ibis.null(kind), text[name].strip().try_cast(kind))
    return text.select(**values)


def _kinds(text: ir.Table, text_columns: Sequence[str]) -> dict[str, str]:
    """Return the narrowest type that every value of a column has, from one pass over all rows."""
    measures = {}
    for i, name in enumerate(text.columns):
        value = text[name]
        is_value = ~is_missing(value) & value.notnull()
        measures[f"{i}:values"] = is_value.cast("int64").sum()
        patterns = {"whole float": _WHOLE_FLOAT} if name in text_columns else _PATTERNS
        for kind, pattern in patterns.items():
            measures[f"{i}:{kind}"] = (is_value & value.strip().re_search(pattern)).cast("int64").sum()
    found = fetch(text.aggregate(**measures)).to_pylist()[0]
    return {name: _kind(found, f"{i}:") for i, name in enumerate(text.columns)}


def _kind(found: dict[str, int | None], prefix: str) -> str:
    n_values = found[f"{prefix}values"]
    kinds = [key.removeprefix(prefix) for key, n in found.items() if key.startswith(prefix) and n == n_values]
    return next((kind for kind in kinds if kind != "values" and n_values), "string")


def _read_text(engine: BaseBackend, file: Path, encoding: str | None) -> ir.Table:
    """Read one file into a table of text."""
    found = detect_encoding(file) if encoding is None else known_encoding(encoding, "encoding")
    with tempfile.TemporaryDirectory() as folder:
        source = file
        if file.suffix == ".gz" or found not in {"utf-8", "utf-8-sig"}:
            source = Path(folder) / "rows.csv"
            write_utf8(file, found, source)
        delimiter, names = _header(source, file)
        view = engine.read_csv(
            source,
            auto_detect=False,
            columns=dict.fromkeys(names, "VARCHAR"),
            header=True,
            delim=delimiter,
            quote='"',
            escape='"',
        )
        try:
            table = engine.create_table(ibis.util.gen_name("text"), view, temp=True)
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            raise SourceError(_reason(file, str(error))) from None
        finally:
            engine.drop_view(view.op().name)
    return table


def _header(source: Path, file: Path) -> tuple[str, list[str]]:
    """Return the delimiter that cuts the first rows into equally many fields, and the names in the first."""
    with open_bytes(source) as stream:
        sample = stream.read(_SAMPLE_BYTES).decode("utf-8-sig", errors="ignore")
    if not sample.strip():
        raise SourceError(f"{file}: the file is empty. Write it again, with a first line of column names.")
    delimiter = max(_DELIMITERS, key=lambda mark: _fit(sample, mark))
    names = next(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    names = [name.strip() or f"column_{i}" for i, name in enumerate(names, start=1)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise SourceError(
            f"{file}: the first line names {', '.join(repeated)} more than once. Rename one of them."
        )
    return delimiter, names


def _fit(sample: str, delimiter: str) -> tuple[bool, int]:
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    # The last row of a sample may be cut.
    widths = [len(row) for row in islice(rows, _SAMPLE_ROWS) if row]
    whole = widths[:-1] if len(sample) >= _SAMPLE_BYTES else widths
    return len(set(whole)) == 1 and widths[0] > 1, widths[0]


def _reason(file: Path, message: str) -> str:
    """Say where a file is broken, without the line itself, which the engine's message quotes."""
    line = re.search(r"Line: (\d+)", message)
    place = f"{file}, line {line.group(1)}" if line else str(file)
    widths = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if widths:
        found = f"{widths.group(2)} fields instead of {widths.group(1)}"
        return f"{place}: {found}. Quote fields that hold the delimiter."
    if "unterminated quote" in message:
        return (
            f'{place}: a quote (") is opened and never closed. Close it, or write it twice where it is text.'
        )
    if "unicode" in message:
        return f"{place}: not UTF-8. Set `encoding:` to what the file was written in, for example gb18030."
    return f"{place}: the line cannot be read as CSV. Correct it or write the file again."

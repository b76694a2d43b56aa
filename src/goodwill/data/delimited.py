"""Reading CSV and its kin: the delimiter, the header, and the type of each column from all its rows."""

import csv
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
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
_SAMPLE_BYTES, _SAMPLE_LINES, _SAMPLE_ROWS = 1 << 16, 200, 10_000
# Digits that no 64-bit number holds, or that start with a zero, are a name and not a number.
_TYPES = ("int64", "float64", "date", "timestamp")
_WHOLE_FLOAT = "whole float"
_PATTERNS = {
    "int64": r"^\s*[+-]?(0|[1-9]\d{0,17})\s*$",
    "float64": r"^\s*[+-]?((0|[1-9]\d{0,14})([.]\d*)?|[.]\d+)([eE][+-]?\d{1,3})?\s*$",
    "date": r"^\s*\d{4}-\d{2}-\d{2}\s*$",
    "timestamp": r"^\s*\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d{1,6})?)?)?\s*$",
    _WHOLE_FLOAT: r"^\s*[+-]?\d+[.]0\s*$",
}


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
        elif kind == _WHOLE_FLOAT:
            values[name] = text[name].re_replace(r"[.]0$", "")
        else:
            values[name] = is_missing(text[name]).ifelse(ibis.null(kind), text[name].strip().try_cast(kind))
    return text.select(**values)


def _kinds(text: ir.Table, text_columns: Sequence[str]) -> dict[str, str]:
    """Return the narrowest type that every value of a column has: guessed from some rows, proved on all."""
    possible = {name: (_WHOLE_FLOAT,) if name in text_columns else _TYPES for name in text.columns}
    guessed = _fitting(text.limit(_SAMPLE_ROWS), possible, at_least=0)
    proved = _fitting(text, guessed, at_least=1)
    return {name: next(iter(kinds), "string") for name, kinds in proved.items()}


def _fitting(
    text: ir.Table, possible: Mapping[str, Sequence[str]], at_least: int
) -> dict[str, tuple[str, ...]]:
    """Return, per column, the possible types that all its values have, if it has `at_least` so many."""
    measures = {"rows": text.count()}
    for i, (name, kinds) in enumerate(possible.items()):
        is_value = text[name].notnull() & ~is_missing(text[name])
        measures |= {f"{i}:values": text.count(where=is_value)} if kinds else {}
        for kind in kinds:
            measures[f"{i}:{kind}"] = text.count(where=is_value & text[name].re_search(_PATTERNS[kind]))
    found = fetch(text.aggregate(**measures)).to_pylist()[0]
    fitting = {}
    for i, (name, kinds) in enumerate(possible.items()):
        n_values = found.get(f"{i}:values", 0)
        fits = [kind for kind in kinds if found[f"{i}:{kind}"] == n_values >= at_least]
        fitting[name] = tuple(fits)
    return fitting


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
    widths = [len(row) for row in islice(rows, _SAMPLE_LINES) if row]
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

"""The files behind a guess: each looked at, cast as a table, several of one kind put together."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.data.contracts import CONTRACTS
from goodwill.data.expressions import nearest
from goodwill.data.guess.facts import Facts, read_facts
from goodwill.data.guess.kinds import Cast, cast_file, lacking
from goodwill.data.guess.roles import MOST_LABELS, assign, every_role, purchase_values
from goodwill.data.sources import INSIDE, read_source
from goodwill.data.workbooks import filled_sheets
from goodwill.engine import fetch
from goodwill.errors import UsageError

_MOST, _LONGEST = 40, 40  # columns of a message, and letters of each
_SHOWN = 3
_VALUE = re.compile(r"[-+]?[\d.,:/_ -]*\d[\d.,:/_ -]*")  # a number or a day, and no name of a column
Said = Collection[tuple[str, str]]
MAIN = ("transactions", "contracts", "profiles")


@dataclass(frozen=True)
class Seen:
    """A file, or a pattern of files: its rows, the facts of its columns, the table it is cast as."""

    source: str
    rows: ir.Table
    facts: Sequence[Facts]
    cast: Cast

    @property
    def table(self) -> str:
        """Our name of the table; empty where the file is none of ours."""
        return self.cast.table

    @property
    def columns(self) -> str:
        """The file and its columns, for messages."""
        names = [column.name[:_LONGEST] for column in self.facts[:_MOST]]
        rows = "" if any(column.n_filled for column in self.facts) else " and no rows"
        return f"{Path(self.source).name} has {', '.join(names)}{rows}."

    @property
    def lack(self) -> str:
        """Why the file cannot be orders; a first row of values is not shown."""
        if any(_VALUE.fullmatch(column.name) for column in self.facts):
            name = Path(self.source).name
            return f"{name} begins with a row of values: give it a first row of column names."
        return f"{self.columns} {lacking(self.facts)}"


def look(engine: BaseBackend, files: Sequence[Path], said: Said) -> list[Seen]:
    """Return what the files are, the main table first, files of the same columns as one source.

    Parameters
    ----------
    said : (ours, theirs), what a person says of columns; each counts in the files that have it.

    Raises
    ------
    UsageError : no table of ours has such a column, no file has one of that name, one file has several, or
        one column is both labels.
    """
    seen = [one for file in files for one in _looks(engine, file, said)]
    _ensure_said(said, seen)
    if any(one.table in {"transactions", "contracts"} for one in seen):
        seen = [_as_customers(one) if one.table == "profiles" else one for one in seen]
    seen += [_other_events(one) for one in seen if one.table == "transactions" and _has_events(one)]
    order = [*MAIN, *sorted({one.table for one in seen} - set(MAIN))]
    groups = [[one for one in seen if one.table == table] for table in order if table]
    return [_together(engine, group) for group in groups if group] + [one for one in seen if not one.table]


def _ensure_said(said: Said, seen: Sequence[Seen]) -> None:
    ours = sorted({name for table in CONTRACTS for name in every_role(table)})
    theirs = [column.name for one in seen for column in one.facts]
    for role, name in said:
        if role not in ours:
            raise UsageError(f"--column {role}={name}: no table has a column {role!r}. {nearest(role, ours)}")
        if name not in theirs:
            hint = nearest(name, theirs)
            raise UsageError(f"--column {role}={name}: no file has a column {name!r}. {hint}")
        if role == "value" and ("churn", name) in said:
            raise UsageError(
                f"--column churn={name} --column value={name}: one column cannot say both who left and what "
                "each brings. Leave one of the two out, or name another column for it."
            )


def _looks(engine: BaseBackend, file: Path, said: Said) -> list[Seen]:
    """Return what a file is, or each sheet of a workbook; of sheets of one kind the first counts."""
    sheets = filled_sheets(file) if file.suffix.lower() == ".xlsx" and file.is_file() else []
    if len(sheets) <= 1:
        return [_look(engine, file, said)]
    seen = [_look(engine, Path(f"{file}{INSIDE}{sheet}"), said) for sheet in sheets]
    kinds = [one.table for one in seen]
    return [
        replace(one, cast=Cast("", {})) if one.table in kinds[:place] else one
        for place, one in enumerate(seen)
    ]


def _look(engine: BaseBackend, file: Path, said: Said) -> Seen:
    rows = read_source(engine, str(file))
    facts = [
        replace(column, said=tuple(role for role, theirs in said if theirs == column.name))
        for column in read_facts(rows)
    ]
    _ensure_once(file, facts)
    return Seen(file.as_posix(), rows, facts, cast_file(facts, is_id_unique=_is_id_unique(rows, facts)))


def _ensure_once(file: Path, facts: Sequence[Facts]) -> None:
    """Refuse several columns of one file as one of ours, and a label of more values than a label has."""
    for role in dict.fromkeys(role for column in facts for role in column.said):
        named = [column for column in facts if role in column.said]
        if len(named) > 1:
            both = " and ".join(column.name for column in named)
            raise UsageError(f"--column {role}: {file.name} has {both}. Say one of them.")
        if role == "churn" and len(named[0].values) > MOST_LABELS:
            name, values = named[0].name, named[0].values
            raise UsageError(
                f"--column churn={name}: a label has 2 to {MOST_LABELS} values, and {name} has "
                f"{len(values)}, such as {', '.join(values[:_SHOWN])}. Name the column that says who left."
            )


def _is_id_unique(rows: ir.Table, facts: Sequence[Facts]) -> bool:
    parts = {**assign("profiles", facts), **assign("customers", facts)}
    column = parts.get("customer_id")
    if column is None:
        return False
    ids = rows[column.name]
    found = fetch(rows.aggregate(rows=ids.count(), customers=ids.nunique())).to_pylist()[0]
    return found["rows"] == found["customers"]


def _as_customers(one: Seen) -> Seen:
    """Take a row per customer as attributes: beside orders its label is measured, not given."""
    return Seen(one.source, one.rows, one.facts, Cast("customers", assign("customers", one.facts)))


def _has_events(one: Seen) -> bool:
    """Tell whether a file of purchases holds other events as well."""
    kind = one.cast.parts.get("kind")
    return kind is not None and 0 < len(purchase_values(kind)) < len(kind.values)


def _other_events(one: Seen) -> Seen:
    return Seen(one.source, one.rows, one.facts, Cast("interactions", assign("interactions", one.facts)))


def _together(engine: BaseBackend, group: Sequence[Seen]) -> Seen:
    """Return several files of one table as one source: a pattern that matches them and no other file."""
    if len(group) == 1:
        return group[0]
    files = [Path(one.source) for one in group]
    names = [file.name for file in files]
    start, end = _shared(names), _shared([name[::-1] for name in names])[::-1]
    pattern = files[0].parent / f"{start}*{end}"
    headers = {tuple(sorted(one.rows.columns)) for one in group}
    if len(headers) > 1 or set(pattern.parent.glob(pattern.name)) != set(files):
        raise UsageError(
            f"{', '.join(names)} all look like {group[0].table}, and no pattern matches them alone. Give one "
            "of them, or put files of the same columns into a folder of their own and name them alike."
        )
    rows = read_source(engine, str(pattern))
    return Seen(pattern.as_posix(), rows, group[0].facts, group[0].cast)


def _shared(names: Sequence[str]) -> str:
    """Return what all names begin with."""
    return "".join(
        letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    )

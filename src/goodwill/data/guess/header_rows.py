"""Rows below the header that hold no answers: what each column asks, as some survey tools write them."""

from collections.abc import Mapping
from dataclasses import dataclass

from ibis.expr import types as ir

from goodwill.data.guess.reading import quoted
from goodwill.engine import fetch

_IMPORT_ID = '{"ImportId"'  # Qualtrics, in the second of two rows
_ANSWER_KINDS = {"Response", "Open-Ended Response"}  # SurveyMonkey, in one row


@dataclass(frozen=True)
class HeaderRows:
    """What rows below the header say.

    Parameters
    ----------
    where : the condition, on the columns of the file, that keeps the rows of answers.
    asked : column → its question.
    """

    where: str
    asked: Mapping[str, str]


def header_rows(rows: ir.Table) -> HeaderRows | None:
    """Return what the rows below a header say, where they hold no answers.

    Examples
    --------
    >>> import ibis
    >>> cells = {"Q1": ["How was it?", '{"ImportId":"QID1"}', "5"]}
    >>> header_rows(ibis.memtable(cells)).asked
    {'Q1': 'How was it?'}
    """
    top = [
        {name: "" if cell is None else str(cell) for name, cell in row.items()}
        for row in fetch(rows.head(2)).to_pylist()
    ]
    if len(top) > 1 and any(cell.startswith(_IMPORT_ID) for cell in top[1].values()):
        name = next(name for name, cell in top[1].items() if cell.startswith(_IMPORT_ID))
        cells = ", ".join("'" + row[name].replace("'", "''") + "'" for row in top)
        return HeaderRows(f"{quoted(name)} NOT IN ({cells})", top[0])
    first = next(iter(rows.columns))
    if top and not top[0][first] and _ANSWER_KINDS & set(top[0].values()):
        return HeaderRows(f"{quoted(first)} IS NOT NULL", _in_full(top[0]))
    return None


def _in_full(kinds: Mapping[str, str]) -> Mapping[str, str]:
    """Return each question in full; a column without a header asks what the last one with a header does."""
    asked, last = {}, ""
    for name, kind in kinds.items():
        last = last if name.startswith("column_") else name
        asked[name] = f"{last} [{kind}]" if kind and kind not in _ANSWER_KINDS else last
    return asked

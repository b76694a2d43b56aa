"""Labels of a ready-made table as they are read: who churned, and what each is worth."""

import numpy as np
import pandas as pd

from goodwill.config.tables import LabelColumn
from goodwill.errors import TableError

_TRUTH = {"yes": "True", "true": "True", "1": "True", "no": "False", "false": "False", "0": "False"}
_FEW_LEVELS = 8
_LONG_LEVEL = 30
_MOST_SHOWN = 5


def churned_of(column: pd.Series, label: LabelColumn) -> "pd.Series[float]":
    """Return 1 for churned, 0 for not, missing where the cell is or is blank.

    Raises
    ------
    TableError
        If the positive value never occurs, or text holds several others, which may not all mean: stayed.
    """
    text = column[column.notna()].map(_label_text)
    text = text[text != ""]
    wanted = label.positive
    if pd.api.types.is_bool_dtype(column):
        wanted = _TRUTH.get(wanted.casefold(), wanted)
    if not (text == wanted).any():
        raise _never(text, label)
    others = text[text != wanted].value_counts()
    is_written_twice = wanted.casefold() in {level.casefold() for level in others.index}
    if not pd.api.types.is_numeric_dtype(column) and (len(others) > 1 or is_written_twice):
        raise _many(others, label)
    return (text == wanted).astype(float).reindex(column.index)


def _never(text: pd.Series, label: LabelColumn) -> TableError:
    seen = sorted(set(text))
    is_short = len(seen) <= _FEW_LEVELS and all(len(level) <= _LONG_LEVEL for level in seen)
    known = ", ".join(seen) or "nothing" if is_short else f"{len(seen)} other values"
    return TableError(
        f"profiles.{label.column}: no customer has the value {label.positive!r}, which means churned. "
        f"It holds{':' if is_short else ''} {known}. Set `churn.positive` to the one that does."
    )


def _many(others: "pd.Series[int]", label: LabelColumn) -> TableError:
    shown = [f"{str(level)[:_LONG_LEVEL]!r} ({n:,})" for level, n in others.head(_MOST_SHOWN).items()]
    more = f" and {len(others) - _MOST_SHOWN:,} more" if len(others) > _MOST_SHOWN else ""
    name, wanted = label.column, "one other value" if len(others) > 1 else "another value"
    return TableError(
        f"profiles.{name}: beside {label.positive!r}, which means churned, {wanted} is expected, which means "
        f"stayed, but it holds {', '.join(shown)}{more}. Leave out who is neither with `where`, or make two "
        f'values of them with `columns: {{{name}: "CASE WHEN ..."}}`.'
    )


def _label_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def money_of(column: pd.Series, name: str) -> "pd.Series[float]":
    """Return money, missing where the cell is or is blank.

    Raises
    ------
    TableError
        If a value is no number, or infinite.
    """
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.astype(float)
    else:
        text = column.astype("object").where(column.notna(), "").astype(str).str.strip()
        numbers = pd.to_numeric(text, errors="coerce")
        n_odd = int((numbers.isna() & (text != "")).sum())
        if n_odd:
            raise TableError(
                f"profiles.{name}: {n_odd} of {len(column)} values are not numbers. Take signs away with "
                f"`columns: {{{name}: \"REPLACE({name}, ',', '')\"}}`, or name another column as value."
            )
    n_infinite = int(np.isinf(numbers).sum())
    if n_infinite:
        raise TableError(
            f"profiles.{name}: {n_infinite} of {len(column)} values are infinite. Mend them, or leave those "
            "rows out with `where`."
        )
    return numbers

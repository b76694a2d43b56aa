"""What the customers of a segment are like, for people to read."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.evaluation.ranking import FloatArray
from goodwill.modeling.segments.columns import Column, NumberColumn

Row = dict[str, str | bool | int | float | None]
_TELLING = 5


def effect_sizes(
    Z: FloatArray, codes: npt.NDArray[np.intp], names: Sequence[str], labels: Sequence[str]
) -> pd.DataFrame:
    """Return how far each segment lies from all other customers, in standard deviations of each column.

    Examples
    --------
    >>> Z = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    >>> effect_sizes(Z, np.array([0, 0, 1, 1]), ["old", "young"], ["age"])["age"].to_dict()
    {'old': 2.0, 'young': -2.0}
    """
    spread = Z.std(axis=0)
    rows = []
    for code in range(len(names)):
        is_member = codes == code
        is_apart = is_member.any() and not is_member.all()
        gap = Z[is_member].mean(axis=0) - Z[~is_member].mean(axis=0) if is_apart else np.zeros(Z.shape[1])
        rows.append(np.divide(gap, spread, out=np.zeros(Z.shape[1]), where=spread > 0)[: len(labels)])
    return pd.DataFrame(rows, index=list(names), columns=list(labels)).rename_axis("name")


def profile_table(
    X: pd.DataFrame, assigned: npt.NDArray[np.object_], effects: pd.DataFrame, columns: Sequence[Column]
) -> pd.DataFrame:
    """Return a row per segment, largest first: name, size, share, distinguished_by, and its usual customer.

    The usual customer is `mean_<column>` of each number (in its own unit) and `usual_<column>`, the commonest
    level of each category. `distinguished_by` names the five columns with the largest effect.
    """
    rows: list[Row] = []
    for name in effects.index:
        members = X[assigned == name]
        row: Row = {"name": name, "size": len(members), "share": len(members) / len(X)}
        row["distinguished_by"] = _telling(effects.loc[name])
        rows.append(row | {_heading(column): _usual(members, column) for column in columns})
    return pd.DataFrame(rows).sort_values(["size", "name"], ascending=[False, True], ignore_index=True)


def rows_of(table: pd.DataFrame) -> list[Row]:
    """Return the rows as JSON values, what is missing as null."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _telling(effects: "pd.Series[float]") -> str:
    strongest = effects[effects != 0].sort_values(key=np.abs, ascending=False, kind="stable")[:_TELLING]
    return "; ".join(f"{label} {effect:+.1f} sd" for label, effect in strongest.items())


def _heading(column: Column) -> str:
    return f"{'mean' if isinstance(column, NumberColumn) else 'usual'}_{column.name}"


def _usual(members: pd.DataFrame, column: Column) -> float | str | None:
    known = members[column.name].dropna()
    if known.empty:
        return None
    return float(known.mean()) if isinstance(column, NumberColumn) else str(known.astype(str).mode().iloc[0])

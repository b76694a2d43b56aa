"""What all customers, and the groups among them, will bring together, with the interval of each total."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from goodwill.files import write_json
from goodwill.modeling.totals import Spread, total_intervals
from goodwill.pipeline.rows import as_rows
from goodwill.predictor import NOT_COMPUTABLE, CustomerValuePredictor, Predictor

ALL = "all"
_GROUPED = ("segment", "tier")
_KEYS, _SPREAD = ["horizon_days", "by", "group"], ("variance", "log_nothing", "loss")
FILE = "totals.json"


def total_parts(scores: pd.DataFrame, spread: Spread, carried: Sequence[str] = ()) -> pd.DataFrame:
    """Return customers, clv and its spread by horizon and group, summed: sums of parts add up to the whole.

    Parameters
    ----------
    scores : (n, ...) as a predictor returns them; only scored rows count.
    spread : of each realised value.
    carried : columns to group by besides segment and tier, such as a branch; who has none is
        `not_computable`.

    Examples
    --------
    >>> import numpy as np
    >>> scores = pd.DataFrame({"horizon_days": [90.0] * 2, "clv": [1.0, 2.0], "tier": ["gold"] * 2})
    >>> scores["status"] = "scored"
    >>> parts = total_parts(scores, Spread(np.array([4.0, 5.0]), np.ones(2)))
    >>> parts.reset_index().to_numpy().tolist()
    [[90, 'all', 'all', 2, 3.0, 9.0, 0.0, 0.0], [90, 'tier', 'gold', 2, 3.0, 9.0, 0.0, 0.0]]
    """
    sums = {name: getattr(spread, name) for name in _SPREAD}
    rows = scores.assign(**sums, horizon_days=scores["horizon_days"].fillna(0).astype(int))
    rows = rows[rows["status"] == "scored"].assign(**{ALL: ALL})
    names = [name for name in dict.fromkeys((ALL, *_GROUPED, *carried)) if name in rows]
    found = [_summed(rows, name) for name in names]
    return pd.concat(found).set_index(_KEYS)


def totals_of(parts: pd.DataFrame, common_share: float, level: float) -> pd.DataFrame:
    """Return the total of each group with the interval that holds it with probability `level`.

    Examples
    --------
    >>> import numpy as np
    >>> scores = pd.DataFrame({"status": "scored", "horizon_days": 90.0, "clv": [10.0] * 100})
    >>> parts = total_parts(scores, Spread(np.full(100, 100.0), np.zeros(100)))
    >>> found = totals_of(parts, common_share=0.0, level=0.9)
    >>> found.round(0).to_numpy().tolist()
    [[90, 'all', 'all', 100, 1000.0, 844.0, 1172.0]]
    """
    # Each group is a row already, so that its number stands for it.
    places = pd.Series(range(len(parts)))
    clv, variance, nothing, loss = (parts[name].to_numpy(float) for name in ("clv", *_SPREAD))
    found = total_intervals(
        clv, variance, places, common_share=common_share, level=level, log_nothing=nothing, loss=loss
    )
    bounds = {f"total_{end}": found[end].to_numpy() for end in ("low", "high")}
    told = parts.rename(columns={"clv": "clv_total"}).drop(columns=[*_SPREAD]).assign(**bounds)
    return told.reset_index().astype({"customers": int})


def keep_totals(kept: Path, parts: pd.DataFrame, predictor: Predictor, level: float) -> pd.DataFrame:
    """Write `totals.json` beside kept scores; none where no variance is known."""
    if parts.empty or not isinstance(predictor, CustomerValuePredictor):
        return pd.DataFrame()
    found = totals_of(parts, predictor.intervals_.common_share, level)
    write_json(kept.with_name(FILE), {"level": level, "totals": as_rows(found)})
    return found


def scores_and_totals(
    predictor: Predictor, present: pd.DataFrame | None, level: float
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """Return what a predictor says of customers and of their totals, as far as it does."""
    if present is None:
        return None, pd.DataFrame()
    if not isinstance(predictor, CustomerValuePredictor):
        return predictor.predict(present), pd.DataFrame()
    scores, spread = predictor.predict_with_spread(present)
    parts = total_parts(scores, spread)
    return scores, totals_of(parts, predictor.intervals_.common_share, level)


def _summed(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    names = rows[by].astype("str").fillna(NOT_COMPUTABLE).rename("group")
    groups = rows.groupby(["horizon_days", names])
    sums = {name: (name, "sum") for name in ("clv", *_SPREAD)}
    found = groups.agg(customers=("clv", "size"), **sums)
    return found.reset_index().assign(by=by)

"""Who gets what in the next campaign: by lot within strata, repeatable, with the holdout left alone."""

import hashlib
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from goodwill.arguments import as_number, ensure_names
from goodwill.errors import UsageError

HOLDOUT = "holdout"
_BINS = 4
# Dealing starts at one of so many places: who is first in it would get the same whatever the seed.
_DEALS = 1_000


def assign_treatments(
    customers: pd.DataFrame,
    shares: Mapping[str, float],
    *,
    strata: Collection[str] = (),
    holdout: Collection[str] = (),
    seed: int = 0,
) -> pd.Series:
    """Return what each customer gets, by `customer_id`.

    Lot decides within strata, so that every stratum is divided as planned to within one customer, and draws
    the order of strata and who is first, so that customers of small strata have the planned chances, too. The
    order of rows plays no part; the same seed gives the same lot, another seed another.

    Parameters
    ----------
    customers : a row per customer: `customer_id` and the columns of `strata`.
    shares : weight of each treatment, "control" among them.
    strata : columns to balance, text or numbers; numbers are cut into quarters.
    holdout : ids that no campaign may touch; they get "holdout" and count for no share.

    Raises
    ------
    UsageError
        If a share is not above zero, there are fewer than two, a column is missing, or an id repeats.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": list("abcdefgh"), "city": ["y", "n"] * 4})
    >>> lot = assign_treatments(customers, {"letter": 1, "control": 1}, strata=["city"], holdout=["a", "b"])
    >>> lot["a"], lot.value_counts().sort_index().to_dict()
    ('holdout', {'control': 3, 'holdout': 2, 'letter': 3})
    """
    _ensure_possible(customers, shares, strata)
    ids = customers["customer_id"].astype(str)
    lot = np.full(len(ids), HOLDOUT, dtype=object)
    names = _strata(customers, strata)
    order = {name: _luck(seed, f"stratum:{name}") for name in set(names)}
    drawn = pd.DataFrame({
        "turn": [order[name] for name in names], "luck": [_luck(seed, name) for name in ids],
    })  # fmt: skip
    drawn = drawn[~ids.isin({str(name) for name in holdout}).to_numpy()].sort_values(["turn", "luck"])
    start = int(_luck(seed, "first"), 16) % _DEALS
    lot[drawn.index.to_numpy()] = _dealt(shares, start + len(drawn))[start:]
    return pd.Series(lot, index=pd.Index(ids, name="customer_id"), name="treatment", dtype="str")


def _ensure_possible(customers: pd.DataFrame, shares: Mapping[str, float], strata: Collection[str]) -> None:
    ensure_names(strata=strata)
    wrong = [name for name, share in shares.items() if not as_number(name, share) > 0]
    if wrong or len(shares) < 2:  # noqa: PLR2004 - a treatment and a control
        raise UsageError(
            f"shares: {dict(shares)}; at least two treatments, control among them, with shares above 0."
        )
    missing = [name for name in ("customer_id", *strata) if name not in customers]
    if missing:
        raise UsageError(f"strata: {missing[0]!r} is no column. There are: {', '.join(map(str, customers))}.")
    if customers["customer_id"].duplicated().any():
        raise UsageError(
            "customer_id: a customer has several rows, and would draw several lots. Keep one row each."
        )


def _strata(customers: pd.DataFrame, strata: Collection[str]) -> list[str]:
    parts = [_levels(customers[name]) for name in strata]
    return ["|".join(row) for row in zip(*parts, strict=True)] if parts else [""] * len(customers)


def _levels(values: pd.Series) -> list[str]:
    if not pd.api.types.is_numeric_dtype(values) or values.nunique() <= _BINS:
        return values.astype("object").map(str).tolist()
    place = values.rank(method="average", pct=True)
    return np.ceil(place.fillna(0.0).to_numpy() * _BINS).astype(int).astype(str).tolist()


def _luck(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _dealt(shares: Mapping[str, float], n: int) -> list[str]:
    """Deal treatments so that after every customer each has its share to within one."""
    names = sorted(shares)
    weight = np.array([shares[name] for name in names], dtype=np.float64)
    weight /= weight.sum()
    given = np.zeros(len(names))
    dealt = []
    for place in range(1, n + 1):
        due = int(np.argmax(weight * place - given))
        given[due] += 1
        dealt.append(names[due])
    return dealt

"""Referral value: what referred customers brought and are expected to bring, credited to who sent them."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.errors import UsageError
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule
from goodwill.features.lives import income

F = NDArray[np.float64]
HALF_LIFE_DAYS = 365.0
REFERRAL_COLUMNS = ("n_referred", "referral_brought", "referral_expected", "clv_referral")


def referral_value(
    past: Past,
    scores: pd.DataFrame,
    *,
    value: ValueRule = ALL_IS_MARGIN,
    half_life_days: float = HALF_LIFE_DAYS,
) -> pd.DataFrame:
    """Return what each customer's referrals are worth, with credit that fades after the referral.

    Money that a referred customer brings t days after the referral is credited with 0.5^(t / half_life_days):
    the first purchase is due to the referrer, one ten years later hardly. It is net as `clv` is: margin by
    cost, product or rate, and contract payments, less what serving costs. A customer who was referred more
    than once is credited to the first. It stands beside `clv` and enters no total: the referred customers'
    own `clv` holds the same money.

    Parameters
    ----------
    past : what was known before the day of the scores; `referrals` and all that brings or costs are read.
    scores : (n, ...) `customer_id`, `clv`, and `horizon_days` where there are several.
    value : how money becomes margin, as in the labels that `clv` learned from.

    Returns
    -------
    Frame aligned with the scores: `n_referred`, `referral_brought` and `referral_expected` (money, faded),
    and `clv_referral`, their sum; zeros for who referred nobody.

    Raises
    ------
    UsageError
        If there is no `referrals` table or the half-life is not above 0.

    Examples
    --------
    >>> import goodwill as gw
    >>> from datetime import date
    >>> nobody = Past(gw.Tables(), date(2025, 1, 1))
    >>> referral_value(nobody, pd.DataFrame({"customer_id": ["1"], "clv": [9.0]}))
    Traceback (most recent call last):
    goodwill.errors.UsageError: clv_referral needs tables.referrals (referrer_id, customer_id, time).
    """
    if past.tables.referrals is None:
        raise UsageError("clv_referral needs tables.referrals (referrer_id, customer_id, time).")
    if half_life_days <= 0:
        raise UsageError(f"half_life_days is {half_life_days}; it must be above 0.")
    referrals = _first_referrals(past)
    keys = ["customer_id", *(name for name in ("horizon_days",) if name in scores)]
    age = (pd.Timestamp(past.as_of) - referrals["time"]).dt.days.to_numpy(float)
    referrals = referrals.assign(fade=0.5 ** (age / half_life_days))
    parts = {
        "n_referred": referrals.groupby("referrer_id").size(),
        "referral_brought": _brought(past, referrals, value, half_life_days),
    }
    found = pd.DataFrame({name: scores["customer_id"].map(part).fillna(0.0) for name, part in parts.items()})
    found["referral_expected"] = _expected(referrals, scores, keys)
    total = found["referral_brought"] + found["referral_expected"]
    return found.assign(clv_referral=total)[list(REFERRAL_COLUMNS)]


def _expected(referrals: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> F:
    """Return the faded clv (n,) of those whom each customer referred, over the same horizon."""
    theirs = referrals.merge(scores[[*keys, "clv"]], on="customer_id")
    by = [theirs["referrer_id"], *(theirs[key] for key in keys[1:])]
    money = (theirs["clv"] * theirs["fade"]).groupby(by).sum()
    asked = pd.Index(scores["customer_id"]) if len(keys) == 1 else pd.MultiIndex.from_frame(scores[keys])
    return money.reindex(asked).fillna(0.0).to_numpy(float)


def _first_referrals(past: Past) -> pd.DataFrame:
    """Return who sent each referred customer first: `referrer_id, customer_id, time`."""
    table = past.tables.referrals
    frame = (
        to_frame(table.select("referrer_id", "customer_id", "time")) if table is not None else pd.DataFrame()
    )
    own = frame["referrer_id"] == frame["customer_id"]
    return frame[~own].sort_values(["customer_id", "time", "referrer_id"]).drop_duplicates("customer_id")


def _brought(past: Past, referrals: pd.DataFrame, value: ValueRule, half_life_days: float) -> pd.Series:
    """Return the faded margin that the referred brought since, by referrer."""
    if past.tables.transactions is None and past.tables.contracts is None:
        return pd.Series(dtype=float)
    paid = income(_of(past, referrals["customer_id"].tolist()), value).merge(referrals, on="customer_id")
    days = (paid["day"] - paid["time"].dt.normalize()).dt.days.to_numpy(float)
    faded = paid["margin"] * 0.5 ** (np.maximum(days, 0.0) / half_life_days)
    return faded.where(days >= 0, 0.0).groupby(paid["referrer_id"]).sum()


def _of(past: Past, customers: list[str]) -> Past:
    """Return what was known of some customers' orders, contacts and contracts."""
    present = past.tables.present
    rows = {name: present[name] for name in ("transactions", "interactions", "contracts") if name in present}
    of_these = {name: table.filter(table.customer_id.isin(customers)) for name, table in rows.items()}
    return replace(past, tables=replace(past.tables, **of_these))

"""Referral value: what referred customers brought and are expected to bring, credited to who sent them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.errors import UsageError

F = NDArray[np.float64]
HALF_LIFE_DAYS = 365.0
REFERRAL_COLUMNS = ("n_referred", "referral_brought", "referral_expected", "clv_referral")


def referral_value(
    past: Past, scores: pd.DataFrame, *, margin_rate: float = 1.0, half_life_days: float = HALF_LIFE_DAYS
) -> pd.DataFrame:
    """Return what each customer's referrals are worth, with credit that fades after the referral.

    Money that a referred customer brings t days after the referral is credited with 0.5^(t / half_life_days):
    the first purchase is due to the referrer, one ten years later hardly. A customer who was referred more
    than once is credited to the first. It stands beside `clv` and enters no total: the referred customers'
    own `clv` holds the same money.

    Parameters
    ----------
    past : what was known before the day of the scores; `referrals` and `transactions` are read.
    scores : (n, ...) `customer_id`, `clv`, and `horizon_days` where there are several.
    margin_rate : what a unit of spend is worth where no `cost` is known.

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
        "referral_brought": _brought(past, referrals, margin_rate, half_life_days),
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


def _brought(past: Past, referrals: pd.DataFrame, margin_rate: float, half_life_days: float) -> pd.Series:
    """Return the faded margin of what the referred bought since, by referrer."""
    orders = past.tables.transactions
    if orders is None:
        return pd.Series(dtype=float)
    has_cost = "cost" in orders.columns
    referred = orders.filter(orders.customer_id.isin(referrals["customer_id"].tolist()))
    lines = to_frame(referred.select("customer_id", "time", "amount", *(["cost"] if has_cost else [])))
    lines = lines.merge(referrals, on="customer_id", suffixes=("", "_referred"))
    margin = lines["amount"] - lines["cost"].fillna(0.0) if has_cost else lines["amount"] * margin_rate
    days = (lines["time"] - lines["time_referred"]).dt.days.to_numpy(float)
    money = np.where(days >= 0, margin * 0.5 ** (np.maximum(days, 0.0) / half_life_days), 0.0)
    return pd.Series(money).groupby(lines["referrer_id"].to_numpy()).sum()

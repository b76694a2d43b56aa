"""What each offer is expected to bring each customer, with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.decisions.offers import Offer
from goodwill.errors import UsageError
from goodwill.features.columns import numbers

F = NDArray[np.float64]
MARGIN = "margin"  # the unit of effects that a plan can weigh against cost
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Effects:
    """Incremental margin of each offer at level 1 for each customer, before its cost: (n_offers, n) each."""

    expected: F
    low: F
    high: F


def effects_of(scores: pd.DataFrame, offers: Sequence[Offer], uplift: pd.DataFrame | None) -> Effects:
    """Return what each offer brings each customer of the scores.

    An offer whose column stands in `uplift` brings what that says, with `<column>_low` and `<column>_high`
    where they exist; customers whom the frame lacks are never treated with it. Any other offer
    brings `assumed_save_rate · value_at_risk`, with the bounds of the value that is realised:
    `clv_low / clv` and `clv_high / clv` of it.

    Raises
    ------
    UsageError
        If an offer has neither a column nor a rate, or the scores hold no value at risk; if a column is known
        of no customer of the scores, or holds what is no effect.

    Examples
    --------
    >>> scores = pd.DataFrame({"customer_id": ["1"], "clv": [50.0], "clv_low": [10.0], "clv_high": [75.0]})
    >>> voucher = Offer("voucher", cost=1.0, channel="email", assumed_save_rate=0.1)
    >>> found = effects_of(scores.assign(value_at_risk=[20.0]), [voucher], None)
    >>> found.expected, found.low, found.high
    (array([[2.]]), array([[0.4]]), array([[3.]]))
    """
    rows = None if uplift is None else _aligned(scores, uplift)
    found = [_effect(scores, offer, rows) for offer in offers]
    expected, low, high = (np.stack([effect[place] for effect in found]) for place in range(3))
    return Effects(expected, low, high)


def uplift_by_offer(
    measured: pd.DataFrame, *, outcome: str | None = None, margin_rate: float = 1.0
) -> pd.DataFrame:
    """Return a column of money per offer from what `goodwill measure` found of a campaign.

    Parameters
    ----------
    measured : a row per customer with a column of money per offer, or a row per customer and treatment,
        `customer_id, arm, effect`; either may have an `outcome`, and a `unit`, which must be "margin".
    outcome : whose effects count; may be left out where there is one.
    margin_rate : what a unit of `effect` is worth; columns of offers, and what has a `unit`, are margin.

    Raises
    ------
    UsageError
        If the outcome is not there, or there are several and none was named; if its effects are no margin.

    Examples
    --------
    >>> rows = {"customer_id": ["1", "1"], "arm": ["call", "mail"], "effect": [8.0, 2.0], "outcome": "spend"}
    >>> uplift_by_offer(pd.DataFrame(rows), margin_rate=0.5).to_dict("records")
    [{'customer_id': '1', 'call': 4.0, 'mail': 1.0}]
    """
    rows = _of_outcome(measured, outcome)
    if not {"arm", "effect"} <= set(rows):
        return rows
    worth = 1.0 if "unit" in measured else margin_rate
    wide = rows.pivot_table(index="customer_id", columns="arm", values="effect", observed=True) * worth
    return wide.rename_axis(columns=None).reset_index()


def _of_outcome(measured: pd.DataFrame, outcome: str | None) -> pd.DataFrame:
    if "outcome" not in measured and outcome is not None:
        raise UsageError(
            f"plan.outcome is {outcome}, and the uplift has no column outcome to choose by: it holds one "
            "effect of each offer, in money. Leave plan.outcome out, or add the column."
        )
    if "outcome" in measured and measured["outcome"].isna().any():
        n_empty = int(measured["outcome"].isna().sum())
        raise UsageError(
            f"plan.uplift: outcome: {n_empty:,} of {len(measured):,} rows name none. Fill them in, or leave "
            "the rows out."
        )
    known = sorted(measured["outcome"].astype(str).unique()) if "outcome" in measured else []
    if (outcome is not None and outcome not in known) or (outcome is None and len(known) > 1):
        raise UsageError(
            f"plan.outcome is {outcome}; the uplift holds the outcomes {', '.join(known)}. Name one."
        )
    rows = measured if outcome is None else measured[measured["outcome"] == outcome]
    if "unit" in rows and (rows["unit"] != MARGIN).any():
        raise UsageError(
            f"plan.uplift: it holds effects on {outcome or ', '.join(known)} in units of its own, and a plan "
            "weighs margin against cost. Give the uplift of margin (`uplift.outcomes` of the campaign), or "
            "write what a unit is worth into a file of your own."
        )
    return rows.drop(columns=["outcome", "unit"], errors="ignore")


def _aligned(scores: pd.DataFrame, uplift: pd.DataFrame) -> pd.DataFrame:
    if "customer_id" not in uplift:
        raise UsageError("uplift: the frame has no column customer_id.")
    keyed = uplift.assign(customer_id=uplift["customer_id"].astype(str))
    n_twice = int(keyed["customer_id"].duplicated().sum())
    if n_twice:
        raise UsageError(
            f"uplift: {n_twice} of {len(keyed)} rows repeat a customer_id. Keep one row per customer."
        )
    return keyed.set_index("customer_id").reindex(scores["customer_id"].astype(str))


def _effect(scores: pd.DataFrame, offer: Offer, uplift: pd.DataFrame | None) -> tuple[F, F, F]:
    column = offer.effect or offer.name
    if uplift is not None and column in uplift:
        return _known(uplift, column)
    if offer.effect is not None or offer.assumed_save_rate is None:
        raise UsageError(
            f"offers.{offer.name}: its effect is not known. Give an uplift frame with a column {column}, "
            "or `assumed_save_rate`, the share of value_at_risk that the offer saves; it has no default."
        )
    if "value_at_risk" not in scores:
        raise UsageError(
            f"offers.{offer.name}.assumed_save_rate: the scores have no column value_at_risk, which needs a "
            "prediction of both churn and value. Train with both, or give an uplift frame."
        )
    at_risk = numbers(scores, "value_at_risk")
    if not np.isfinite(at_risk).any():
        raise UsageError(
            f"value_at_risk: none of {len(at_risk)} scored customers has one, so that offers.{offer.name} "
            "saves nothing by its assumed_save_rate. Give the scores as a predictor of churn and value "
            "returns them, or an uplift frame."
        )
    expected = offer.assumed_save_rate * at_risk
    return expected, expected * _ratio(scores, "clv_low"), expected * _ratio(scores, "clv_high")


def _known(uplift: pd.DataFrame, column: str) -> tuple[F, F, F]:
    expected = _money(uplift, column)
    low, high = (
        _money(uplift, name) if (name := f"{column}_{side}") in uplift else expected
        for side in ("low", "high")
    )
    is_known = np.isfinite(expected)
    if not is_known.any():
        raise UsageError(
            f"uplift.{column}: it holds no effect on any of the {len(uplift)} customers of the scores. Check "
            "that both name customers alike in customer_id, and that the column is filled."
        )
    n_open = int((is_known & ~(np.isfinite(low) & np.isfinite(high))).sum())
    n_odd = int((is_known & ((low > expected + _ROUNDING) | (high < expected - _ROUNDING))).sum())
    if n_open or n_odd:
        raise UsageError(
            f"uplift.{column}: of {int(is_known.sum())} customers with an effect {n_open} lack a limit, and "
            f"{n_odd} have one on the wrong side of it. Give {column}_low and {column}_high to all of them, "
            "low at most the effect and high at least, or leave both columns out."
        )
    return expected, low, high


def _money(uplift: pd.DataFrame, column: str) -> F:
    values = pd.to_numeric(uplift[column], errors="coerce").to_numpy(float, na_value=np.nan)
    n_bad = int((uplift[column].notna().to_numpy() & ~np.isfinite(values)).sum())
    if n_bad:
        raise UsageError(
            f"uplift.{column}: {n_bad} of {len(values)} values are no amounts of money. Write numbers, and "
            "leave empty what is not known."
        )
    return values


def _ratio(scores: pd.DataFrame, bound: str) -> F:
    """Return the bound of the realised value as a multiple of the expected one; 1 where that is unknown."""
    if bound not in scores or "clv" not in scores:
        return np.ones(len(scores))
    clv = scores["clv"].to_numpy(float)
    ratio = np.divide(scores[bound].to_numpy(float), clv, out=np.ones(len(clv)), where=clv > 0)
    return np.clip(ratio, 0.0, 1.0) if bound == "clv_low" else np.maximum(ratio, 1.0)

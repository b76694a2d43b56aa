"""Decision economics of churn: what contacting customers with the config's offers would have returned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from goodwill.config.offers import OfferSection
from goodwill.decisions.offers import Offer, is_eligible, offer_of
from goodwill.evaluation.contacting import Stakes, contact_policies, uncertain_maximum
from goodwill.evaluation.economics import RetentionOffer
from goodwill.modeling.profiles.judging import HeldOut
from goodwill.pipeline.outcome import Sheet

Metrics = dict[str, Any]  # JSON
_RULES = {
    "per_customer": "each by own threshold",
    "one_threshold": "one threshold, best afterwards",
    "everybody": "everybody",
    "nobody": "contact nobody",
}


def with_economics(
    metrics: Mapping[str, Any],
    offers: Sequence[OfferSection],
    scores: pd.DataFrame | HeldOut,
    y: pd.DataFrame,
) -> Metrics:
    """Return metrics with `churn.economics`: by offer that assumes a save rate, what contacts would return.

    An offer's cost falls due for everybody contacted, whatever comes of it, as `goodwill plan` counts it: it
    is the cost of the contact, and there is no further one for who takes the offer.

    Parameters
    ----------
    scores : said of the rows of `y` before, by models that had not seen them.
    y : (n, ...) with churned and, where the economics can be judged, value.
    """
    assumed = [offer_of(offer.model_dump()) for offer in offers if offer.assumed_save_rate is not None]
    if not assumed or "churn" not in metrics:
        return dict(metrics)
    # Segments are those of the fit that serves, which the backtest does not see.
    said = _averaged(scores) if isinstance(scores, HeldOut) else scores.drop(columns="segment")
    found = {offer.name: _judged(offer, said, y) for offer in assumed}
    return {**metrics, "churn": {**metrics["churn"], "economics": found}}


def economics_sheets(metrics: Mapping[str, Any], currency: str) -> list[Sheet]:
    """Return the table that `goodwill train` shows: for each offer a row per rule of contact."""
    found = metrics.get("churn", {}).get("economics", {})
    rows = [row for name, judged in found.items() if "policies" in judged for row in _rows(name, judged)]
    money = f"profit said before ({currency})", f"as it came ({currency})"
    columns = ("offer", "policy", "eligible", "contacted", *money)
    return [Sheet("Contacts against churn, in the backtest", columns, rows)] if rows else []


def economics_notes(metrics: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield what must be known of these profits, and why an offer has none."""
    for name, judged in metrics.get("churn", {}).get("economics", {}).items():
        if "not_judged" in judged:
            yield f"Contacts with {name} are not judged: {judged['not_judged']}."
            continue
        best, n = judged["expected_maximum"], judged["n_customers"]
        of_whom = f" of the {n:,} eligible" if n < judged.get("n_known", n) else ""
        yield (
            f"{name} is assumed to keep {judged['success_rate']:.0%} of those who would leave, for "
            f"{judged['contact_cost']:,.2f} {currency} per contact; at save rates around that, and were "
            f"all worth the same, the ranking of churn allows {best['profit']:,.2f} {currency} per customer, "
            f"{best['share']:.0%}{of_whom} contacted."
        )


def _judged(offer: Offer, said: pd.DataFrame, y: pd.DataFrame) -> dict[str, Any]:
    if why := _why_not(offer, said, y):
        return {"not_judged": why}
    known = np.isfinite(y[["churned", "value"]].to_numpy(float)).all(axis=1)
    stakes = _stakes(said, y).of(known & is_eligible(said, offer))
    n, n_left = len(stakes), int(stakes.churned.sum())
    if not 0 < n_left < n:
        return {"not_judged": f"{n_left:,} of {n:,} eligible customers left"}
    if not stakes.worth_as_it_came[stakes.churned > 0].mean() > 0:
        return {"not_judged": "those who left would have brought nothing more had they stayed"}
    terms = RetentionOffer(offer_cost=0.0, contact_cost=offer.cost, success_rate=offer.assumed_save_rate or 0)
    return {
        **asdict(terms),
        "n_known": int(known.sum()),
        "n_customers": n,
        "n_churned": n_left,
        "policies": contact_policies(stakes, terms),
        "expected_maximum": asdict(uncertain_maximum(stakes, terms)),
    }


def _why_not(offer: Offer, said: pd.DataFrame, y: pd.DataFrame) -> str:
    """Return why an offer cannot be judged at all; empty where it can."""
    if not offer.assumed_save_rate:
        return "its assumed_save_rate is 0"
    if "value_at_risk" not in said or "value" not in y:
        return "there is no value to lose, only churn"
    strange = [name for name in offer.eligible if name not in said]
    return f"the backtest does not know {', '.join(strange)}, which says who gets it" if strange else ""


def _stakes(said: pd.DataFrame, y: pd.DataFrame) -> Stakes:
    names = ("p_churn", "clv_if_active", "value_at_risk")
    p_churn, active, at_risk = (said[name].to_numpy(float) for name in names)
    churned, value = (y[name].to_numpy(float) for name in ("churned", "value"))
    return Stakes(p_churn, active, active - at_risk / p_churn, churned, value)


def _averaged(said: HeldOut) -> pd.DataFrame:
    """Return what models of other folds said of each customer, the mean over repetitions."""
    names = ("p_churn", "clv", "clv_if_active", "value_at_risk")
    columns = {name: [getattr(one, name) for one in said.repeats] for name in names}
    known = {name: told for name, told in columns.items() if all(one is not None for one in told)}
    return pd.DataFrame({name: np.mean(told, axis=0) for name, told in known.items()})


def _rows(name: str, judged: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for policy, rule in _RULES.items():
        told = judged["policies"][policy]
        least = told.get("threshold")
        note = "" if least is None else f" (p_churn from {least:.2f})"
        money = (f"{told[key]:z,.0f}" for key in ("expected_profit", "profit"))
        share = f"{told['contacted_share']:.0%}"
        yield (name, rule + note, f"{judged['n_customers']:,}", share, *money)

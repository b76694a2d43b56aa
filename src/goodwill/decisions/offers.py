"""What can be offered: cost, channel, who may get it, at which intensity, and what it is assumed to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import keep_numbers
from goodwill.errors import UsageError

F = NDArray[np.float64]
Allowed = Sequence[str] | Mapping[str, float]


@dataclass(frozen=True)
class Offer:
    """One offer.

    Parameters
    ----------
    name : what the plan calls it.
    cost : money for one customer at level 1, 0 or more.
    channel : how it reaches the customer.
    assumed_save_rate : the share of `value_at_risk` that the offer is assumed to save. It has no default: it
        is an assumption, or better the result of an experiment. Where an uplift frame is given, its column
        counts instead.
    effect : the column of the uplift frame with the money this offer brings; the offer's name when None.
    eligible : who may get it: a column of the scores to the values allowed (`["gold", "platinum"]`) or to a
        range (`{"min": 0.3, "max": 0.9}`, ends included). All conditions must hold.
    levels : intensities, as multiples of the cost to multiples of the effect. Returns must diminish.

    Examples
    --------
    >>> voucher = Offer("voucher", cost=5.0, channel="email", assumed_save_rate=0.1, levels={1: 1.0, 2: 1.6})
    >>> voucher.eligible
    {}
    >>> Offer("call", cost=-1.0, channel="phone")
    Traceback (most recent call last):
    goodwill.errors.UsageError: offers.call.cost is -1.0; it must be 0 or more.
    """

    name: str
    cost: float
    channel: str
    assumed_save_rate: float | None = None
    effect: str | None = None
    eligible: Mapping[str, Allowed] = field(default_factory=dict)
    levels: Mapping[float, float] = field(default_factory=lambda: {1.0: 1.0})

    def __post_init__(self) -> None:
        """Refuse what cannot be an offer."""
        rate = () if self.assumed_save_rate is None else ("assumed_save_rate",)
        keep_numbers(self, "cost", *rate, within=f"offers.{self.name}.")
        if not self.cost >= 0:
            raise UsageError(f"offers.{self.name}.cost is {self.cost}; it must be 0 or more.")
        if self.assumed_save_rate is not None and not 0 <= self.assumed_save_rate <= 1:
            raise UsageError(
                f"offers.{self.name}.assumed_save_rate is {self.assumed_save_rate}; it is "
                "a share of value_at_risk, 0 to 1."
            )
        _check_levels(self.name, self.levels)


def offer_of(given: Offer | Mapping[str, object]) -> Offer:
    """Return an offer from its settings, as YAML holds them; an `Offer` is returned as it is.

    Raises
    ------
    UsageError
        If a setting is missing, unknown or impossible.

    Examples
    --------
    >>> offer_of({"name": "mail", "cost": 0.5, "channel": "email", "assumed_save_rate": 0.02}).cost
    0.5
    >>> offer_of({"name": "mail", "price": 0.5})
    Traceback (most recent call last):
    goodwill.errors.UsageError: offers: mail has price, lacks cost, channel; an offer has name, cost, ...
    """
    if isinstance(given, Offer):
        return given
    if not isinstance(given, Mapping):
        raise UsageError(f"offers: {given!r} is a {type(given).__name__}. Give an Offer, or its settings.")
    known = list(Offer.__dataclass_fields__)
    strange = [name for name in given if name not in known]
    absent = [name for name in known[:3] if name not in given]
    if strange or absent:
        raise UsageError(
            f"offers: {given.get('name', 'one')} has {', '.join(strange) or 'nothing unknown'}, lacks "
            f"{', '.join(absent) or 'nothing'}; an offer has {', '.join(known)}."
        )
    return Offer(**given)  # type: ignore[arg-type]  # values are checked by the class itself


def is_eligible(scores: pd.DataFrame, offer: Offer) -> NDArray[np.bool_]:
    """Return whom (n,) of the scores an offer's conditions allow; a missing value satisfies none.

    Raises
    ------
    UsageError
        If a condition names a column the scores lack.

    Examples
    --------
    >>> scores = pd.DataFrame({"tier": ["gold", "iron"], "p_churn": [0.2, 0.8]})
    >>> gold = Offer("call", 8.0, "phone", eligible={"tier": ["gold"], "p_churn": {"min": 0.1}})
    >>> is_eligible(scores, gold)
    array([ True, False])
    """
    allowed = np.ones(len(scores), dtype=bool)
    for column, condition in offer.eligible.items():
        if column not in scores:
            raise UsageError(
                f"offers.{offer.name}.eligible: the scores have no column {column}. "
                f"They have {', '.join(map(str, scores.columns))}."
            )
        allowed &= holds(scores[column], condition)
    return allowed


def holds(values: pd.Series, condition: Allowed) -> NDArray[np.bool_]:
    """Return for which values (n,) a condition holds: one of a list, or within a range, ends included."""
    if isinstance(condition, Mapping):
        low, high = condition.get("min", -np.inf), condition.get("max", np.inf)
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
        return np.asarray((numbers >= low) & (numbers <= high))
    return (
        values.astype("object")
        .map(str, na_action="ignore")
        .isin([str(one) for one in condition])
        .to_numpy(bool)
    )


def _check_levels(name: str, levels: Mapping[float, float]) -> None:
    try:
        pairs = sorted((float(cost), float(effect)) for cost, effect in levels.items())
    except (TypeError, ValueError) as error:
        raise UsageError(f"offers.{name}.levels is {dict(levels)}; both sides are numbers.") from error
    steps = np.array(pairs).reshape(-1, 2)
    costs, effects = np.concatenate([[[0.0, 0.0]], steps]).T
    is_rising = len(levels) > 0 and bool((np.diff(costs) > 0).all() and (np.diff(effects) > 0).all())
    if not is_rising or (np.diff(np.diff(effects) / np.diff(costs)) > 1e-12).any():  # noqa: PLR2004 - rounding
        raise UsageError(
            f"offers.{name}.levels is {dict(levels)}; it maps multiples of cost to multiples of effect, "
            "both above 0 and rising, each step worth no more per cost than the one before."
        )

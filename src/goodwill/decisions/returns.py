"""What a campaign brought for what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.clusters import clusters_of
from goodwill.decisions.difference import fieller
from goodwill.decisions.effect import Measured


@dataclass(frozen=True)
class Return:
    """The return on a treatment's cost, by one money outcome.

    Parameters
    ----------
    arm, outcome : what was done, and the money it is judged by.
    cost : mean cost per treated customer.
    margin : mean margin it caused per customer.
    roi, low, high : (margin - cost) / cost and its interval (Fieller 1954); None where it has no bound.
    """

    arm: str
    outcome: str
    cost: float
    margin: float
    roi: float
    low: float | None
    high: float | None


def returns(campaign: Campaign, found: Sequence[Measured], margin_rates: Mapping[str, float]) -> list[Return]:
    """Return what each treatment whose cost is known and above zero brought for it.

    Parameters
    ----------
    found : the measured effects of the campaign.
    margin_rates : the share that is margin, of each outcome that is money to be earned.

    Examples
    --------
    >>> import pandas as pd
    >>> from goodwill.decisions.effect import randomised_effects
    >>> rows = pd.DataFrame({"treatment": ["letter", None] * 50, "spend": [3.0, 1.0, 2.0, 2.0] * 25})
    >>> campaign = Campaign(rows, {"spend": "money"}, costs={"letter": 0.5})
    >>> (letter,) = returns(campaign, randomised_effects(campaign), {"spend": 1.0})
    >>> letter.roi, round(letter.low, 2), round(letter.high, 2)
    (1.0, 0.6, 1.4)
    """
    rates = [(one, margin_rates[one.effect.outcome]) for one in found if one.effect.outcome in margin_rates]
    made = [_return(campaign, one, rate) for one, rate in rates]
    return [one for one in made if one is not None]


def _return(campaign: Campaign, one: Measured, margin_rate: float) -> Return | None:
    arm = one.effect.arm
    pair = campaign.only(np.isin(campaign.groups, [arm, campaign.control]))
    pair = pair if one.kept is None else pair.only(one.kept)
    spent, is_treated = pair.spent(arm), pair.groups == arm
    if spent is None or not spent.any():
        return None
    cost = float(spent[is_treated].mean())
    by_cost = np.where(is_treated, spent - cost, 0.0) / is_treated.sum()
    clusters = clusters_of(pair)
    by_cost = by_cost if clusters is None else clusters.gathered(by_cost)
    margin = one.difference.estimate * margin_rate
    by_margin, freedom = one.difference.influence * margin_rate, one.difference.freedom
    limits = fieller((margin, by_margin), (cost, by_cost), campaign.level, freedom)
    low, high = (None, None) if limits is None else (limits[0] - 1, limits[1] - 1)
    return Return(arm, one.effect.outcome, cost, margin, margin / cost - 1, low, high)

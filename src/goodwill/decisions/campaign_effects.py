"""What a campaign caused, by the method its design allows."""

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import randomised_effects
from goodwill.decisions.effect_observed import Observed, observed_effects
from goodwill.decisions.measurable import ensure_measurable


def campaign_effects(campaign: Campaign, seed: int = 0) -> Observed:
    """Return the effect of every treatment on every outcome, with intervals.

    By lot: difference of means adjusted for covariates. Not by lot, or with chances that differed: doubly
    robust, with diagnostics of overlap and sensitivity to hidden causes.

    Raises
    ------
    DataError
        If the campaign cannot answer: no control group, nobody treated, an outcome that never varies, no
        overlap.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"treatment": ["letter", None] * 50, "spend": [3.0, 1.0, 2.0, 2.0] * 25})
    >>> found = campaign_effects(Campaign(rows, {"spend": "money"}))
    >>> found.table[["arm", "outcome", "estimate", "low", "high"]].round(2)
          arm outcome  estimate  low  high
    0  letter   spend       1.0  0.8   1.2
    """
    ensure_measurable(campaign)
    if campaign.is_randomised and campaign.propensity is None:
        return Observed(randomised_effects(campaign, seed), [], [])
    return observed_effects(campaign, seed)

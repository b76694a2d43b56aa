"""The same comparison where there can be no effect: what customers did before they were treated."""

from dataclasses import replace

from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect_observed import observed_effects


def earlier_campaign(campaign: Campaign) -> Campaign:
    """Return the campaign with its outcomes replaced by those of the period before, which adjust no more.

    Parameters
    ----------
    campaign : with `before`; its covariates should be known before that period, too.
    """
    columns = dict(campaign.before)
    return replace(
        campaign,
        rows=campaign.rows.assign(**{name: campaign.rows[column] for name, column in columns.items()}),
        outcomes={name: campaign.outcomes[name] for name in columns},
        covariates=tuple(name for name in campaign.covariates if name not in columns.values()),
        before={},
        expected={},
        costs={},
    )


def placebo_checks(earlier: Campaign, seed: int = 0) -> list[Test]:
    """Return the "effect" of each treatment on each outcome of an earlier period, where there can be none.

    A pseudo-outcome (Imbens and Rubin 2015, Causal Inference, ch. 21): a difference that covariates do not
    explain before treatment is likely to be there afterwards, too, and to pass for an effect.

    Parameters
    ----------
    earlier : a campaign whose outcomes happened before anybody was treated.

    Returns
    -------
    `before: <arm>, <outcome>` with the doubly robust difference and its p-value, corrected for being several.

    Raises
    ------
    DataError
        If there are no covariates, or no overlap.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> need, trait = rng.normal(size=(2, 3_000))
    >>> was_called = rng.random(3_000) < 1 / (1 + np.exp(-need - trait))
    >>> rows = pd.DataFrame({"need": need, "treatment": np.where(was_called, "call", "control")})
    >>> explained, hidden = rows.assign(spend=need), rows.assign(spend=need + trait)
    >>> for known in (explained, hidden):
    ...     noisy = known.assign(spend=known["spend"] + rng.normal(size=3_000))
    ...     campaign = Campaign(noisy, {"spend": "money"}, is_randomised=False, covariates=("need",))
    ...     print([(test.name, test.is_passed) for test in placebo_checks(campaign)])
    [('before: call, spend', True)]
    [('before: call, spend', False)]
    """
    return [
        Test(f"before: {one.effect.arm}, {one.effect.outcome}", one.effect.estimate, one.effect.p_holm)
        for one in observed_effects(earlier, seed).effects
    ]

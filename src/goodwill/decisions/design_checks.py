"""Whether a campaign that is said to be by lot looks like one."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from goodwill.decisions.adjustment import plain_difference
from goodwill.decisions.balance import Test, classifier_test, sample_ratio, treated_as_planned
from goodwill.decisions.campaign import B, Campaign, F
from goodwill.decisions.cluster_balance import cluster_test
from goodwill.decisions.clusters import clustered_difference, clusters_of
from goodwill.decisions.covariates import covariate_columns
from goodwill.decisions.difference import Difference
from goodwill.decisions.effect_observed import doubly_robust
from goodwill.decisions.multiplicity import holm


def design_checks(campaign: Campaign, seed: int = 0) -> list[Test]:
    """Return the tests of a campaign's design: sample ratio, balance and the period before.

    Parameters
    ----------
    campaign : as `ensure_measurable` accepts it.

    Returns
    -------
    `sample ratio` where shares were planned; for each treatment `balance: <arm>`, the AUC of a classifier
    that tries to tell treated from control by the covariates; and `before: <arm>, <outcome>`, the "effect" in
    the earlier period, where there can be none, its p-value corrected for being several. Where the chances to
    be treated differed and are known, groups may differ by as much as these explain. Where lot treated whole
    clusters, clusters are counted and compared: `balance of clusters: <arm>` is the difference of their
    means, in standard deviations.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"treatment": ["letter", None] * 50, "old": [3.0, 2.0, 2.0, 3.0] * 25})
    >>> shares = {"letter": 1, "control": 1}
    >>> rows["spend"] = 1
    >>> campaign = Campaign(rows, {"spend": "money"}, before={"spend": "old"}, shares=shares)
    >>> [(test.name, test.value, test.is_passed) for test in design_checks(campaign)]
    [('sample ratio', 0.0, True), ('balance: letter', 0.5, True), ('before: letter, spend', 0.0, True)]
    """
    balance = [_balance(campaign, arm, seed) for arm in campaign.arms]
    return [*_ratio(campaign), *balance, *_differences("before", campaign, campaign.before)]


def answer_checks(campaign: Campaign) -> list[Test]:
    """Return `answered: <arm>, <item>`, the difference in the share that answered, corrected.

    Parameters
    ----------
    campaign : its outcomes are 1 for who answered, else 0.
    """
    return _differences("answered", campaign, {name: name for name in campaign.outcomes})


def _ratio(campaign: Campaign) -> list[Test]:
    if campaign.shares:
        clusters, groups = clusters_of(campaign), campaign.groups
        drawn = groups if clusters is None else groups[clusters.first]
        return [sample_ratio(Counter(drawn.tolist()), campaign.shares)]
    chances = _chances(campaign)
    return [] if chances is None else [treated_as_planned(campaign.groups != campaign.control, chances)]


def _chances(campaign: Campaign) -> F | None:
    return None if campaign.propensity is None else campaign.values(campaign.propensity)


def _balance(campaign: Campaign, arm: str, seed: int) -> Test:
    pair = campaign.only(np.isin(campaign.groups, [arm, campaign.control]))
    columns = covariate_columns(pair.rows[list(pair.covariates)])
    if (clusters := clusters_of(pair)) is not None:
        found = cluster_test(columns, pair.groups == arm, clusters, seed)
        return Test(f"balance of clusters: {arm}", found.value, found.p_value)
    found = classifier_test(columns, pair.groups == arm, seed, _chances(pair))
    return Test(f"balance: {arm}", found.value, found.p_value)


def _differences(kind: str, campaign: Campaign, columns: Mapping[str, str]) -> list[Test]:
    names, found = [], []
    for arm in campaign.arms:
        pair = campaign.only(np.isin(campaign.groups, [arm, campaign.control]))
        for outcome, column in columns.items():
            names.append(f"{kind}: {arm}, {outcome}")
            found.append(_compared(pair, pair.values(column), pair.groups == arm))
    p_values = holm([one.p_value for one in found])
    return [
        Test(name, one.estimate, p_value) for name, one, p_value in zip(names, found, p_values, strict=True)
    ]


def _compared(pair: Campaign, y: F, is_treated: B) -> Difference:
    """Return the difference of means, weighted by known chances where they differed.

    What customers of like chances do on average is taken out, for it may vary much and tells nothing.
    """
    if (clusters := clusters_of(pair)) is not None:
        return clustered_difference(y, is_treated, np.empty((len(y), 0)), clusters)
    if (chances := _chances(pair)) is None:
        return plain_difference(y, is_treated)
    alike = pd.Series(y).groupby(np.round(chances, 2)).transform("mean").to_numpy()
    return doubly_robust(y, is_treated, chances, (alike, alike))

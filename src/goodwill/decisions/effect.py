"""What a campaign caused, per treatment and outcome, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from goodwill.decisions.adjustment import adjusted_difference, plain_difference
from goodwill.decisions.campaign import B, Campaign, F
from goodwill.decisions.clusters import Clusters, clustered_difference, clusters_of
from goodwill.decisions.covariates import covariate_columns
from goodwill.decisions.difference import Difference, fieller, p_value_of
from goodwill.decisions.multiplicity import holm
from goodwill.decisions.rates import Rates
from goodwill.decisions.tails import TOLERATED_ERROR, bootstrap_t, lean

Limits = tuple[float, float]
_SCORE = "score interval"
BOOTSTRAP = "bootstrap-t interval"


class _Reach(NamedTuple):
    """How far an effect may lie from its estimate, how likely none is, and how that was found."""

    limits: Limits
    p_value: float
    how: str


@dataclass(frozen=True)
class Effect:
    """The effect of one treatment on one outcome, per customer.

    Parameters
    ----------
    arm, outcome : what was done, and what is measured.
    estimate, low, high : mean outcome with treatment less mean outcome without, and its interval.
    p_value, p_holm : of no effect, alone and corrected for all treatments and outcomes of the campaign.
    method : how it was estimated, and how the interval was made.
    n, n_treated, n_control : customers compared.
    control_mean : the mean outcome without treatment.
    lift, lift_limits : the effect as a share of it, and its interval; None where it has no bound.
    plain, plain_limits : the difference in means as it stands, for comparison.
    """

    arm: str
    outcome: str
    estimate: float
    low: float
    high: float
    p_value: float
    p_holm: float
    method: str
    n: int
    n_treated: int
    n_control: int
    control_mean: float
    lift: float | None
    lift_limits: Limits | None
    plain: float
    plain_limits: Limits


@dataclass(frozen=True)
class Measured:
    """An effect beside the difference it was read off.

    Parameters
    ----------
    kept : (n,) of bool, of the customers of the treatment and of control those with a counterpart; all when
        None.
    """

    effect: Effect
    difference: Difference
    kept: B | None = None


def randomised_effects(campaign: Campaign, seed: int = 0) -> list[Measured]:
    """Return the effect of every treatment on every outcome of a campaign given by lot.

    Means are adjusted for the covariates and for the outcome of an earlier period. The interval is Student's
    t, or bootstrap-t where a few large amounts would make that lean by more than half a point on one side.
    Rates with few customers on one side of them are compared as they stand, by the score interval. The
    p-value is below 1 - level where the interval excludes 0. Where lot treated whole clusters, these are what
    errors are counted in.

    Parameters
    ----------
    campaign : as `ensure_measurable` accepts it.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"treatment": ["letter", None] * 50, "spend": [3.0, 1.0, 2.0, 2.0] * 25})
    >>> (found,) = randomised_effects(Campaign(rows, {"spend": "money"}))
    >>> found.effect.estimate, round(found.effect.low, 2), round(found.effect.high, 2)
    (1.0, 0.8, 1.2)
    """
    found = [
        _adjusted(campaign, arm, outcome, seed) for arm in campaign.arms for outcome in campaign.outcomes
    ]
    return corrected(found)


def corrected(found: Sequence[Measured]) -> list[Measured]:
    """Return the effects with p-values corrected for being several."""
    adjusted = holm([one.effect.p_value for one in found])
    pairs = zip(found, adjusted, strict=True)
    return [replace(one, effect=replace(one.effect, p_holm=p_holm)) for one, p_holm in pairs]


def judged(
    campaign: Campaign, names: tuple[str, str], found: Difference, seen: tuple[F, B], seed: int
) -> Measured:
    """Return a difference as an effect, with the interval that suits the outcome's tail.

    Parameters
    ----------
    names : treatment and outcome.
    seen : outcome and is_treated of the customers compared, (n,) each.
    """
    return _told(found, names, seen, _reach(found, seen[1], campaign, names[1], seed), campaign.level)


def _adjusted(campaign: Campaign, arm: str, outcome: str, seed: int) -> Measured:
    pair = campaign.only(np.isin(campaign.groups, [arm, campaign.control]))
    y, is_treated = pair.values(outcome), pair.groups == arm
    clusters = clusters_of(pair)
    if (
        clusters is None
        and campaign.outcomes[outcome] == "binary"
        and (rates := Rates.of(y, is_treated)).are_few
    ):
        reach = _Reach(rates.interval(campaign.level), rates.p_value, _SCORE)
        return _told(plain_difference(y, is_treated), (arm, outcome), (y, is_treated), reach, campaign.level)
    own = [pair.before[outcome]] if outcome in pair.before else []
    known = [*own, *(name for name in pair.covariates if name not in own)]
    columns = covariate_columns(pair.rows[known]).to_numpy(dtype=np.float64)
    if clusters is not None:
        return _of_clusters(campaign, (arm, outcome), (y, is_treated), columns, clusters)
    found = adjusted_difference(y, is_treated, columns)
    return judged(campaign, (arm, outcome), found, (y, is_treated), seed)


def _of_clusters(
    campaign: Campaign, names: tuple[str, str], seen: tuple[F, B], columns: F, clusters: Clusters
) -> Measured:
    found, plain = (clustered_difference(*seen, known, clusters) for known in (columns, columns[:, :0]))
    reach = _Reach(found.interval(campaign.level), found.p_value, "t interval")
    one = _told(found, names, seen, reach, campaign.level)
    return replace(one, effect=replace(one.effect, plain_limits=plain.interval(campaign.level)))


def _reach(found: Difference, is_treated: B, campaign: Campaign, outcome: str, seed: int) -> _Reach:
    is_money = campaign.outcomes[outcome] == "money"
    if is_money and lean(found, campaign.level) > TOLERATED_ERROR:
        limits = bootstrap_t(found, is_treated, campaign.level, seed)
        return _Reach(limits, p_value_of(found.estimate, limits, campaign.level), BOOTSTRAP)
    return _Reach(found.interval(campaign.level), found.p_value, "t interval")


def _told(
    found: Difference, names: tuple[str, str], seen: tuple[F, B], reach: _Reach, level: float
) -> Measured:
    found = replace(found, method=f"{found.method}, {reach.how}")
    return Measured(_effect(found, names, reach, seen, level), found)


def _effect(
    found: Difference, names: tuple[str, str], reach: _Reach, seen: tuple[F, B], level: float
) -> Effect:
    y, is_treated = seen
    plain = plain_difference(y, is_treated)
    lift = fieller(
        (found.estimate, found.influence), (found.control, found.control_influence), level, found.freedom
    )
    return Effect(
        arm=names[0],
        outcome=names[1],
        estimate=found.estimate,
        low=reach.limits[0],
        high=reach.limits[1],
        p_value=reach.p_value,
        p_holm=reach.p_value,
        method=found.method,
        n=len(y),
        n_treated=int(is_treated.sum()),
        n_control=int((~is_treated).sum()),
        control_mean=found.control,
        lift=None if lift is None else found.estimate / found.control,
        lift_limits=lift,
        plain=plain.estimate,
        plain_limits=reach.limits if reach.how == _SCORE else plain.interval(level),
    )

"""Whether treated and untreated were alike before treatment, as lot would have made them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import logit

from goodwill.decisions.campaign import B, F
from goodwill.decisions.folds import folds
from goodwill.errors import DataError
from goodwill.modeling.boosting import Plan

# Rare enough that a campaign by lot is almost never accused, as is usual for sample-ratio tests.
SUSPICIOUS = 0.001
_FOLDS = 5
_TREES = 40
# Below the first a lot is as usual; above the second none would do it, were all folds one and the same.
_USUAL, _CERTAIN = 1.645, 7.0
_REDRAWN = 40


@dataclass(frozen=True)
class Test:
    """A test of the design: what it measured, and how likely that is if all was by lot."""

    name: str
    value: float
    p_value: float

    @property
    def is_passed(self) -> bool:
        """Whether chance alone may well have done it."""
        return self.p_value >= SUSPICIOUS


def sample_ratio(sizes: Mapping[str, int], shares: Mapping[str, float]) -> Test:
    """Test whether the groups have the sizes that were planned (chi-square; Fabijan et al. 2019).

    Parameters
    ----------
    sizes : customers by treatment, control among them.
    shares : planned weight of each of them.

    Raises
    ------
    DataError
        If a group has no planned share, or a share no group.

    Examples
    --------
    >>> sample_ratio({"letter": 5_000, "control": 5_000}, {"letter": 1, "control": 1}).p_value
    1.0
    >>> sample_ratio({"letter": 5_300, "control": 4_700}, {"letter": 1, "control": 1}).is_passed
    False
    """
    odd = sorted(set(sizes) ^ set(shares))
    if odd:
        message = (
            f"shares: {odd[0]!r} is in only one of the plan ({', '.join(shares)}) and the campaign "
            f"({', '.join(sizes)}). State a share for every treatment, control among them."
        )
        raise DataError(message)
    names = sorted(sizes)
    found = np.array([sizes[name] for name in names], dtype=np.float64)
    weight = np.array([shares[name] for name in names], dtype=np.float64)
    statistic, p_value = stats.chisquare(found, found.sum() * weight / weight.sum())
    return Test("sample ratio", float(statistic), float(p_value))


def treated_as_planned(is_treated: B, chances: F) -> Test:
    """Test whether as many were treated as their known chances say (normal approximation).

    Examples
    --------
    >>> lot = np.arange(1_000) % 4 == 0
    >>> treated_as_planned(lot, np.full(1_000, 0.25)).p_value
    1.0
    >>> treated_as_planned(lot, np.full(1_000, 0.35)).is_passed
    False
    """
    z = float(is_treated.sum() - chances.sum()) / float(np.sqrt((chances * (1 - chances)).sum()))
    return Test("sample ratio", z**2, float(2 * stats.norm.sf(abs(z))))


def classifier_test(columns: pd.DataFrame, is_treated: B, seed: int, chances: F | None = None) -> Test:
    """Test whether a classifier can tell the treated from the others by what was known before.

    Boosted trees are fitted to four fifths and judged on the rest, five times; under lot the AUC of each
    fifth is .5 with the variance of Mann and Whitney's statistic, whatever the trees learned. The five are
    not independent: what looks suspicious by that variance is judged by lots drawn anew.

    Parameters
    ----------
    columns : (n, k) standardised covariates.
    is_treated : (n,) of bool.
    chances : (n,) of float, the known chance of each to be treated, where they differed.

    Returns
    -------
    The mean AUC, and the one-sided p-value of its being above .5, or above what such chances make it.

    Examples
    --------
    >>> known = pd.DataFrame({"age": np.arange(200.0)})
    >>> classifier_test(known, np.arange(200) % 2 == 0, seed=0).is_passed
    True
    >>> classifier_test(known, np.arange(200) > 99, seed=0).is_passed
    False
    """
    if columns.shape[1] == 0:
        return Test("balance", 0.5, 1.0)
    mean, error = _told_apart(columns, is_treated, seed)
    if chances is not None:
        return Test("balance", mean, _p_under_chances(mean, columns, is_treated, chances, seed))
    if error == 0:
        return Test("balance", mean, 1.0)
    z = (mean - 0.5) / error
    if z >= _CERTAIN:
        return Test("balance", mean, float(stats.norm.sf(z / np.sqrt(_FOLDS))))
    if z <= _USUAL:
        return Test("balance", mean, float(stats.norm.sf(z)))
    error = _error_under_lot(columns, is_treated, seed)
    return Test("balance", mean, float(stats.t.sf((mean - 0.5) / error, _REDRAWN)))


def _told_apart(columns: pd.DataFrame, is_treated: B, seed: int) -> tuple[float, float]:
    """Return the mean AUC of the folds, and its error if the folds had nothing to do with each other."""
    fold = folds(is_treated, _FOLDS, seed)
    plan = Plan(
        "binary:logistic", {"trees": _TREES, "max_depth": 3, "eta": 0.1, "min_child_weight": 5}, {}, seed=seed
    )
    aucs, variances = [], []
    for held in range(_FOLDS):
        seen, is_held = fold != held, fold == held
        says = plan.fit(columns[seen], is_treated[seen].astype(float)).margin(columns[is_held])
        auc, variance = _auc(says, is_treated[is_held])
        aucs.append(auc)
        variances.append(variance)
    return float(np.mean(aucs)), float(np.sqrt(np.sum(variances))) / _FOLDS


def _error_under_lot(columns: pd.DataFrame, is_treated: B, seed: int) -> float:
    """Return the spread of the mean AUC over lots drawn anew: models of five folds learn much the same."""
    rng = np.random.default_rng(seed)
    means = [_told_apart(columns, rng.permutation(is_treated), seed)[0] for _ in range(_REDRAWN)]
    return float(np.sqrt(np.mean((np.array(means) - 0.5) ** 2)))


def _p_under_chances(mean: float, columns: pd.DataFrame, is_treated: B, chances: F, seed: int) -> float:
    """Return how likely lots drawn anew by known chances are told apart as well, as many being treated."""
    rng, n = np.random.default_rng(seed), int(is_treated.sum())
    means = []
    for _ in range(_REDRAWN):
        leaning = logit(chances) + rng.logistic(size=len(chances))
        drawn = np.zeros(len(chances), dtype=bool)
        drawn[np.argpartition(-leaning, n - 1)[:n]] = True
        means.append(_told_apart(columns, drawn, seed)[0])
    error = float(np.std(means, ddof=1)) * float(np.sqrt(1 + 1 / _REDRAWN))
    return float(stats.t.sf((mean - np.mean(means)) / max(error, 1e-12), _REDRAWN - 1))


def mean_differences(columns: pd.DataFrame, is_treated: B, weights: F | None = None) -> dict[str, float]:
    """Return each covariate's difference of means in standard deviations, the largest first.

    Parameters
    ----------
    columns : (n, k) covariates.
    is_treated : (n,) of bool.
    weights : (n,) of float, such as inverse propensities; all equal when None.

    Examples
    --------
    >>> mean_differences(pd.DataFrame({"age": [1.0, 3.0, 2.0, 4.0]}), np.array([False, False, True, True]))
    {'age': 1.0}
    """
    weight = np.ones(len(columns)) if weights is None else weights
    found = {}
    for name in columns:
        x = columns[name].to_numpy(dtype=np.float64)
        treated, control = (
            np.average(x[group], weights=weight[group]) for group in (is_treated, ~is_treated)
        )
        spread = np.sqrt((x[is_treated].var() + x[~is_treated].var()) / 2)
        found[str(name)] = float((treated - control) / spread) if spread > 0 else 0.0
    return dict(sorted(found.items(), key=lambda item: -abs(item[1])))


def _auc(says: F, is_treated: B) -> tuple[float, float]:
    """Return the area under the curve, ties counting half, and its variance under lot, ties heeded."""
    n_treated, n_control = int(is_treated.sum()), int((~is_treated).sum())
    ranks = stats.rankdata(says)
    n = len(says)
    auc = (ranks[is_treated].sum() - n_treated * (n_treated + 1) / 2) / (n_treated * n_control)
    spread = float(ranks.var()) * n / (n - 1)
    return float(auc), spread / (n * n_treated * n_control)

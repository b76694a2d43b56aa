"""What a campaign caused that was not given by lot: doubly robust, with what it takes to believe it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import logit

from goodwill.decisions.campaign import B, Campaign, F, Kind
from goodwill.decisions.covariates import covariate_columns
from goodwill.decisions.difference import Difference
from goodwill.decisions.effect import Measured, corrected, judged
from goodwill.decisions.folds import folds
from goodwill.decisions.nuisance import cross_fitted
from goodwill.decisions.overlap import Overlap, comparable, overlap_of
from goodwill.decisions.sensitivity import (
    Sensitivity,
    e_value,
    partial_t,
    robustness_value,
    shares_explained,
)
from goodwill.errors import DataError

_FOLDS = 5


@dataclass(frozen=True)
class Observed:
    """Effects of a campaign and, where it was not by lot, overlap by treatment, sensitivity by effect."""

    effects: list[Measured]
    overlaps: list[Overlap]
    sensitivities: list[Sensitivity]

    @property
    def table(self) -> pd.DataFrame:
        """The effects, a row per treatment and outcome."""
        return pd.DataFrame([asdict(one.effect) for one in self.effects])


def observed_effects(campaign: Campaign, seed: int = 0) -> Observed:
    """Return the effects of a campaign whose treatment followed what is known of customers.

    Augmented inverse propensity weighting (Robins, Rotnitzky and Zhao 1994), cross-fitted (Chernozhukov et
    al. 2018): each customer's propensity and expected outcomes come from models fitted to others, linear
    ones with XGBoost trees on top. The effect is the mean over the customers, of the treatment's group and of
    control, who have a counterpart; over all of them where lot decided with chances that are known, which
    then say what to expect of customers, too.

    Parameters
    ----------
    campaign : as `ensure_measurable` accepts it, with covariates.

    Raises
    ------
    DataError
        If there are no covariates, or no overlap.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> need = rng.normal(size=4_000)
    >>> was_called = rng.random(4_000) < 1 / (1 + np.exp(-need))
    >>> rows = pd.DataFrame({"need": need, "treatment": np.where(was_called, "call", "control")})
    >>> rows["spend"] = 2 * need + was_called + rng.normal(size=4_000)
    >>> campaign = Campaign(rows, {"spend": "money"}, is_randomised=False, covariates=("need",))
    >>> (found,) = observed_effects(campaign).effects
    >>> found.effect.plain > 2.5, found.effect.low < 1 < found.effect.high
    (True, True)
    """
    if not campaign.covariates and campaign.propensity is None:
        raise DataError(
            "covariates: none are given, and treatment was not by lot. Name what was known before and may "
            "have decided who was treated; without it nothing can be adjusted for."
        )
    arms = [_of_arm(campaign, arm, seed) for arm in campaign.arms]
    return Observed(
        corrected([one for found in arms for one in found.effects]),
        [one for found in arms for one in found.overlaps],
        [one for found in arms for one in found.sensitivities],
    )


def together(found: Sequence[Observed]) -> Observed:
    """Return what was found of several parts of a campaign as one; overlaps are those of the first.

    P-values are corrected for all effects.
    """
    return Observed(
        corrected([effect for one in found for effect in one.effects]),
        found[0].overlaps,
        [figure for one in found for figure in one.sensitivities],
    )


def with_counterparts(campaign: Campaign, found: Observed) -> Campaign:
    """Return the campaign with those customers alone from whom the effect of some treatment was read.

    Parameters
    ----------
    found : as `observed_effects` returns it of the same campaign; by lot everybody has a counterpart.
    """
    kept = np.zeros(len(campaign.rows), dtype=bool)
    for one in found.effects:
        pair = np.isin(campaign.groups, [one.effect.arm, campaign.control])
        kept[pair] |= True if one.kept is None else one.kept
    return campaign.only(kept)


def doubly_robust(y: F, is_treated: B, propensity: F, expected: tuple[F, F]) -> Difference:
    """Return the effect by augmented inverse propensity weighting.

    Parameters
    ----------
    y, is_treated, propensity : (n,) each.
    expected : (n,) of float each, the expected outcome without and with treatment.

    Examples
    --------
    >>> y, lot, zero = np.array([1.0, 3.0, 2.0, 6.0]), np.array([False, False, True, True]), np.zeros(4)
    >>> doubly_robust(y, lot, np.full(4, 0.5), (zero, zero)).estimate
    2.0
    """
    without, having = expected
    treated = having + is_treated * (y - having) / propensity
    control = without + ~is_treated * (y - without) / (1 - propensity)
    each, n = treated - control, len(y)
    return Difference(
        estimate=float(each.mean()),
        influence=(each - each.mean()) / n,
        control=float(control.mean()),
        control_influence=(control - control.mean()) / n,
        freedom=float(n - 1),
        method="doubly robust (cross-fitted AIPW, XGBoost)",
    )


def expected_outcomes(columns: pd.DataFrame, y: F, is_treated: B, kind: Kind, seed: int) -> tuple[F, F]:
    """Return each customer's expected outcome without and with treatment, (n,) each, cross-fitted."""
    fold = folds(is_treated, _FOLDS, seed)
    without, having = (
        cross_fitted(columns, y, kind, fold, taught_by, seed) for taught_by in (~is_treated, is_treated)
    )
    return without, having


def _of_arm(campaign: Campaign, arm: str, seed: int) -> Observed:
    pair = campaign.only(np.isin(campaign.groups, [arm, campaign.control]))
    is_treated = pair.groups == arm
    known = dict.fromkeys([*pair.before.values(), *pair.covariates])
    columns = covariate_columns(pair.rows[list(known)])
    propensity = _propensity(pair, columns, is_treated, seed)
    kept = np.ones(len(is_treated), dtype=bool)
    if not (pair.is_randomised and pair.propensity is not None):  # a lot's chances are known, however small
        kept = comparable(propensity, is_treated, arm)
    overlap = overlap_of(arm, columns, propensity, is_treated, kept)
    part, columns = pair.only(kept), columns[kept].reset_index(drop=True)
    effects, sensitivities = [], []
    for outcome, kind in pair.outcomes.items():
        y, lot = part.values(outcome), is_treated[kept]
        expected = expected_outcomes(_with_chances(part, columns), y, lot, kind, seed)
        found = doubly_robust(y, lot, propensity[kept], expected)
        one = replace(judged(campaign, (arm, outcome), found, (y, lot), seed), kept=kept)
        rests = _rests(y, lot, propensity[kept], expected)
        effects.append(one)
        sensitivities.append(_sensitivity(one, kind, campaign.level, rests, _strongest(columns, y, lot)))
    return Observed(effects, [overlap], sensitivities)


def _propensity(pair: Campaign, columns: pd.DataFrame, is_treated: B, seed: int) -> F:
    if pair.propensity is not None:
        return pair.values(pair.propensity)
    everybody = np.ones(len(is_treated), dtype=bool)
    fold = folds(is_treated, _FOLDS, seed + 1)
    return cross_fitted(columns, is_treated.astype(float), "binary", fold, everybody, seed)


def _with_chances(part: Campaign, columns: pd.DataFrame) -> pd.DataFrame:
    """Add known chances: where lot drew large customers more often, they say much of what each spends."""
    if part.propensity is None:
        return columns
    chances = {f"logit({part.propensity})": logit(part.values(part.propensity))}
    return pd.concat([columns, covariate_columns(pd.DataFrame(chances))], axis=1)


def _rests(y: F, is_treated: B, propensity: F, expected: tuple[F, F]) -> tuple[F, F]:
    mean = expected[0] * (1 - propensity) + expected[1] * propensity
    return y - mean, is_treated - propensity


def _sensitivity(
    one: Measured, kind: Kind, level: float, rests: tuple[F, F], strongest: tuple[str, float, float]
) -> Sensitivity:
    effect, t, freedom = one.effect, partial_t(*rests), len(rests[0]) - 1.0
    risks = _risks(effect.control_mean, (effect.estimate, effect.low, effect.high))
    return Sensitivity(
        arm=effect.arm,
        outcome=effect.outcome,
        e_value=e_value(*risks[0]) if kind == "binary" else None,
        e_value_limit=e_value(*risks[1]) if kind == "binary" else None,
        robustness=robustness_value(t, freedom),
        robustness_limit=robustness_value(t, freedom, level),
        strongest=strongest[0],
        strongest_treatment=strongest[1],
        strongest_outcome=strongest[2],
    )


def _strongest(columns: pd.DataFrame, y: F, is_treated: B) -> tuple[str, float, float]:
    """Return the covariate that explains most of both, and its shares of treatment and outcome."""
    if not len(columns.columns):
        return "none", 0.0, 0.0
    x = columns.to_numpy(dtype=np.float64)
    of_treatment, of_outcome = shares_explained(x, is_treated.astype(float)), shares_explained(x, y)
    place = int(np.argmax(np.minimum(of_treatment, of_outcome)))
    return str(columns.columns[place]), float(of_treatment[place]), float(of_outcome[place])


def _risks(
    control: float, effect: tuple[float, float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (treated, control) risks at the estimate, and at the limit nearer to no effect."""
    estimate, low, high = effect
    nearest = 0.0 if low <= 0 <= high else min(low, high, key=abs)
    return (control + estimate, control), (control + nearest, control)

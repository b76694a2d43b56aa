"""How many customers the next campaign needs to see an effect, or how likely it is to see one."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from goodwill.arguments import as_number, ensure_numbers
from goodwill.decisions.campaign import F
from goodwill.decisions.measurable import FEWEST
from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers

_REPLICATES = 1000
_MOST_DRAWS = 30_000_000


@dataclass(frozen=True)
class Plan:
    """A campaign to come: treatments, the size of the control group, and how sure it is to be.

    Parameters
    ----------
    n_arms : treatments, each compared with the one control group; the error is divided among them
        (Bonferroni).
    control_ratio : customers in the control group for each in one treatment; None is the square root of
        `n_arms`, which needs the fewest customers (Dunnett 1955).
    level, power : chance to see nothing where nothing is, and to see the effect where it is.
    explained_share : share of the outcome's variance that known covariates explain, such as the outcome of
        the period before; adjustment needs so many fewer customers.
    """

    n_arms: int = 1
    control_ratio: float | None = None
    level: float = 0.95
    power: float = 0.8
    explained_share: float = 0.0

    @property
    def ratio(self) -> float:
        """Customers in control for each in one treatment."""
        return float(np.sqrt(self.n_arms)) if self.control_ratio is None else self.control_ratio

    @property
    def z(self) -> float:
        """The critical value of each two-sided comparison."""
        return float(stats.norm.ppf(1 - (1 - self.level) / (2 * self.n_arms)))


@dataclass(frozen=True)
class Size:
    """Customers of a campaign: in each treatment, in control, in all."""

    n_treated: int
    n_control: int
    n: int


ONE_ARM = Plan()


def customers_for_rate(rate: float, effect: float, plan: Plan = ONE_ARM) -> Size:
    """Return how many customers show that a rate changes from `rate` to `rate + effect`.

    Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, eq. 4.14 without continuity
    correction, as regression and z tests have none.

    Parameters
    ----------
    rate : the share of customers who buy, visit or stay without treatment.
    effect : the smallest change worth knowing of, in points of share.

    Raises
    ------
    UsageError
        If a rate is not between 0 and 1, or the effect is none.

    Examples
    --------
    >>> customers_for_rate(0.10, 0.02)
    Size(n_treated=3841, n_control=3841, n=7682)
    >>> customers_for_rate(0.10, 0.0)
    Traceback (most recent call last):
    goodwill.errors.UsageError: effect: 0.0 is no effect; state the smallest one worth knowing of.
    """
    rate, effect = as_number("rate", rate), as_number("effect", effect)
    if not (0 < rate < 1 and 0 < rate + effect < 1):
        raise UsageError(
            f"rate: {rate} with an effect of {effect} is no share between 0 and 1. State both as shares."
        )
    _ensure_effect(effect)
    _ensure_plan(plan)
    ratio, other = plan.ratio, rate + effect
    pooled = (other + ratio * rate) / (1 + ratio)
    by_chance = plan.z * np.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    by_power = _z_power(plan) * np.sqrt(other * (1 - other) + rate * (1 - rate) / ratio)
    return _size(((by_chance + by_power) / effect) ** 2, plan)


def customers_for_money(spend: ArrayLike, lift: float, plan: Plan = ONE_ARM, seed: int = 0) -> Size:
    """Return how many customers show that treatment multiplies spend by `1 + lift`.

    The size of the normal formula is tried on customers drawn from `spend`, and raised until the simulated
    power is reached: few large amounts make the formula promise too much. No group is smaller than `measure`
    accepts.

    Parameters
    ----------
    spend : what customers spent in an earlier period of the same length, those who spent nothing included.
    lift : such as 0.05 for five per cent more.

    Raises
    ------
    UsageError
        If spend does not vary, or the lift is none.

    Examples
    --------
    >>> spend = np.random.default_rng(0).normal(100, 20, size=2_000)
    >>> customers_for_money(spend, lift=0.05).n_treated in range(240, 280)
    True
    """
    values = _varied(spend)
    lift = as_number("lift", lift)
    _ensure_effect(lift)
    _ensure_plan(plan)
    spread, mean = values.std(), abs(values.mean())
    wanted = (plan.z + _z_power(plan)) ** 2 * spread**2 * ((1 + lift) ** 2 + 1 / plan.ratio)
    size = _size(wanted / (lift * mean) ** 2, plan)
    while power_for_money(values, lift, size, plan, seed) < plan.power - _error_of_power(plan):
        size = _size(1.1 * size.n_treated / (1 - plan.explained_share), plan)
    return size


def power_for_money(spend: ArrayLike, lift: float, size: Size, plan: Plan = ONE_ARM, seed: int = 0) -> float:
    """Return the chance to see a lift of spend with so many customers, by simulation.

    Customers are drawn from `spend`, those treated get it times `1 + lift`, and Welch's test is made, 1,000
    times. Where that is more than 30 million draws, tails no longer matter and the normal formula answers.

    Examples
    --------
    >>> spend = np.random.default_rng(0).normal(100, 20, size=2_000)
    >>> 0.75 < power_for_money(spend, 0.05, Size(252, 252, 504)) < 0.85
    True
    """
    values = _varied(spend)
    shrunk = 1 - plan.explained_share
    n_treated, n_control = round(size.n_treated / shrunk), round(size.n_control / shrunk)
    if _REPLICATES * (n_treated + n_control) > _MOST_DRAWS:
        error = values.std() * np.sqrt((1 + lift) ** 2 / n_treated + 1 / n_control)
        return float(stats.norm.cdf(abs(lift * values.mean()) / error - plan.z))
    rng = np.random.default_rng(seed)
    seen = [_z_of(rng, values, lift, n_treated, n_control) for _ in range(_REPLICATES)]
    return float(np.mean(np.array(seen) > plan.z))


def _z_of(rng: np.random.Generator, values: F, lift: float, n_treated: int, n_control: int) -> float:
    treated = values[rng.integers(0, len(values), n_treated)] * (1 + lift)
    control = values[rng.integers(0, len(values), n_control)]
    variance = treated.var() / n_treated + control.var() / n_control
    return float((treated.mean() - control.mean()) * np.sign(lift) / np.sqrt(max(variance, 1e-300)))


def _z_power(plan: Plan) -> float:
    return float(stats.norm.ppf(plan.power))


def _error_of_power(plan: Plan) -> float:
    """Return two standard errors of a simulated power."""
    return 2 * float(np.sqrt(plan.power * (1 - plan.power) / _REPLICATES))


def _size(n_treated: float, plan: Plan) -> Size:
    treated = max(int(np.ceil(n_treated * (1 - plan.explained_share))), FEWEST)
    control = max(int(np.ceil(treated * plan.ratio)), FEWEST)
    return Size(treated, control, plan.n_arms * treated + control)


def _varied(spend: ArrayLike) -> F:
    values = np.ravel(as_numbers("spend", spend))
    if len(values) == 0 or not np.isfinite(values).all() or np.ptp(values) == 0 or values.mean() == 0:
        raise UsageError(
            f"spend: {len(values)} amounts that are missing, all alike or 0 on average tell nothing of what "
            "a lift would change. Give what customers spent in an earlier period, zeros included."
        )
    return values


def _ensure_effect(effect: float) -> None:
    if as_number("effect", effect) == 0:
        raise UsageError(f"effect: {effect} is no effect; state the smallest one worth knowing of.")


def _ensure_plan(plan: Plan) -> None:
    told = {name: one for name, one in asdict(plan).items() if one is not None}
    ensure_numbers(**told)
    is_sound = (
        plan.n_arms >= 1
        and plan.ratio > 0
        and 0 < plan.level < 1
        and 0 < plan.power < 1
        and 0 <= plan.explained_share < 1
    )
    if not is_sound:
        raise UsageError(
            f"plan: {plan} is impossible. At least one arm, a control group, level and power between 0 and "
            "1, and an explained share from 0 to below 1 are needed."
        )

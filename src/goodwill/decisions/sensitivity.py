"""How strong a hidden cause would have to be to explain an effect away."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, stats

from goodwill.decisions.campaign import F

_SPECK = 1e-9


@dataclass(frozen=True)
class Sensitivity:
    """What a hidden cause would need to bring the estimate, or its interval, to no effect.

    Parameters
    ----------
    arm, outcome : the effect in question.
    e_value, e_value_limit : of a binary outcome: the risk ratio a hidden cause would need with treatment and
        with the outcome, each (VanderWeele and Ding 2017); 1 means that none is needed.
    robustness, robustness_limit : the share of what is left of treatment and of outcome, each, that a hidden
        cause would have to explain (Cinelli and Hazlett 2020, RV).
    strongest, strongest_treatment, strongest_outcome : the known covariate that explains most, for
        comparison, and its shares.
    """

    arm: str
    outcome: str
    e_value: float | None
    e_value_limit: float | None
    robustness: float
    robustness_limit: float
    strongest: str
    strongest_treatment: float
    strongest_outcome: float


def e_value(risk_treated: float, risk_control: float) -> float:
    """Return the E-value of two risks (VanderWeele and Ding 2017, Ann. Intern. Med. 167, p. 270).

    Examples
    --------
    >>> round(e_value(0.39, 0.10), 2), e_value(0.10, 0.10)
    (7.26, 1.0)
    """
    low, high = sorted((max(risk_treated, 1e-9), max(risk_control, 1e-9)))
    ratio = high / low
    return float(ratio + np.sqrt(ratio * (ratio - 1)))


def robustness_value(t: float, freedom: float, level: float | None = None) -> float:
    """Return the robustness value of a t statistic (Cinelli and Hazlett 2020, J. R. Stat. Soc. B 82, eq. 20).

    Parameters
    ----------
    t : of the treatment's coefficient.
    freedom : residual degrees of freedom.
    level : also be significant at 1 - level; None asks for the estimate alone.

    Examples
    --------
    The paper's own example, Darfur: t = 4.18 with 783 degrees of freedom.

    >>> round(robustness_value(4.18, 783), 3), round(robustness_value(4.18, 783, level=0.95), 3)
    (0.139, 0.076)
    """
    f = abs(t) / np.sqrt(freedom)
    if level is not None:
        f -= float(stats.t.ppf((1 + level) / 2, freedom - 1)) / np.sqrt(freedom - 1)
    if f <= 0:
        return 0.0
    return float((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def partial_t(y_left: F, d_left: F) -> float:
    """Return the t statistic of the outcome's rest on the treatment's rest, both after covariates.

    Examples
    --------
    >>> round(partial_t(np.array([1.0, -1.0, 1.0, -1.1]), np.array([1.0, -1.0, 1.0, -1.0])), 1)
    41.0
    """
    slope = float(np.sum(d_left * y_left) / np.sum(d_left**2))
    left = y_left - slope * d_left
    return slope / float(np.sqrt(np.sum(left**2) / (len(left) - 1) / np.sum(d_left**2)))


def shares_explained(columns: F, y: F) -> F:
    """Return what share of the rest of `y` each column explains beside all others, (k,): partial R².

    A column that others make up has none.

    Examples
    --------
    >>> x = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [0.0, 0.0]])
    >>> shares_explained(x, x[:, 0]).round(6).tolist()
    [1.0, 0.0]
    """
    centred = columns - columns.mean(axis=0)
    triangle, order = linalg.qr(centred, mode="r", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > _SPECK * np.abs(triangle[0, 0])).sum())
    own, rest = np.sort(order[:rank]), y - y.mean()
    inverse = np.linalg.inv(centred[:, own].T @ centred[:, own])
    slopes = inverse @ (centred[:, own].T @ rest)
    left = float(np.sum((rest - centred[:, own] @ slopes) ** 2))
    gained = slopes**2 / np.diag(inverse)
    shares = np.zeros(columns.shape[1])
    shares[own] = gained / np.maximum(gained + left, _SPECK)
    return shares

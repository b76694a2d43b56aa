"""How well the items of a dimension measure it: α, ω, each item's part, and whether it is one thing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.dimensions import rated_answers
from goodwill.perceived.estimates import F, deviations, weighted_means
from goodwill.perceived.one_factor import fit_indices, one_factor
from goodwill.perceived.survey import Survey

_STEP = 1e-4
_LEAST_ITEMS = 2
# A reliability so near 1 has no interval, nor has one whose interval spans e to the power of this.
_EXACT, _WIDEST = 1e-9, 50.0
# Hu and Bentler (1999); Browne and Cudeck (1993) for the RMSEA.
_GOOD_SRMR, _GOOD_RMSEA = 0.08, 0.10
VERDICTS = (
    (0.95, "redundant"),
    (0.9, "excellent"),
    (0.8, "good"),
    (0.7, "acceptable"),
    (0.6, "questionable"),
)


@dataclass(frozen=True)
class _Covered:
    """Respondents who answered all items: deviations from the means, weights that add to 1, covariance."""

    deviations: F
    shares: F
    covariance: F

    @property
    def n_effective(self) -> float:
        return float(1 / (self.shares @ self.shares)) if len(self.shares) else 0.0


def reliability(survey: Survey, side: str | None = None, *, level: float = 0.95) -> pd.DataFrame:
    """Return how reliably each dimension is measured by its items.

    Parameters
    ----------
    side : by default the one that each dimension is rated on (perception, performance or score).
    level : coverage of the intervals.

    Returns
    -------
    A row per dimension with at least two items: `n` respondents who answered all of them, `n_items`, `alpha`
    and `omega` with intervals, `first_root_share` (the largest eigenvalue's part of all), `rmsea`, `cfi`,
    `srmr` and `p_value` of one factor (four items or more), `is_one_factor`, `verdict`: redundant (> .95),
    excellent, good, acceptable (≥ .7), questionable, poor (< .6) or not_computable.

    Notes
    -----
    Cronbach (1951) α; McDonald (1999) ω of a one-factor model, by maximum likelihood; with two items the
    loadings are taken as equal, so that ω is the Spearman-Brown coefficient. Intervals: free of distribution
    (Maydeu-Olivares, Coffman and Hartmann 2007; here for any function of the covariances), on the scale of
    ln(1 − reliability) (Bonett 2002).

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item(name, "quality", columns={"score": name}) for name in "ab"]
    >>> survey = read_wide(pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 3, 5]}), asked)
    >>> round(float(reliability(survey).loc["quality", "alpha"]), 3)
    0.972
    """
    ensure_level(level)
    blocks = _blocks(survey, side)
    weights = survey.weights().to_numpy()
    rows = {name: _row(covered(block, weights), level) for name, block in blocks.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(_row(_NOBODY, level)))
    return table.rename_axis("dimension").astype({"n": int, "n_items": int})


def item_quality(survey: Survey, side: str | None = None) -> pd.DataFrame:
    """Return what each item adds to its dimension.

    Returns
    -------
    A row per item of a dimension: `dimension`, `n`, `mean`, `sd`, `lowest_share` and `highest_share` (answers
    at the ends of the scale), `item_rest` (correlation with the sum of the other items of the dimension) and
    `alpha_if_dropped`, among those who answered all of them.
    """
    weights = survey.weights().to_numpy()
    parts = []
    for name, block in _blocks(survey, side, least=1).items():
        found = weighted_means(block, weights)[["n", "mean", "sd"]]
        ends = [survey.items.loc[block.columns, end] for end in ("scale_low", "scale_high")]
        at_ends = [
            weighted_means((block == end).astype(float).where(block.notna()), weights)["mean"] for end in ends
        ]
        inside = covered(block, weights).covariance
        part = found.assign(lowest_share=at_ends[0], highest_share=at_ends[1], **_within(inside))
        part.insert(0, "dimension", name)
        parts.append(part)
    return pd.concat(parts) if parts else pd.DataFrame()


def alpha_of(covariance: F) -> float:
    """Return Cronbach's α of a covariance matrix.

    Examples
    --------
    >>> alpha_of(np.array([[1.0, 0.5], [0.5, 1.0]]))
    0.666...
    """
    k, total = len(covariance), covariance.sum()
    return float(k / (k - 1) * (1 - np.trace(covariance) / total)) if k > 1 and total > 0 else np.nan


def omega_of(covariance: F) -> float:
    """Return McDonald's ω of a covariance matrix, from one factor; NaN where no factor is common.

    Examples
    --------
    >>> loadings = np.array([0.9, 0.6, 0.6])
    >>> round(omega_of(np.outer(loadings, loadings) + np.diag(1 - loadings**2)), 4)
    0.75
    """
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        return np.nan
    if len(covariance) == _LEAST_ITEMS:
        correlation = covariance[0, 1] / spread.prod()
        return float(2 * correlation / (1 + correlation)) if correlation >= 0 else np.nan
    loadings = one_factor(covariance / np.outer(spread, spread)).loadings
    common, own = (loadings * spread).sum() ** 2, ((1 - loadings**2) * spread**2).sum()
    return float(common / (common + own)) if own >= 0 else np.nan


def verdict_of(alpha: float) -> str:
    """Return what a reliability means in a word (George and Mallery 2003; above .95: Streiner 2003)."""
    if np.isnan(alpha):
        return "not_computable"
    return next((word for limit, word in VERDICTS if alpha >= limit), "poor")


def covered(block: pd.DataFrame, weights: F) -> _Covered:
    """Return the moments of those who answered every item of a block."""
    values = block.to_numpy(dtype=float)
    is_complete = np.isfinite(values).all(axis=1) & (weights > 0)
    values, shares = values[is_complete], weights[is_complete]
    n, k = values.shape
    if n < k + 1:
        return _Covered(values[:0], shares[:0], np.full((k, k), np.nan))
    shares = shares / shares.sum()
    apart = deviations(values, shares @ values)
    return _Covered(apart, shares, (apart * shares[:, None]).T @ apart * n / (n - 1))


_NOBODY = _Covered(np.empty((0, 2)), np.empty(0), np.full((2, 2), np.nan))


def _blocks(survey: Survey, side: str | None, least: int = _LEAST_ITEMS) -> dict[str, pd.DataFrame]:
    values = rated_answers(survey) if side is None else survey.wide(side)
    names = survey.items["dimension"].reindex(values.columns)
    blocks = {name: values.loc[:, (names == name).to_numpy()] for name in names.dropna().unique()}
    return {name: block for name, block in blocks.items() if block.shape[1] >= least}


def _row(block: _Covered, level: float) -> dict[str, object]:
    covariance, n = block.covariance, block.n_effective
    alpha, low, high = _with_interval(alpha_of, block, level)
    omega, omega_low, omega_high = _with_interval(omega_of, block, level)
    spread = np.sqrt(np.diag(covariance))
    row: dict[str, object] = {
        "n": len(block.shares), "n_items": len(covariance),
        "alpha": alpha, "alpha_low": low, "alpha_high": high,
        "omega": omega, "omega_low": omega_low, "omega_high": omega_high,
    }  # fmt: skip
    if not (spread > 0).all():
        nothing = dict.fromkeys(("first_root_share", "rmsea", "cfi", "srmr", "p_value"), np.nan)
        return row | nothing | {"is_one_factor": False, "verdict": "not_computable"}
    correlation = covariance / np.outer(spread, spread)
    roots = np.linalg.eigvalsh(correlation)
    indices = fit_indices(one_factor(correlation), correlation, n)
    fits = [indices["srmr"] <= _GOOD_SRMR, indices["rmsea"] <= _GOOD_RMSEA, roots[-2] < 1]
    known = fits if np.isfinite(indices["srmr"]) else fits[2:]
    return row | {"first_root_share": roots[-1] / len(roots)} | indices | {
        "is_one_factor": all(known), "verdict": verdict_of(alpha)
    }  # fmt: skip


def _with_interval(of: Callable[[F], float], block: _Covered, level: float) -> tuple[float, float, float]:
    """Return a function of the covariances with its interval, by the influence of each respondent."""
    covariance = block.covariance
    varies = bool((np.diag(covariance) > 0).all())
    value = of(covariance) if varies else np.nan
    if not np.isfinite(value) or value >= 1 - _EXACT:
        return value, np.nan, np.nan
    slope = _slope(of, covariance)
    d = block.deviations
    moved = np.einsum("ij,ij->i", d @ slope, d) - (slope * covariance).sum()
    n = len(d)
    se = np.sqrt((block.shares**2 @ moved**2) * n / (n - 1)) / (1 - value)
    half = stats.t.ppf((1 + level) / 2, max(block.n_effective - 1, 1)) * se
    if half > _WIDEST:
        return value, np.nan, np.nan
    return value, float(1 - (1 - value) * np.exp(half)), float(1 - (1 - value) * np.exp(-half))


def _slope(of: Callable[[F], float], covariance: F) -> F:
    """Return the derivative of a function of a symmetric matrix, by central differences."""
    k = len(covariance)
    slope = np.zeros((k, k))
    spread = np.sqrt(np.diag(covariance))
    for i in range(k):
        for j in range(i, k):
            step = np.zeros((k, k))
            step[i, j] = step[j, i] = _STEP * spread[i] * spread[j]
            rise = (of(covariance + step) - of(covariance - step)) / (2 * step[i, j])
            slope[i, j] = slope[j, i] = rise if i == j else rise / 2
    return slope


def _within(covariance: F) -> dict[str, F]:
    k = len(covariance)
    own, row = np.diag(covariance), covariance.sum(axis=1)
    rest = covariance.sum() - 2 * row + own
    with np.errstate(invalid="ignore", divide="ignore"):
        item_rest = np.where((own > 0) & (rest > 0), (row - own) / np.sqrt(own * rest), np.nan)
    dropped = [alpha_of(np.delete(np.delete(covariance, i, 0), i, 1)) for i in range(k)]
    return {"item_rest": item_rest, "alpha_if_dropped": np.array(dropped)}

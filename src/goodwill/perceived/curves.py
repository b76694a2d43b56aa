"""How an outcome responds to each dimension, and from which score on more of it stops paying."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm
from xgboost import XGBClassifier, XGBModel

from goodwill.perceived.moments import F
from goodwill.perceived.response import Answered, ResponsePlan, answered

MAX_ROWS, MAX_CURVE_ROWS, MAX_LEVELS = 20_000, 4_000, 11


@dataclass(frozen=True)
class Responses:
    """Response curves, and where they flatten.

    Parameters
    ----------
    curves : a row per dimension and score: `response` (mean outcome; probability where it is yes or no) with
        `low` and `high`, and `gain`, per point, of the step that ends at this score.
    limits : a row per dimension: `rise` from the lowest to the highest score with `rise_low`, `rise_high`;
        `gain_max`, per point, and `gain_max_at`; `pays_up_to`, the score above which every step gains less
        than the stated share of `gain_max` (missing where it pays up to the top, or nothing rises);
        `agreement`, the share of resamples whose own limit lies at most one step away.
    """

    curves: pd.DataFrame
    limits: pd.DataFrame


@dataclass(frozen=True)
class Drawn:
    """What resamples say of one dimension.

    Parameters
    ----------
    grid : scores. effects : (resamples, scores), about 0. mean : of the outcome.
    slopes : (resamples,); how much of its effects those not drawn bear out.
    """

    grid: F
    effects: F
    slopes: F
    mean: float

    @property
    def confirmed(self) -> F:
        """The effects as far as they are borne out."""
        return self.slopes[:, None] * self.effects

    @property
    def response(self) -> F:
        """The mean outcome at each score."""
        learned, borne = (float((part[:, -1] - part[:, 0]).mean()) for part in (self.effects, self.confirmed))
        kept = min(max(borne / learned, 0.0), 1.0) if learned else 1.0
        return np.asarray(self.mean + kept * self.effects.mean(axis=0))


def response_curves(
    X: pd.DataFrame, y: npt.ArrayLike, weights: npt.ArrayLike | None = None, plan: ResponsePlan | None = None
) -> Responses:
    """Return how an outcome responds to each dimension, and up to which score more of it pays.

    Parameters
    ----------
    X, y, weights : as in `fitted_response`.

    Notes
    -----
    Accumulated local effects (Apley and Zhu 2020, J. R. Stat. Soc. B 82, eq. 15) of monotone boosted trees:
    unlike partial dependence they ask the model nothing about combinations that nobody gave. A curve is the
    mean over bootstrap fits, of at most 20,000 respondents each. What trees learn of noise can only rise
    where benefits cannot hurt, so each curve is drawn flatter by as much as those who were not drawn say: by
    the slope of their outcomes on all effects together. Bands and intervals hold how far such slopes differ.

    Raises
    ------
    DataError, FitError, UsageError : as `fitted_response`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"quality": rng.integers(1, 8, 600).astype(float)})
    >>> y = X["quality"].clip(upper=4) + rng.normal(scale=0.2, size=600)
    >>> float(response_curves(X, y).limits.loc["quality", "pays_up_to"])
    4.0
    """
    plan = plan or ResponsePlan()
    known = answered(X, y, weights, plan)
    asked = [place for place, way in enumerate(known.directions) if way]
    grids = {place: _levels(known.X.iloc[:, place]) for place in asked}
    drawn: dict[int, list[F]] = {place: [] for place in asked}
    slopes: dict[int, list[float]] = {place: [] for place in asked}
    rng, mean = np.random.default_rng(plan.seed), float(known.weights @ known.y)
    for number in range(plan.resamples):
        resample, others = known.drawn(rng, MAX_ROWS)
        model = resample.fitted(plan.seed + number)
        effects = {place: _effects(model, resample, place, grids[place]) - mean for place in asked}
        confirmed = _confirmed(model, others, effects, grids)
        for place in asked:
            drawn[place].append(effects[place])
            slopes[place].append(confirmed[place])
    found = [
        _described(
            str(X.columns[place]),
            Drawn(grids[place], np.array(drawn[place]), np.array(slopes[place]), mean),
            plan,
        )
        for place in asked
    ]
    limits = pd.DataFrame([limit for _, limit in found]).set_index("dimension")
    return Responses(pd.concat([curve for curve, _ in found], ignore_index=True), limits)


def _levels(scores: pd.Series) -> F:
    """Return the scores a curve is drawn at: all of them where they are few, else evenly many between."""
    levels = np.unique(scores.dropna().to_numpy(dtype=float))
    if len(levels) <= MAX_LEVELS:
        return levels
    return np.unique(np.quantile(scores.dropna(), np.linspace(0, 1, MAX_LEVELS), method="nearest"))


def _effects(model: XGBModel, sample: Answered, place: int, grid: F) -> F:
    """Return the response at each score of the grid (Apley and Zhu, eq. 15, centred on the mean outcome)."""
    rows = sample.X.to_numpy(dtype=float)[:MAX_CURVE_ROWS]
    scores = rows[:, place]
    steps = [
        _step(model, rows[(scores >= low) & (scores <= high)], place, (low, high))
        for low, high in pairwise(grid)
    ]
    effects = np.concatenate([[0.0], np.cumsum(steps)])
    known = scores[np.isfinite(scores)]
    seen = np.interp(known, grid, effects) if len(known) else np.zeros(1)
    return effects - seen.mean() + float(sample.y.mean())


def _step(model: XGBModel, rows: F, place: int, ends: tuple[float, float]) -> float:
    """Return how much the outcome rises on average when those near a step take it."""
    if not len(rows):
        return 0.0
    low, high = rows.copy(), rows.copy()
    low[:, place], high[:, place] = ends
    said = predicted(model, np.concatenate([low, high]))
    return float(said[len(rows) :].mean() - said[: len(rows)].mean())


def _confirmed(
    model: XGBModel, others: Answered, effects: Mapping[int, F], grids: Mapping[int, F]
) -> dict[int, float]:
    """Return by place how much of its effect the outcomes of those not drawn bear out: 1 is all of it."""
    rows = others.X.to_numpy(dtype=float)
    if not len(rows) or not effects:
        return dict.fromkeys(effects, 1.0)
    share = others.weights / others.weights.sum()
    slack = others.y - predicted(model, rows)
    said = np.column_stack([np.interp(rows[:, place], grids[place], own) for place, own in effects.items()])
    apart = np.where(np.isfinite(said), said - np.nansum(share[:, None] * said, axis=0), 0.0)
    root = np.sqrt(share)
    missed = np.linalg.lstsq(apart * root[:, None], (slack - share @ slack) * root, rcond=1e-6)[0]
    return dict(zip(effects, 1 + missed, strict=True))


def predicted(model: XGBModel, rows: F) -> F:
    """Return the expected outcome of each row; a probability where it is yes or no.

    Examples
    --------
    >>> X = np.arange(40.0)[:, None]
    >>> predicted(XGBClassifier(n_estimators=5).fit(X, X[:, 0] > 19), X[[0, 39]]).round(1)
    array([0.1, 0.9])
    """
    said = model.predict_proba(rows)[:, 1] if isinstance(model, XGBClassifier) else model.predict(rows)
    return np.asarray(said, dtype=float)


def _described(
    name: str, drawn: Drawn, plan: ResponsePlan
) -> tuple[pd.DataFrame, dict[str, str | float | None]]:
    grid, response = drawn.grid, drawn.response
    gain = np.diff(response) / np.diff(grid)
    curve = pd.DataFrame({"dimension": name, "score": grid, "response": response})
    spread = _half(drawn.confirmed, plan.level)
    curve["low"], curve["high"] = response - spread, response + spread
    curve["gain"] = np.concatenate([[np.nan], gain])
    rise = float(response[-1] - response[0])
    error = float(_half(drawn.confirmed[:, -1] - drawn.confirmed[:, 0], plan.level))
    limit = _pays_up_to(grid, response, plan.diminishing_share)
    own = np.array([_pays_up_to(grid, single, plan.diminishing_share) for single in drawn.effects])
    steepest = int(np.abs(gain).argmax()) if len(gain) else 0
    return curve, {
        "dimension": name,
        "rise": rise,
        "rise_low": rise - error,
        "rise_high": rise + error,
        "gain_max": float(gain[steepest]) if len(gain) else 0.0,
        "gain_max_at": float(grid[min(steepest + 1, len(grid) - 1)]),
        "pays_up_to": None if limit == len(grid) - 1 else float(grid[limit]),
        "agreement": float((np.abs(own - limit) <= 1).mean()),
    }


def _half(drawn: F, level: float) -> F:
    """Return half the width of the interval of what was drawn."""
    z = float(norm.ppf((1 + level) / 2))
    return np.asarray(z * drawn.std(axis=0, ddof=min(1, len(drawn) - 1)))


def _pays_up_to(grid: F, response: F, share: float) -> int:
    """Return the place in the grid above which every step gains less than `share` of the steepest."""
    gain = np.abs(np.diff(response) / np.diff(grid))
    if not gain.any():
        return len(grid) - 1
    return int(np.flatnonzero(gain >= share * gain.max())[-1]) + 1

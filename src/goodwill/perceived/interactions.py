"""Pairs of dimensions that work together, named only where chance alone would not show as much."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from xgboost import XGBClassifier, XGBModel

from goodwill.perceived.moments import F
from goodwill.perceived.response import Answered, ResponsePlan, answered

MAX_ROWS, MAX_DIMENSIONS, BACKGROUND, GRID = 10_000, 8, 150, 5
NOTABLE = 0.01


class _Pair(NamedTuple):
    h_squared: float
    variance_share: float


def interactions(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    plan: ResponsePlan | None = None,
    references: int = 19,
) -> pd.DataFrame:
    """Return how strongly pairs of dimensions work together, against what an additive world would show.

    Parameters
    ----------
    X, y, weights : as in `fitted_response`. The eight dimensions of the greatest effect are paired.
    references : fits to outcomes drawn from the additive model; with 19, chance names a pair 5 % of the time.

    Returns
    -------
    A row per pair, strongest first: `h_squared` (share of the pair's joint effect that is not the sum of
    both), `variance_share` (of the variance of all predictions), `reference` (the highest `h_squared` of any
    pair in all additive worlds) and `matters`: above the reference, and 1 % of the variance or more.

    Notes
    -----
    H² of Friedman and Popescu (2008), Ann. Appl. Stat. 2, eq. 44, over the product of both marginal
    distributions; the reference is their parametric bootstrap (section 8.3): trees of depth 1, to whose
    predictions their residuals are added in random order (yes or no: drawn by their probability). For yes or
    no the effects are on the scale of log odds.

    Raises
    ------
    DataError, FitError, UsageError : as `fitted_response`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.integers(1, 6, (800, 3)).astype(float), columns=["a", "b", "c"])
    >>> y = X["a"] * X["b"] + X["c"] + rng.normal(size=800)
    >>> interactions(X, y).query("matters")[["first", "second"]].to_numpy().tolist()
    [['a', 'b']]
    """
    plan = plan or ResponsePlan()
    rng = np.random.default_rng(plan.seed)
    known = answered(X, y, weights, plan)
    sample = known if len(known.y) <= MAX_ROWS else known.drawn(rng, MAX_ROWS)[0]
    background = _background(sample, rng)
    model = sample.fitted(plan.seed)
    pairs = list(combinations(_strongest(model, sample, background), 2))
    seen = _pairs(model, sample, background, pairs)
    chance = [
        _pairs(world.fitted(plan.seed), sample, background, pairs)
        for world in _additive_worlds(sample, rng, plan.seed, references)
    ]
    reference = max((pair.h_squared for world in chance for pair in world), default=0.0)
    table = pd.DataFrame({
        "first": [str(X.columns[one]) for one, _ in pairs],
        "second": [str(X.columns[other]) for _, other in pairs],
        "h_squared": [pair.h_squared for pair in seen],
        "variance_share": [pair.variance_share for pair in seen],
        "reference": reference,
    })  # fmt: skip
    table["matters"] = (table["h_squared"] > reference) & (table["variance_share"] >= NOTABLE)
    return table.sort_values("h_squared", ascending=False, ignore_index=True)


def _background(sample: Answered, rng: np.random.Generator) -> F:
    """Return the respondents over whom all other columns are averaged."""
    chosen = rng.choice(len(sample.y), min(BACKGROUND, len(sample.y)), replace=False, p=sample.weights)
    return sample.X.to_numpy(dtype=float)[chosen]


def _strongest(model: XGBModel, sample: Answered, background: F) -> list[int]:
    """Return the places of the dimensions whose own effect varies most, in the order of the columns."""
    asked = [place for place, way in enumerate(sample.directions) if way]
    spread = []
    for place in asked:
        levels, share = _levels(sample, place)
        effect = _dependence(model, background, [place], levels[:, None])
        spread.append(share @ (effect - share @ effect) ** 2)
    return sorted(np.array(asked)[np.argsort(spread)[::-1][:MAX_DIMENSIONS]].tolist())


def _levels(sample: Answered, place: int) -> tuple[F, F]:
    """Return up to five scores of a column, and the share of respondents nearest to each."""
    scores = sample.X.iloc[:, place].dropna().to_numpy(dtype=float)
    levels = np.unique(np.quantile(scores, np.linspace(0, 1, GRID), method="nearest"))
    nearest = np.abs(scores[:, None] - levels).argmin(axis=1)
    return levels, np.bincount(nearest, minlength=len(levels)) / len(scores)


def _dependence(model: XGBModel, background: F, places: list[int], points: F) -> F:
    """Return the mean prediction at each point (points, columns) over the background."""
    rows = np.tile(background, (len(points), 1))
    rows[:, places] = np.repeat(points, len(background), axis=0)
    return _said(model, rows).reshape(len(points), -1).mean(axis=1)


def _said(model: XGBModel, rows: F) -> F:
    """Return predictions on the scale on which trees add up: log odds for yes or no."""
    return np.asarray(model.predict(rows, output_margin=isinstance(model, XGBClassifier)), dtype=float)


def _pairs(model: XGBModel, sample: Answered, background: F, pairs: list[tuple[int, int]]) -> list[_Pair]:
    total = float(_said(model, sample.X.to_numpy(dtype=float)).var())
    return [_pair(model, sample, background, pair, total) for pair in pairs]


def _pair(model: XGBModel, sample: Answered, background: F, pair: tuple[int, int], total: float) -> _Pair:
    (one, p), (other, q) = (_levels(sample, place) for place in pair)
    points = np.array([(a, b) for a in one for b in other])
    joint = _dependence(model, background, list(pair), points).reshape(len(one), len(other))
    joint -= p @ joint @ q
    together = joint - (joint @ q)[:, None] - (p @ joint)[None]
    variance, left = float(p @ joint**2 @ q), float(p @ together**2 @ q)
    return _Pair(left / variance if variance else 0.0, left / total if total else 0.0)


def _additive_worlds(
    sample: Answered, rng: np.random.Generator, seed: int, references: int
) -> Iterator[Answered]:
    model = sample.fitted(seed, depth=1)
    said = _said(model, sample.X.to_numpy(dtype=float))
    for _ in range(references):
        if sample.is_binary:
            drawn = (rng.random(len(said)) < expit(said)).astype(float)
        else:
            drawn = said + rng.permutation(sample.y - said)
        yield replace(sample, y=drawn)

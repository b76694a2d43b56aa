"""Why a customer of a ready-made table is predicted as they are: the served numbers by column.

As in `reasons`: trees by SHAP values, the linear model by its ramps, both blended, carried over to points and
to money by chords (LMDI). Each column is a theme of its own, for nothing is known of what they mean.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.linear import Linear
from goodwill.modeling.profiles.target import Blend
from goodwill.modeling.reasons.members import Apart, Distance, Groups, trees_apart
from goodwill.modeling.reasons.served import Contributions

F = NDArray[np.float64]


def profile_contributions(
    model: ProfileModel, X: pd.DataFrame, *, approximate: bool = False
) -> Contributions:
    """Take the predictions of `X` (n, ...) apart into columns.

    Returns
    -------
    Contributions whose themes are the columns; zero in points where the table had no churn label, and in
    money where it had no value label. What is typical is measured on these rows.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"months": rng.integers(1, 60, 300), "plan": rng.choice(["basic", "gold"], 300)})
    >>> model = ProfileModel().fit(X, pd.DataFrame({"churned": rng.random(300) < 10 / (10 + X["months"])}))
    >>> why = profile_contributions(model, X)
    >>> why.themes, bool(why.points[X["months"] > 50, 0].mean() < 0)
    (('months', 'plan'), True)
    """
    design = model.columns_.design(X).astype(np.float32)
    themes = tuple(dict.fromkeys(_column(str(name)) for name in design))
    nothing = np.zeros((len(X), len(themes))), np.zeros(len(X))
    points, p_churn = nothing if model.churn_ is None else _parts(model.churn_, design, themes, approximate)
    money, clv = nothing if model.value_ is None else _parts(model.value_, design, themes, approximate)
    return Contributions(themes, points, money, p_churn, clv)


def _parts(
    blend: Blend,
    design: pd.DataFrame,
    themes: tuple[str, ...],
    approximate: bool,  # noqa: FBT001 - handed on as it came
) -> tuple[F, F]:
    """Return each column's part (n, k) of the answer, and the typical answer (n,)."""
    groups = Groups(np.zeros(len(design), dtype=np.intp))
    linear = _linear_apart(blend.linear, design, themes)
    trees = None
    if blend.trees is not None:
        tasks = {"trees": (blend.trees, design, None)}
        trees = trees_apart(tasks, themes, approximate=approximate, theme=_column)["trees"]
    shift, slope = blend.level
    if blend.kind != "money":
        joined = _joined(blend, trees, linear, shift, slope).centred(groups)
        if blend.kind == "churn":
            p = expit(joined.value)
            parts = joined.carried(lambda logit: blend.calibration(expit(logit)), p * (1 - p))
            return parts, blend.calibration(expit(joined.typical))
        return blend.unit[1] * joined.by_theme, blend.unit[0] + blend.unit[1] * joined.typical
    parts, typical = _money(blend, trees, linear, groups)
    scale = blend.unit[1] * slope
    return scale * parts, blend.unit[0] + blend.unit[1] * shift + scale * typical


def _money(blend: Blend, trees: Apart | None, linear: Apart, groups: Groups) -> tuple[F, F]:
    """Return parts and typical value of the average of trees and line, in units of money."""
    straight = linear.centred(groups)
    parts, typical = _relu(straight), np.maximum(straight.typical, 0.0)
    if trees is None:
        return parts, typical
    log, weight = trees.centred(groups), blend.weight
    parts = weight * log.carried(np.exp, np.exp(log.value)) + (1 - weight) * parts
    return parts, weight * np.exp(log.typical) + (1 - weight) * typical


def _joined(blend: Blend, trees: Apart | None, linear: Apart, shift: float, slope: float) -> Apart:
    """Return the levelled average of trees and linear model, which is additive where no money is involved."""
    if trees is None:
        return Apart(shift + slope * linear.value, slope * linear.by_theme)
    value, by_theme = (
        blend.weight * getattr(trees, part) + (1 - blend.weight) * getattr(linear, part)
        for part in ("value", "by_theme")
    )
    return Apart(shift + slope * value, slope * by_theme)


def _relu(log: Distance) -> F:
    """Carry a line over to money, which ends at zero."""
    return log.carried(lambda values: np.maximum(values, 0.0), (log.value > 0).astype(float))


def _linear_apart(model: Linear, design: pd.DataFrame, themes: tuple[str, ...]) -> Apart:
    ramps = model.ramps
    owners = [name for name, knots in ramps.knots.items() for _ in knots[1:]] + list(ramps.flagged)
    terms = ramps.transform(design) * np.asarray(model.coefficients)
    placed = np.array([[float(_column(owner) == theme) for theme in themes] for owner in owners])
    by_theme = terms @ placed.reshape(len(owners), len(themes))
    return Apart(model.constant + terms.sum(axis=1), by_theme)


def _column(name: str) -> str:
    return name.partition("=")[0]

"""Why a customer is predicted as they are: the served numbers taken apart into themes, in points and money.

Every member of the served blend is additive on its own scale: trees by SHAP values (Lundberg et al. 2020,
XGBoost's `pred_contribs`; the approximate ones are Saabas's), the logistic regression by its terms, the
buy-till-you-die start by its logarithms (orders times money). On that scale a theme contributes its distance
from the mean over customers of the same horizon. The logarithmic mean carries it over to probability and to
money without a remainder (LMDI, Ang 2004), and the blend is linear in both. So a row's contributions add up
to its p_churn less the typical p_churn, and to its clv less the typical clv; the typical customer is one who
is average in every theme. What a model of renewals serves is taken apart in `contracts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from goodwill.modeling.baselines import Baseline
from goodwill.modeling.blend import Rows
from goodwill.modeling.buy_till_you_die import BuyTillYouDie
from goodwill.modeling.calibration import Calibration
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.reasons.contracts import contracts_apart, renewed_by, spoken_of
from goodwill.modeling.reasons.members import Apart, Distance, Groups, linear_apart, start_apart, trees_apart
from goodwill.modeling.reasons.themes import themes_of
from goodwill.modeling.served import LEARNED, ServedModel

F = NDArray[np.float64]
_SMALL = 1e-9


@dataclass(frozen=True)
class Contributions:
    """What each theme adds to the predictions of each row.

    Parameters
    ----------
    themes : the k themes.
    points : (n, k) of p_churn; a row adds up to its p_churn less `typical_p_churn`.
    money : (n, k) of clv; a row adds up to its clv less `typical_clv`.
    typical_p_churn, typical_clv : (n,) of a customer average in every theme, over the row's horizon.
    """

    themes: tuple[str, ...]
    points: F
    money: F
    typical_p_churn: F
    typical_clv: F


def contributions(model: ServedModel, X: pd.DataFrame, *, approximate: bool = False) -> Contributions:
    """Take the served predictions of `X` apart into themes.

    Parameters
    ----------
    X : (n, ...) frame as `predict` reads it; what is typical is measured on these rows.
    approximate : use approximate values of the trees: thirty times as fast, and just as additive.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": range(200), "as_of": pd.Timestamp("2024-01-01")})
    >>> X = X.assign(horizon_days=90, n_contracts=[1, 2] * 100)
    >>> y = pd.DataFrame({"churned": [True, False] * 100, "value": [0.0, 8.0] * 100})
    >>> model = ServedModel(parameters={"trees": 3}).fit(X, y, X)
    >>> why, said = contributions(model, X), model.predict(X)
    >>> bool(np.allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5))
    True
    """
    groups = Groups(pd.factorize(X["horizon_days"])[0])
    parts = _learned(model.learned, X, groups, approximate=approximate)
    churn, clv = (model.baselines.get(model.served_by.get(name, LEARNED)) for name in ("churn", "clv"))
    if churn is not None:
        parts = _churn_by_rule(parts, model.predict(X).p_churn, groups)
    if clv is not None:
        parts = _value_by_rule(parts, clv, X, groups)
    for name in renewed_by(model):
        for held in spoken_of(name, X):
            parts = _by_contract(parts, model, name, X, held, approximate=approximate)
    return parts if model.calibration.kind == "none" else _calibrated(parts, model.calibration)


def _learned(
    model: CustomerValueModel, X: pd.DataFrame, groups: Groups, *, approximate: bool
) -> Contributions:
    rows = model.rows(X)
    themes = tuple(dict.fromkeys([*themes_of(list(rows.full.names)), "rhythm", "spend"]))
    boosters, plain, full = model.boosters_.by_name, rows.plain.frame(), rows.full.frame()
    start, margin = _starts(model, rows, themes), model.starts(rows)
    trees = trees_apart(
        {
            "active_plain": (boosters["active_plain"], plain, None),
            "active_full": (boosters["active_full"], full, None),
            "spend": (boosters["spend"], full, margin["spend"]),
            "value": (boosters["value"], plain, margin["value"]),
        },
        themes,
        approximate=approximate,
    )
    active = _active(model, trees, linear_apart(model.linear_, full, themes), start["active_logit"])
    members = {
        "active": active,
        "spend": _started(trees["spend"], start["spend"]),
        "value": _started(trees["value"], start["spend"]),
        "expected": start["log_value"],
    }
    distances = {name: one.centred(groups) for name, one in members.items() if one is not None}
    return _blended(model, X, themes, distances)


def _starts(model: CustomerValueModel, rows: Rows, themes: tuple[str, ...]) -> dict[str, Apart | None]:
    """Take apart what a buy-till-you-die model says, and what the trees of money start from."""
    start = {name: start_apart(rows, name, themes) for name in ("active_logit", "log_value")}
    if model.spend_linear_ is not None:
        return {**start, "spend": linear_apart(model.spend_linear_, rows.plain.frame(), themes)}
    return {**start, "spend": start_apart(rows, "log_value_if_active", themes)}


def _active(
    model: CustomerValueModel, trees: Mapping[str, Apart], linear: Apart, start: Apart | None
) -> Apart:
    """Blend the members of P(active), which is linear in their logits."""
    plain, full = trees["active_plain"], trees["active_full"]
    value, by_theme = (
        model.blend_.active_logit(
            (getattr(plain, part) + getattr(full, part)) / 2,
            getattr(linear, part),
            None if start is None else getattr(start, part),
        )
        for part in ("value", "by_theme")
    )
    return Apart(value, by_theme)


def _started(trees: Apart, start: Apart | None) -> Apart:
    """Add the themes of the start, which the trees' value holds already."""
    return trees if start is None else Apart(trees.value, trees.by_theme + start.by_theme)


def _blended(
    model: CustomerValueModel, X: pd.DataFrame, themes: tuple[str, ...], found: Mapping[str, Distance]
) -> Contributions:
    """Carry every member over to points and money, and blend them as the predictions are."""
    active, spend = found["active"], found["spend"]
    p_active, typical_p = expit(active.value), expit(active.typical)
    points = -active.carried(expit, p_active * (1 - p_active))
    two_parts = Distance(
        log_expit(active.value) + spend.value,
        log_expit(active.typical) + spend.typical,
        active.carried(log_expit, 1 - p_active) + spend.by_theme,
    )
    value, expected = found["value"], found.get("expected")
    accrued = model.accrued(X)
    churned, lost = accrued.to_churned, np.minimum(accrued.to_churned, 0.0)
    money = model.blend_.value(
        _money(two_parts),
        _money(value),
        None if expected is None else _money(expected),
        lost[:, None] * points,
    )
    typical = model.blend_.value(
        np.exp(two_parts.typical),
        np.exp(value.typical),
        None if expected is None else np.exp(expected.typical),
        (1 - typical_p) * lost,
    )
    return Contributions(
        themes,
        points,
        model.level_ * money + churned[:, None] * points,
        1 - typical_p,
        model.level_ * typical + (1 - typical_p) * churned + accrued.to_all,
    )


def _money(log: Distance) -> F:
    return log.carried(np.exp, np.exp(log.value))


def _by_contract(
    parts: Contributions,
    model: ServedModel,
    name: str,
    X: pd.DataFrame,
    held: NDArray[np.bool_],
    *,
    approximate: bool,
) -> Contributions:
    """Give what a model of renewals says to the themes of contracts; the others keep what there is."""
    own, apart = contracts_apart(model, name, X[held], approximate=approximate)
    groups = Groups(pd.factorize(X.loc[held, "horizon_days"])[0])
    themes = tuple(dict.fromkeys([*parts.themes, *own]))
    room = ((0, 0), (0, len(themes) - len(parts.themes)))
    points, money = np.pad(parts.points, room), np.pad(parts.money, room)
    typical = [parts.typical_p_churn.copy(), parts.typical_clv.copy()]
    for target, by_theme, mean in zip(("churn", "clv"), (points, money), typical, strict=True):
        if target in apart:
            distance = apart[target].centred(groups)
            mean[held], by_theme[held] = distance.typical, 0.0
            by_theme[np.ix_(held, np.array([themes.index(theme) for theme in own]))] = distance.by_theme
    return Contributions(themes, points, money, *typical)


def _calibrated(parts: Contributions, calibration: Calibration) -> Contributions:
    """Carry points over to the calibrated probability, in the same proportions."""
    step = parts.points.sum(axis=1)
    typical = calibration(parts.typical_p_churn)
    moved = calibration(parts.typical_p_churn + step) - typical
    slope = np.divide(moved, step, out=np.ones_like(step), where=np.abs(step) > _SMALL)
    return replace(parts, points=slope[:, None] * parts.points, typical_p_churn=typical)


def _churn_by_rule(parts: Contributions, p_churn: F, groups: Groups) -> Contributions:
    """Give all points to the rhythm of orders: the plain models of churn know nothing else."""
    typical = groups.mean(p_churn)
    points = np.zeros_like(parts.points)
    points[:, parts.themes.index("rhythm")] = p_churn - typical
    return replace(parts, points=points, typical_p_churn=typical)


def _value_by_rule(parts: Contributions, rule: Baseline, X: pd.DataFrame, groups: Groups) -> Contributions:
    """Give the money to what the plain model of value reads: past spend, or rhythm and spend per order."""
    money = np.zeros_like(parts.money)
    if not isinstance(rule, BuyTillYouDie):
        clv = rule.predict(X)["clv"]
        money[:, parts.themes.index("spend")] = clv - groups.mean(clv)
        return replace(parts, money=money, typical_clv=groups.mean(clv))
    n_orders, per_order = (np.log(np.maximum(part, _SMALL)) for part in rule.parts(X))
    by_theme = np.zeros_like(money)
    by_theme[:, parts.themes.index("rhythm")], by_theme[:, parts.themes.index("spend")] = n_orders, per_order
    log = Apart(n_orders + per_order, by_theme).centred(groups)
    return replace(parts, money=_money(log), typical_clv=np.exp(log.typical))

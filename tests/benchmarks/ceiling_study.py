"""How much of the future a table holds: learners shown the answers, beside goodwill without them.

usage: python tests/benchmarks/ceiling_study.py [NAME …]          (GOODWILL_DATA names the folder of tables)

`goodwill` learns from what was over before the day, as always. The others are shown what came after it, of
four customers in five, and speak of the fifth: `own, shown` is goodwill's model itself, `trees, shown` are
boosted trees on the same columns. They know the season to come, the level, and the very horizon, so that what
they do not reach can hardly be reached from these columns by anybody who must foresee it. `orders, shown` are
trees that go on from what goodwill says, and read the first and the last orders of each customer one by one
beside the columns: what they gain, the columns lack.

Intervals of level .8 are judged alike: `plain` is the score of [10 %, 90 %] quantiles, `within` the least
score of intervals up to one quantile per tenth of the predicted value that miss max(.8, share of zeros) by at
most .03 overall and .06 in a tenth: the two pull against each other, as [0, 90 %] covers .9 where a fifth is
zero. Both are chosen with the answers at hand; `goodwill` is not.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd
import xgboost as xgb
from intervals_study import LEVEL, F, Study, real_windows, score, tenths_of, worlds
from sklearn.model_selection import StratifiedKFold

from goodwill.engine import to_frame
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.modeling.season_clock import SeasonClock

FOLDS = 5
TREES = {
    "n_estimators": 250,
    "max_depth": 3,
    "learning_rate": 0.04,
    "subsample": 0.7,
    "colsample_bytree": 0.5,
    "min_child_weight": 30,
    "max_bin": 64,
    "random_state": 0,
}
N_FIRST, N_LAST = 3, 6
LOW, HIGH = 0.1, (0.76, 0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96)
MOST_OFF, MOST_OFF_IN_TENTH = 0.03, 0.06
STEPS = np.r_[0, np.geomspace(1e-3, 1e3, 60)]


@dataclass(frozen=True)
class Said:
    """What somebody expects of each customer (n,)."""

    p_churn: F
    clv: F


def main(*names: str) -> None:
    """Print a table per window, as soon as it is measured."""
    for study in chain(real_windows(names), worlds(names)):
        table = pd.DataFrame(dict(judged(study))).T.round(4)
        sys.stdout.write(f"\n{study.name}\n{table.to_string(na_rep='')}\n")
        sys.stdout.flush()


def judged(study: Study) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield who speaks, and how good it is."""
    train, test = study.train.scored, study.test.scored
    clock, value = SeasonClock.fit(study.train.calendar), test.y["value"].to_numpy(float)
    model = CustomerValueModel(clock=clock).fit(train.X, train.y, test.X)
    known = out_of_sample(lambda: CustomerValueModel(clock=clock), train.X, train.y, test.X)
    intervals, predicted = ValueIntervals().fit(train.X, train.y, known), model.predict(test.X)
    values = intervals.distribution(test.X, predicted)
    found = Said(predicted.p_churn, predicted.clv)
    ours = np.column_stack([values.quantile(p) for p in (LOW, *HIGH)])
    low, high = intervals.bounds(test.X, predicted, LEVEL)
    yield (
        "goodwill",
        {**points(test.y, found), "served": score(value, low, high), **frontier(value, found.clv, ours)},
    )
    yield "own, shown", points(test.y, own_shown(test.X, test.y))
    columns = test.X.select_dtypes("number").assign(p_churn=found.p_churn, clv=found.clv)
    shown = quantiles_shown(columns, value)
    yield (
        "trees, shown",
        {**points(test.y, trees_shown(columns, test.y)), **frontier(value, found.clv, shown)},
    )
    beside = pd.concat([columns, orders_one_by_one(study)], axis=1)
    yield "orders, shown", points(test.y, corrected(found, beside, test.y))


def points(y: pd.DataFrame, said: Said) -> dict[str, float]:
    """Judge what is expected of each customer."""
    churn, clv = churn_metrics(y["churned"], said.p_churn), clv_metrics(y["value"], said.clv)
    return {
        **{name: churn[name] or 0.0 for name in ("roc_auc", "log_loss")},
        **{name: clv[name] or 0.0 for name in ("ngini", "mae", "rmse")},
    }


def parts(y: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the rows that are shown, and those that are asked of."""
    yield from StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(y, y["churned"])


def own_shown(X: pd.DataFrame, y: pd.DataFrame) -> Said:
    """Ask goodwill's model, fitted on the answers of the others."""
    p_churn, clv = np.empty((2, len(X)))
    for shown, asked in parts(y):
        learned, labels = (frame.iloc[shown].reset_index(drop=True) for frame in (X, y))
        said = (
            CustomerValueModel().fit(learned, labels, learned).predict(X.iloc[asked].reset_index(drop=True))
        )
        p_churn[asked], clv[asked] = said.p_churn, said.clv
    return Said(p_churn, clv)


def trees_shown(columns: pd.DataFrame, y: pd.DataFrame) -> Said:
    """Ask boosted trees in two parts, fitted on the answers of the others."""
    p_churn, clv = np.empty((2, len(columns)))
    value, stays = y["value"].to_numpy(float), ~y["churned"].to_numpy(bool)
    for shown, asked in parts(y):
        active = shown[stays[shown] & (value[shown] > 0)]
        comes = xgb.XGBClassifier(**TREES).fit(columns.iloc[shown], stays[shown])
        brings = xgb.XGBRegressor(objective="reg:gamma", **TREES).fit(columns.iloc[active], value[active])
        stay = comes.predict_proba(columns.iloc[asked])[:, 1]
        p_churn[asked], clv[asked] = 1 - stay, stay * brings.predict(columns.iloc[asked])
    return Said(p_churn, clv)


def orders_one_by_one(study: Study) -> pd.DataFrame:
    """Return days since, weekday and log amount of first and last orders of each customer (n, ...)."""
    X = study.test.scored.X
    orders = to_frame(study.tables.before(X["as_of"].iloc[0].date()).tables.transactions)
    day = orders["time"].dt.normalize().rename("day")
    orders = orders.groupby(["customer_id", day], as_index=False)["amount"].sum()
    idle = (X["as_of"].iloc[0] - orders["day"]).dt.days
    told = orders.assign(idle=idle, weekday=orders["day"].dt.day_of_week, size=np.log1p(orders["amount"]))
    read = [
        told.assign(place=name + place.astype(str))[place < n]
        for name, rises, n in (("first", True, N_FIRST), ("last", False, N_LAST))
        for place in [told.groupby("customer_id").cumcount(ascending=rises)]
    ]
    wide = pd.concat(read).set_index(["customer_id", "place"])[["idle", "weekday", "size"]].unstack()  # noqa: PD010 - nothing is added up
    wide.columns = ["_".join(names) for names in wide.columns]
    return wide.reindex(X["customer_id"]).reset_index(drop=True)


def corrected(said: Said, columns: pd.DataFrame, y: pd.DataFrame) -> Said:
    """Ask boosted trees that go on from what was said, fitted on the answers of the others."""
    p_churn, clv = np.empty((2, len(columns)))
    value, churned = np.maximum(y["value"].to_numpy(float), 0.0), y["churned"].to_numpy(bool)
    logit, log_value = np.log(said.p_churn / (1 - said.p_churn)), np.log(np.maximum(said.clv, 1e-3))
    slow = {**TREES, "learning_rate": TREES["learning_rate"] / 2}
    for shown, asked in parts(y):
        goes = xgb.XGBClassifier(**slow).fit(columns.iloc[shown], churned[shown], base_margin=logit[shown])
        brings = xgb.XGBRegressor(objective="reg:tweedie", **slow)
        brings.fit(columns.iloc[shown], value[shown], base_margin=log_value[shown])
        p_churn[asked] = goes.predict_proba(columns.iloc[asked], base_margin=logit[asked])[:, 1]
        clv[asked] = brings.predict(columns.iloc[asked], base_margin=log_value[asked])
    return Said(p_churn, clv)


def quantiles_shown(columns: pd.DataFrame, value: F) -> F:
    """Ask boosted quantiles, fitted on the answers of the others (n, 1 + n_high)."""
    found = np.empty((len(value), 1 + len(HIGH)))
    for shown, asked in parts(pd.DataFrame({"churned": value == 0})):
        trees = xgb.XGBRegressor(
            objective="reg:quantileerror", quantile_alpha=[LOW, *HIGH], **{**TREES, "n_estimators": 120}
        )
        trees.fit(columns.iloc[shown], value[shown])
        found[asked] = np.sort(np.maximum(trees.predict(columns.iloc[asked]), 0), axis=1)
    return found


def frontier(value: F, clv: F, quantiles: F) -> dict[str, float]:
    """Return the score of plain quantiles, and the least that the limits of coverage allow."""
    low = quantiles[:, 0]
    tenth = tenths_of(clv)
    rows = [
        {
            "tenth": t,
            "high": j,
            "score": score(value[at], low[at], high[at]),
            "off": off(value[at], low[at], high[at]),
        }
        for j, high in enumerate(quantiles[:, 1:].T)
        for t in range(10)
        for at in [tenth == t]
    ]
    table = pd.DataFrame(rows)
    scores, misses = (table.pivot_table(name, "tenth", "high").to_numpy() for name in ("score", "off"))
    plain = float(scores[:, HIGH.index(1 - LOW)].mean())
    return {"plain": plain, "within": least_within(scores, misses)}


def off(value: F, low: F, high: F) -> float:
    """Return by how much more than asked an interval covers."""
    return float(np.mean((low <= value) & (value <= high)) - max(LEVEL, np.mean(value == 0)))


def least_within(scores: F, misses: F) -> float:
    """Return the least mean score of one choice a row within the limits, found by a price on misses."""
    allowed = np.abs(misses) <= MOST_OFF_IN_TENTH
    best, rows = np.inf, np.arange(len(scores))
    for price in scores.mean() * np.r_[-STEPS[:0:-1], STEPS]:
        chosen = np.where(allowed, scores + price * misses, np.inf).argmin(axis=1)
        holds = allowed[rows, chosen].all() and abs(misses[rows, chosen].mean()) <= MOST_OFF
        best = min(best, scores[rows, chosen].mean()) if holds else best
    return float(best) if np.isfinite(best) else np.nan


if __name__ == "__main__":
    main(*sys.argv[1:])

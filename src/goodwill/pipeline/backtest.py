"""The backtest: fit before the latest matured window, judge in it, beside plain models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.errors import FitError
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.judging import Report, baseline_predictions, judged_beside
from goodwill.modeling.lessons import Grow, Grown
from goodwill.modeling.retention import ContractModel
from goodwill.modeling.served import HAZARD, LEARNED
from goodwill.modeling.totals import missed_share
from goodwill.monitoring.forecasts import Forecast, Outcome, serving
from goodwill.predictor import CustomerValuePredictor


@dataclass(frozen=True)
class Backtest:
    """What was learned before a window, what it said of the window, and what came true.

    Parameters
    ----------
    train, test : the snapshots before the window, and the window itself; scored customers only.
    scores : of the rows of `test`, by what is to serve.
    report : metrics beside baselines, as `evaluate` returns them.
    served_by : "churn" and "clv" to the better of "model" and "hazard", or the baseline that beat it.
    baselines : what each plain model said.
    grow : what fitted the trees, where they learned from more than `train`.
    missed : `missed_share` of the window's total.
    """

    train: Snapshot
    test: Snapshot
    scores: pd.DataFrame
    report: Report
    served_by: Mapping[str, str]
    baselines: Mapping[str, Forecast]
    grow: Grow | None = None
    missed: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """What came true."""
        return _outcome(self.test)

    @property
    def forecast(self) -> Forecast:
        """What is to serve said."""
        return forecast_of(self.scores, "challenger")


def run_backtest(
    predictor: CustomerValuePredictor, train: Snapshot, test: Snapshot, grow: Grow | None = None
) -> Backtest:
    """Fit on `train`, score `test`, and let each target be served by what predicts it best.

    That is the learned model, the hazard model of contracts, or a baseline that wins beyond chance.

    Better is a lower log-loss for churn and a lower Tweedie(1.5) deviance for value: proper scores, which
    neither ranking nor level alone can win.
    """
    train, test = train.scored, test.scored
    predictor.set_params(segments=1)
    scores, spread = predictor.fit(train, grow=grow).predict_with_spread(test.X)
    plain = baseline_predictions(test, train.levelled)
    baselines = {
        name: Forecast(made.get("p_churn"), made.get("clv"), name) for name, made in plain[0].items()
    }
    learned = forecast_of(scores, LEARNED)
    candidates = [learned, *contract_forecasts(train.levelled, test, learned, seed=predictor.seed)]
    by_name = {rival.name: rival for rival in candidates}
    served_by = serving(_outcome(test), by_name, baselines, predictor.seed)
    if set(served_by.values()) != {LEARNED}:
        # What serves beside them changes nothing in trees that took long to grow.
        again = None if grow is None else _again(predictor)
        predictor.set_params(served_by=served_by).fit(train, grow=again)
        scores, spread = predictor.predict_with_spread(test.X)
    report = judged_beside(plain, scores, test, level=predictor.level, seed=predictor.seed)
    _add_candidates(report, test, candidates)
    value, clv, squares = (
        float(np.sum(column)) for column in (test.y["value"], scores["clv"], spread.variance)
    )
    missed = missed_share(value, clv, squares, predictor.intervals_.common_share)
    return Backtest(train, test, scores, report, served_by, baselines, grow, missed)


def _again(predictor: CustomerValuePredictor) -> Grow:
    """Return what answers with the trees that a predictor has grown."""
    learned = predictor.model_.learned
    grown = Grown(learned.boosters_.by_name, learned.grown_rows_ or 0)
    return lambda _: grown


def contract_forecasts(
    train: Snapshot, test: Snapshot, learned: Forecast, *, seed: int = 0
) -> list[Forecast]:
    """Return what the hazard model of contracts says of the rows of `test`: one forecast, or none.

    Customers without a contract keep what the learned model says of them, those with several its `p_churn`.
    Where there are orders beside contracts the hazard model knows a part of the value alone, and says
    nothing of it.
    """
    try:
        said = ContractModel(seed=seed).fit(train.X, train.y).predict(test.X)
    except FitError:
        return []
    p_churn, clv = (
        np.where(np.isnan(told), np.asarray(own, dtype=float), told)
        for told, own in ((said.p_churn, learned.p_churn), (said.clv, learned.clv))
    )
    return [Forecast(p_churn, None if "n_orders" in test.X else clv, HAZARD)]


def forecast_of(scores: pd.DataFrame, name: str) -> Forecast:
    """Return scores as the gate reads them."""
    return Forecast(scores["p_churn"].to_numpy(float), scores["clv"].to_numpy(float), name)


def _outcome(test: Snapshot) -> Outcome:
    return Outcome(test.y["churned"].to_numpy(bool), test.y["value"].to_numpy(float))


def _add_candidates(report: Report, test: Snapshot, candidates: Sequence[Forecast]) -> None:
    """Put the metrics of learned models that competed to serve into the report, where there were several."""
    if len(candidates) == 1:
        return
    churned, value = test.y["churned"].to_numpy(bool), test.y["value"].to_numpy(float)
    churn = {
        rival.name: churn_metrics(churned, rival.p_churn) for rival in candidates if rival.p_churn is not None
    }
    clv = {rival.name: clv_metrics(value, rival.clv) for rival in candidates if rival.clv is not None}
    report["churn"]["candidates"], report["clv"]["candidates"] = churn, clv

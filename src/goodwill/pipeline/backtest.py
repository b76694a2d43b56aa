"""The backtest: fit before the latest matured window, judge in it, beside plain models."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.judging import Report, baseline_predictions, judged_beside
from goodwill.modeling.served import LEARNED
from goodwill.monitoring.champion import Forecast, Outcome, best_of
from goodwill.predictor import CustomerValuePredictor


@dataclass(frozen=True)
class Backtest:
    """What was learned before a window, what it said of the window, and what came true.

    Parameters
    ----------
    train, test : the snapshots before the window, and the window itself; scored customers only.
    scores : of the rows of `test`, by what is to serve.
    report : metrics beside baselines, as `evaluate` returns them.
    served_by : "churn" and "clv" to "model" or the baseline that was better.
    baselines : what each plain model said.
    """

    train: Snapshot
    test: Snapshot
    scores: pd.DataFrame
    report: Report
    served_by: Mapping[str, str]
    baselines: Mapping[str, Forecast]

    @property
    def outcome(self) -> Outcome:
        """What came true."""
        return _outcome(self.test)

    @property
    def forecast(self) -> Forecast:
        """What is to serve said."""
        return forecast_of(self.scores, "challenger")


def run_backtest(predictor: CustomerValuePredictor, train: Snapshot, test: Snapshot) -> Backtest:
    """Fit on `train`, score `test`, and let a baseline serve each target that it predicts better.

    Better is a lower log-loss for churn and a lower Tweedie(1.5) deviance for value: proper scores, which
    neither ranking nor level alone can win.
    """
    train, test = train.scored, test.scored
    scores = predictor.set_params(segments=1).fit(train).predict(test.X)
    plain = baseline_predictions(test, train)
    baselines = {
        name: Forecast(made.get("p_churn"), made.get("clv"), name) for name, made in plain[0].items()
    }
    served_by = best_of(_outcome(test), {LEARNED: forecast_of(scores, LEARNED), **baselines})
    if set(served_by.values()) != {LEARNED}:
        scores = predictor.set_params(served_by=served_by).fit(train).predict(test.X)
    report = judged_beside(plain, scores, test, level=predictor.level, seed=predictor.seed)
    return Backtest(train, test, scores, report, served_by, baselines)


def forecast_of(scores: pd.DataFrame, name: str) -> Forecast:
    """Return scores as the gate reads them."""
    return Forecast(scores["p_churn"].to_numpy(float), scores["clv"].to_numpy(float), name)


def _outcome(test: Snapshot) -> Outcome:
    return Outcome(test.y["churned"].to_numpy(bool), test.y["value"].to_numpy(float))

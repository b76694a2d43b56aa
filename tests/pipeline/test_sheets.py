"""What a person reads after training, from metrics made by hand."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from goodwill.monitoring.champion import Decision
from goodwill.pipeline.gate import Verdict
from goodwill.pipeline.sheets import trained_outcome

VERDICT = Verdict(Decision("promote", (), {}), "best baseline", champion=None)
RUN = SimpleNamespace(path=Path("runs/1"))
CONFIG = SimpleNamespace(output_dir=Path("out"), currency="USD")


def notes(**training: object) -> str:
    metrics = {"model": {"name": "shop", "version": "1"}, "training": training}
    return " ".join(trained_outcome(metrics, RUN, CONFIG, VERDICT).notes)


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (None, "lost less in cross-validation."),
        ("2024-05-01", "predicted the backtest better beyond chance."),
    ],
)
def test_how_surely_a_plain_model_is_better_is_told(as_of: str | None, said: str) -> None:
    backtest = {"as_of": as_of, "horizon_days": 30, "n_customers": 9, "is_extrapolated": False}
    metrics = {
        "model": {"name": "shop", "version": "1"},
        "served_by": {"clv": "linear"},
        "backtest": backtest,
    }
    answer = trained_outcome(metrics, RUN, CONFIG, VERDICT)
    assert answer.notes[0] == f"clv is served by linear, which {said}"


@pytest.mark.parametrize(("share", "is_told"), [(0.05, False), (0.3, True)])
def test_a_drift_of_whole_windows_is_a_warning(share: float, is_told: bool) -> None:  # noqa: FBT001 - a case's answer
    assert ("by 30% (one standard deviation, beyond chance)" in notes(drift_share=share)) == is_told


def test_a_season_is_told_by_its_months() -> None:
    season = {"busiest_month": 12, "busiest_rate": 1.62, "quietest_month": 7, "quietest_rate": 0.81}
    told = notes(season=season | {"year_ago_rate": 1.02})
    assert "1.6 times as often as usual in month 12, 0.8 times in month 7" in told
    assert "Level" not in told
    assert "ordered 1.40 times as often as now" in notes(season=season | {"year_ago_rate": 1.4})
    assert "It starts from `snapshot.season`" not in told
    assert "It starts from `snapshot.season`" in notes(
        season=season | {"year_ago_rate": 1.0, "told_years": 2.0}
    )
    assert "Season" not in notes(drift_share=0.0)
    faint = {**season, "busiest_rate": 1.03, "quietest_rate": 0.98, "year_ago_rate": 1.0}
    assert "1.03 times as often as usual in month 12, 0.98 times in month 7" in notes(season=faint)
    assert "Season" not in notes(season={**faint, "busiest_rate": 1.001, "quietest_rate": 0.999})


def test_what_calibrates_churn_is_told_where_something_does() -> None:
    lost = {"none": 0.427, "platt": 0.426, "beta": 0.4255, "isotonic": 0.43}
    told = notes(calibration={"kind": "beta", "log_loss": lost})
    assert "calibrated by beta calibration: in later windows its log-loss fell from 0.4270 to 0.4255" in told
    assert "calibrated" not in notes(calibration={"kind": "none", "log_loss": lost})

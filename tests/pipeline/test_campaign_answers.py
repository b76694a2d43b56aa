from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.errors import DataError
from goodwill.pipeline.measure import measure_campaigns
from goodwill.pipeline.outcome import Outcome

N = 400
IDS = [f"c{i:03}" for i in range(N)]
IS_TREATED = np.arange(N) % 2 == 0


def answers(rng: np.random.Generator, share: float) -> pd.DataFrame:
    """Satisfaction of all before and of some after a letter, which raised it by one."""
    mood = rng.normal(5, 1, N)
    before = pd.DataFrame({"customer_id": IDS, "time": pd.Timestamp("2024-02-01"), "value": mood})
    after = before.assign(time=pd.Timestamp("2024-03-10"), value=mood + IS_TREATED + 0.3 * rng.normal(size=N))
    said = after[rng.random(N) < np.where(IS_TREATED, share, 0.6)]
    other = said.assign(instrument="visit", value=0.0)
    rows = pd.concat([before.assign(instrument="mail"), said.assign(instrument="mail"), other])
    return rows.assign(item="overall", side="score")


def measured(folder: Path, share: float = 0.6, **ask: object) -> Outcome:
    rng = np.random.default_rng(1)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 100, 1_200), unit="D")
    frames = {
        "transactions": pd.DataFrame({"customer_id": rng.choice(IDS, 1_200), "time": days, "amount": 10.0}),
        "treatments": pd.DataFrame({"customer_id": IDS, "time": pd.Timestamp("2024-03-01")}).assign(
            treatment=np.where(IS_TREATED, "letter", "control")
        ),
        "surveys": answers(rng, share),
    }
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet")
    asked = {"name": "satisfaction", "item": "overall", "instrument": "mail", **ask}
    config = Config(
        name="shop",
        tables={name: {"source": str(folder / f"{name}.parquet")} for name in frames},
        snapshot={"as_of": "2024-04-01", "horizon_days": 30},
        campaigns=[{"name": "spring", "window_days": 31, "answers": [asked]}],
        output=str(folder / "out"),
        tracking={"uri": f"sqlite:///{folder}/mlflow.db"},
    )
    return measure_campaigns(config)


def test_satisfaction_after_a_campaign_is_an_outcome(tmp_path: Path) -> None:
    answer = measured(tmp_path)
    effect = {row["outcome"]: row for row in answer.data["effects"]}["satisfaction"]
    assert effect["low"] < 1 < effect["high"]
    assert effect["high"] - effect["low"] < 0.4  # what was said before takes most of the noise out
    assert 0.5 * N < effect["n"] < 0.7 * N
    assert not answer.is_no


def test_who_answers_may_not_depend_on_treatment(tmp_path: Path) -> None:
    answer = measured(tmp_path, share=0.95)
    assert answer.is_no
    assert "lot does not explain answered: letter, satisfaction" in answer.notes[0]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"item": "nps"}, r"answers\.satisfaction: none of 400 customers answered 'nps' \(score\) within 31"),
        ({"name": "revenue"}, r"answers\.revenue: there is an outcome or covariate of that name already"),
    ],
)
def test_answers_that_are_not_there(tmp_path: Path, ask: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        measured(tmp_path, **ask)

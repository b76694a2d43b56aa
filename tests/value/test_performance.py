import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.performance import performance


def base(seed: int, lift: float = 0.0) -> pd.DataFrame:
    """Branch b has the richer mix of customers; branch a is better with each kind by `lift`."""
    rng = np.random.default_rng(seed)
    branch = rng.choice(["a", "b", "c"], 1_500)
    is_loyal = rng.random(1_500) < np.where(branch == "b", 0.7, 0.3)
    clv = np.where(is_loyal, 100.0, 20.0) + lift * (branch == "a") + rng.normal(0, 10, 1_500)
    return pd.DataFrame({"branch": branch, "lifecycle": np.where(is_loyal, "repeat", "lost"), "clv": clv})


def test_a_better_mix_is_not_a_better_branch() -> None:
    found = performance(base(0, lift=5.0), "branch").set_index("branch")
    assert found["value_mean"].idxmax() == "b"
    assert found["adjusted_mean"].idxmax() == "a"
    assert found.loc["a", "low"] > found.loc["b", "high"]


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    tables = [performance(base(seed), "branch", level=0.8) for seed in range(100)]
    means = [base(seed)["clv"].mean() for seed in range(100)]
    held = [(t["low"] <= m) & (m <= t["high"]) for t, m in zip(tables, means, strict=True)]
    assert np.mean(held) == pytest.approx(0.85, abs=0.08)


def test_intervals_of_few_customers_with_large_values_hold_the_truth() -> None:
    missed = np.zeros(2)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scores = pd.DataFrame({"branch": np.repeat(np.arange(20), 25), "lifecycle": "repeat"})
        found = performance(scores.assign(clv=rng.lognormal(-0.5, 1, 500)), "branch")
        missed += [(found["low"] > 1).mean() / 60, (found["high"] < 1).mean() / 60]
    assert missed.sum() < 0.13  # .18 where few customers tell their own spread


def test_customers_and_value_are_conserved() -> None:
    scores = base(1)
    found = performance(scores, "branch")
    assert found["customers"].sum() == len(scores)
    assert found["value_total"].sum() == pytest.approx(scores["clv"].sum())
    assert found["covered_share"].tolist() == pytest.approx([1, 1, 1])


def test_a_unit_without_a_stratum_says_how_much_of_the_mix_it_has() -> None:
    scores = base(2)
    scores = scores[(scores["branch"] != "c") | (scores["lifecycle"] == "lost")]
    found = performance(scores, "branch").set_index("branch")
    assert found.loc["c", "covered_share"] == pytest.approx((scores["lifecycle"] == "lost").mean())


def test_a_single_customer_has_everybodys_spread() -> None:
    alone = pd.concat([base(3), pd.DataFrame([{"branch": "z", "lifecycle": "lost", "clv": 20.0}])])
    row = performance(alone, "branch").set_index("branch").loc["z"]
    assert row["high"] - row["low"] > 20


def test_missing_columns_and_values_are_refused() -> None:
    with pytest.raises(UsageError, match=r"owner: the scores have no such column. Carry it with score.carry"):
        performance(base(4), "owner")
    with pytest.raises(UsageError, match="no customer has branch, clv and lifecycle"):
        performance(base(4).assign(clv=np.nan), "branch")


def test_a_level_is_a_probability() -> None:
    with pytest.raises(UsageError, match="level: 90 must lie between 0 and 1"):
        performance(pd.DataFrame({"branch": ["a"], "lifecycle": ["old"], "clv": [1.0]}), "branch", level=90)


@pytest.mark.parametrize(
    ("mix", "said"), [((), "mix: it names no column"), ("lifecycle", "mix: 'lifecycle' is one text")]
)
def test_strata_are_columns_by_name(mix: str | tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        performance(base(4), "branch", mix=mix)

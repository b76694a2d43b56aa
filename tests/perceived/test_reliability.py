from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.intake import Item, Survey, read_long
from goodwill.perceived.one_factor import fit_indices, one_factor
from goodwill.perceived.reliability import alpha_of, item_quality, omega_of, reliability, verdict_of

Build = Callable[..., Survey]
TAU = np.full((4, 4), 0.5) + 0.5 * np.eye(4)


def planted(n: int, loadings: list[float], seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=n)
    return {
        f"q{place}": loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=n)
        for place, loading in enumerate(loadings)
    }


def of_one_dimension(answers: dict[str, np.ndarray]) -> Survey:
    rows = pd.DataFrame(answers).rename_axis("respondent").reset_index().melt("respondent", var_name="item")
    return read_long(rows.assign(side="perception"), [Item(name, "quality") for name in answers])


def test_alpha_of_equal_correlations_is_spearman_browns() -> None:
    assert alpha_of(TAU) == pytest.approx(4 * 0.5 / (1 + 3 * 0.5))


def test_omega_is_alpha_where_loadings_are_equal_and_more_where_not() -> None:
    loadings = np.array([0.9, 0.7, 0.5, 0.3])
    uneven = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    assert omega_of(TAU) == pytest.approx(alpha_of(TAU), abs=1e-6)
    assert omega_of(uneven) == pytest.approx(2.4**2 / (2.4**2 + (1 - loadings**2).sum()), abs=1e-6)
    assert omega_of(uneven) > alpha_of(uneven)


def test_omega_of_two_items_is_spearman_browns() -> None:
    assert omega_of(np.array([[1.0, 0.6], [0.6, 4.0]])) == pytest.approx(2 * 0.3 / 1.3)
    assert np.isnan(omega_of(np.zeros((2, 2))))


def test_one_factor_fits_what_one_factor_made_and_not_what_two_made() -> None:
    two = np.eye(6)
    two[:3, :3] = two[3:, 3:] = 0.6 + 0.4 * np.eye(3)
    fits = {name: fit_indices(one_factor(table), table, 400) for name, table in (("one", TAU), ("two", two))}
    assert fits["one"]["p_value"] > 0.99
    assert fits["one"]["rmsea"] == 0
    assert fits["two"]["p_value"] < 1e-6
    assert fits["two"]["srmr"] > 0.2


def test_items_without_anything_in_common_fit_by_chance() -> None:
    assert fit_indices(one_factor(np.eye(4)), np.eye(4), 50)["cfi"] == 1


def test_a_heywood_case_is_named() -> None:
    table = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.6], [0.9, 0.6, 1.0]])
    assert not one_factor(table).is_proper
    assert one_factor(TAU).is_proper


def test_the_interval_narrows_with_the_root_of_n_and_holds_the_truth() -> None:
    rows = [reliability(of_one_dimension(planted(n, [0.7] * 4))).loc["quality"] for n in (200, 3_200)]
    widths = [row["alpha_high"] - row["alpha_low"] for row in rows]
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.25)
    assert all(row["alpha_low"] < 4 * 0.49 / (1 + 3 * 0.49) < row["alpha_high"] for row in rows)
    assert all(row["omega_low"] < row["omega"] < row["omega_high"] for row in rows)


def test_one_factor_and_the_verdict_stand_beside_alpha() -> None:
    row = reliability(of_one_dimension(planted(500, [0.7] * 5))).loc["quality"]
    assert bool(row["is_one_factor"])
    assert (row["verdict"], row["n"], row["n_items"]) == ("good", 500, 5)


def test_two_planted_factors_are_not_one() -> None:
    answers = planted(500, [0.8] * 3) | {name + "b": x for name, x in planted(500, [0.8] * 3, seed=1).items()}
    assert not reliability(of_one_dimension(answers)).loc["quality", "is_one_factor"]


@pytest.mark.parametrize(
    ("alpha", "word"),
    [(0.96, "redundant"), (0.9, "excellent"), (0.85, "good"), (0.7, "acceptable"), (0.6, "questionable"),
     (0.2, "poor"), (np.nan, "not_computable")],
)  # fmt: skip
def test_verdicts_in_words(alpha: float, word: str) -> None:
    assert verdict_of(alpha) == word


def test_too_few_people_and_items_that_never_vary_have_no_alpha(wide: Build) -> None:
    few = wide({"a": [1, 2], "b": [2, 3]}, a="quality", b="quality")
    still = wide({"a": [4, 4, 4, 4], "b": [2, 3, 2, 5]}, a="quality", b="quality")
    assert reliability(few).loc["quality", "verdict"] == "not_computable"
    row = reliability(still).loc["quality"]
    assert row["verdict"] == "not_computable"
    assert np.isnan(row["omega"])


def test_equal_answers_to_all_items_are_perfectly_reliable_without_an_interval(wide: Build) -> None:
    row = reliability(wide({"a": [1, 2, 4, 5], "b": [1, 2, 4, 5]}, a="q", b="q")).loc["q"]
    assert (row["alpha"], row["verdict"]) == (1, "redundant")
    assert np.isnan(row["alpha_low"])


def test_an_item_of_another_kind_is_better_dropped(wide: Build) -> None:
    rng = np.random.default_rng(0)
    same = np.clip(np.rint(4 + rng.normal(size=200)), 1, 7)
    noisy = np.clip(np.rint(same + 0.5 * rng.normal(size=(2, 200))), 1, 7)
    survey = wide({"a": same, "b": noisy[0], "c": noisy[1], "odd": rng.integers(1, 8, 200)},
                  a="q", b="q", c="q", odd="q")  # fmt: skip
    table = item_quality(survey)
    assert table["alpha_if_dropped"].idxmax() == table["item_rest"].idxmin() == "odd"
    assert table.loc["a", "item_rest"] == pytest.approx(
        np.corrcoef(same, noisy.sum(axis=0) + survey.wide("perception")["odd"])[0, 1]
    )


def test_answers_at_the_ends_of_the_scale_are_counted(wide: Build) -> None:
    table = item_quality(wide({"a": [1, 1, 7, 4]}, a="q"))
    assert table.loc["a", ["lowest_share", "highest_share"]].tolist() == [0.5, 0.25]
    assert np.isnan(table.loc["a", "item_rest"])


def test_a_survey_without_dimensions_has_nothing_to_judge(wide: Build) -> None:
    survey = wide({"a": [1, 2, 3]})
    assert reliability(survey).empty
    assert item_quality(survey).empty


def test_eight_items_of_the_kiosk_survey_are_consistent(data_dir: Path) -> None:
    table = pd.read_parquet(data_dir / "kiosk_servqual_kano/derived_long.parquet")
    rows = table[table["instrument"] == "servqual"].rename(columns={"score": "value"})
    survey = read_long(rows, [Item(str(n), "kiosk", scale=(1, 7)) for n in range(1, 9)])
    felt = survey.wide("perception")[list("12345678")].dropna()
    by_hand = 8 / 7 * (1 - felt.var().sum() / felt.sum(axis=1).var())
    assert reliability(survey).loc["kiosk", "alpha"] == pytest.approx(by_hand)

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from goodwill.errors import UsageError
from goodwill.perceived.intake import Item, ReadingRules, Survey, read_long
from goodwill.perceived.rivals import leads, value_map

ITEMS = [
    Item("good", "quality", scale=(1, 5)),
    Item("slow", "time", scale=(1, 5)),
    Item("dear", measure="price", scale=(1, 5)),
]


def survey_of(
    own: str | None = "us", brands: tuple[str, ...] = ("us", "north", "south"), n: int = 60
) -> Survey:
    rng = np.random.default_rng(3)
    means = {"us": (4.0, 2.0, 3.0), "north": (3.0, 3.0, 4.0), "south": (2.0, 3.0, 2.0)}
    asked = (("good", "perception"), ("slow", "perception"), ("dear", "score"))
    rows = [
        (who, brand, item, side, round(float(np.clip(mean + 0.5 * rng.normal(), 1, 5)), 3))
        for brand in brands
        for (item, side), mean in zip(asked, means[brand], strict=True)
        for who in range(n)
    ]
    table = pd.DataFrame(rows, columns=["respondent", "brand", "item", "side", "value"])
    return read_long(table, ITEMS, rules=ReadingRules(own_brand=own))


def test_relative_figures_average_to_one_and_rank_the_brands() -> None:
    table = value_map(survey_of())
    assert table["relative_benefit"].mean() == pytest.approx(1)
    assert table["relative_price"].mean() == pytest.approx(1)
    assert table["relative_benefit"].idxmax() == table["surplus"].idxmax() == "us"
    assert table["relative_price"].idxmax() == "north"


def test_costs_are_no_benefit() -> None:
    table = value_map(survey_of())
    good = survey_of().wide("perception", brand="us")["good"]
    assert table.loc["us", "benefit"] == pytest.approx(25 * (good.mean() - 1))


def test_intervals_hold_the_estimate() -> None:
    table = value_map(survey_of())
    for name in ("relative_benefit", "relative_price", "surplus"):
        assert table[name].between(table[f"{name}_low"], table[f"{name}_high"]).all()


def test_prices_in_money_are_certain() -> None:
    row = value_map(survey_of(), {"us": 10, "north": 12, "south": 8}).loc["north"]
    assert row[["relative_price", "relative_price_low", "relative_price_high"]].tolist() == pytest.approx(
        [1.2] * 3
    )


def test_two_brands_share_the_line_of_equal_benefit_per_price() -> None:
    table = value_map(survey_of(brands=("us", "north")), {"us": 10, "north": 30})
    assert table["fair_benefit"].tolist() == pytest.approx([0.5, 1.5])


def test_equal_prices_have_a_flat_line() -> None:
    table = value_map(survey_of(), {"us": 10, "north": 10, "south": 10})
    assert table["fair_benefit"].tolist() == [1, 1, 1]


def test_one_brand_is_no_comparison() -> None:
    with pytest.raises(UsageError, match="1 brand in the survey; a comparison needs two"):
        value_map(survey_of(brands=("us",)))


def test_a_lead_is_a_paired_difference() -> None:
    survey = survey_of()
    row = leads(survey).set_index(["rival", "item"]).loc[("north", "good")]
    ours, theirs = (survey.wide("perception", brand=brand)["good"] for brand in ("us", "north"))
    assert row["lead"] == pytest.approx((ours - theirs).mean())
    assert row["p_value"] == pytest.approx(stats.ttest_rel(ours, theirs).pvalue)


def test_a_lower_cost_is_a_lead() -> None:
    found = leads(survey_of()).set_index(["rival", "item"])["verdict"]
    assert found[("north", "slow")] == found[("north", "dear")] == "lead"
    assert found[("south", "dear")] == "lag"


def test_ours_must_be_known() -> None:
    with pytest.raises(UsageError, match=r"own brand None is not among the brands \(us, north, south\)"):
        leads(survey_of(own=None))


def test_without_prices_the_benefit_stands_alone() -> None:
    table = value_map(survey_of(), {})
    assert table["relative_price"].isna().all()
    assert table["relative_benefit_low"].notna().all()

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from goodwill.config import Config
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.measurable import ensure_measurable
from goodwill.errors import ConfigError, DataError, HistoryError, TableError
from goodwill.pipeline.campaign_times import time_notes
from goodwill.pipeline.campaigns import campaign_of_source, campaign_of_tables
from goodwill.pipeline.tables import open_tables

RNG = np.random.default_rng(0)
IDS = [f"c{i:03}" for i in range(80)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop of a hundred days with a campaign on day 50."""
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 100, 900), unit="D")
    orders = pd.DataFrame({"customer_id": RNG.choice(IDS, 900), "time": days, "amount": 10.0})
    orders.to_parquet(tmp_path / "orders.parquet")
    treated = pd.DataFrame(
        {"customer_id": IDS, "time": pd.Timestamp("2024-02-20 10:00"), "campaign": "spring"}
    )
    treated["treatment"] = ["letter", None] * 40
    treated.assign(cost=1.5, propensity=0.5).to_parquet(tmp_path / "treated.parquet")
    return tmp_path


def of_tables(folder: Path, **changes: object) -> Campaign:
    sources = {"transactions": "orders", "treatments": "treated"}
    tables = {name: {"source": str(folder / f"{file}.parquet")} for name, file in sources.items()}
    section = {"name": "spring", "window_days": 30, **changes}
    snapshot = {"as_of": "2024-04-01", "horizon_days": 30}
    config = Config(
        name="shop", tables=tables, snapshot=snapshot, campaigns=[section], output=str(folder / "out")
    )
    return campaign_of_tables(config, config.campaigns[0], open_tables(config).tables)


def rewritten(folder: Path, **columns: object) -> Path:
    treated = pd.read_parquet(folder / "treated.parquet").assign(**columns)
    treated.to_parquet(folder / "treated.parquet")
    return folder


def test_orders_after_treatment_are_outcomes_and_those_before_are_not(shop: Path) -> None:
    orders = pd.read_parquet(shop / "orders.parquet")
    is_after = orders["time"].between("2024-02-20", "2024-03-20")
    is_before = orders["time"].between("2024-01-21", "2024-02-19")
    found = of_tables(shop)
    assert found.rows["revenue"].sum() == 10.0 * is_after.sum()
    assert found.rows["revenue_before"].sum() == 10.0 * is_before.sum()
    assert dict(found.outcomes) == {
        "revenue": "money",
        "margin": "money",
        "retention": "binary",
        "orders": "money",
    }
    assert found.before["orders"] == "orders_before"


def test_design_is_read_off_the_treatments(shop: Path) -> None:
    found = of_tables(shop)
    assert (dict(found.shares), found.propensity, found.costs) == (
        {"letter": 0.5, "control": 0.5},
        None,
        "cost",
    )
    assert found.arms == ("letter",)


def test_chances_that_differ_are_kept(shop: Path) -> None:
    found = of_tables(rewritten(shop, propensity=np.linspace(0.2, 0.8, 80), cost=np.nan))
    assert (found.propensity, dict(found.shares), dict(found.costs)) == ("propensity", {}, {})


@pytest.mark.parametrize(
    ("columns", "changes", "message"),
    [
        ({}, {"name": "autumn"}, r"campaigns\.autumn: tables\.treatments holds no such campaign"),
        (
            {"customer_id": "c001"},
            {},
            r"79 customers were treated more than once|1 customers were treated more",
        ),
        ({"time": pd.date_range("2024-01-05", periods=80)}, {}, r"treatments fall on 80 days; at most 60"),
    ],
)
def test_treatments_that_cannot_be_measured_together(
    shop: Path, columns: dict[str, object], changes: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        of_tables(rewritten(shop, **columns), **changes)


@pytest.mark.parametrize(("time", "days"), [("2024-02-20", 90), ("2024-09-01", 30), ("2023-05-01", 30)])
def test_an_outcome_that_is_not_complete_is_not_measured(shop: Path, time: str, days: int) -> None:
    told = rf"treatments\.time: 80 of 80 customers have a time on {time}.*for all of the {days} days"
    with pytest.raises(HistoryError, match=rf"campaigns\.spring: {told}"):
        of_tables(rewritten(shop, time=pd.Timestamp(time)), window_days=days)


@pytest.fixture
def mailing(tmp_path: Path) -> Path:
    rows = pd.DataFrame({"who": IDS, "got": ["letter", "none"] * 40, "paid": np.arange(80.0), "city": "Lyon"})
    rows.assign(old=1.0, chance=0.5, country=["FR", "DE"] * 40).to_csv(tmp_path / "mailing.csv", index=False)
    return tmp_path


def of_source(folder: Path, text: str) -> Campaign:
    section = {
        "name": "mailing", "source": str(folder / "mailing.csv"), "treatment": "got", "control": "none",
        "outcomes": {"paid": "money"}, **yaml.safe_load(text or "{}"),
    }  # fmt: skip
    config = Config(name="mailing", campaigns=[section])
    return campaign_of_source(config, config.campaigns[0])


def test_a_missing_id_is_the_row_number(mailing: Path) -> None:
    assert of_source(mailing, "").rows["customer_id"].tolist() == [str(i) for i in range(80)]
    assert of_source(mailing, "customer_id: who").rows["customer_id"].tolist() == IDS


def test_columns_may_be_expressions_and_rows_left_out(mailing: Path) -> None:
    text = "{where: paid >= 40, before: {paid: old * 2}, propensity: chance, covariates: [city]}"
    found = of_source(mailing, text)
    assert (len(found.rows), found.rows["paid_before"].unique().tolist()) == (40, [2.0])
    assert (found.propensity, found.covariates, found.arms) == ("propensity", ("city",), ("letter",))


def test_a_binary_outcome_may_be_told_in_words(mailing: Path) -> None:
    rows = pd.read_csv(mailing / "mailing.csv")
    words = rows.assign(came=[" Yes", "no"] * 40, late=["no", "so la la"] * 40)
    words.to_csv(mailing / "mailing.csv", index=False)
    found = of_source(mailing, "outcomes: {came: binary, late: binary}")
    assert found.rows["came"].tolist() == [1.0, 0.0] * 40
    with pytest.raises(DataError, match="late: 40 of 80 values are missing or neither 1 nor 0"):
        ensure_measurable(found)


def test_a_customer_twice_is_refused(mailing: Path) -> None:
    with pytest.raises(DataError, match=r"campaigns\.mailing: 78 rows repeat a customer"):
        of_source(mailing, "customer_id: country")


def timed(folder: Path, n_early: int) -> Path:
    """The mailing with its times: outcomes counted from noon of its day on, of some from the day before."""
    began = [pd.Timestamp("2024-03-09")] * n_early + [pd.Timestamp("2024-03-10")] * (80 - n_early)
    rows = pd.read_csv(folder / "mailing.csv").assign(sent="2024-03-10 12:00:00", began=began)
    rows.to_csv(folder / "mailing.csv", index=False)
    return folder


def test_outcomes_from_before_treatment_are_refused(mailing: Path) -> None:
    told = r"mailing: began: 3 of 80 customers have an outcome from before the day of treatment \(sent\)"
    with pytest.raises(DataError, match=told):
        of_source(timed(mailing, 3), "{time: sent, outcome_time: began}")


def test_a_file_that_tells_its_times_leaves_no_doubt(mailing: Path) -> None:
    assert noted(of_source(timed(mailing, 0), "{time: sent, outcome_time: began}")) == ""


@pytest.mark.parametrize("text", ["{}", "{time: sent}", "{time: sent, outcome_time: city}"])
def test_a_file_that_does_not_tell_its_times_is_told_so(mailing: Path, text: str) -> None:
    said = noted(of_source(timed(mailing, 0), text))
    assert "the file does not tell of 40 of 40 treated customers that the outcomes came after" in said


def test_an_unknown_column_is_named(mailing: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"campaigns\.mailing: there is no column 'citty'. Did you mean 'city'"
    ):
        of_source(mailing, "covariates: [citty]")


def test_what_history_expects_stands_among_the_covariates(shop: Path) -> None:
    found = of_tables(shop)
    assert found.expected == {
        "revenue": "expected_revenue",
        "margin": "expected_revenue",
        "orders": "expected_orders",
    }
    assert {"expected_orders", "expected_revenue", "expected_alive"} <= set(found.covariates)
    assert found.rows["expected_orders"].sum() == pytest.approx(found.rows["orders"].sum(), rel=0.5)


def test_a_few_late_treatments_are_counted(shop: Path) -> None:
    days = [pd.Timestamp("2024-02-20")] * 77 + [pd.Timestamp("2024-09-01")] * 3
    told = r"treatments\.time: 3 of 80 customers have a time on 2024-09-01, and transactions hold"
    with pytest.raises(HistoryError, match=told):
        of_tables(rewritten(shop, time=days))


def test_customers_who_bought_before_treatment_alone_are_refused(shop: Path) -> None:
    orders = pd.read_parquet(shop / "orders.parquet")
    is_other = orders["time"] >= "2024-02-20"
    orders.assign(customer_id=orders["customer_id"].where(~is_other, "other")).to_parquet(
        shop / "orders.parquet"
    )
    told = r"treatments\.time: none of 80 customers bought or held anything in the 30 days from treatment on"
    with pytest.raises(DataError, match=told):
        of_tables(shop)


def test_customers_of_another_name_are_refused(shop: Path) -> None:
    with pytest.raises(DataError, match=r"treatments\.customer_id: none of 80 customers stands in another"):
        of_tables(rewritten(shop, customer_id=[f"x{i}" for i in range(80)]))


def thanked(folder: Path, n: int) -> Path:
    """The shop where so many of the treated ordered an hour before their letter."""
    orders = pd.read_parquet(folder / "orders.parquet")
    first = pd.DataFrame({"customer_id": IDS[::2][:n], "time": pd.Timestamp("2024-02-20 09:00")})
    without = orders[orders["time"].dt.normalize() != pd.Timestamp("2024-02-20")]
    pd.concat([without, first.assign(amount=10.0)]).to_parquet(folder / "orders.parquet")
    return folder


def test_a_letter_of_thanks_follows_its_outcome_and_is_refused(shop: Path) -> None:
    told = r"treatments\.time: 20 of 40 who got 'letter' had ordered on the day .* and 0 of 40 in control"
    with pytest.raises(DataError, match=told):
        of_tables(thanked(shop, 20))


def test_days_without_a_time_of_day_tell_no_order_of_events(shop: Path) -> None:
    orders = pd.read_parquet(shop / "orders.parquet")
    first = pd.DataFrame({"customer_id": IDS[::2], "time": pd.Timestamp("2024-02-20"), "amount": 10.0})
    pd.concat([orders, first]).to_parquet(shop / "orders.parquet")
    assert not of_tables(shop).rows["ordered_first"].any()


@pytest.mark.parametrize("control", ["2024-02-20 00:00", "2024-02-20 07:00"])
def test_who_was_treated_later_in_the_day_had_longer_to_order(shop: Path, control: str) -> None:
    hours = [pd.Timestamp("2024-02-20 20:00"), pd.Timestamp(control)] * 40
    assert of_tables(rewritten(thanked(shop, 20), time=hours)).rows["ordered_first"].sum() == 20


def test_of_two_letters_on_a_day_the_first_counts(shop: Path) -> None:
    treated = pd.read_parquet(shop / "treated.parquet")
    again = treated.assign(time=pd.Timestamp("2024-02-20 20:00"))
    pd.concat([treated.assign(time=pd.Timestamp("2024-02-20 08:00")), again]).to_parquet(
        shop / "treated.parquet"
    )
    assert not of_tables(thanked(shop, 20)).rows["ordered_first"].any()


def test_newcomers_of_whom_nothing_was_known_are_measured_by_what_they_did(shop: Path) -> None:
    orders = pd.read_parquet(shop / "orders.parquet")
    orders[orders["time"] >= "2024-02-20"].to_parquet(shop / "orders.parquet")
    elsewhere = pd.DataFrame({"customer_id": "x", "time": [pd.Timestamp("2024-01-01")], "amount": 10.0})
    pd.concat([orders[orders["time"] >= "2024-02-20"], elsewhere]).to_parquet(shop / "orders.parquet")
    assert "80 of 80 customers had no row in another table before treatment" in noted(of_tables(shop))


def noted(found: Campaign, as_of: date | None = None) -> str:
    return " ".join(time_notes("spring", found, as_of))


def test_orders_of_the_same_day_before_treatment_are_told(shop: Path) -> None:
    assert "2 of 80 customers ordered on the day of treatment before its time" in noted(
        of_tables(thanked(shop, 2))
    )


def test_treatment_after_as_of_is_told(shop: Path) -> None:
    assert "80 of 80 customers were treated at or after as_of" in noted(of_tables(shop), date(2024, 2, 20))
    assert "as_of" not in noted(of_tables(shop), date(2024, 2, 21))


def test_days_without_control_are_told(shop: Path) -> None:
    days = [pd.Timestamp("2024-02-20"), pd.Timestamp("2024-02-22")] * 40
    found = of_tables(rewritten(shop, time=days))
    assert "40 of 40 treated customers were treated on days on which nobody was in control" in noted(found)


def test_customers_of_whom_nothing_is_known_are_told(shop: Path) -> None:
    ids = [*IDS[:70], *(f"x{i}" for i in range(10))]
    found = of_tables(rewritten(shop, customer_id=ids))
    assert "10 of 80 customers had no row in another table before treatment" in noted(found)


def test_missing_times_of_control_are_told_how_to_be_filled(shop: Path) -> None:
    days = [pd.Timestamp("2024-02-20"), pd.NaT] * 40
    told = r"treatments\.time: 40 of 80 values are missing\. A customer in control has the time of the wave"
    with pytest.raises(TableError, match=told):
        of_tables(rewritten(shop, time=days))

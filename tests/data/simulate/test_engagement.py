"""Contacts: who has them, until when, and what they cost."""

import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from


@pytest.fixture(scope="module")
def shop() -> Simulated:
    return simulate_frames(customers=4_000, seed=41)


def test_only_emails_go_on_after_leaving(shop: Simulated) -> None:
    rows = shop.tables["interactions"].merge(shop.truth["customers"], on="customer_id")
    late = rows[rows["time"] > rows["alive_until"]]
    assert set(late["kind"]) == {"e-mail"}
    assert len(late) > 100


def test_contacts_come_at_the_stated_rates(shop: Simulated) -> None:
    truth = shop.truth["customers"]
    days = (truth["alive_until_day"].clip(upper=1096) - truth["signup_day"]).sum()
    counts = shop.tables["interactions"]["kind"].value_counts()
    assert counts["support"] / days * 365.25 == pytest.approx(0.3, rel=0.1)
    assert counts["e-mail"] / (1096 - truth["signup_day"]).sum() * 365.25 == pytest.approx(2.0, rel=0.05)


def test_products_are_looked_at_in_visits_only(shop: Simulated) -> None:
    rows = shop.tables["interactions"]
    has_product = rows.groupby("kind")["product_id"].count() > 0
    assert has_product.to_dict() == {
        "browse": True, "visit": True, "complaint": False, "e-mail": False, "support": False
    }  # fmt: skip


def test_contacts_cost_what_the_world_says(shop: Simulated) -> None:
    costs = shop.tables["interactions"].groupby("kind")["cost"].agg(["min", "max"])
    assert costs.loc["complaint"].tolist() == [7.5, 7.5]
    assert costs.loc["visit"].tolist() == [0.0, 0.0]


def test_some_opt_out_after_joining(shop: Simulated) -> None:
    rules = shop.tables["contact_rules"].merge(shop.tables["customers"], on="customer_id")
    assert len(rules) / 4_000 == pytest.approx(0.05, abs=0.012)
    assert (rules["opted_out_at"] >= rules["signup_time"]).all()


def test_referrers_came_before_and_are_still_there() -> None:
    simulated = simulate_frames(customers=4_000, seed=42, world=world_from({"referrals": {}}))
    rows = simulated.tables["referrals"].merge(
        simulated.truth["customers"],
        left_on="referrer_id",
        right_on="customer_id",
        suffixes=("", "_of_referrer"),
    )
    assert rows["customer_id"].is_unique
    assert (rows["alive_until"] > rows["time"]).all()
    assert not rows["is_prospect"].any()
    assert rows["satisfaction"].mean() == pytest.approx(0.75, abs=0.2)


def test_balances_swing_around_their_level_and_run_off() -> None:
    simulated = simulate_frames(customers=800, seed=43, world=world_from({"deposits": {}}))
    rows = simulated.tables["balances"].merge(simulated.truth["balances"], on=["customer_id", "product"])
    rows = rows.merge(simulated.truth["customers"], on="customer_id")
    gone = rows[rows["time"] > rows["alive_until"]]
    here = rows[rows["time"] <= rows["alive_until"]]
    assert (here["balance"] / here["level"]).median() == pytest.approx(1.0, abs=0.05)
    assert (gone["balance"] / gone["level"]).median() < 0.2
    assert rows["time"].dt.is_month_end.all()
    assert not rows.duplicated(["customer_id", "product", "time"]).any()

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from goodwill.data.simulate import World, expected_value, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.errors import FitError
from goodwill.features.snapshot import Snapshot, snapshot
from goodwill.modeling.btyd import GammaGamma, ParetoNBD
from goodwill.modeling.expectations import Expectations, total_error
from goodwill.modeling.histories import spends_of
from goodwill.modeling.out_of_sample import drawn_rows

KNOWN = Expectations(
    ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67),
    GammaGamma.from_params(p=6.25, q=3.74, v=15.44),
    margin_rate=0.5,
    later_over_first=1.0,
)


@pytest.fixture(scope="module")
def fitted(shop_train: Snapshot) -> Expectations:
    expectations = Expectations.fit(shop_train.now)
    assert expectations is not None
    return expectations


def test_expectations_are_those_of_the_models_in_weeks(shop_test: Snapshot) -> None:
    X = shop_test.X
    expected, age, idle = KNOWN.of(X), X["days_since_first_order"] / 7, X["days_since_last_order"] / 7
    histories = pd.DataFrame({"frequency": X["n_order_days"] - 1.0, "recency": age - idle, "T": age})
    n_orders = KNOWN.purchases.expected_purchases(histories, t=90 / 7)
    p_silent = KNOWN.purchases.p_no_purchase(histories, t=90 / 7)
    np.testing.assert_allclose(np.exp(expected.columns["h_expected_orders"]), n_orders)
    np.testing.assert_allclose(expit(expected.active_logit), 1 - p_silent)
    np.testing.assert_allclose(
        expected.log_value, expected.columns["h_expected_orders"] + expected.columns["expected_spend"]
    )


def test_value_given_an_order_times_its_probability_is_value(shop_test: Snapshot) -> None:
    expected = KNOWN.of(shop_test.X)
    np.testing.assert_allclose(
        expected.log_value_if_active + np.log(expit(expected.active_logit)), expected.log_value
    )


def spends(expectations: Expectations, **known: float) -> float:
    X = pd.DataFrame({"n_order_days": [1], "n_orders": [1], "horizon_days": [70]})
    X = X.assign(days_since_first_order=7, days_since_last_order=7, spend_mean=99.0, spend_first=99.0)
    return float(np.exp(expectations.of(X.assign(**known)).columns["expected_spend"][0]))


def test_a_first_order_tells_of_the_purse_in_the_size_of_later_ones() -> None:
    assert spends(KNOWN) == pytest.approx(6.25 * (15.44 + 99) / (6.25 + 2.74) / 2)
    doubled = replace(KNOWN, later_over_first=2.0)
    assert spends(doubled) == pytest.approx(6.25 * (15.44 + 198) / (6.25 + 2.74) / 2)
    assert spends(doubled, n_orders=3, spend_mean=30.0) == spends(KNOWN, n_orders=3, spend_mean=63.0)


def test_spend_is_the_mean_of_all_before_any_order_and_where_first_ones_were_not_read() -> None:
    nothing = {"n_orders": 0, "n_order_days": 0, "spend_mean": np.nan, "spend_first": np.nan}
    former = replace(KNOWN, later_over_first=None)
    assert spends(KNOWN, **nothing) == spends(former) == pytest.approx(6.25 * 15.44 / 2.74 / 2)


def test_the_largest_order_counts_for_no_more_than_nearly_all_customers_orders_bring() -> None:
    limited = replace(KNOWN, largest_order=50.0)
    assert spends(limited, spend_max=99.0) == spends(KNOWN, spend_mean=50.0, spend_first=50.0)
    assert spends(limited, spend_max=99.0, n_orders=7) == spends(KNOWN, n_orders=7, spend_mean=99 - 49 / 7)
    assert spends(limited, spend_max=49.0) == spends(limited) == spends(KNOWN)
    halved = {"later_over_first": 0.5}
    assert spends(replace(limited, **halved), spend_max=99.0) == spends(
        replace(KNOWN, **halved), spend_mean=50.0, spend_first=50.0
    )


def test_one_huge_order_is_not_carried_on(shop_train: Snapshot) -> None:
    now = pd.concat([shop_train.now] * 8, ignore_index=True)
    once = (now["n_orders"] == 1).idxmax()
    is_one, money = now.index == once, ["spend_mean", "spend_first", "spend_max"]
    wild = now.assign(**{name: now[name].mask(is_one, 1e9) for name in money})
    expectations = Expectations.fit(wild)
    assert expectations is not None
    spend = np.exp(expectations.of(wild).columns["expected_spend"])
    assert spend[once] <= 1.5 * spend[~is_one].max()


def test_a_count_of_orders_that_is_none_counts_as_the_whole_orders_below() -> None:
    assert spends(KNOWN, n_orders=2.5) == spends(KNOWN, n_orders=2)
    assert spends(KNOWN, n_orders=0.5) == spends(KNOWN, n_orders=0)


def test_what_is_expected_grows_with_the_horizon(fitted: Expectations, shop_test: Snapshot) -> None:
    short, long = (fitted.of(shop_test.X.assign(horizon_days=days)) for days in (30, 90))
    assert (long.active_logit >= short.active_logit).all()
    assert (long.log_value >= short.log_value).all()
    assert (long.log_value_if_active >= short.log_value_if_active - 1e-9).all()
    np.testing.assert_array_equal(long.columns["expected_alive"], short.columns["expected_alive"])


def test_stored_expectations_expect_the_same(fitted: Expectations, shop_test: Snapshot) -> None:
    again = Expectations.from_dict(json.loads(json.dumps(fitted.to_dict())))
    np.testing.assert_array_equal(again.of(shop_test.X).log_value, fitted.of(shop_test.X).log_value)


def test_expectations_need_orders_repeats_and_a_spend_that_varies(shop_train: Snapshot) -> None:
    now = shop_train.now
    once = now.assign(n_order_days=1, n_orders=1, days_since_last_order=now["days_since_first_order"])
    alike = now.assign(spend_mean=9.0, spend_first=9.0)
    for frame in (now.drop(columns="n_order_days"), once, alike, now.iloc[:0]):
        assert Expectations.fit(frame) is None


def test_customers_who_never_stop_are_fitted_in_silence(shop_train: Snapshot) -> None:
    now = shop_train.now
    loyal = now.assign(n_orders=4, n_order_days=4, days_since_first_order=364, days_since_last_order=1)
    expectations = Expectations.fit(loyal)
    assert expectations is not None
    assert (expectations.purchases.penalty, expectations.purchases.converged_) == (1.0, True)
    assert np.exp(expectations.of(loyal.head(1)).columns["expected_alive"]) > 0.9


def test_one_whale_does_not_set_the_spend_of_all(shop_train: Snapshot) -> None:
    now = pd.concat([shop_train.now] * 8, ignore_index=True)
    whale = now["spend_mean"].where(now.index != now["n_orders"].idxmax(), 1e9)
    calm, wild = Expectations.fit(now), Expectations.fit(now.assign(spend_mean=whale))
    assert calm is not None
    assert wild is not None
    assert wild.spend.population_mean() == pytest.approx(calm.spend.population_mean(), rel=0.2)


def test_a_few_customers_who_spend_nearly_everything_leave_something_to_expect(shop_train: Snapshot) -> None:
    now = shop_train.now
    factor = np.random.default_rng(0).lognormal(0, 2, len(now))
    wide = now.assign(**now[["spend_mean", "spend_first"]].mul(factor, axis=0))
    wide = wide.assign(spend_std=wide["spend_mean"] / 2)
    with pytest.raises(FitError, match="the mean spend is infinite"):
        GammaGamma().fit(spends_of(wide, 1.0).frame())
    expectations = Expectations.fit(wide)
    assert expectations is not None
    spend = np.exp(expectations.of(wide).columns["expected_spend"])
    known = (wide["n_orders"] >= 4).to_numpy()
    ratio = spend[known] / (wide["spend_mean"] * expectations.margin_rate)[known]
    assert ratio.between(0.8, 1.25).mean() > 0.95


def test_the_total_expected_is_net_of_what_comes_back() -> None:
    world = World.model_validate(
        {
            "shop": {"refund_share": 0.3},
            "seasons": {"yearly_amplitude": 0.0, "gift_factor": 1.0},
            "purchases": {"orders_per_year": 8},
        }
    )
    made = simulate_frames(customers=1500, seed=0, world=world)
    orders = in_memory(made.tables["transactions"], connect(), "transactions")
    X = snapshot(Tables(transactions=orders), as_of="2025-01-01", horizon_days=90).scored.X
    expectations = Expectations.fit(X)
    assert expectations is not None
    said = np.exp(expectations.of(X).log_value).sum()
    truth = expected_value(made.truth, date(2025, 1, 1), 90).set_index("customer_id")["expected_margin"]
    assert said == pytest.approx(truth[X["customer_id"]].sum(), rel=0.1)


def known_histories(seed: int, n: int = 1000) -> pd.DataFrame:
    """Draw customers of the known rates, a year after their first order."""
    drawn, rng = KNOWN.purchases.simulate(n=n, T=52.0, seed=seed), np.random.default_rng(seed)
    X = pd.DataFrame({"customer_id": np.arange(n), "n_orders": drawn["frequency"] + 1, "horizon_days": 90})
    X = X.assign(n_order_days=X["n_orders"], days_since_first_order=364.0, spend_first=20.0)
    idle = 7 * (drawn["T"] - drawn["recency"])
    columns = {"days_since_last_order": idle, "spend_mean": 20 * rng.lognormal(0, 0.5, n)}
    X = X.assign(**columns, value_past_window=1.0, spend_past_window=1.0)
    return X.assign(spend_total=X["n_orders"] * X["spend_mean"])


def test_the_error_of_a_total_is_how_far_totals_of_other_samples_lie() -> None:
    asked, fits = known_histories(0), [Expectations.fit(known_histories(seed)) for seed in range(1, 13)]
    logs = [np.log(np.exp(fit.of(asked).log_value).sum()) for fit in fits if fit is not None]
    assert total_error(known_histories(1)) == pytest.approx(np.std(logs), rel=0.5)


@pytest.mark.no_cover
def test_the_error_falls_with_the_root_of_the_customers_though_few_are_judged() -> None:
    many = known_histories(1, n=16_000)
    judged = many.iloc[drawn_rows(16_000, 4_000, seed=0)]
    assert total_error(many) == pytest.approx(total_error(judged) / 2)


def test_where_a_part_alone_tells_the_parameters_the_error_is_unknown() -> None:
    rare = known_histories(0, n=100).assign(n_orders=1, n_order_days=1, days_since_last_order=364.0)
    rare.loc[0, ["n_orders", "n_order_days", "days_since_last_order"]] = [4, 4, 30.0]
    assert np.isnan(total_error(rare))

"""A sample by value and recency: who is drawn, for how many each stands, and what is learned from it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.data.tables import Tables
from goodwill.features import windows
from goodwill.features.sample import Sample, sample_customers, sampling_shares
from goodwill.features.snapshot import levelled, snapshots
from goodwill.modeling import boosting
from goodwill.modeling.customer_value import CustomerValueModel

AS_OF = date(2025, 1, 1)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return gw.simulate(customers=1_500, seed=3)


@pytest.fixture(scope="module")
def sample(tables: Tables) -> Sample:
    drawn = sample_customers(tables, AS_OF, 500)
    assert drawn is not None
    return drawn


def spend(tables: Tables) -> pd.Series:
    paid = (
        tables.before(AS_OF).tables.transactions.group_by("customer_id").agg(spend=lambda t: t.amount.sum())
    )
    return paid.to_pandas().set_index("customer_id")["spend"]


def test_shares_add_up_to_what_is_wanted_and_nobody_counts_twice_the_average() -> None:
    counts = np.array([70_000.0, 9_000.0, 400.0, 3.0])
    shares = sampling_shares(counts, 8_000)
    assert (shares * counts).sum() == pytest.approx(8_000)
    assert (1 / shares).max() < 2 * counts.sum() / 8_000
    assert shares[-1] == 1.0


def test_weights_stand_for_all_customers_and_all_money(tables: Tables, sample: Sample) -> None:
    paid = spend(tables)
    assert sample.n_customers == len(paid)
    assert len(sample.weights) == pytest.approx(500, rel=0.1)
    assert sample.weights.sum() == pytest.approx(len(paid), rel=0.1)
    assert (paid[sample.weights.index] * sample.weights).sum() == pytest.approx(paid.sum(), rel=0.1)


def test_big_spenders_are_drawn_more_often(tables: Tables, sample: Sample) -> None:
    paid = spend(tables)
    big = paid.index[paid > paid.quantile(0.98)]
    assert sample.weights.index.isin(big).sum() / len(big) > 1.5 * 500 / len(paid)


def test_all_rows_of_those_drawn_are_there_in_every_table(tables: Tables, sample: Sample) -> None:
    ids = sample.tables.transactions.customer_id.to_pandas()
    assert set(ids) == set(sample.weights.index)
    n_rows = tables.transactions.customer_id.to_pandas().isin(sample.weights.index).sum()
    assert len(ids) == n_rows
    assert set(sample.tables.interactions.customer_id.to_pandas()) <= set(ids)


def test_later_rows_change_nobody_drawn(tables: Tables, sample: Sample) -> None:
    cut = sample_customers(tables.before(AS_OF).tables, AS_OF, 500)
    assert cut is not None
    pd.testing.assert_series_equal(cut.weights, sample.weights)


def test_few_customers_are_all_taken(tables: Tables) -> None:
    assert sample_customers(tables, AS_OF, 1_500) is None


def test_holders_of_contracts_are_drawn_too(sample: Sample) -> None:
    del sample
    held = gw.simulate(customers=300, seed=0)
    rows = held.transactions.group_by("customer_id").agg(start=lambda t: t.time.min())
    rows = rows.mutate(end=None, price=9.0, period_days=30, known_at=rows.start)
    contracts = rows.mutate(end=rows.end.cast("timestamp"))
    drawn = sample_customers(Tables(contracts=contracts), AS_OF, 100)
    assert drawn is not None
    assert set(drawn.weights) == {drawn.weights.iloc[0]}
    both = sample_customers(Tables(transactions=held.transactions, contracts=contracts), AS_OF, 100)
    assert both is not None
    assert both.n_customers == drawn.n_customers


def test_levelling_keeps_each_in_proportion_to_the_weight() -> None:
    X = pd.DataFrame({"customer_id": [f"c{i}" for i in range(4_000)]})
    weight = np.where(np.arange(4_000) % 2, 1.0, 4.0)
    kept, y = levelled(X, pd.DataFrame({"weight": weight, "value": weight}))
    assert "weight" not in y
    assert len(kept) == len(y)
    assert (y["value"] == 4.0).sum() == 2_000
    assert (y["value"] == 1.0).sum() == pytest.approx(500, rel=0.1)


def test_what_is_learned_from_a_sample_keeps_the_level(
    tables: Tables, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MAX_DATES", 2)
    monkeypatch.setattr(boosting, "TREES", 20)
    said = []
    for drawn in (None, sample):
        train = snapshots(tables, until=AS_OF, horizon_days=90, sample=drawn).scored
        said.append(CustomerValueModel().fit(train.X, train.y, train.now).predict(train.now))
    everyone, some = said
    assert some.clv.sum() == pytest.approx(everyone.clv.sum(), rel=0.08)
    assert some.p_churn.mean() == pytest.approx(everyone.p_churn.mean(), rel=0.08)

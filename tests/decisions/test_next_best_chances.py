from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.decisions.next_best import next_best_offers
from goodwill.decisions.next_best_items import bought_lines
from goodwill.decisions.next_best_judging import next_best_calibration
from goodwill.decisions.next_best_model import NextBestRule

AS_OF, N_DAYS = date(2024, 9, 1), 304
BY_MARGIN = NextBestRule(n=5, ridge=20.0, rank_by="margin")


def purchases(seed: int = 0) -> pd.DataFrame:
    """Return ten months of a shop whose books begin abruptly: half of the customers are old, half new."""
    draw = np.random.default_rng(seed)
    customers, products, lines = 1500, 60, []
    taste = draw.dirichlet(np.full(products, 0.15), 3)
    for i in range(customers):
        likes = draw.dirichlet(20 * taste[i % 3] + 0.01)
        n_lines = draw.poisson(draw.gamma(1.0, 40.0))
        joined = 0 if i % 2 else draw.integers(0, N_DAYS)
        days = draw.integers(0, N_DAYS, n_lines)
        lines.append(pd.DataFrame({"day": days[days >= joined], "customer_id": f"c{i}"}))
        lines[-1]["product_id"] = draw.choice([f"p{j:02}" for j in range(products)], len(lines[-1]), p=likes)
    frame = pd.concat(lines, ignore_index=True)
    price = {f"p{j:02}": 1.0 + j % 7 for j in range(products)}
    frame["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], unit="D")
    return frame.assign(amount=frame["product_id"].map(price)).drop(columns="day")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(transactions=ibis.memtable(purchases()))


def test_what_is_offered_is_bought_as_often_as_said(tables: Tables) -> None:
    found = next_best_calibration(tables, as_of=AS_OF, horizon_days=60, rule=BY_MARGIN)
    said, came = found["said"], found["came"]
    assert said.mean() == pytest.approx(came.mean(), rel=0.08)
    assert said.is_monotonic_increasing
    assert came.is_monotonic_increasing


def test_who_has_stopped_buying_is_told_a_lower_chance(tables: Tables) -> None:
    found = next_best_offers(tables, as_of=AS_OF, horizon_days=60, rule=BY_MARGIN)
    last = bought_lines(tables.before(AS_OF).tables).groupby("customer_id")["last_time"].max()
    is_quiet = found["customer_id"].map(last) < pd.Timestamp("2024-06-01")
    assert found.loc[is_quiet, "p_buy"].mean() < 0.5 * found.loc[~is_quiet, "p_buy"].mean()


def test_the_list_is_in_order_of_what_is_asked(tables: Tables) -> None:
    by = {"chance": "p_buy", "margin": "expected_margin"}
    for ranking, worth in by.items():
        rule = NextBestRule(n=5, ridge=20.0, rank_by=ranking)
        found = next_best_offers(tables, as_of=AS_OF, horizon_days=60, rule=rule)
        assert found.groupby("customer_id")[worth].is_monotonic_decreasing.all()


def test_what_comes_later_moves_no_chance(tables: Tables) -> None:
    known = Tables(transactions=ibis.memtable(purchases()[lambda lines: lines["time"] < pd.Timestamp(AS_OF)]))
    asked = {"as_of": AS_OF, "horizon_days": 60, "rule": BY_MARGIN}
    pd.testing.assert_frame_equal(next_best_offers(known, **asked), next_best_offers(tables, **asked))

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, gamma

from goodwill.errors import TableError, UsageError
from goodwill.modeling.btyd import MBGCNBD, MBGNBD, choose_regularity
from goodwill.modeling.btyd.rows import read_rows

PARAMS = {"r": 2.0, "alpha": 6.0, "a": 3.0, "b": 2.0}
ONE = pd.DataFrame({"frequency": [2.0], "recency": [7.0], "T": [9.0]})


def test_one_stage_is_mbgnbd() -> None:
    X = MBGNBD.from_params(**PARAMS).simulate(n=300, T=20.0, seed=1)
    one, plain = MBGCNBD(k=1).with_params(**PARAMS), MBGNBD.from_params(**PARAMS)
    assert one.p_alive(X) == pytest.approx(plain.p_alive(X))
    assert one.expected_purchases(X, t=9.0) == pytest.approx(plain.expected_purchases(X, t=9.0), rel=1e-7)
    assert one.p_no_purchase(X, t=9.0) == pytest.approx(plain.p_no_purchase(X, t=9.0))
    assert MBGCNBD(k=1).fit(X).log_likelihood_ == pytest.approx(MBGNBD().fit(X).log_likelihood_)


def test_likelihood_is_the_mixture_over_customers() -> None:
    node, weight = np.polynomial.legendre.leggauss(150)
    rate, p = 4 * (node[:, None] + 1), (node + 1) / 2
    wait = 1 + rate * 2.0 + (rate * 2.0) ** 2 / 2
    alive = (1 - p) ** 3 * np.exp(-rate * 9.0) * wait
    died = p * (1 - p) ** 2 * np.exp(-rate * 7.0)
    prior = gamma.pdf(rate, 2.0, scale=1 / 6) * beta.pdf(p, 3.0, 2.0)
    exact = 2 * weight @ (rate**6 * (alive + died) * prior) @ weight
    value, _ = MBGCNBD(k=3).row_log_likelihood(np.log([[v] for v in PARAMS.values()]), read_rows(ONE))
    assert np.exp(value[0]) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_regularity_is_found(k: int) -> None:
    X = MBGCNBD(k=k).with_params(r=1.0, alpha=1.0 * k, a=0.6, b=3.0).simulate(n=3_000, T=20.0, seed=2)
    assert choose_regularity(X, largest=5) == k


def test_regularity_does_not_depend_on_the_unit_of_time() -> None:
    X = MBGCNBD(k=3).with_params(r=1.0, alpha=3.0, a=0.6, b=3.0).simulate(n=2_000, T=20.0, seed=2)
    shift = X.log_gap_sum + X.frequency * np.log(7.0)
    days = X.assign(recency=X.recency * 7, T=X["T"] * 7, log_gap_sum=shift)
    assert choose_regularity(days, largest=4) == 3


def test_weights_reach_the_gaps() -> None:
    X = MBGCNBD(k=2).with_params(**PARAMS).simulate(n=400, T=20.0, seed=3)
    twice = MBGCNBD(k=2).fit(X, sample_weight=np.full(400, 2.0))
    assert twice.log_likelihood_ == pytest.approx(2 * MBGCNBD(k=2).fit(X).log_likelihood_)


def test_known_k_can_be_fitted_without_the_gaps() -> None:
    X = MBGCNBD(k=2).with_params(**PARAMS).simulate(n=400, T=20.0, seed=3)
    plain = MBGCNBD(k=2).fit(X.drop(columns="log_gap_sum"))
    assert plain.params_ == MBGCNBD(k=2).fit(X).params_


def test_regularity_needs_the_gaps() -> None:
    with pytest.raises(TableError, match="Add `log_gap_sum`"):
        choose_regularity(ONE)


@pytest.mark.parametrize("k", [0, 1.5])
def test_stages_are_counted(k: float) -> None:
    with pytest.raises(UsageError, match="it counts stages"):
        MBGCNBD(k=k).fit(ONE)


def test_regular_customers_who_are_overdue_look_dead_sooner() -> None:
    late = ONE.assign(T=[19.0])
    same_pace = {"r": 10.0, "a": 1.0, "b": 9.0}
    random = MBGCNBD(k=1).with_params(alpha=35.0, **same_pace)
    regular = MBGCNBD(k=4).with_params(alpha=4 * 35.0 / 4 / 4, **same_pace)
    assert regular.p_alive(late)[0] < random.p_alive(late)[0]


def test_weights_of_another_index_belong_to_rows_in_order() -> None:
    X = MBGCNBD(k=3).with_params(**PARAMS).simulate(n=300, T=40.0, seed=1)
    weight = np.arange(300) % 3 + 1.0
    plain = MBGCNBD(k=3).fit(X, sample_weight=weight)
    labelled = MBGCNBD(k=3).fit(X, sample_weight=pd.Series(weight, index=np.arange(300)[::-1]))
    assert labelled.log_likelihood_ == plain.log_likelihood_


def test_missing_log_gaps_are_counted() -> None:
    X = MBGCNBD(k=3).with_params(**PARAMS).simulate(n=300, T=40.0, seed=1)
    X.loc[[1, 2], "log_gap_sum"] = np.nan
    with pytest.raises(TableError, match="log_gap_sum: 2 of 300 values are missing or infinite"):
        MBGCNBD(k=3).fit(X)


def test_what_is_no_frame_is_told() -> None:
    for ask in (MBGCNBD().fit, choose_regularity):
        with pytest.raises(UsageError, match="Give a frame with the columns"):
            ask(np.ones((3, 3)))

import numpy as np
import pytest

from goodwill.modeling.btyd.simulation import Latent, coin_lives, histories

N = 20_000


def latent(**change: object) -> Latent:
    plain = {"rate": np.full(N, 0.5), "death": np.full(N, np.inf), "most": np.full(N, np.inf)}
    return Latent(**plain | change)


def simulated(world: Latent, *, T: float = 10.0, horizon: float = 0.0) -> object:
    return histories(world, np.full(N, T), horizon=horizon, rng=np.random.default_rng(1))


def test_undying_customers_buy_at_their_rate() -> None:
    X = simulated(latent(), horizon=4.0)
    assert X.frequency.mean() == pytest.approx(5.0, abs=0.05)
    assert X.purchases_after.mean() == pytest.approx(2.0, abs=0.04)


def test_stages_slow_down_and_even_out() -> None:
    X = simulated(latent(stages=4, rate=np.full(N, 2.0)), T=400.0)
    assert X.frequency.mean() == pytest.approx(200.0, rel=0.01)
    assert X.frequency.var() == pytest.approx(50.0, rel=0.05)


def test_nobody_buys_after_death() -> None:
    X = simulated(latent(death=np.full(N, 3.0)), horizon=50.0)
    assert X.recency.max() <= 3.0
    assert X.purchases_after.sum() == 0


def test_last_coin_ends_the_purchases() -> None:
    X = simulated(latent(most=np.full(N, 2.0)), T=1_000.0)
    assert X.frequency.unique().tolist() == [2.0]


def test_rate_zero_never_buys() -> None:
    assert simulated(latent(rate=np.zeros(N))).frequency.sum() == 0


def test_log_gaps_add_up() -> None:
    X = simulated(latent(most=np.full(N, 1.0)), T=50.0)
    once = X[X.frequency == 1]
    assert once.log_gap_sum.to_numpy() == pytest.approx(np.log(once.recency))


@pytest.mark.parametrize("first_coin", [0.0, 1.0])
def test_coin_lives_are_geometric(first_coin: float) -> None:
    lives = coin_lives(np.full(N, 0.25), first_coin=first_coin, rng=np.random.default_rng(0))
    assert lives.min() == 1 - first_coin
    assert lives.mean() == pytest.approx(4 - first_coin, rel=0.03)


def test_coin_that_never_falls_on_stop_is_allowed() -> None:
    assert coin_lives(np.zeros(3), first_coin=0.0, rng=np.random.default_rng(0)).min() > 1e6

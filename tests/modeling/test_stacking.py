import numpy as np
import pandas as pd
import pytest

from goodwill.modeling import stacking
from goodwill.modeling.stacking import apart, stacked

RNG = np.random.default_rng(0)
IS_ACTIVE = np.tile([1.0, 0.0], 500)
USUAL = np.array([0.5, 0.3, 0.2])


def telling(strength: float) -> np.ndarray:
    return strength * (2 * IS_ACTIVE - 1) + RNG.normal(size=1000)


def test_weights_add_up_to_one_and_favour_who_knows() -> None:
    found = stacked(USUAL, np.column_stack([telling(0), telling(2), telling(1)]), IS_ACTIVE, n_customers=1000)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert found[1] > 0.6
    assert found[0] < 0.1


def test_members_alike_keep_their_weights() -> None:
    alike = telling(1)
    found = stacked(USUAL, np.column_stack([alike] * 3), IS_ACTIVE, n_customers=1000)
    np.testing.assert_allclose(found, USUAL, atol=1e-6)


def test_the_fewer_customers_the_nearer_to_the_usual() -> None:
    logits = np.column_stack([telling(0), telling(1), telling(1)])
    few, many = (stacked(USUAL, logits, IS_ACTIVE, n_customers=n) for n in (20, 10_000))
    assert np.abs(few - USUAL).sum() < 0.8 * np.abs(many - USUAL).sum()


def test_a_member_does_not_win_by_its_level() -> None:
    found = stacked(
        np.array([0.5, 0.5]), np.column_stack([telling(1), telling(1) + 5]), IS_ACTIVE, n_customers=99
    )
    assert found == pytest.approx([0.5, 0.5], abs=0.1)


def test_a_weight_counts_as_many_rows() -> None:
    logits = np.column_stack([telling(0), telling(1), telling(1)])
    twice = np.repeat(np.arange(1000), np.where(np.arange(1000) < 300, 2, 1))
    weight = np.where(np.arange(1000) < 300, 2.0, 1.0)
    found = stacked(USUAL, logits, IS_ACTIVE, n_customers=500, weight=weight / weight.mean())
    again = stacked(USUAL, logits[twice], IS_ACTIVE[twice], n_customers=500)
    np.testing.assert_allclose(found, again, atol=1e-4)


def test_nobody_is_both_learned_from_and_judged_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacking, "MAX_ROWS", 60)
    ids, days = np.repeat(np.arange(100), 4), np.tile(pd.date_range("2024-01-01", periods=4), 100)
    X = pd.DataFrame({"customer_id": ids, "as_of": days})
    seen, held = (X.iloc[rows] for rows in apart(X, seed=1))
    assert (len(seen), len(held)) == (60, 60)
    assert not set(seen["customer_id"]) & set(held["customer_id"])
    assert held["as_of"].min() == pd.Timestamp("2024-01-03")

import numpy as np
import pytest

from goodwill.evaluation.ranking import area, binned, ranked


def test_equal_scores_form_one_group() -> None:
    ranking = ranked([1.0, 3.0, 1.0, 2.0])
    assert ranking.order.tolist() == [1, 3, 0, 2]
    assert ranking.ends.tolist() == [1, 2, 4]


def test_nobody_has_no_groups() -> None:
    ranking = ranked([])
    assert ranking.cumulated(np.array([])).tolist() == [0.0]
    assert ranking.midranks(np.array([])).tolist() == []


def test_bins_divide_a_group_that_straddles_a_border_pro_rata() -> None:
    ranking = ranked([5.0, 5.0, 5.0, 1.0])
    seen = ranking.cumulated(np.ones(4))
    held = ranking.cumulated(np.array([9.0, 0.0, 0.0, 1.0]))
    assert binned(seen, held, bins=2) == pytest.approx([6.0, 4.0])


def test_weights_act_like_repeated_rows() -> None:
    scores, counts = np.array([3.0, 1.0, 2.0, 2.0]), np.array([2, 0, 1, 3])
    repeated = ranked(np.repeat(scores, counts))
    weighted = ranked(scores)
    amounts = np.array([4.0, 7.0, 1.0, 5.0])
    expected = area(repeated.cumulated(np.ones(6)), repeated.cumulated(np.repeat(amounts, counts)))
    assert area(weighted.cumulated(counts * 1.0), weighted.cumulated(counts * amounts)) == expected

import numpy as np

from goodwill.decisions.folds import folds


def test_every_fold_holds_every_group_evenly() -> None:
    group = np.repeat(["a", "b"], [50, 10])
    fold = folds(group, 5, seed=1)
    assert [(fold[group == "a"] == k).sum() for k in range(5)] == [10] * 5
    assert [(fold[group == "b"] == k).sum() for k in range(5)] == [2] * 5
    assert (fold != folds(group, 5, seed=2)).any()

import numpy as np
import pandas as pd
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.predictor import CustomerValuePredictor, blocks


def test_scores_do_not_depend_on_the_blocks(
    predictor: CustomerValuePredictor, train: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = predictor.predict(train.now)
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 37)
    pd.testing.assert_frame_equal(predictor.predict(train.now), whole, rtol=1e-12)


def test_blocks_of_nothing_are_one_empty_block() -> None:
    (only,) = blocks.in_blocks(np.shape, pd.DataFrame({"a": []}))
    assert only == (0, 1)

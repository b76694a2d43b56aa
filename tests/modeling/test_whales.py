import numpy as np
import pytest

from goodwill.modeling.whales import without_whales


def test_each_kind_of_amounts_is_capped_on_its_own() -> None:
    amounts = np.column_stack([np.arange(1001.0), 2.0 * np.arange(1001.0)])
    assert without_whales(amounts).max(axis=0) == pytest.approx([999.0, 1998.0])
    assert without_whales(amounts)[:1000].tolist() == amounts[:1000].tolist()


def test_where_there_is_no_amount_none_is_capped() -> None:
    assert without_whales(np.array([])).tolist() == []

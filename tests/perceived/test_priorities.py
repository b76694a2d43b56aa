"""Themes, gaps and priorities from wave to wave, checked by hand."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import TableError
from goodwill.perceived.priorities import needs_map, theme_waves

SAID = pd.DataFrame(
    [
        ("w1", "post", "service", "pain"),
        ("w1", "post", "service", "praise"),
        ("w1", "cost", "price", "concern"),
        ("w1", None, None, "unknown"),
        ("w2", "post", "service", "pain"),
        (None, "post", "service", "pain"),
    ],
    columns=["wave", "theme", "dimension", "kind"],
)
GAPS = pd.DataFrame(
    [("w1", "service", -1.0), ("w1", "price", 0.5), ("w2", "service", -0.5), ("w2", "price", -0.4)],
    columns=["wave", "dimension", "gap"],
)


def test_a_theme_s_share_is_of_all_comments_of_the_wave() -> None:
    found = theme_waves(SAID).set_index(["theme", "wave"])
    assert found["share"].to_dict() == {
        ("post", "w1"): 0.5,
        ("cost", "w1"): 0.25,
        ("post", "w2"): 1.0,
        ("cost", "w2"): 0.0,
    }
    assert found.loc[("post", "w2"), "change"] == 0.5
    assert found.loc[("post", "w1"), "pain_share"] == 0.5


def test_a_wave_without_comments_has_no_share() -> None:
    found = theme_waves(SAID, ["w0", "w1", "w2"])
    assert found.loc[found["wave"] == "w0", "share"].isna().all()


def test_priority_is_importance_times_shortfall() -> None:
    found = needs_map(GAPS, pd.Series({"service": 0.4, "price": 0.6}), SAID)
    assert found["priority"].round(6).tolist() == [0.4, 0.0, 0.2, 0.24]
    assert found["rank"].tolist() == [1, 2, 2, 1]
    assert found["voice_share"].tolist() == [0.25, 0.25, 1, 0]
    assert found["gap_change"].round(6).tolist()[2:] == [0.5, -0.9]
    assert found["rank_change"].tolist()[2:] == [1, -1]


def test_without_comments_gaps_speak_alone() -> None:
    found = needs_map(GAPS, pd.Series({"service": 0.4}))
    assert found["voice_share"].isna().all()
    assert np.isnan(found.loc[1, "priority"])


def test_columns_are_wanted() -> None:
    with pytest.raises(TableError, match="columns wave are missing; the table has theme, kind"):
        theme_waves(SAID[["theme", "kind"]])
    with pytest.raises(TableError, match="columns gap are missing"):
        needs_map(GAPS[["wave", "dimension"]], pd.Series({"service": 1.0}))


def test_a_cost_above_what_was_expected_is_to_be_mended() -> None:
    gaps = pd.DataFrame({"wave": ["1", "1"], "dimension": ["price", "staff"], "gap": [1.0, 1.0]})
    found = needs_map(gaps, pd.Series({"price": 0.5, "staff": 0.5}), costs=["price"])
    assert found["priority"].tolist() == [0.5, 0.0]

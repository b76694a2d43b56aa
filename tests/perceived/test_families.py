import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from goodwill.errors import UsageError
from goodwill.perceived.families import adjusted

P = pd.Series([0.04, 0.001, np.nan, 0.03, 0.5], index=list("abcde"))


def test_holm_multiplies_the_smallest_by_all_and_never_falls() -> None:
    assert adjusted(P).tolist() == pytest.approx([0.09, 0.004, np.nan, 0.09, 0.5], nan_ok=True)


def test_benjamini_and_hochberg_agree_with_scipy() -> None:
    assert adjusted(P, "bh").dropna().to_numpy() == pytest.approx(false_discovery_control(P.dropna()))


def test_an_unknown_correction_is_refused() -> None:
    with pytest.raises(UsageError, match="correction: 'foo' is none of holm, bh"):
        adjusted(P, "foo")  # type: ignore[arg-type]  # what is asked

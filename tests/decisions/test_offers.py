import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.offers import Offer, is_eligible, offer_of
from goodwill.errors import UsageError


def test_conditions_must_all_hold_and_missing_values_satisfy_none() -> None:
    scores = pd.DataFrame({"tier": ["gold", "gold", None, "iron"], "p_churn": [0.2, 0.9, 0.2, np.nan]})
    offer = Offer("call", 1.0, "phone", eligible={"tier": ["gold", "iron"], "p_churn": {"max": 0.5}})
    assert is_eligible(scores, offer).tolist() == [True, False, False, False]


def test_numbers_may_be_listed() -> None:
    offer = Offer("call", 1.0, "phone", eligible={"level": ["1"]})
    assert is_eligible(pd.DataFrame({"level": [1, 2]}), offer).tolist() == [True, False]


def test_an_offer_is_itself() -> None:
    offer = Offer("call", 1.0, "phone")
    assert offer_of(offer) is offer


@pytest.mark.parametrize("levels", [{}, {0: 1.0}, {1: 0.0}, {1: 1.0, 2: 1.0}, {1: 1.0, 2: 2.5}])
def test_levels_have_diminishing_returns(levels: dict[float, float]) -> None:
    with pytest.raises(UsageError, match=r"offers\.mail\.levels is .*rising"):
        Offer("mail", 1.0, "email", levels=levels)


def test_a_rate_is_a_share() -> None:
    with pytest.raises(UsageError, match="assumed_save_rate is 8; it is a share"):
        Offer("mail", 1.0, "email", assumed_save_rate=8)

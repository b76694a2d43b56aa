import numpy as np
import pytest

from goodwill.decisions.uplift_classes import uplift_classes


@pytest.mark.parametrize(
    ("effect", "kind"),
    [(0.2, "persuadable"), (0.1, "sure_thing"), (-0.1, "sure_thing"), (-0.2, "do_not_disturb")],
)
def test_an_effect_counts_where_it_is_worth_the_treatment(effect: float, kind: str) -> None:
    assert uplift_classes(np.array([effect, 0.0]), np.array([0.9, 0.1]), least=0.1)[0] == kind

from hypothesis import given
from hypothesis import strategies as st

from goodwill.decisions.multiplicity import holm


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_the_p_value_and_bonferroni(p_values: list[float]) -> None:
    limits = zip(p_values, holm(p_values), strict=True)
    assert all(p <= adjusted <= min(1.0, p * len(p_values)) + 1e-12 for p, adjusted in limits)


def test_one_question_needs_no_correction() -> None:
    assert holm([0.03]) == [0.03]
    assert holm([]) == []

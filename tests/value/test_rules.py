"""Rules of value classes: what is refused, and that levels always lead to one class."""

import pytest
from pydantic import ValidationError

from goodwill.value.measures import Limits, Measure
from goodwill.value.rules import ClassRule, Dimension, Text

NAME = Text(en="name", zh="名")


def measure(**changes: object) -> Measure:
    return Measure.model_validate(
        {"columns": ["n"], "levels": ["low", "high"], "limits": {"absolute": [1]}, **changes}
    )


def rule(*when: dict[str, str | tuple[str, ...]]) -> ClassRule:
    return ClassRule(name=NAME, strategy=NAME, when=when)


def dimension(classes: dict[str, ClassRule], **changes: object) -> Dimension:
    measures = {"a": measure(), "b": measure()}
    return Dimension.model_validate(
        {"name": NAME, "needs": "n", "measures": measures, "classes": classes, **changes}
    )


def test_every_combination_of_levels_has_one_class() -> None:
    cells = dimension({"both": rule({"a": "high", "b": "high"}), "other": rule()}).cells()
    assert cells == {
        ("low", "low"): "other",
        ("low", "high"): "other",
        ("high", "low"): "other",
        ("high", "high"): "both",
    }


def test_alternatives_of_one_class_may_overlap() -> None:
    cells = dimension({"some": rule({"a": "high"}, {"b": "high"}), "none": rule()}).cells()
    assert list(cells.values()).count("some") == 3


def test_overlapping_classes_are_named_with_their_place() -> None:
    with pytest.raises(ValidationError, match="classes x and y overlap where a high, b high"):
        dimension({"x": rule({"a": "high"}), "y": rule({"b": "high"}), "z": rule()})


def test_a_gap_between_classes_is_named_with_its_place() -> None:
    with pytest.raises(ValidationError, match="no class is given where a low, b low"):
        dimension({"x": rule({"a": "high"}), "y": rule({"a": "low", "b": "high"})})


def test_only_one_class_takes_the_rest() -> None:
    with pytest.raises(ValidationError, match="classes x and y have no `when`"):
        dimension({"x": rule(), "y": rule()})


@pytest.mark.parametrize("when", [{"c": "high"}, {"a": "huge"}])
def test_unknown_measures_and_levels_are_named(when: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=r"no such measure or level; there are a \(low, high\), b"):
        dimension({"x": rule(when), "y": rule()})


def test_any_of_must_name_measures_once() -> None:
    with pytest.raises(ValidationError, match="c: no such measure"):
        dimension({"x": rule()}, any_of=("c",))
    with pytest.raises(ValidationError, match="any_of names a twice"):
        dimension({"x": rule()}, any_of=("a", "a"))


def test_the_code_of_no_class_is_reserved() -> None:
    with pytest.raises(ValidationError, match="not_computable is no class of its own"):
        dimension({"not_computable": rule()})


@pytest.mark.parametrize("kind", ["absolute", "quantile", "share"])
def test_limits_out_of_order_are_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match=r"the limits \[0.5, 0.5\] are out of order"):
        Limits.model_validate({kind: [0.5, 0.5]})


@pytest.mark.parametrize("given", [{}, {"absolute": [1], "natural": 1}])
def test_limits_come_from_exactly_one_way(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="give one of absolute, quantile, share, natural"):
        Limits.model_validate(given)


def test_levels_and_limits_must_fit() -> None:
    with pytest.raises(ValidationError, match=r"2 levels need different names and 1 limits \(found 2\)"):
        measure(limits={"absolute": [1, 2]})
    with pytest.raises(ValidationError, match="different names"):
        measure(levels=["low", "low"])
    with pytest.raises(ValidationError, match=r"missing: 'mid' is no level \(low, high\)"):
        measure(missing="mid")


def test_text_is_english_unless_chinese_is_asked_for() -> None:
    assert (NAME.of("en"), NAME.of("zh"), NAME.of("fr")) == ("name", "名", "name")

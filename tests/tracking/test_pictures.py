from xml.etree import ElementTree as ET

import numpy as np
import pytest

from goodwill.tracking.pictures import Line, churn_pictures, clv_pictures, picture


def lines(svg: str) -> list[list[tuple[float, float]]]:
    found = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}polyline")  # noqa: S314 (our own text)
    pairs = [line.attrib["points"].split() for line in found]
    return [[(float(pair.split(",")[0]), float(pair.split(",")[1])) for pair in line] for line in pairs]


def test_points_lie_where_they_belong() -> None:
    (line,) = lines(picture("t", ("x", "y"), [Line("a", [0, 1, 2], [0, 5, 10])]))
    assert line == [(80, 340), (245, 190), (410, 40)]


def test_negative_values_have_room() -> None:
    (line,) = lines(picture("t", ("x", "y"), [Line("a", [0, 1], [-10, 10])]))
    assert line == [(80, 340), (410, 40)]


def test_what_is_not_finite_is_left_out() -> None:
    svg = picture("t", ("x", "y"), [Line("a", [0, 1, 2], [0, np.nan, 1]), Line("b", [0], [np.inf])])
    assert [len(line) for line in lines(svg)] == [2, 0]


def test_nothing_to_draw_is_an_empty_picture() -> None:
    assert lines(picture("t", ("x", "y"), [Line("a", [], [])])) == [[]]
    assert lines(picture("t", ("x", "y"), [])) == []


def test_names_cannot_write_markup() -> None:
    svg = picture("<b>", ("<script>", "&"), [Line("</svg>", [1], [1])])
    assert "<script>" not in svg
    assert lines(svg)


@pytest.mark.parametrize("everyone", [0, 1])
def test_pictures_of_a_one_sided_outcome_can_be_drawn(everyone: int) -> None:
    for svg in churn_pictures(np.full(20, everyone), np.linspace(0, 1, 20)).values():
        assert lines(svg)
    for svg in clv_pictures(np.full(20, everyone), np.ones(20)).values():
        assert lines(svg)


def test_deciles_show_predicted_and_actual() -> None:
    value = np.arange(100.0)
    predicted, actual = lines(clv_pictures(value, value)["clv_deciles.svg"])
    assert len(predicted) == 10
    assert predicted == actual

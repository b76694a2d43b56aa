"""Figures: the frame's numbers as they are, labels harmless, gaps as gaps."""

import numpy as np
import pandas as pd

from goodwill.report.charts import (
    Axis,
    Series,
    heat,
    key_to_points,
    lines,
    points,
    pyramid,
    rows,
)
from goodwill.report.plotted import labels, numbers

FRAME = pd.DataFrame({"name": ["a", "<b>b"], "x": [1.0, np.nan], "low": [0.5, 0.0], "high": [2.0, 1.0]})


def test_gaps_and_infinities_are_null() -> None:
    assert numbers(pd.Series([1.0, np.nan, np.inf])) == [1.0, None, None]


def test_labels_are_escaped_and_broken() -> None:
    assert labels(pd.Series(["<b>b", "", "x" * 200])) == [
        "&lt;b&gt;b",
        "",
        "<br>".join(["x" * 22] * 5 + ["x" * 10]),
    ]


def test_wide_letters_are_broken_at_their_stops_and_anywhere() -> None:
    name = "VIP 服务：专属顾问、优先选购，" + "没有停顿的很长很长的一段文字" * 2
    lines = labels(pd.Series([name]))[0].split("<br>")
    assert lines[0] == "VIP 服务："
    assert max(map(len, lines)) <= 12
    assert "".join(lines) == name


def test_axes_of_money_are_told_in_thousands_and_name_their_unit() -> None:
    frame = pd.DataFrame({"day": ["2024-01-01", "2024-02-01"], "spend": [0.0, 9e9]})
    figure = lines(frame, Axis("day", "", "date"), Axis("spend", "USD", "money"), [Series("spend", "Spend")])
    axis = figure["layout"]["yaxis"]
    assert (axis["exponentformat"], axis["title"]["text"], "tickformat" in axis) == ("B", "USD", False)


def test_an_interval_is_drawn_from_its_ends() -> None:
    figure = rows(FRAME, Axis("name", ""), Axis("x", "", "money"), [Series("x", "X", "low", "high")])
    error = figure["data"][0]["error_x"]
    assert (error["array"], error["arrayminus"]) == ([1.0, None], [0.5, None])


def test_long_lines_have_no_markers() -> None:
    frame = pd.DataFrame({"x": range(30), "y": range(30)})
    figure = lines(frame, Axis("x", "", "number"), Axis("y", "", "number"), [Series("y", "Y")])
    assert figure["data"][0]["mode"] == "lines"


def test_a_grid_keeps_the_order_of_the_frame() -> None:
    frame = pd.DataFrame({"to": ["b", "a", "b"], "from": ["x", "x", "w"], "share": [0.2, 0.8, 1.0]})
    (trace,) = heat(frame, Axis("to", ""), Axis("from", ""), Axis("share", "", "share"))["data"]
    assert (trace["x"], trace["y"], trace["z"]) == (["b", "a"], ["x", "w"], [[0.2, 0.8], [1.0, None]])


def test_steps_of_a_pyramid_are_centred() -> None:
    frame = pd.DataFrame({"name": ["top", "base"], "share": [0.2, 0.8]})
    (trace,) = pyramid(frame, "name", Axis("share", ""), [["20 %"], ["80 %"]])["data"]
    assert (trace["base"], trace["y"][0]) == ([-0.1, -0.4], "<b>top</b><br>20 %")


def test_few_points_carry_names_and_many_numbers() -> None:
    many = pd.DataFrame({"name": list("abcdefghij"), "x": range(10)})
    across = Axis("x", "", "number")
    assert points(FRAME, across, across, "name")["data"][0]["text"] == ["a", "&lt;b&gt;b"]
    assert points(many, across, across, "name")["data"][0]["text"][-1] == "10"
    assert (key_to_points(FRAME, "name"), key_to_points(many, "name")[-4:]) == ("", "10 j")


def test_a_template_in_a_name_fills_nothing() -> None:
    figure = rows(FRAME, Axis("name", ""), Axis("x", "", "money"), [Series("x", "%{y}")])
    assert figure["data"][0]["hovertemplate"].endswith("<extra></extra>")

import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.axes import Scale, scale_of
from goodwill.perceived.drawing import (
    Curve,
    Mark,
    Row,
    lines_picture,
    map_picture,
    rows_picture,
)
from goodwill.perceived.pictures import survey_pictures

MAP = {"importance": [6.0, 3.0], "performance": [2.0, 5.0], "importance_cut": 4.5, "performance_cut": 3.5}
NPS = {"promoters": 0.5, "detractors": 0.2, "estimate": 30.0, "low": 20.0, "high": 40.0}
BRANDS = {"relative_price": [1.1, 0.9], "relative_benefit": [1.2, 0.8], "fair_benefit": [1.1, 0.9]}
SCORES = {"score": [60.0, 40.0], "low": [50.0, 30.0], "high": [70.0, 50.0]}
FRAMES = {
    "dimensions": pd.DataFrame(SCORES, index=["a", "b"]),
    "gaps": pd.DataFrame({"expectation": [6.0], "perception": [4.0], "gap": [-2.0]}, index=["seat"]),
    "importance_performance": pd.DataFrame(MAP, index=["seat", "b"]),
    "kano": pd.DataFrame({"better": [0.8, np.nan], "worse": [-0.2, np.nan]}, index=["seat", "nobody"]),
    "satisfaction": pd.DataFrame({"measure": "nps", **NPS}, index=["seat"]),
    "response_curves": pd.DataFrame({"dimension": ["a", "a"], "score": [0.0, 100.0], "response": [1.0, 2.0]}),
    "theme_waves": pd.DataFrame({"wave": ["w1", "w2"], "theme": "app", "share": [0.2, 0.3]}),
    "needs_map": pd.DataFrame({"wave": ["w1", "w2"], "dimension": "price", "priority": [np.nan, 0.3]}),
    "rivals": pd.DataFrame(BRANDS, index=["us", "them"]),
}
NAMES = [
    "value_profile",
    "gaps",
    "importance_performance",
    "kano",
    "nps",
    "response_curves",
    "themes",
    "needs_map",
    "value_map",
]


def circles(svg: str) -> int:
    return svg.count("<circle")


def test_a_picture_per_table_is_well_formed() -> None:
    pictures = survey_pictures(FRAMES, {"seat": "Seat & leg room"})
    assert list(pictures) == [f"{name}.svg" for name in NAMES]
    assert all(ET.fromstring(svg).tag.endswith("svg") for svg in pictures.values())  # noqa: S314 - our own text
    assert "Seat &amp; leg room" in pictures["gaps.svg"]


@pytest.mark.parametrize(
    ("name", "dots"), [("value_profile", 2), ("importance_performance", 2), ("kano", 1), ("value_map", 2)]
)
def test_every_number_is_a_dot(name: str, dots: int) -> None:
    assert circles(survey_pictures(FRAMES, {})[f"{name}.svg"]) == dots


def test_no_english_is_left_in_a_picture_for_chinese_readers() -> None:
    labels = {"a": "质量", "b": "服务", "seat": "座椅", "nobody": "无", "price": "价格", "app": "应用"}
    names = "better|worse|w1|w2|us|them|Kano"
    said = re.findall("<text[^>]*>([^<]*)<", "".join(survey_pictures(FRAMES, labels, "zh").values()))
    assert [text for text in said if re.search("[A-Za-z]", re.sub(names, "", text))] == []


def test_waves_are_named_from_the_first_to_the_last() -> None:
    themes = survey_pictures(FRAMES, {})["themes.svg"]
    assert ">w1</text>" in themes
    assert themes.count("<polyline") == 1


def test_what_has_no_number_is_not_drawn() -> None:
    rivals = FRAMES["rivals"].assign(relative_price=np.nan)
    satisfaction = FRAMES["satisfaction"].assign(measure="csat")
    cuts = FRAMES["importance_performance"].assign(importance_cut=np.nan)
    found = survey_pictures({"rivals": rivals, "satisfaction": satisfaction, "kano": FRAMES["kano"][:0]}, {})
    assert found == {}
    assert (
        "<polyline" not in survey_pictures({"importance_performance": cuts}, {})["importance_performance.svg"]
    )


def test_places_follow_the_scale() -> None:
    assert Scale("x", 0, 10).place(5, 100, 200) == 150
    assert Scale("x", 3, 3).place(3, 100, 200) == 100
    assert scale_of("x", [np.nan]) == Scale("x", 0.0, 1.0)


def test_unknown_ends_have_no_line_and_unknown_values_no_dot() -> None:
    scale = Scale("x", 0, 1)
    svg = rows_picture("t", scale, [Row("a", [np.nan], np.nan, np.nan)])
    assert circles(svg) == 0
    assert 'stroke-width="3"' not in svg
    assert circles(map_picture("t", scale, scale, [Mark("a", np.nan, 0.5)])) == 0


def test_numbers_of_points_in_one_place_stand_on_different_sides() -> None:
    marks = [Mark("a", 0.5, 0.5), Mark("b", 0.5, 0.5)]
    svg = map_picture("Map", Scale("x", 0, 1), Scale("y", 0, 1), marks)
    assert sorted(re.findall('text-anchor="(start|end)" font-size="10">[12]<', svg)) == ["end", "start"]


def test_a_legend_takes_as_many_lines_as_its_names_need() -> None:
    curves = [Curve("感知价值的一个很长的维度名称" + str(number), [0, 1], [0, 1]) for number in range(8)]
    svg = lines_picture("Curves", Scale("x", 0, 1), Scale("y", 0, 1), curves)
    rows = re.findall('<circle cx="[0-9.]+" cy="([0-9.]+)"', svg)
    assert len(set(rows)) == 3
    assert max(map(float, rows)) < float(svg.split('viewBox="0 0 ')[1].split('"')[0].split()[1])


def test_a_name_too_long_for_its_row_is_cut() -> None:
    svg = rows_picture("Rows", Scale("x", 0, 1), [Row("a question of very many words " * 3, [0.5], 0.4, 0.6)])
    assert re.search(">a question of very many words[^<]*…<", svg)


def test_a_long_question_keeps_its_promoters_and_detractors() -> None:
    labels = {"seat": "how likely are you to tell a friend " * 3}
    svg = survey_pictures({"satisfaction": FRAMES["satisfaction"]}, labels)["nps.svg"]
    assert re.search(">how likely[^<]*…: 50% less 20%<", svg)


def test_the_line_of_fair_value_is_named() -> None:
    assert ">—  fair value<" in survey_pictures(FRAMES, {})["value_map.svg"]


def test_promoters_and_detractors_are_bars_on_either_side_of_zero() -> None:
    svg = survey_pictures({"satisfaction": FRAMES["satisfaction"]}, {})["nps.svg"]
    ends = [
        tuple(float(bar.attrib[name]) for name in ("x1", "x2"))
        for bar in ET.fromstring(svg).iter()  # noqa: S314 - our own text
        if bar.attrib.get("stroke-width") == "18"
    ]
    (left, zero), (start, right) = ends
    assert zero == start
    assert (zero - left) / (right - start) == pytest.approx(0.2 / 0.5, abs=0.01)
    assert all(word in svg for word in ("detractors", "promoters"))

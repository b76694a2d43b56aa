"""Pictures show the numbers of the table beside them: whatever is drawn stands in a row."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from goodwill.report import Material
from goodwill.report.charts import Figure
from goodwill.report.exhibit import Exhibit
from goodwill.report.story import chapters_of
from goodwill.report.words import words_of

LANGUAGES = ("en", "zh")


def drawn(figure: Figure) -> Iterator[float]:
    """Yield the numbers that a picture's marks stand for; of a pyramid its widths."""
    for trace in figure["data"]:
        for axis in ("x", "y", "z"):
            cells = [
                cell for row in trace.get(axis) or [] for cell in (row if isinstance(row, list) else [row])
            ]
            yield from (cell for cell in cells if isinstance(cell, float))


def exhibits(material: Material, language: str) -> list[Exhibit]:
    told = replace(material, language=language)
    chapters = chapters_of(told, words_of(language, told.currency))
    return [one for chapter in chapters for one in chapter.exhibits if one.figure and one.table]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_that_is_drawn_stands_in_the_table(material: Material, language: str) -> None:
    shown = exhibits(material, language)
    wrong = {}
    for one in shown:
        told_of = {value for row in one.table.rows for value in row if isinstance(value, int | float)}
        # A move that nobody made is drawn as none, and a loss of satisfaction by its size.
        known = {0.0, *told_of, *(-value for value in told_of)}
        wrong[one.key] = [number for number in drawn(one.figure) if number not in known]
    assert len(shown) >= 20
    assert {key: numbers for key, numbers in wrong.items() if numbers} == {}


def test_steps_of_the_pyramid_are_as_wide_as_their_share(material: Material) -> None:
    (pyramid,) = (one for one in exhibits(material, "en") if one.key == "class-tier")
    places = [column.name for column in pyramid.table.columns]
    rows = [dict(zip(places, row, strict=True)) for row in pyramid.table.rows]
    (trace,) = pyramid.figure["data"]
    assert trace["x"] == [row["customers_share"] for row in rows]
    assert [name.split("</b>")[0] for name in trace["y"]] == [f"<b>{row['name']}" for row in rows]


def test_quadrants_of_the_matrix_hold_their_share_of_value(material: Material) -> None:
    (matrix,) = (one for one in exhibits(material, "en") if one.key == "class-matrix")
    places = [column.name for column in matrix.table.columns]
    shares = {row[places.index("name")]: row[places.index("value_share")] for row in matrix.table.rows}
    (trace,) = matrix.figure["data"]
    assert trace["z"] == [
        [shares["High today, low potential"], shares["High today, high potential"]],
        [shares["Low today, low potential"], shares["Low today, high potential"]],
    ]


def test_rivals_without_prices_are_told_by_their_benefit(material: Material) -> None:
    brands = [{"brand": name, "n": 9, "relative_benefit": benefit, "relative_price": None,
               "relative_benefit_low": 0.8, "relative_benefit_high": 1.3, "surplus": None}
              for name, benefit in (("ours", 1.1), ("north", 0.9))]  # fmt: skip
    told = replace(material, findings={"survey": {"rivals": {"map": brands}}})
    (one,) = (shown for shown in exhibits(told, "en") if shown.key == "perceived-rivals")
    assert one.figure["data"][0]["x"] == [1.1, 0.9]
    assert one.says == "Most benefit: ours."

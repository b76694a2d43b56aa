import datetime as dt
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from goodwill.data.contracts import Kind
from goodwill.data.types import Converted, convert
from goodwill.engine import connect
from goodwill.errors import TableError


def converted(values: pa.Array, kind: Kind, time_zone: str | None = None, place: str = "t.x") -> Converted:
    table = connect(threads=1).create_table("t", pa.table({"x": values}))
    return convert(table.x, kind, time_zone, place)


def cells(value: ibis.Value) -> list[object]:
    return value.name("x").as_table().to_pyarrow()["x"].to_pylist()


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # noqa: DTZ001 - times are naive


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([17850.0, 1.5, float("nan"), None]), ["17850", "1.5", None, None]),
        (pa.array([-3.0, 0.0]), ["-3", "0"]),
        (pa.array([1e300]), ["1e+300"]),
        (pa.array([7, None]), ["7", None]),
        (pa.array([Decimal("12.00"), Decimal("12.50")]), ["12", "12.50"]),
        (pa.array([True]), ["true"]),
        (pa.array([dt.date(2024, 5, 1)]), ["2024-05-01"]),
        (pa.array(["00123"]), ["00123"]),
    ],
)
def test_anything_scalar_has_a_text(values: pa.Array, expected: list[str]) -> None:
    assert cells(converted(values, "text").value) == expected


@pytest.mark.parametrize("kind", ["text", "time", "money"])
def test_lists_are_of_no_kind(kind: Kind) -> None:
    with pytest.raises(TableError, match=r"t\.x: expected .*the source holds array"):
        converted(pa.array([[1]]), kind)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, None]), [1.0, None]),
        (pa.array([1.5, float("nan")]), [1.5, None]),
        (pa.array([Decimal("1.25")]), [1.25]),
        (pa.array([True, False]), [1.0, 0.0]),
        (pa.array(["1.5", " 2 ", "", "NA", None, "1e3"]), [1.5, 2.0, None, None, None, 1000.0]),
    ],
)
def test_numbers_come_out_as_floats(values: pa.Array, expected: list[float]) -> None:
    assert cells(converted(values, "money").value) == expected


def test_text_where_a_number_belongs_is_rejected() -> None:
    number = converted(pa.array(["1", "", "1,50", "five", None]), "number")
    assert [bool(cell) for cell in cells(number.rejected)] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01", moment(2024, 5, 1)),
        ("2024-5-1", moment(2024, 5, 1)),
        ("2024/05/01 10:11", moment(2024, 5, 1, 10, 11)),
        ("2024-05-01T10:11:12", moment(2024, 5, 1, 10, 11, 12)),
        ("2024-05-01 10:11:12.5", moment(2024, 5, 1, 10, 11, 12, 500000)),
        (" 2024-05-01 ", moment(2024, 5, 1)),
        ("20240501", moment(2024, 5, 1)),
        ("1.5.2024", moment(2024, 5, 1)),
        ("31.05.2024 10:11", moment(2024, 5, 31, 10, 11)),
        ("2024.05.01", moment(2024, 5, 1)),
        ("2024年5月1日", moment(2024, 5, 1)),
        ("2024年5月1日 10:11", moment(2024, 5, 1, 10, 11)),
    ],
)
def test_times_that_can_be_read_in_one_way_are_read(text: str, expected: dt.datetime) -> None:
    time = converted(pa.array([text]), "time")
    assert cells(time.value) == [expected]
    assert cells(time.rejected) == [False]


@pytest.mark.parametrize(
    "text",
    [
        "01/02/2024",
        "2024-02-30",
        "2024-13-01",
        "tomorrow",
        "1714979289",
        "2024",
        "infinity",
        "epoch",
        "12:30",
    ],
)
def test_times_that_cannot_are_rejected(text: str) -> None:
    time = converted(pa.array([text]), "time")
    assert cells(time.value) == [None]
    assert cells(time.rejected) == [True]


def test_blank_times_are_missing() -> None:
    time = converted(pa.array(["", " ", "NaT", None]), "time")
    assert not any(cells(time.rejected))


def test_whole_numbers_are_days_in_digits() -> None:
    time = converted(pa.array([19970101, 1714979289]), "time")
    assert cells(time.value) == [moment(1997, 1, 1), None]
    assert cells(time.rejected) == [False, True]


def test_days_and_naive_moments_stay_what_they_are() -> None:
    assert cells(converted(pa.array([dt.date(2024, 5, 1)]), "time").value) == [moment(2024, 5, 1)]
    assert cells(converted(pa.array([moment(2024, 5, 1, 9)], pa.timestamp("ns")), "time").value) == [
        moment(2024, 5, 1, 9)
    ]


def test_floats_are_no_times() -> None:
    with pytest.raises(TableError, match=r"t\.x: expected a time, the source holds float64"):
        converted(pa.array([45000.5]), "time")


def test_moments_with_a_zone_become_the_wall_clock_of_the_place() -> None:
    utc = pa.array([moment(2024, 7, 1, 23), moment(2024, 1, 1, 23)], pa.timestamp("us", tz="UTC"))
    time = converted(utc, "time", "Europe/Paris")
    assert cells(time.value) == [moment(2024, 7, 2, 1), moment(2024, 1, 2, 0)]


def test_moments_with_a_zone_need_a_place() -> None:
    with pytest.raises(TableError, match=r"t\.x: the times carry a zone. Set `time_zone:`"):
        converted(pa.array([moment(2024, 7, 1)], pa.timestamp("us", tz="UTC")), "time")


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-01T23:00:00Z",
        "2024-07-01 23:00:00 UTC",
        "2024-07-01 23:00:00+00:00",
        "2024-07-02T01:00:00+02",
        "2024-07-02 01:00:00 +0200",
    ],
)
def test_texts_with_a_zone_are_converted_too(text: str) -> None:
    time = converted(pa.array([text]), "time", "Europe/Paris")
    assert cells(time.value) == [moment(2024, 7, 2, 1)]
    assert cells(time.zoned) == [True]


def test_texts_with_and_without_a_zone_are_told_apart() -> None:
    time = converted(pa.array(["2024-07-01T23:00:00Z", "2024-07-01 23:00", "soon"]), "time")
    assert cells(time.zoned) == [True, False, False]
    assert cells(time.unzoned) == [False, True, False]
    assert cells(time.rejected) == [False, False, True]


def test_a_null_is_of_any_kind() -> None:
    assert convert(ibis.null(), "text", None, "t.x").value.type().is_string()
    assert convert(ibis.null(), "number", None, "t.x").value.type().is_floating()


def test_ids_alone_are_searched_for_marks_of_a_missing_value() -> None:
    marks = pa.array(["a", "NULL"])
    assert cells(converted(marks, "text", place="t.owner").value) == ["a", "NULL"]
    assert cells(converted(marks, "text", place="t.customer_id").value) == ["a", None]

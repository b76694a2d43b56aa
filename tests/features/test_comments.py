"""What customers wrote, checked by hand."""

from collections.abc import Callable
from datetime import date

import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.comments import comments

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]
LATE, SAFE, FASTER, NICE = "It came late", "Is it safe?", "It should be faster", "Nice"


def need(shop: Shop, *said: tuple[str, str]) -> float:
    rows = [("a", text, time) for text, time in said]
    found = to_frame(comments(shop(comments=("customer_id text time", rows)).before(AS_OF)))
    return float(found["comment_need"].iloc[0])


def test_comments_are_counted(shop: Shop) -> None:
    rows = [("a", "good", "2024-02-20"), (None, "anonymous", "2024-02-20"), ("a", "bad", None)]
    found = to_frame(comments(shop(comments=("customer_id text time", rows)).before(AS_OF)))
    assert found[["customer_id", "n_comments", "days_since_last_comment"]].to_numpy().tolist() == [
        ["a", 1, 10]
    ]
    assert found["comment_need"].isna().all()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(LATE, "2024-02-01"), (LATE, "2024-02-02"), (SAFE, "2024-02-20")], 3),
        ([(LATE, "2024-02-01"), (SAFE, "2024-02-20")], 2),
        ([(LATE, "2024-02-20"), (FASTER, "2024-02-20")], 3),
        ([(NICE, "2024-02-01"), (NICE, "2024-02-02"), (FASTER, "2024-02-01")], 1),
    ],
    ids=["the commonest", "at a tie the latest", "on one day the gravest", "praise is no need"],
)
def test_a_need_is_what_most_comments_tell(shop: Shop, said: list[tuple[str, str]], expected: float) -> None:
    assert need(shop, *said) == expected


def test_a_comment_at_the_day_or_later_moves_no_need(shop: Shop) -> None:
    later = [(LATE, "2024-03-01"), (LATE, "2024-03-02 10:00")]
    assert need(shop, (FASTER, "2024-02-29 23:59"), *later) == 1


def test_comments_of_respondents_alone_belong_to_no_customer(shop: Shop) -> None:
    tables = shop(comments=("respondent text time", [("r1", "good", "2024-02-20")]))
    assert to_frame(comments(tables.before(AS_OF))).empty

"""How the outcomes of campaigns are named and written: money, shares, and what else a file counts."""

from goodwill.report.charts import Axis
from goodwill.report.words import Words

_MONEY = ("revenue", "margin", "refunds")


def axis_of(outcome: str, column: str, title: str, words: Words) -> Axis:
    """Return the axis of a change in an outcome, with the outcome's unit."""
    if outcome == "retention":
        return Axis(column, words("decisions.difference_share"), "share")
    if outcome in _MONEY:
        return Axis(column, words.priced(title), "measure")
    named = words.known_code("outcomes", outcome)
    return Axis(column, words("page.priced", title=title, currency=named), "measure")


def shown(outcome: str, value: float, words: Words) -> str:
    """Return a change in an outcome as a sentence tells it."""
    return words.money(value) if outcome in _MONEY else words.measure(value)

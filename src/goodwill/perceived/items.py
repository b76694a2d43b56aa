"""The questions of a survey: what each is about, on which scale it is answered, how it is named."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import pandas as pd

from goodwill.arguments import ensure_choice
from goodwill.errors import UsageError
from goodwill.perceived.survey import SIDES
from goodwill.perceived.words import meant_numbers

Kind = Literal["benefit", "cost"]
Measure = Literal[
    "overall", "csat", "nps", "effort", "repurchase", "recommend", "preference", "share_of_wallet", "price"
]
EXPLICIT = ("functional", "economic", "quality")
IMPLICIT = ("emotional", "social", "experience")
BENEFITS = ("functional", "quality", "economic", "service", "experience", "emotional", "social", "brand")
COSTS = ("price", "time", "effort", "risk")


@dataclass(frozen=True)
class Item:
    """One item of a survey, asked on one or several sides.

    Parameters
    ----------
    item : its name.
    dimension : the dimension it belongs to, such as one of `BENEFITS` or `COSTS`; None for an outcome.
    kind : benefit or cost; by default cost for the dimensions in `COSTS`.
    scale : lowest and highest answer; None where it is not known, then no answer is impossible.
    importance_scale : the scale of the side `importance`, where it differs.
    is_reversed : True where a high answer is bad (a benefit) or says little of the cost.
    not_applicable : numbers or words that mean "does not apply".
    numbers : wording of a rating → the number it means.
    measure : what an outcome measures: overall, csat, nps, effort, repurchase, recommend, preference (of us
        over others), share_of_wallet or price.
    label_en, label_zh : what people read.
    columns : side → column of a wide table.

    Raises
    ------
    UsageError
        If a scale runs backwards, a reversed item has no scale, spellings of one wording mean different
        numbers, or there is no such kind, measure or side.

    Examples
    --------
    >>> Item("wait", scale=(7, 1))
    Traceback (most recent call last):
    goodwill.errors.UsageError: item wait: the scale runs from 7 to 1. Write the lowest answer first...
    """

    item: str
    dimension: str | None = None
    kind: Kind | None = None
    scale: tuple[float, float] | None = None
    importance_scale: tuple[float, float] | None = None
    is_reversed: bool = False
    not_applicable: tuple[float | str, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    measure: Measure | None = None
    label_en: str = ""
    label_zh: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, given, known in (("kind", self.kind, Kind), ("measure", self.measure, Measure)):
            if given is not None:
                ensure_choice(f"item {self.item}: {name}", given, get_args(known))
        meant_numbers(self.numbers)
        _check_one(self)

    def scale_of(self, side: str) -> tuple[float, float] | None:
        """Return the lowest and the highest answer on a side."""
        return self.importance_scale if side == "importance" and self.importance_scale else self.scale


def items_frame(items: Sequence[Item], undeclared: Sequence[str] = ()) -> pd.DataFrame:
    """Return the item list as `Survey.items`, items that it does not hold after it.

    Examples
    --------
    >>> items_frame([Item("wait", dimension="time", scale=(1, 7))]).loc["wait", "kind"]
    'cost'
    """
    everyone = [*items, *(Item(name) for name in undeclared)]
    rows = [_row(item) for item in everyone]
    columns = {
        "item": "str", "dimension": "object", "kind": "str", "scale_low": "float64", "scale_high": "float64",
        "is_reversed": "bool", "measure": "object", "label_en": "str", "label_zh": "str",
    }  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns)).astype(columns).set_index("item")


def _row(item: Item) -> tuple[object, ...]:
    low, high = item.scale if item.scale is not None else (float("nan"), float("nan"))
    kind = item.kind or ("cost" if item.dimension in COSTS else "benefit")
    return (
        item.item, item.dimension, kind, low, high, item.is_reversed, item.measure,
        item.label_en, item.label_zh,
    )  # fmt: skip


def check_items(items: Sequence[Item]) -> None:
    """Refuse an item list in which an item stands twice.

    Examples
    --------
    >>> check_items([Item("wait"), Item("wait")])
    Traceback (most recent call last):
    goodwill.errors.UsageError: item wait stands twice in the item list. Name each item once.
    """
    twice = [name for name, n in Counter(item.item for item in items).items() if n > 1]
    if twice:
        raise UsageError(f"item {twice[0]} stands twice in the item list. Name each item once.")


def _check_one(item: Item) -> None:
    for scale in (item.scale, item.importance_scale):
        if scale is not None and not scale[0] < scale[1]:
            low, high = scale
            raise UsageError(
                f"item {item.item}: the scale runs from {low:g} to {high:g}. Write the lowest answer first; "
                "`reversed: true` turns a negatively worded item."
            )
    if item.is_reversed and item.scale is None:
        raise UsageError(f"item {item.item}: a reversed item needs its scale, such as [1, 7].")
    unknown = [side for side in item.columns if side not in SIDES]
    if unknown:
        raise UsageError(f"item {item.item}: unknown side {unknown[0]!r}. Sides are {', '.join(SIDES)}.")

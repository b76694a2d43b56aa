"""Small surveys that several tests look at."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import pytest

from goodwill.perceived.intake import Item, ReadingRules, Survey, read_long, read_wide

Build = Callable[..., Survey]


@pytest.fixture
def wide() -> Build:
    """Return a builder: question → answers, a column each, rated from 1 to 7 as perceptions."""

    def build(answers: Mapping[str, Sequence[float | None]], **of_items: str) -> Survey:
        asked = [
            Item(name, dimension=of_items.get(name), scale=(1, 7), columns={"perception": name})
            for name in answers
        ]
        return read_wide(pd.DataFrame(answers), asked)

    return build


@pytest.fixture
def sided() -> Build:
    """Return a builder of one survey from (respondent, item, side, value) rows."""

    def build(rows: Sequence[tuple[object, ...]], items: Sequence[Item] = (), **rules: str) -> Survey:
        table = pd.DataFrame(
            list(rows), columns=["respondent", "item", "side", "value", "wave", "brand"][: len(rows[0])]
        )
        return read_long(table, items, rules=ReadingRules(**rules))

    return build


@pytest.fixture
def felt() -> Build:
    """Return a builder of a Kano survey of one feature from pairs of answers."""

    def build(
        pairs: Sequence[tuple[str | None, str | None]], weights: Sequence[float] | None = None
    ) -> Survey:
        table = pd.DataFrame(list(pairs), columns=["there", "gone"])
        table = table if weights is None else table.assign(weight=weights)
        return read_wide(table, [Item("app", columns={"functional": "there", "dysfunctional": "gone"})])

    return build

import numpy as np
import pytest

from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.cells import Cells
from goodwill.modeling.joint_boosting import Boosters

RNG = np.random.default_rng(0)
CELLS = Cells.of([{name: RNG.normal(size=400) for name in ("age", "idle", "expected")}])
MONEY = np.exp(CELLS.matrix[:, 0].astype(float))
START = CELLS.matrix[:, 1].astype(float)


def fitted(objective: Objective, n_columns: int, *, is_started: bool = False) -> Booster:
    y = (MONEY > 1).astype(float) if objective == "binary:logistic" else MONEY
    plan = Plan(objective, {"trees": 7, "eta": 0.3}, {})
    return plan.fit(CELLS.first(n_columns).frame(), y, START if is_started else None)


BOOSTERS = {
    "narrow": fitted("binary:logistic", 2),
    "wide": fitted("binary:logistic", 3),
    "spend": fitted("reg:gamma", 2, is_started=True),
    "value": fitted("reg:tweedie", 1),
}


@pytest.mark.parametrize("name", list(BOOSTERS))
@pytest.mark.parametrize("n_rows", [1, 400])
def test_boosters_say_together_what_each_says_alone(name: str, n_rows: int) -> None:
    rows, start = Cells(CELLS.names, CELLS.matrix[:n_rows]), START[:n_rows] if name == "spend" else None
    together = Boosters(BOOSTERS).margins(rows, {name: start})
    np.testing.assert_array_equal(together[name], BOOSTERS[name].margin(rows, start))


def test_columns_are_found_by_name() -> None:
    moved = Cells.of(
        [{name: CELLS.matrix[:, i].astype(float) for i, name in ((2, "expected"), (0, "age"), (1, "idle"))}]
    )
    together, moved_ones = (Boosters(BOOSTERS).margins(cells, {"spend": START}) for cells in (CELLS, moved))
    assert all((together[name] == moved_ones[name]).all() for name in BOOSTERS)

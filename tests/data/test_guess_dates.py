"""From when to when a history goes, as `goodwill init` guesses it from contracts."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import ibis
import pandas as pd
import pytest
import yaml

from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess import guess_config
from goodwill.data.guess.rhythm import Rhythm, rhythm_of_contracts
from goodwill.data.mapping import map_table

FIRST, N_DAYS = date(2024, 1, 1), 200
DAYS = [FIRST + timedelta(days=n) for n in range(N_DAYS)]
LAST = DAYS[-1]
NEVER: list[date | None] = [None] * N_DAYS


def after(days: int) -> date:
    return LAST + timedelta(days=days)


def rhythm(later: Sequence[date], notices: Sequence[date | None], ends: Sequence[date | None]) -> Rhythm:
    """Return the rhythm of a contract started every day, and of some that start `later`."""
    rows = {"start": [*DAYS, *later], "cancelled_at": [*notices, *[None] * len(later)]}
    rows |= {"end": [*ends, *[None] * len(later)], "customer_id": "a", "price": 5.0, "period_days": 30}
    times = dict.fromkeys(("start", "cancelled_at", "end"), "datetime64[us]")
    table, _ = map_table(ibis.memtable(pd.DataFrame(rows).astype(times)), CONTRACTS["contracts"])
    found = rhythm_of_contracts(table)
    assert found is not None
    return found


@pytest.mark.parametrize(("notices", "ends"), [(DAYS, NEVER), (NEVER, DAYS)])
def test_starts_long_after_the_last_notice_or_end_are_booked_ahead(
    notices: Sequence[date | None], ends: Sequence[date | None]
) -> None:
    found = rhythm([after(1), after(30)], notices, ends)
    assert (found.first, found.last, found.n_later) == (FIRST, LAST, 2)


@pytest.mark.parametrize(
    ("notices", "ends"),
    [
        (NEVER, NEVER),
        (DAYS[:19] + NEVER[19:], NEVER),
        ([day if day.day == 1 else None for day in DAYS], NEVER),
        (NEVER, [day + timedelta(days=90) for day in DAYS]),
    ],
    ids=["nobody left", "few notices", "notices once a month", "ends agreed beforehand"],
)
def test_starts_after_rare_notices_are_history(
    notices: Sequence[date | None], ends: Sequence[date | None]
) -> None:
    found = rhythm([after(30)], notices, ends)
    assert (found.last, found.n_later) == (after(30), 0)


def test_starts_soon_after_the_last_notice_are_history() -> None:
    assert rhythm([after(4)], DAYS, NEVER).last == after(4)


def written(file: Path, starts: Sequence[date], ends: Sequence[date | None]) -> str:
    rows = {"customer_id": "a", "start": starts, "end": ends, "price": 5.0, "period_days": 30}
    pd.DataFrame(rows).to_csv(file, index=False)
    return guess_config([file])


def test_contracts_booked_ahead_are_told_and_do_not_move_the_dates(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.csv", DAYS, DAYS)
    ahead = written(tmp_path / "a.csv", [*DAYS, after(30), after(40)], [*DAYS, None, None])
    assert yaml.safe_load(ahead) == yaml.safe_load(plain)
    assert f"# contracts that start after {LAST}, the last day with a notice or an end" in ahead
    assert "booked ahead: 2;" in ahead
    assert "booked ahead:" not in plain


def test_one_day_is_no_history_to_choose_dates_from(tmp_path: Path) -> None:
    text = written(tmp_path / "a.csv", [FIRST], [None])
    assert "# all rows begin on one day, 2024-01-01: there is no history to choose dates from" in text
    assert yaml.safe_load(text)["snapshot"]["as_of"] == "latest"


def written_orders(file: Path, days: Sequence[date]) -> str:
    pd.DataFrame({"customer_id": "a", "time": days, "amount": 5.0}).to_csv(file, index=False)
    return guess_config([file])


def test_orders_far_beyond_all_others_are_told_and_do_not_move_the_dates(tmp_path: Path) -> None:
    plain = written_orders(tmp_path / "a.csv", DAYS)
    far = written_orders(tmp_path / "a.csv", [*DAYS, date(2099, 4, 1)])
    assert yaml.safe_load(far) == yaml.safe_load(plain)
    assert "# 1 row stands at or after 2099-04-01, far beyond all others" in far
    assert "far beyond" not in plain


def test_contracts_far_beyond_all_others_are_told_and_do_not_move_the_dates(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.csv", DAYS, NEVER)
    far = written(tmp_path / "a.csv", [*DAYS, *[date(2099, 4, 1)] * 2], [*NEVER, None, None])
    assert yaml.safe_load(far) == yaml.safe_load(plain)
    assert "# 2 rows stand at or after 2099-04-01" in far

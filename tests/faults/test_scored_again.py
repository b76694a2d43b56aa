"""A day scored again by a run that dies or fills the disk at any step: the former scoring, or the new."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pytest

from goodwill import drafts
from goodwill.config import Config, read_config
from goodwill.data.tables import Tables
from goodwill.errors import OutsideError
from goodwill.features.known import Known
from goodwill.pipeline.score import Request, score_customers

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

MOVES = ((os, "replace"), (os, "symlink"), (drafts, "exchange"))
WRITES = ((os, "fsync"), *MOVES)
REMOVALS = ((os, "unlink"), (shutil, "rmtree"))
Trained = Any  # of the conftest
Fail = Callable[[], NoReturn]
Steps = tuple[tuple[object, str], ...]
Breaks = Callable[[int, Steps, Fail], None]


class KilledError(BaseException):
    """The end of a process: nothing clears up after it."""


def kill() -> NoReturn:
    raise KilledError


def fill() -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def breaks() -> Iterator[Breaks]:
    """Let the steps fail after the first n, until called again."""
    with pytest.MonkeyPatch.context() as patch:

        def after(n: int, steps: Steps, fail: Fail) -> None:
            patch.undo()
            done = count()
            for place, name in steps:
                step = getattr(place, name)
                patch.setattr(place, name, lambda *a, s=step, **k: s(*a, **k) if next(done) < n else fail())

        yield after


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read customers for the first run alone: the orders stay the same, and reading writes no files."""
    read, kept = Known.read, dict[Known, pd.DataFrame]()

    def once(asked: Known, tables: Tables) -> pd.DataFrame:
        if asked not in kept:
            kept[asked] = read(asked, tables)
        return kept[asked].copy()

    monkeypatch.setattr(Known, "read", once)


def told(latest: Path) -> set[object]:
    """Return the numbers of customers that the latest scores, and all that stands beside them, tell of."""
    scores, beside = pd.read_parquet(latest), latest.resolve().parent
    log, totals, classes, drivers = (
        json.loads((beside / f"{name}.json").read_text()) for name in ("log", "totals", "classes", "drivers")
    )
    in_all = next(one["customers"] for one in totals["totals"] if one["by"] == "all")
    sizes = {sum(counts.values()) for counts in classes["sizes"].values()}
    return {len(scores), log["customers_out"], in_all, drivers["customers"], *sizes}


def is_whole(config: Config) -> bool:
    """Score, and return whether nothing failed."""
    try:
        score_customers(config, Request())
    except (KilledError, OutsideError):
        return False
    return True


@pytest.mark.slow
@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize(("steps", "fail"), [(MOVES + REMOVALS, kill), (WRITES, fill)])
def test_a_day_scored_again_is_told_whole_whenever_the_run_ends(
    shop: Path, trained: Trained, orders: pd.DataFrame, breaks: Breaks, steps: Steps, fail: Fail
) -> None:
    fewer, told_of = orders[orders["customer_id"] > "c2"], list[set[object]]()
    fewer.to_csv("orders.csv", index=False)
    for n in count():
        shutil.rmtree("out")
        shutil.copytree(trained.folder / "out", "out", symlinks=True)
        breaks(n, steps, fail)
        is_done = is_whole(read_config(shop))
        breaks(0, (), fail)
        told_of.append(told(Path("out/scores.parquet")))
        if is_done:
            break
    before, after = ({table["customer_id"].nunique()} for table in (orders, fewer))
    assert told_of == sorted(told_of, key=max, reverse=True)
    assert [one for one in told_of if one not in (before, after)] == []
    assert told_of.count(before) > len(MOVES)

"""The files of a plan: all of one plan, whatever happens while they are written."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import OutsideError
from goodwill.pipeline import plan_files
from goodwill.pipeline.plan_files import keep_plan

if TYPE_CHECKING:
    from conftest import Shop

PEOPLE = pd.DataFrame({"customer_id": ["a", "b"], "offer": ["mail", "call"], "tier": "gold"})


def kept(shop: Shop, people: pd.DataFrame, *changes: str) -> list[str]:
    files, said = keep_plan(shop.config(*changes), {"plan": people, "actions": people}, {"spend": 1}, people)
    return [*files, *said]


def test_a_full_disk_leaves_the_plan_that_was_there(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "")

    kept(copied, PEOPLE, "audiences.by=[offer]")
    monkeypatch.setattr(plan_files, "write_audiences", full)
    with pytest.raises(OutsideError, match=r"audiences cannot be written: the disk is full"):
        kept(copied, PEOPLE[:1], "audiences.by=[offer]")
    assert len(pd.read_parquet(copied.output / "plan.parquet")) == 2
    assert not [*copied.output.glob(".*.partial")]


def test_lists_that_are_no_longer_asked_for_go_with_their_plan(copied: Shop) -> None:
    kept(copied, PEOPLE, "audiences.by=[offer,tier]")
    kept(copied, PEOPLE, "audiences.by=[offer]")
    assert [folder.name for folder in (copied.output / "audiences").iterdir()] == ["offer"]


def test_a_plan_without_lists_leaves_none_of_the_former(copied: Shop) -> None:
    kept(copied, PEOPLE, "audiences.by=[offer]")
    kept(copied, PEOPLE)
    assert not (copied.output / "audiences").exists()


def test_a_plan_without_products_leaves_none_of_the_former(copied: Shop) -> None:
    keep_plan(copied.config(), {"plan": PEOPLE, "next_best": PEOPLE}, {}, PEOPLE)
    kept(copied, PEOPLE)
    assert not (copied.output / "next_best.parquet").exists()

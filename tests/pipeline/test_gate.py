"""The gate: a version serves once all that is told of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goodwill import tracking
from goodwill.errors import OutsideError
from goodwill.monitoring.champion import Decision
from goodwill.pipeline import finish, gate
from goodwill.pipeline.train import train_models

if TYPE_CHECKING:
    from conftest import Shop


@pytest.mark.no_cover  # as slow again where lines are traced, which other tests run
def test_no_version_serves_before_its_run_is_whole(copied: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OutsideError("the disk is full")

    uri, before = copied.config().tracking.uri, copied.config().output_dir.joinpath("predictor").resolve()
    serving = tracking.champion(uri, "shop")
    monkeypatch.setattr(gate, "judge", lambda *_: Decision("promote", (), {}))
    monkeypatch.setattr(finish, "write_run_report", full)
    with pytest.raises(OutsideError, match="the disk is full"):
        train_models(copied.config("train.max_customers=150"))
    assert tracking.champion(uri, "shop") == serving
    assert (copied.output / "predictor").resolve() == before

"""Moving the champion by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goodwill import tracking
from goodwill.errors import ArtefactError, UsageError
from goodwill.files import swap_link
from goodwill.pipeline.promote import promote_version
from goodwill.pipeline.runs import RunFolder, put_in_force

if TYPE_CHECKING:
    from conftest import Shop


def uri_of(shop: Shop) -> str:
    return f"sqlite:///{shop.folder}/mlflow.db"


def test_a_version_becomes_champion_whatever_the_gate_said(copied: Shop) -> None:
    answer = promote_version(copied.config(), 1)
    assert answer.data == {"model": "shop", "champion": "1", "former": None}
    champion = tracking.champion(uri_of(copied), "shop")
    assert champion is not None
    assert champion.tags["goodwill.gate"] == "promoted by hand"


def test_the_run_of_the_version_is_in_force_from_then_on(copied: Shop) -> None:
    run, later = (copied.output / "predictor").resolve().parent, copied.output / "runs" / "later"
    (later / "predictor").mkdir(parents=True)
    (later / "predictor" / "manifest.json").write_text("{}")
    put_in_force(copied.output, RunFolder(later, "another"))
    promote_version(copied.config(), 1)
    assert (copied.output / "predictor").resolve() == run / "predictor"
    assert (copied.output / "metrics.json").resolve() == run / "metrics.json"


def test_a_version_whose_run_is_elsewhere_is_told(copied: Shop) -> None:
    elsewhere = f"output={copied.folder}/elsewhere"
    notes = promote_version(copied.config(elsewhere), 1).notes
    assert "holds no run of it: the report goes on telling of the former run" in notes[1]


def test_scores_of_another_version_are_told(copied: Shop) -> None:
    former = copied.output / "scores" / "as_of=2025-01-01" / "version=7"
    former.mkdir(parents=True)
    (former / "scores.parquet").touch()
    swap_link(copied.output / "scores.parquet", former / "scores.parquet")
    assert "The latest scores are those of version 7" in promote_version(copied.config(), 1).notes[-1]


def test_an_unknown_version_is_refused(copied: Shop) -> None:
    with pytest.raises(UsageError, match="models:/shop/7 is not registered"):
        promote_version(copied.config(), 7)


def test_a_damaged_version_does_not_serve(
    copied: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    found = tracking.find(uri_of(copied), "models:/shop/1")
    broken = tracking.ModelVersion(found.name, found.version, None, {}, tmp_path / "empty")
    monkeypatch.setattr(tracking, "find", lambda *_: broken)
    with pytest.raises(ArtefactError, match=r"has no manifest.json"):
        promote_version(copied.config(), 1)
    assert tracking.champion(uri_of(copied), "shop") is None

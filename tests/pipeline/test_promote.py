"""Moving the champion by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goodwill import tracking
from goodwill.errors import ArtefactError, UsageError
from goodwill.pipeline.promote import promote_version

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

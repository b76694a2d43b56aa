"""A customer's dossier from what jobs left: on the terminal, as a page, and refused where nobody is meant."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.pipeline.dossier import tell_customer
from goodwill.pipeline.outcome import Outcome
from goodwill.pipeline.score import Request, score_customers

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Shop


@pytest.fixture(scope="module")
def scored(trained: Shop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, str]:
    """Return a copy of the shop, scored on two days, and its most valuable customer."""
    folder = tmp_path_factory.mktemp("scored") / "copy"
    shutil.copytree(trained.folder, folder, symlinks=True)
    text = (folder / "shop.yaml").read_text().replace(str(trained.folder), str(folder))
    (folder / "shop.yaml").write_text(text)
    shop = type(trained)(folder, trained.answer)
    for day in ("2025-01-01", "2025-03-01"):
        score_customers(shop.config(), Request(as_of=day))
    scores = pd.read_parquet(shop.output / "scores.parquet")
    known = scores[scores["status"] == "scored"]
    return shop, str(known.loc[known["clv"].idxmax(), "customer_id"])


def told(answer: Outcome) -> str:
    cells = [cell for sheet in answer.sheets for row in sheet.rows for cell in row]
    return "\n".join([*(sheet.title for sheet in answer.sheets), *cells, *answer.notes])


def test_a_case_has_history_predictions_classes_and_similar_customers(scored: tuple[Shop, str]) -> None:
    shop, customer = scored
    answer = tell_customer(shop.config(), customer)
    text = told(answer)
    assert [row["as_of"].date().isoformat() for row in answer.data["scores"]] == ["2025-01-01", "2025-03-01"]
    assert answer.data["similar"]["n"] == 50
    assert answer.data["n_orders"] > 1
    assert f"Customer {customer}" in text
    assert "Of the 50 most similar customers" in text
    assert "Their last order lay " in text


def test_orders_are_those_of_the_customer_before_the_day(scored: tuple[Shop, str]) -> None:
    shop, customer = scored
    orders = pd.read_parquet(shop.folder / "data/transactions.parquet")
    own = orders[(orders["customer_id"] == customer) & (orders["time"] < "2025-03-01")]
    answer = tell_customer(shop.config(), customer)
    assert answer.data["spend_total"] == pytest.approx(own["amount"].sum())


def test_a_case_is_a_page_in_the_readers_language(scored: tuple[Shop, str], tmp_path: Path) -> None:
    shop, customer = scored
    tell_customer(shop.config("language=zh"), customer, out=tmp_path / "case.html")
    page = (tmp_path / "case.html").read_text(encoding="utf-8").split("<main")[1]
    assert "相似客户后来怎样" in page
    assert "时间线上的订单" in page


def test_the_plan_of_the_customer_is_told(scored: tuple[Shop, str]) -> None:
    shop, customer = scored
    row = {"customer_id": customer, "offer": "call", "channel": "phone", "cost": 6.0, "expected_margin": 9.5}
    pd.DataFrame([row, {**row, "customer_id": "other", "offer": "voucher"}]).to_parquet(
        shop.output / "plan.parquet"
    )
    text = told(tell_customer(shop.config(), customer))
    assert "call" in text
    assert "voucher" not in text


def test_an_unknown_customer_is_refused(scored: tuple[Shop, str]) -> None:
    shop, _ = scored
    with pytest.raises(UsageError, match=r"No customer 'nobody' in .* Ids are text"):
        tell_customer(shop.config(), "nobody")


def test_without_scores_the_error_names_the_command(trained: Shop) -> None:
    with pytest.raises(UsageError, match="nobody was scored yet"):
        tell_customer(trained.config(), "C0000000")


def test_a_dossier_is_html(trained: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Let the name end in \.html"):
        tell_customer(trained.config(), "C0000000", out=tmp_path / "case.txt")

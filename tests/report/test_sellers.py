"""What each tier buys, as the page tells it."""

from dataclasses import replace

import pytest

from goodwill.report import Material, report_page
from goodwill.report.chapters import sellers
from goodwill.report.exhibit import Exhibit
from goodwill.report.words import words_of

Row = dict[str, object]


def seller(tier: str, kind: str, rank: int, product: str, customers: int, lift: float) -> Row:
    row: Row = {"class": tier, "kind": kind, "rank": rank, "product": product, "customers": customers}
    return row | {"spend_total": 5_000.0, "share": 0.25, "lift": lift, "is_clear": lift == 0.5}


SOLD = {
    "sellers_by": "product_id",
    "sellers": [
        seller("gold", "best", 1, "tea", 90, 1.5),
        seller("gold", "best", 2, "boat", 2, 4.0),
        seller("gold", "slow", 1, "mug", 3, 0.5),
        seller("gold", "slow", 2, "lamp", 8, 0.97),
        seller("lead", "best", 1, "boat", 9, 0.9),
        seller("platinum", "best", 1, "<b>tea</b>", 40, 1.0),
    ],
}


def told(language: str = "en", industry: str = "retail", **more: object) -> Exhibit:
    (exhibit,) = sellers.exhibits(
        Material("shop", findings={"classes": {**SOLD, **more}}), words_of(language, industry=industry)
    )
    return exhibit


def test_each_tier_is_a_line_of_what_enough_customers_buy() -> None:
    assert told().points == [
        "Platinum. Best: <b>tea</b> 25.0% (×1.00). Slow: nothing beyond chance.",
        "Gold. Best: tea 25.0% (×1.50). Slow: mug 25.0% (×0.50).",
        "Lead. Best: unknown, nothing has 10 buyers. Slow: nothing beyond chance.",
    ]
    assert told().notes[0].startswith("2 of the best sellers in the table have fewer than 10 buyers")


def test_the_download_holds_every_row_that_was_kept() -> None:
    table = told().table
    kept = [(row["product"], row["customers"], row["share"], row["lift"]) for row in SOLD["sellers"]]
    names = [column.name for column in table.columns]
    places = [names.index(name) for name in ("product", "buyers", "spend_share", "spend_lift")]
    assert sorted(tuple(row[place] for place in places) for row in table.rows) == sorted(kept)
    assert [row[0] for row in table.rows] == ["Platinum", *["Gold"] * 4, "Lead"]


def test_categories_and_a_part_of_the_customers_are_said_to_be_so() -> None:
    exhibit = told("zh", sellers_by="category", sellers_of="a random 25% of the customers")
    assert "品类" in [column.head for column in exhibit.table.columns]
    assert exhibit.notes[-1] == "依据随机抽取的 25% 客户。"
    assert exhibit.points[1] == "黄金。畅销：tea 25.0%（×1.50）。滞销：mug 25.0%（×0.50）。"


SHOPS = [("en", ("seller", "uyer", "rder")), ("zh", ("销", "买家", "订单"))]


@pytest.mark.parametrize(("language", "shops"), SHOPS)
def test_a_bank_reads_of_transactions_and_customers(language: str, shops: tuple[str, ...]) -> None:
    exhibit = told(language, "bank")
    heads = [column.head for column in exhibit.table.columns]
    said = " ".join([exhibit.title, exhibit.how, *exhibit.points, *exhibit.notes, *heads])
    assert [word for word in shops if word in said] == []


def test_the_page_escapes_products_and_is_silent_without_them(material: Material) -> None:
    page = report_page(replace(material, findings={"classes": SOLD})).split("<main")[1].split("</main>")[0]
    assert "&lt;b&gt;tea&lt;/b&gt;" in page
    assert "<b>tea</b>" not in page
    assert 'id="class-sellers"' not in report_page(replace(material, findings={}))


def test_what_earlier_versions_kept_is_read_without_naming_anything_slow() -> None:
    kept = [{name: value for name, value in row.items() if name != "is_clear"} for row in SOLD["sellers"]]
    assert told(sellers=kept).points[1] == "Gold. Best: tea 25.0% (×1.50). Slow: nothing beyond chance."

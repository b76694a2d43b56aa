"""What each tier buys, as the terminal shows it."""

from goodwill.cli.show import in_words
from goodwill.pipeline.seller_sheets import sellers_sheet

Row = dict[str, object]


def seller(tier: str, kind: str, rank: int, lift: float) -> Row:
    row: Row = {"class": tier, "kind": kind, "rank": rank, "product": f"{kind} {rank}", "customers": 1_200}
    return row | {"spend_total": 5_000.0, "share": 0.25, "lift": lift, "is_clear": True}


TOLD = {
    "strategies": [{"dimension": "tier", "class": code} for code in ("platinum", "gold")],
    "sellers": [
        *(seller("gold", "best", rank, 1.1) for rank in (1, 2, 3)),
        seller("gold", "slow", 1, 0.5),
        seller("gold", "slow", 2, 0.95),
        {**seller("platinum", "slow", 1, 0.5), "is_clear": False},
        seller("platinum", "best", 1, 2.0),
    ],
    "sellers_by": "product_id",
}


def test_the_first_of_each_kind_are_told_in_the_order_of_the_tiers() -> None:
    (sheet,) = sellers_sheet(TOLD, "USD")
    assert sheet.columns[:4] == ("tier", "kind", "product", "buyers")
    assert [row[:3] for row in sheet.rows] == [
        ("platinum", "best seller", "best 1"),
        ("gold", "best seller", "best 1"),
        ("gold", "best seller", "best 2"),
        ("gold", "slow seller", "slow 1"),
    ]
    assert sheet.rows[0][3:] == ("1,200", "5,000.00", "25.0%", "2.00")


def test_a_shop_that_names_no_product_gets_no_table() -> None:
    assert sellers_sheet({"sellers": []}, "USD") == []


def test_sellers_of_a_part_say_so_and_all_is_told_in_chinese() -> None:
    part = {**TOLD, "sellers_by": "category", "sellers_of": "a random 25% of the customers"}
    (sheet,) = sellers_sheet(part, "CNY")
    said = in_words(sheet, "zh")
    assert said.title == "各价值等级的畅销与滞销，依据随机抽取的 25% 客户（更多见 classes.json）"
    assert said.columns == ["价值等级", "类型", "品类", "购买人数", "消费额（CNY）", "占比", "为全体的倍数"]
    assert said.rows[0][1] == "畅销"

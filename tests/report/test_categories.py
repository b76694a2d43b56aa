"""Spend and margin by category, as the page tells them."""

from goodwill.report import Material, report_page
from goodwill.report.chapters import categories
from goodwill.report.exhibit import Exhibit
from goodwill.report.words import words_of

Row = dict[str, object]


def cell(of: str, category: str, customers: int, share: float, lift: float) -> Row:
    row: Row = {"class": of, "category": category, "customers": customers, "spend_total": 100 * share}
    return row | {"share": share, "lift": lift, "is_clear": lift > 1.2}


ROWS = [
    cell("all", "tea", 90, 0.75, 1.0) | {"margin_total": 30.0, "margin_share": 0.6, "margin_rate": 0.4},
    cell("all", "mug", 50, 0.25, 1.0) | {"margin_total": 20.0, "margin_share": 0.4, "margin_rate": 0.8},
    cell("lead", "tea", 80, 0.7, 0.9),
    cell("lead", "mug", 49, 0.3, 1.2),
    cell("gold", "tea", 10, 0.9, 1.3),
    cell("gold", "mug", 1, 0.1, 4.0),
]


def told(rows: list[Row], language: str = "en", industry: str = "retail") -> list[Exhibit]:
    words = words_of(language, industry=industry)
    return [*categories.exhibits(Material("shop", findings={"classes": {"categories": rows}}), words)]


def test_the_whole_base_is_told_with_the_ends_of_the_margin_rates() -> None:
    whole, _ = told(ROWS)
    names = [column.name for column in whole.table.columns]
    assert names[-4:] == ["spend_part", "margin_total", "margin_share", "margin_rate"]
    assert [row[0] for row in whole.table.rows] == ["tea", "mug"]
    assert "mug leaves the most margin, 80.0%, and tea the least, 40.0%" in whole.says
    assert [trace["x"] for trace in whole.figure["data"]] == [[0.75, 0.25], [0.6, 0.4]]


def test_a_taste_of_few_buyers_is_in_the_table_and_not_in_the_picture() -> None:
    _, tiers = told(ROWS)
    assert tiers.figure["data"][0]["z"] == [[1.3, 0.9], [None, 1.2]]
    assert [row[0] for row in tiers.table.rows] == ["Gold", "Gold", "Lead", "Lead"]
    assert tiers.table.rows[1][5] == 4.0
    assert "Gold spends 90.0% on tea, 1.30 times" in tiers.says


def test_margins_known_in_part_and_categories_left_out_are_said() -> None:
    part = [{**row, "margin_known_share": 0.5} for row in ROWS if row["category"] == "tea"]
    whole, _ = told(part)
    assert whole.notes == [
        "Of each unit of money sold, tea leaves 40.0% as margin.",
        "Margin is known of 50.0% of the spend; rates are of that part.",
        "Told are the largest categories (1); they hold 75.0% of the spend.",
    ]


def test_without_margins_spend_alone_is_told() -> None:
    bare = [{key: value for key, value in row.items() if "margin" not in key} for row in ROWS]
    whole, _ = told(bare)
    assert "margin" not in whole.how
    assert len(whole.figure["data"]) == 1


def test_without_any_margin_known_none_is_told() -> None:
    nothing = {"margin_total": 0.0, "margin_share": None, "margin_rate": None, "margin_known_share": 0.0}
    whole, _ = told([{**row, **nothing} for row in ROWS])
    assert "margin" not in whole.how
    assert [column.name for column in whole.table.columns][-1] == "spend_part"
    assert [note for note in whole.notes if note] == []


def test_a_bank_reads_of_amounts_and_names_are_escaped() -> None:
    rows = [{**row, "category": "<i>x</i>"} for row in ROWS[:4:2]]
    whole, tiers = told(rows, industry="bank")
    assert "Transactions of the year" in whole.how
    assert "uses it more" in tiers.how
    assert tiers.says.startswith("Nothing that a tier uses more than everybody is beyond chance")
    page = report_page(Material("shop", findings={"classes": {"categories": rows}}))
    assert "<i>x</i>" not in page.split("<main")[1].split("</main>")[0]

import io

from rich.cells import cell_len
from rich.console import Console

from goodwill.cli.layout import laid_out
from goodwill.pipeline.outcome import Sheet

HEADS = ("metric", "goodwill", "90 % interval", "past_window", "bgnbd_gg", "pareto_nbd_gg")
RESULTS = Sheet(
    "clv: backtest 2024-07-05 + 180 days, 4,211 customers",
    HEADS,
    [
        ("ngini", "0.8123", "0.8001 to 0.8244", "0.7900", "0.7800", "0.7890"),
        ("interval_score", "2,341.20", "2,300.22 to 2,412.98", "–", "2,120.11", "3,456.78"),
    ],
)
SENTENCE = "59 % of customers bought only once, and so on and so forth, until the line is longer than eighty."
FINDINGS = Sheet("Assumptions", ("check", "what_it_means"), [("one_time_buyers", SENTENCE)])


def lines(sheet: Sheet, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(laid_out(sheet, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_names_and_figures_stay_whole_at_80_columns() -> None:
    said = lines(RESULTS, 80)
    assert said[-1].split("  ")[0] == "interval_score"
    assert "2,300.22 to 2,412.98" in said[-1]
    assert max(map(len, said)) <= 80


def test_heads_wrap_at_their_words() -> None:
    first, second = lines(RESULTS, 80)[1:3]
    assert first.split() == ["past", "pareto"]
    assert second.endswith("window  bgnbd gg    nbd gg")


def test_a_name_within_a_head_stays_whole() -> None:
    assert lines(Sheet("t", ("segment", "mean p_churn"), [("new", "0.5")]), 80)[1].split() == ["mean"]


def test_figures_line_up_on_the_right() -> None:
    said = lines(RESULTS, 80)
    assert {line.index("0.7890") + 6 for line in said if "0.7890" in line} == {len(said[-1].rstrip())}


def test_what_is_too_wide_is_shown_in_parts_each_with_the_names() -> None:
    said = lines(RESULTS, 50)
    assert max(map(len, said)) <= 50
    assert sum(line.startswith("interval_score") for line in said) == 2
    assert all(any(figure in line for line in said) for figure in RESULTS.rows[1])


def test_sentences_wrap_between_words() -> None:
    said = lines(FINDINGS, 80)
    words = " ".join(line[len("one_time_buyers") :] for line in said[3:]).split()
    assert " ".join(words) == SENTENCE


def test_a_table_without_heads_has_no_line_for_them() -> None:
    assert lines(Sheet("t", ("", ""), [("rows", "12")]), 80) == ["t", "rows  12"]


def test_an_empty_table_shows_its_heads() -> None:
    assert [line.strip() for line in lines(Sheet("t", ("a", "b"), []), 80)[:2]] == ["t", "a  b"]


def test_chinese_counts_two_columns() -> None:
    said = lines(Sheet("表", ("名", "值"), [("客户号", "12"), ("a", "3")]), 80)
    assert said[-2:] == ["客户号  12", "a        3"]


def test_chinese_sentences_fill_their_lines_and_begin_none_with_a_stop() -> None:
    sentence = "价值最高的 1% 客户带来全部金额的 12%。没有单个客户左右总额，一切正常。" * 2
    said = [
        line.removeprefix("甲").strip()
        for line in lines(Sheet("表", ("名", "含义"), [("甲", sentence)]), 40)[3:]
    ]
    assert "".join(said).replace(" ", "") == sentence.replace(" ", "")
    assert min(map(cell_len, said[:-1])) >= 30
    assert not any(line.startswith(("，", "。")) for line in said)

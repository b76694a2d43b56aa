from goodwill.data.unlisted import Unlisted
from goodwill.evaluation.unlisted import unlisted_finding


def test_few_unlisted_products_are_no_warning() -> None:
    few = unlisted_finding(Unlisted(n_lines=3, n_lines_total=1_000, money_share=0.0))
    assert (few.level, few.text[-11:]) == ("ok", "Few enough.")


def test_few_lines_with_much_money_are_a_warning() -> None:
    dear = unlisted_finding(Unlisted(n_lines=3, n_lines_total=1_000, money_share=0.2))
    assert (dear.level, dear.value) == ("warning", 0.2)
    assert dear.text.endswith("Compare how both tables write product_id, or complete the list.")

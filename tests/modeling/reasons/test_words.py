import pandas as pd
import pytest

from goodwill.modeling.reasons import bank_words
from goodwill.modeling.reasons.themes import THEMES, theme_of
from goodwill.modeling.reasons.words import Language, phrases


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_words_where_nothing_is_known(theme: str, language: Language) -> None:
    (told,) = phrases(theme, pd.DataFrame(index=[0]), language)
    assert told
    assert "{" not in told


@pytest.mark.parametrize("theme", bank_words.EN)
def test_a_bank_has_transactions_where_a_shop_has_orders(theme: str) -> None:
    nothing = pd.DataFrame(index=[0])
    shop, bank = (phrases(theme, nothing, industry=industry)[0] for industry in ("retail", "bank"))
    assert "order" not in bank
    assert "basket" not in bank
    assert (shop == bank) == (theme == "channel")
    assert set(bank_words.EN) == set(bank_words.ZH) <= set(THEMES)


def test_a_bank_tells_its_numbers() -> None:
    X = pd.DataFrame({"days_since_last_order": [84], "gap_mean_days": [21.0], "n_products": [2]})
    assert phrases("rhythm", X, industry="bank")[0] == "no transaction for 84 days; usually every 21"
    assert phrases("basket", X, "zh", industry="bank")[0] == "使用2种产品"


def test_a_missing_number_is_not_told() -> None:
    X = pd.DataFrame({"n_orders": [3, 4], "n_orders_365d": [2.0, None]})
    assert list(phrases("orders", X)) == ["orders: 2 in the last year, 3 in all", "orders: 4"]
    assert list(phrases("orders", X, "zh")) == ["近一年2单，共3单", "共4单"]


def test_complaints_of_every_kind_are_counted() -> None:
    X = pd.DataFrame({"n_interactions_complaint_365d": [2], "n_interactions_support_365d": [1]})
    assert list(phrases("complaints", X)) == ["complaints or calls for support in the last year: 3"]
    assert list(phrases("complaints", X[[]])) == ["complaints"]


def test_whether_a_payment_falls_due_is_told() -> None:
    X = pd.DataFrame({"days_to_next_payment": [12.0, 150.0], "horizon_days": 90})
    late = "no payment due within 90 days; the next in 150"
    assert list(phrases("payment_due", X)) == ["next payment due in 12 days", late]
    assert list(phrases("payment_due", X[["days_to_next_payment"]], "zh"))[1] == "下次付款在150天后"


def test_notice_is_told_where_it_was_given() -> None:
    X = pd.DataFrame({"n_contracts_cancelled": [1, 0, 0], "days_to_end": [20.0, 40.0, None]})
    assert list(phrases("notice", X)) == [
        "notice given; ends in 20 days",
        "runs out in 40 days",
        "no notice given",
    ]


def test_notice_of_one_of_several_contracts_is_not_told_as_the_end() -> None:
    X = pd.DataFrame({"n_contracts_cancelled": [1, 1, 0, 0], "n_contracts_running": [1, 6, 2, 2]})
    X["days_to_end"] = [3.0, 3.0, 40.0, None]
    assert list(phrases("notice", X)) == [
        "notice given; ends in 3 days",
        "notice given for 1 of 6 contracts; the first ends in 3 days",
        "the first of 2 contracts runs out in 40 days",
        "no notice given",
    ]
    assert list(phrases("notice", X, "zh"))[1] == "6份合同中已有1份提出解约，最早3天后终止"


def test_a_column_without_a_theme_is_told_as_it_stands() -> None:
    X = pd.DataFrame({"age": [41.0, float("nan")], "city": ["York", "Bath"]})
    assert list(phrases("age", X)) == ["age: 41", "age: unknown"]
    assert list(phrases("city", X)) == ["city: York", "city: Bath"]
    assert list(phrases("owner", X)) == ["owner", "owner"]


@pytest.mark.parametrize(
    ("column", "theme"),
    [
        ("h_expected_orders", "rhythm"),
        ("gap_cv", "rhythm"),
        ("spend_log_mean", "spend"),
        ("expected_spend", "spend"),
        ("refund_share", "refunds"),
        ("n_orders_365d", "orders"),
        ("days_since_interaction_complaint", "complaints"),
        ("days_since_interaction_email", "contact"),
        ("category_top=home", "basket"),
        ("n_contracts_running", "contract"),
        ("n_periods", "tenure"),
        ("days_since_first_contract", "tenure"),
        ("plan=yearly", "plan"),
        ("contract_period_days", "plan"),
        ("contract_price_total", "contract_price"),
        ("days_to_next_payment", "payment_due"),
        ("days_to_end", "notice"),
        ("balance_total", "holdings"),
        ("n_treatments_mail", "offers"),
        ("is_referred", "referrals"),
        ("survey_service_mean", "opinion"),
        ("n_survey_answers", "opinion"),
        ("h_log", "horizon"),
    ],
)
def test_columns_belong_to_themes(column: str, theme: str) -> None:
    assert theme_of(column) == theme

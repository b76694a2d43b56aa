"""Lives on the page: tracking, cohorts of contracts, what channels return, and whether it all makes sense."""

from dataclasses import replace

import pandas as pd
import pytest

from goodwill.report import Material, report_page
from goodwill.report.chapters import cohorts
from goodwill.report.words import words_of

COHORTS = pd.DataFrame({"cohort": "2024-01", "months_since": [0, 1], "customers": 4})
WEEKS = pd.DataFrame({"week": [1, 2], "actual": [3, 4], "predicted": [2.5, 4.4], "is_test": False})
CHANNELS = pd.DataFrame({"acquisition_channel": ["ad <b>"], "n_customers": 9, "cost_mean": 8.0})
LIVES = {
    "contract_cohorts": COHORTS.assign(active=[4, 3], retention=[1.0, 0.75]),
    "tracking": WEEKS.assign(actual_total=[3, 7], predicted_total=[2.5, 6.9]),
    "acquisition": CHANNELS.assign(
        margin_mean=5.0, clv_lifetime_mean=11.0, clv_to_cac=2.0, payback_days=None
    ),
}
FINDING = {"name": "stability", "level": "warning", "value": 0.3, "text": "It moved."}
SANITY = {"findings": {"stability": FINDING}}
KEYS = ["cohorts-contracts", "cohorts-tracking", "cohorts-acquisition", "trust-sanity"]


@pytest.fixture(scope="module")
def page(material: Material) -> str:
    metrics = {**material.metrics, "sanity": SANITY}
    return report_page(replace(material, evidence={**material.evidence, **LIVES}, metrics=metrics))


@pytest.mark.parametrize("key", KEYS)
def test_each_part_of_life_is_told(page: str, key: str) -> None:
    assert f'id="{key}"' in page


def test_the_cohorts_of_contracts_begin_with_the_first_contract(page: str) -> None:
    assert "First contract" in page
    assert "Holding a contract" in page


def test_running_totals_are_put_into_words(page: str) -> None:
    assert "So far there were 7 repeat orders; by age alone 7 would be expected." in page


def test_findings_and_names_are_plain_text(page: str) -> None:
    assert "It moved." in page
    assert "ad <b>" not in page


@pytest.mark.parametrize(
    ("language", "said", "part"),
    [("en", "line: in the 1 week after it there were 4 repeat orders; 4 were predicted.", "test"),
     ("zh", "点线：其后 1 周内共有 4 笔复购订单；预测为 4 笔。", "检验")],
)  # fmt: skip
def test_weeks_after_the_fit_are_marked_and_told(language: str, said: str, part: str) -> None:
    weeks = LIVES["tracking"].assign(is_test=[False, True])
    material = Material("shop", language=language, evidence={"tracking": weeks})
    (told,) = cohorts.exhibits(material, words_of(language))
    assert told.says.endswith(said)
    assert told.figure["layout"]["shapes"][0]["x0"] == 1.0
    assert part in told.table.rows[1]

import importlib
from datetime import date
from typing import Any, get_type_hints

import pytest

import goodwill

NAMES = [
    "Campaign",
    "ContractModel",
    "CustomerValuePredictor",
    "Floors",
    "Limits",
    "Offer",
    "RetentionOffer",
    "Snapshot",
    "Tables",
    "UpliftModel",
    "ValueRule",
    "acquisition_table",
    "allocate_budget",
    "assign_treatments",
    "btyd_summary",
    "campaign_effects",
    "concentration",
    "contact_threshold",
    "contract_retention",
    "cumulative_tracking",
    "customers_for_money",
    "customers_for_rate",
    "data_contribution",
    "datasets",
    "errors",
    "evaluate",
    "expected_maximum_profit",
    "kaplan_meier",
    "life_table",
    "lift_table",
    "migration",
    "order_retention",
    "perceived",
    "performance",
    "propose_inactivity",
    "read_tables",
    "sanity_report",
    "sellers",
    "simulate",
    "snapshot",
    "snapshots",
    "strategies",
    "value_matrix",
    "value_pyramid",
]


def test_public_names_are_pinned() -> None:
    assert goodwill.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_loads_and_is_documented(name: str) -> None:
    assert getattr(goodwill, name).__doc__


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("snap", "order", "contract"))])
def test_a_day_may_be_its_iso_text_to_a_type_checker_too(name: str) -> None:
    hints = get_type_hints(getattr(goodwill, name))
    assert date | str in (hints.get("as_of"), hints.get("until"))


def test_a_report_can_be_indexed_by_who_checks_types() -> None:
    assert get_type_hints(goodwill.evaluate)["return"] == dict[str, dict[str, Any]]


def test_dir_lists_the_public_names_alone() -> None:
    assert dir(goodwill) == NAMES


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'predict'; it offers Campaign, "):
        _ = goodwill.predict


def test_modules_are_themselves() -> None:
    assert goodwill.errors is importlib.import_module("goodwill.errors")

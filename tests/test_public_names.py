import importlib

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


def test_dir_lists_the_public_names_alone() -> None:
    assert dir(goodwill) == NAMES


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'predict'; it offers Campaign, "):
        _ = goodwill.predict


def test_modules_are_themselves() -> None:
    assert goodwill.errors is importlib.import_module("goodwill.errors")

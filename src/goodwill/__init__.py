"""Measure, predict and raise the value of customers: churn, lifetime value, segments.

The public names load on first use, so that `import goodwill` is quick::

    import goodwill as gw

    tables = gw.simulate(customers=5_000, seed=0)
    train = gw.snapshots(tables, until="2024-07-01", horizon_days=180)
    test = gw.snapshot(tables, as_of="2025-01-01", horizon_days=180)
    predictor = gw.CustomerValuePredictor().fit(train)
    print(gw.evaluate(predictor.predict(test.X), test))
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goodwill import datasets, errors, perceived
    from goodwill.data.tables import Tables
    from goodwill.decisions.assignment import assign_treatments
    from goodwill.decisions.budget import allocate_budget
    from goodwill.decisions.budget_limits import Floors, Limits
    from goodwill.decisions.campaign import Campaign
    from goodwill.decisions.campaign_effects import campaign_effects
    from goodwill.decisions.offers import Offer
    from goodwill.decisions.power import customers_for_money, customers_for_rate
    from goodwill.decisions.uplift import UpliftModel
    from goodwill.evaluation.economics import RetentionOffer, contact_threshold, expected_maximum_profit
    from goodwill.evaluation.gains import lift_table
    from goodwill.evaluation.inactivity import propose_inactivity
    from goodwill.features.btyd_summary import btyd_summary
    from goodwill.features.labels import ValueRule
    from goodwill.features.snapshot import Snapshot, snapshot, snapshots
    from goodwill.modeling.judging import evaluate
    from goodwill.modeling.retention import ContractModel, kaplan_meier, life_table
    from goodwill.monitoring.cohorts import contract_retention, order_retention
    from goodwill.monitoring.sanity import sanity_report
    from goodwill.monitoring.tracking import cumulative_tracking
    from goodwill.pipeline.start import simulate
    from goodwill.pipeline.tables import read_tables
    from goodwill.predictor import CustomerValuePredictor
    from goodwill.value.acquisition import acquisition_table
    from goodwill.value.concentration import concentration
    from goodwill.value.contribution import data_contribution
    from goodwill.value.matrix import value_matrix, value_pyramid
    from goodwill.value.migration import migration
    from goodwill.value.performance import performance
    from goodwill.value.sellers import sellers
    from goodwill.value.strategies import strategies

__all__ = [
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

_HOMES = {
    "Campaign": "decisions.campaign",
    "ContractModel": "modeling.retention",
    "CustomerValuePredictor": "predictor",
    "Floors": "decisions.budget_limits",
    "Limits": "decisions.budget_limits",
    "Offer": "decisions.offers",
    "RetentionOffer": "evaluation.economics",
    "Snapshot": "features.snapshot",
    "Tables": "data.tables",
    "UpliftModel": "decisions.uplift",
    "ValueRule": "features.labels",
    "acquisition_table": "value.acquisition",
    "allocate_budget": "decisions.budget",
    "assign_treatments": "decisions.assignment",
    "btyd_summary": "features.btyd_summary",
    "campaign_effects": "decisions.campaign_effects",
    "concentration": "value.concentration",
    "contact_threshold": "evaluation.economics",
    "contract_retention": "monitoring.cohorts",
    "cumulative_tracking": "monitoring.tracking",
    "customers_for_money": "decisions.power",
    "customers_for_rate": "decisions.power",
    "data_contribution": "value.contribution",
    "evaluate": "modeling.judging",
    "expected_maximum_profit": "evaluation.economics",
    "kaplan_meier": "modeling.retention",
    "life_table": "modeling.retention",
    "lift_table": "evaluation.gains",
    "migration": "value.migration",
    "order_retention": "monitoring.cohorts",
    "performance": "value.performance",
    "propose_inactivity": "evaluation.inactivity",
    "read_tables": "pipeline.tables",
    "sanity_report": "monitoring.sanity",
    "sellers": "value.sellers",
    "simulate": "pipeline.start",
    "snapshot": "features.snapshot",
    "snapshots": "features.snapshot",
    "strategies": "value.strategies",
    "value_matrix": "value.matrix",
    "value_pyramid": "value.matrix",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in _HOMES:
        return getattr(import_module(f"goodwill.{_HOMES[name]}"), name)
    if name in __all__:
        return import_module(f"goodwill.{name}")
    raise AttributeError(f"module 'goodwill' has no attribute {name!r}; it offers {', '.join(__all__)}")


def __dir__() -> list[str]:
    return __all__

"""Cohorts: of the customers won in a month, how many still buy in each month after."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.charts import Axis, Series, heat, lines
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST_COHORTS, _MOST_MONTHS = 18, 18


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the retention of cohorts and the course of revenue, where training left them."""
    found = []
    if len(material.evidence.get("cohorts", ())):
        found.append(_retention(material.evidence["cohorts"], words))
    if len(material.evidence.get("months", ())):
        found.append(_months(material.evidence["months"], words))
    return found


def _retention(cohorts: pd.DataFrame, words: Words) -> Exhibit:
    table = cohorts.assign(retention=cohorts["active"] / cohorts["customers"])
    later = table[table["months_since"] > 0]
    first_month = later[later["months_since"] == 1]
    mean = first_month["active"].sum() / max(first_month["customers"].sum(), 1)
    said = words("cohorts.says", share=words.share(mean))
    shown = later[later["cohort"].isin(sorted(set(later["cohort"]))[-_MOST_COHORTS:])]
    shown = shown[shown["months_since"] <= _MOST_MONTHS]
    grid = shown.assign(months_since=shown["months_since"].astype(str)).sort_values(
        ["cohort", "months_since"]
    )
    months = sorted(set(shown["months_since"]))
    grid["order"] = grid["months_since"].map({str(month): place for place, month in enumerate(months)})
    grid = grid.sort_values(["cohort", "order"])
    figure = heat(
        grid,
        Axis("months_since", words.column("months_since")),
        Axis("cohort", words.column("cohort")),
        Axis("retention", "", "share"),
    )
    shown_table = table_of(
        table,
        {"cohort": "text", "months_since": "count", "customers": "count", "active": "count",
         "retention": "share", "spend": "money"},
        words,
    )  # fmt: skip
    return Exhibit(
        "cohorts-retention",
        words("cohorts.retention"),
        words("cohorts.how"),
        shown_table,
        figure,
        said,
        [said],
    )


def _months(months: pd.DataFrame, words: Words) -> Exhibit:
    kinds: dict[str, Kind] = {"month": "text", "n_customers": "count", "n_new": "count", "n_orders": "count"}
    table = table_of(months, kinds | {"spend_total": "money"}, words)
    series = [Series("spend_total", words.column("spend_total"))]
    figure = lines(months, Axis("month", "", "date"), Axis("spend_total", "", "money"), series)
    last = months.iloc[-1]
    said = words("cohorts.months_says", month=last["month"], spend=words.money(float(last["spend_total"])))
    return Exhibit(
        "cohorts-months", words("cohorts.months"), words("cohorts.months_how"), table, figure, said
    )

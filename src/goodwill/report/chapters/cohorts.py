"""Cohorts: of the customers won in a month, how many still buy in each month after."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.report.charts import Axis, Figure, Series, heat, lines
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST_COHORTS, _MOST_MONTHS = 18, 18


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the retention of cohorts and the course of revenue, where training left them."""
    found = []
    if len(material.evidence.get("cohorts", ())):
        found.append(_retention("retention", material.evidence["cohorts"], words))
    if len(material.evidence.get("contract_cohorts", ())):
        found.append(_retention("contracts", material.evidence["contract_cohorts"], words))
    if len(material.evidence.get("months", ())):
        found.append(_months(material.evidence["months"], words))
    if len(material.evidence.get("tracking", ())):
        found.append(_tracking(material.evidence["tracking"], words))
    if len(material.evidence.get("acquisition", ())):
        found.append(_acquisition(material.evidence["acquisition"], words))
    return found


def _tracking(weeks: pd.DataFrame, words: Words) -> Exhibit:
    series = [Series(name, words.column(name)) for name in ("actual_total", "predicted_total")]
    across, up = Axis("week", words.column("week"), "count"), Axis("actual_total", "", "count")
    kinds: dict[str, Kind] = {"week": "count"}
    figures: dict[str, Kind] = {"actual": "count", "predicted": "number"}
    figures |= {"actual_total": "count", "predicted_total": "number"}
    is_test = weeks["is_test"].astype(bool)
    told, figure, said = weeks, lines(weeks, across, up, series), _tracked(weeks, is_test, words)
    if is_test.any():
        told = weeks.assign(part=[words(f"cohorts.{'tested' if test else 'fitted'}") for test in is_test])
        kinds["part"] = "text"
        figure = _bordered(figure, float(weeks["week"][~is_test].max()))
    return Exhibit(
        "cohorts-tracking", words("cohorts.tracking"), words("cohorts.tracking_how"),
        table_of(told, kinds | figures, words), figure, said, [said],
    )  # fmt: skip


def _bordered(figure: Figure, at: float) -> Figure:
    """Return a picture with an upright line across it, where there is a place for one."""
    border = {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": 1}
    shapes = [border] if np.isfinite(at) else []
    return {**figure, "layout": {**figure["layout"], "shapes": shapes}}


def _tracked(weeks: pd.DataFrame, is_test: pd.Series, words: Words) -> str:
    """Return what came of what was predicted after the fit; over all weeks where none came after."""
    after = weeks[is_test] if is_test.any() else weeks
    actual, predicted = int(after["actual"].sum()), float(after["predicted"].sum())
    told = {"actual": words.count(actual), "predicted": words.count(round(predicted))}
    if not is_test.any():
        return words("cohorts.tracking_says", **told)
    return words("cohorts.tracking_test", weeks=words.count(len(after)), **told)


def _acquisition(channels: pd.DataFrame, words: Words) -> Exhibit:
    kinds: dict[str, Kind] = {"acquisition_channel": "text", "n_customers": "count", "cost_mean": "money"}
    more: dict[str, Kind] = {"margin_mean": "money", "clv_lifetime_mean": "money", "clv_to_cac": "number"}
    back: dict[str, Kind] = {"payback_days": "count"}
    table = table_of(channels, kinds | more | back, words)
    how = words("cohorts.acquisition_how")
    return Exhibit("cohorts-acquisition", words("cohorts.acquisition"), how, table)


def _retention(key: str, cohorts: pd.DataFrame, words: Words) -> Exhibit:
    table = cohorts.assign(retention=cohorts["active"] / cohorts["customers"])
    began, stayed = ("first_contract", "holding_contract") if key == "contracts" else ("cohort", "active")
    table = table.rename(columns={"cohort": began, "active": stayed})
    later = table[table["months_since"] > 0]
    first_month = later[later["months_since"] == 1]
    mean = first_month[stayed].sum() / max(first_month["customers"].sum(), 1)
    said = words(f"cohorts.{key}_says", share=words.share(mean))
    shown = later[later[began].isin(sorted(set(later[began]))[-_MOST_COHORTS:])]
    shown = shown[shown["months_since"] <= _MOST_MONTHS]
    grid = shown.assign(months_since=shown["months_since"].astype(str)).sort_values([began, "months_since"])
    months = sorted(set(shown["months_since"]))
    grid["order"] = grid["months_since"].map({str(month): place for place, month in enumerate(months)})
    grid = grid.sort_values([began, "order"])
    figure = heat(
        grid,
        Axis("months_since", words.column("months_since")),
        Axis(began, words.column(began)),
        Axis("retention", "", "share"),
    )
    kinds: dict[str, Kind] = {began: "text", "months_since": "count", "customers": "count"}
    more: dict[str, Kind] = {stayed: "count", "retention": "share", "spend": "money"}
    kinds |= {name: kind for name, kind in more.items() if name in table}
    shown_table = table_of(table, kinds, words)
    return Exhibit(
        f"cohorts-{key}",
        words(f"cohorts.{key}"),
        words(f"cohorts.{key}_how"),
        shown_table,
        figure,
        said,
        [said],
    )


def _months(months: pd.DataFrame, words: Words) -> Exhibit:
    kinds: dict[str, Kind] = {"month": "text", "n_customers": "count", "n_new": "count", "n_orders": "count"}
    table = table_of(months, kinds | {"spend_total": "money"}, words)
    series = [Series("spend_total", words.column("spend_total"))]
    figure = lines(months, Axis("month", "", "date"), Axis("spend_total", words.priced(), "money"), series)
    last = months.iloc[-1]
    said = words("cohorts.months_says", month=last["month"], spend=words.money(float(last["spend_total"])))
    return Exhibit(
        "cohorts-months", words("cohorts.months"), words("cohorts.months_how"), table, figure, said
    )

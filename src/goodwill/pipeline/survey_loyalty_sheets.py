"""Sheets of what people do with value: satisfaction, loyalty, drivers, rivals."""

import pandas as pd

from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.survey_page import Page, changed, figure, scaled, span
from goodwill.wording.figures import p_text

_SHOWN_GROUPS, _SHOWN_WAVES = 12, 4


def satisfaction_sheet(page: Page) -> Sheet:
    """Return outcomes with their intervals."""
    rows = [
        (
            page.label(item), page.say(row["measure"]), scaled(row, "estimate"), scaled(row, "low", "high"),
            f"{row['n']:,}",
        )
        for item, row in page.frame("satisfaction").iterrows()
    ]  # fmt: skip
    return page.sheet("t_satisfaction", ("item", "measure", "estimate", "interval", "n"), rows)


def by_group_sheet(page: Page) -> Sheet:
    """Return the groups that differ most surely from all others."""
    table, alpha = page.frame("satisfaction_by_group"), 1 - page.report.level
    shown = table[table["p_adjusted"] < alpha].sort_values("p_adjusted").head(_SHOWN_GROUPS)
    rows = [
        (
            page.group_name(row["grouping"], row["group"]), page.label(row["item"]), scaled(row, "estimate"),
            changed(page, row, "difference"), scaled(row, "difference_low", "difference_high"),
            p_text(row["p_adjusted"]),
        )
        for _, row in shown.iterrows()
    ]  # fmt: skip
    heads = ("group", "item", "estimate", "difference", "interval", "p")
    return page.sheet("t_by_group", heads, rows, alpha=f"{alpha:.3g}")


def by_wave_sheet(page: Page) -> Sheet:
    """Return outcomes by wave, with the change from the wave before."""
    rows = [
        (
            row["wave"], page.label(row["item"]), scaled(row, "estimate"), scaled(row, "low", "high"),
            changed(page, row, "change"), p_text(row["p_adjusted"]),
        )
        for _, row in _latest(page.frame("satisfaction_by_wave"), page).iterrows()
    ]  # fmt: skip
    return page.sheet("t_by_wave", ("wave", "item", "estimate", "interval", "change", "p"), rows)


def drivers_sheet(page: Page) -> Sheet:
    """Return the dimensions by their part of R²."""
    table = page.frame("drivers").sort_values("importance", ascending=False)
    rows = [
        (page.say(name), figure(row["share"]), span(row, "share_low", "share_high"))
        for name, row in table.iterrows()
    ]
    outcome, fit = page.label(table["outcome"].iloc[0]), figure(table["r_squared"].iloc[0])
    return page.sheet("t_drivers", ("dimension", "share", "interval"), rows, outcome=outcome, r2=fit)


def rivals_sheet(page: Page) -> Sheet:
    """Return the value map."""
    rows = [
        (
            str(name), figure(row["relative_benefit"]),
            span(row, "relative_benefit_low", "relative_benefit_high"),
            figure(row["relative_price"]), figure(row["fair_benefit"]), figure(row["surplus"]),
            span(row, "surplus_low", "surplus_high"),
        )
        for name, row in page.frame("rivals").iterrows()
    ]  # fmt: skip
    heads = ("brand", "benefit", "interval", "price", "fair", "surplus", "interval")
    return page.sheet("t_rivals", heads, rows)


def leads_sheet(page: Page) -> Sheet:
    """Return where we lead or lag each rival."""
    rows = [
        (
            row["rival"], page.label(row["item"]), figure(row["ours"]), figure(row["theirs"]),
            figure(row["lead"]), span(row), page.say(row["verdict"]),
        )
        for _, row in page.frame("leads").iterrows()
    ]  # fmt: skip
    heads = ("rival", "item", "ours", "theirs", "ours_less_theirs", "interval", "verdict")
    return page.sheet("t_leads", heads, rows)


def _latest(table: pd.DataFrame, page: Page) -> pd.DataFrame:
    """Return the rows of the last waves; all of them stand in the file."""
    return table[table["wave"].isin(page.report.survey.waves[-_SHOWN_WAVES:])]

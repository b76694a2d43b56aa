"""What a person reads of a survey: a sheet per part, and what could not be computed."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from goodwill.perceived.dimensions import rated_otherwise, without_dimension
from goodwill.perceived.survey import SurveyQuality
from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.survey_groups import FEWEST_RESPONDENTS
from goodwill.pipeline.survey_loyalty_sheets import (
    by_group_sheet,
    by_wave_sheet,
    drivers_sheet,
    leads_sheet,
    rivals_sheet,
    satisfaction_sheet,
)
from goodwill.pipeline.survey_need_sheets import (
    gain_figures_sheet,
    gain_sheet,
    groups_sheet,
    interactions_sheet,
    needs_sheet,
    themes_sheet,
    tier_sheet,
    utility_sheet,
)
from goodwill.pipeline.survey_page import Page, figure, listed, span
from goodwill.pipeline.survey_report import SurveyReport
from goodwill.pipeline.survey_words import Language, say
from goodwill.wording import told
from goodwill.wording.figures import p_text

_NO_SPREAD = 1e-9
_ERRORS = 3  # standard errors of a correlation that is not chance
_GAP_HEADS = ("expectation", "perception", "gap", "interval", "p", "weighted", "verdict")


def survey_sheets(report: SurveyReport, language: Language) -> list[Sheet]:
    """Return a sheet per part that was computed."""
    page = Page(report, language)
    parts = [sheet(page) for name, sheet in _SHEETS.items() if len(report.frames.get(name, ()))]
    return [_quality(page), *(sheet for sheet in parts if sheet.rows)]


def survey_notes(report: SurveyReport, language: Language) -> list[str]:
    """Return which answers count as none, what could not be computed and why, and what not to conclude."""
    missing = [
        say(
            "missing",
            language,
            part=say(part, language),
            reason=told(say(reason, language), language).rstrip(".。"),
        )
        for part, reason in report.missing.items()
    ]
    quality = report.survey.quality
    odd = listed([f"{name} ({n:,})" for name, n in quality.impossible_by_item.items()])
    impossible = [say("impossible", language, n=f"{quality.n_impossible:,}", items=odd)] if odd else []
    cautions = [say(code, language) for code in report.cautions]
    cautions += [
        say("small_groups", language, n=n, fewest=FEWEST_RESPONDENTS, grouping=grouping)
        for grouping, n in report.small_groups.items()
    ]
    beside = [say("association_behaviour", language)] if "survey_gain" in report.frames else []
    against = listed(_against(report, language))
    turned = [say("against", language, items=against)] if against else []
    return [*impossible, *turned, *cautions, *missing, say("association", language), *beside]


def _against(report: SurveyReport, language: Language) -> list[str]:
    """Return the items that answers contradict the rest of their dimension in, beyond chance."""
    items = report.frames.get("items", pd.DataFrame())
    if items.empty:
        return []
    page, odd = Page(report, language), items[items["item_rest"] < -_ERRORS / np.sqrt(items["n"])]
    return [f"{page.label(item)} ({figure(row['item_rest'])})" for item, row in odd.iterrows()]


def _quality(page: Page) -> Sheet:
    quality: SurveyQuality = page.report.survey.quality
    counts = (
        "n_answers",
        "n_missing",
        "n_not_applicable",
        "n_impossible",
        "n_duplicated",
        "n_straight_liners",
    )
    rows = [(page.say(name), f"{getattr(quality, name):,}") for name in counts]
    rows += [
        (f"{page.say('left_out')}: {page.say('n_' + why)}", f"{n:,}") for why, n in quality.left_out.items()
    ]
    named = {
        "undeclared": quality.undeclared,
        "unanswered": quality.unanswered,
        "without_dimension": without_dimension(page.report.survey),
        "rated_otherwise": rated_otherwise(page.report.survey),
        "never_vary": _never_vary(page),
        "waves": page.report.survey.waves,
    }
    rows += [(page.say(name), listed(names)) for name, names in named.items() if names]
    return page.sheet("t_quality", ("what", "what"), rows, n=f"{quality.n_respondents:,}")


def _never_vary(page: Page) -> list[str]:
    """Return the items of dimensions to which everybody gave the same answer: they tell nobody apart."""
    items = page.report.frames.get("items", pd.DataFrame())
    return [] if items.empty else [page.label(item) for item in items.index[items["sd"] < _NO_SPREAD]]


def _dimensions(page: Page) -> Sheet:
    rows = [
        (
            page.say(name), page.say(row["kind"]), figure(row["score"], 1), span(row, digits=1),
            figure(row["weight"]), figure(row["contribution"], 1),
        )
        for name, row in page.frame("dimensions").iterrows()
    ]  # fmt: skip
    heads = ("dimension", "kind", "score", "interval", "weight", "contribution")
    return page.sheet("t_dimensions", heads, rows, weights=page.say(page.report.weights_from))


def _value(page: Page) -> Sheet:
    known = page.frame("value").dropna(subset=["mean"])
    rows = [
        (page.say(name), figure(row["mean"]), span(row), f"{row['n']:,.0f}") for name, row in known.iterrows()
    ]
    return page.sheet("t_value", ("figure", "mean", "interval", "n"), rows)


def _reliability(page: Page) -> Sheet:
    rows = [
        (
            page.say(row["dimension"]), page.say(row["side"]), str(row["n_items"]), figure(row["alpha"]),
            span(row, "alpha_low", "alpha_high"), figure(row["omega"]),
            page.say("yes" if row["is_one_factor"] else "no"),
            page.say("questionable_alpha" if row["verdict"] == "questionable" else row["verdict"]),
        )
        for _, row in page.frame("reliability").iterrows()
    ]  # fmt: skip
    heads = ("dimension", "side", "items", "alpha", "interval", "omega", "one_factor", "verdict")
    return page.sheet("t_reliability", heads, rows)


def _gap_rows(page: Page, table: pd.DataFrame, name: Callable[[object], str]) -> list[Sequence[str]]:
    return [
        (
            name(item), figure(row["expectation"]), figure(row["perception"]), figure(row["gap"]), span(row),
            p_text(row["p_adjusted"]), figure(row["weighted_gap"]),
            page.say("surplus_gap" if row["verdict"] == "surplus" else row["verdict"]),
        )
        for item, row in table.iterrows()
    ]  # fmt: skip


def _dimension_gaps(page: Page) -> Sheet:
    rows = _gap_rows(page, page.frame("dimension_gaps"), page.say)
    return page.sheet("t_dimension_gaps", ("dimension", *_GAP_HEADS), rows)


def _gaps(page: Page) -> Sheet:
    table = page.frame("gaps")
    order = "weighted_gap" if table["weighted_gap"].notna().any() else "gap"
    rows = _gap_rows(page, table.sort_values(order), page.label)
    return page.sheet("t_gaps", ("item", *_GAP_HEADS), rows)


def _map(page: Page) -> Sheet:
    table = page.frame("importance_performance").sort_values("importance", ascending=False)
    rows = [
        (
            page.label(item), figure(row["importance"]), figure(row["performance"]),
            page.say(row["quadrant"]), figure(row["certainty"]),
        )
        for item, row in table.iterrows()
    ]  # fmt: skip
    return page.sheet("t_map", ("item", "importance", "performance", "quadrant", "certainty"), rows)


def _kano(page: Page) -> Sheet:
    rows = [
        (
            page.label(item), page.say(row["category"]), figure(row["certainty"]),
            page.say("yes" if row["is_clear_winner"] else "no"),
            figure(row["better"]), span(row, "better_low", "better_high"),
            figure(row["worse"]), span(row, "worse_low", "worse_high"), figure(row["category_strength"]),
        )
        for item, row in page.frame("kano").iterrows()
    ]  # fmt: skip
    heads = (
        "feature",
        "category",
        "certainty",
        "clear",
        "better",
        "interval",
        "worse",
        "interval",
        "strength",
    )
    return page.sheet("t_kano", heads, rows)


_SHEETS: Mapping[str, Callable[[Page], Sheet]] = {
    "dimensions": _dimensions,
    "value": _value,
    "reliability": _reliability,
    "dimension_gaps": _dimension_gaps,
    "gaps": _gaps,
    "importance_performance": _map,
    "kano": _kano,
    "satisfaction": satisfaction_sheet,
    "satisfaction_by_group": by_group_sheet,
    "satisfaction_by_wave": by_wave_sheet,
    "drivers": drivers_sheet,
    "drivers_by_group": groups_sheet,
    "utility": utility_sheet,
    "interactions": interactions_sheet,
    "themes": themes_sheet,
    "needs_map": needs_sheet,
    "survey_gain_differences": gain_sheet,
    "survey_gain": gain_figures_sheet,
    "value_by_tier": tier_sheet,
    "rivals": rivals_sheet,
    "leads": leads_sheet,
}

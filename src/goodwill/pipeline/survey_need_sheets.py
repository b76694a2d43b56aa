"""Sheets of what people want: where more of a dimension pays, what they say, what to mend first."""

import numpy as np
import pandas as pd

from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.survey_page import Page, figure, span
from goodwill.wording.figures import NOTHING

_KINDS = ("pain", "concern", "expectation", "praise")
_SHOWN_WORDS = 5


def utility_sheet(page: Page) -> Sheet:
    """Return how far each dimension lifts the outcome, up to which score, and how it hurts where low."""
    curves = page.report.frames.get("response_curves", pd.DataFrame({"response": []}))
    is_share = len(curves) > 0 and bool(curves["response"].between(0, 1).all())
    scale = 100.0 if is_share else 1.0
    table = _scaled_effects(page.frame("utility"), scale)
    contrasts = _scaled_effects(page.report.frames.get("penalty_reward", pd.DataFrame()), scale)
    rows = [
        (
            page.say(name), figure(row["rise"], 1), span(row, "rise_low", "rise_high", digits=1),
            _pays_up_to(page, name, row), *_contrast(page, contrasts, name),
        )
        for name, row in table.sort_values("rise", key=abs, ascending=False).iterrows()
    ]  # fmt: skip
    heads = ("dimension", "rise", "interval", "pays_up_to", "penalty", "reward", "effect")
    return page.sheet("t_utility", heads, rows, unit=page.say("points_of_share" if is_share else "points"))


def _scaled_effects(table: pd.DataFrame, scale: float) -> pd.DataFrame:
    effects = [str(name) for name in table if str(name).startswith(("rise", "penalty", "reward"))]
    return table.assign(**{name: scale * table[name] for name in effects})


def _pays_up_to(page: Page, name: object, row: pd.Series) -> str:
    """Return up to which score more of a dimension pays; of a cost, or of what may be chance, none does."""
    if row["rise"] == 0 or row["rise_low"] <= 0 <= row["rise_high"]:
        return page.say("unclear")
    if name in page.costs or row["rise"] < 0:
        return NOTHING
    return page.say("to_the_top") if pd.isna(row["pays_up_to"]) else figure(row["pays_up_to"], 0)


def _contrast(page: Page, contrasts: pd.DataFrame, name: object) -> tuple[str, str, str]:
    if name not in contrasts.index:
        return NOTHING, NOTHING, NOTHING
    penalty, reward, kind = (contrasts[column][str(name)] for column in ("penalty", "reward", "kind"))
    code = "cost" if kind == "contrary" and name in page.costs else kind
    return figure(penalty, 1), figure(reward, 1), page.say(f"effect_{code}")


def groups_sheet(page: Page) -> Sheet:
    """Return what drives the outcome in each group, and where it falls short; all tables are in the file."""
    gaps = page.report.frames.get("dimension_gaps_by_group")
    values = page.report.frames.get("value_by_group")
    rows = []
    for (grouping, group), table in page.frame("drivers_by_group").groupby(["grouping", "group"], sort=False):
        first = table.sort_values("share", ascending=False).iloc[0]
        named = _driver(page, first)
        told = (NOTHING, NOTHING) if gaps is None else _short(page, gaps, str(grouping), str(group))
        index = NOTHING if values is None else _index(values, str(grouping), str(group))
        rows.append((page.group_name(grouping, group), f"{first['n']:,.0f}", index, named, *told))
    return page.sheet("t_groups", ("group", "n", "index", "first_driver", "gap", "shortest"), rows)


def _driver(page: Page, row: pd.Series) -> str:
    """Return a dimension with its share in per cent, and its interval where it is known."""
    percent = 100 * row[["share", "share_low", "share_high"]].astype(float)
    limits = span(percent, "share_low", "share_high", digits=0)
    named = f"{page.say(row['dimension'])} {figure(percent['share'], 0)}%"
    return named if limits == NOTHING else f"{named} {limits}"


def _index(values: pd.DataFrame, grouping: str, group: str) -> str:
    """Return the index of perceived value of a group, with its interval."""
    is_own = (values["grouping"] == grouping) & (values["group"] == group)
    own = values[is_own & (values["figure"] == "index")]
    return NOTHING if own.empty else f"{figure(own['mean'].iloc[0], 1)} {span(own.iloc[0], digits=1)}"


def _short(page: Page, gaps: pd.DataFrame, grouping: str, group: str) -> tuple[str, str]:
    """Return the gap of a group in all, and its dimension with the largest shortfall."""
    own = gaps[(gaps["grouping"] == grouping) & (gaps["group"] == group)]
    known = {str(name): float(gap) for name, gap in zip(own["dimension"], own["gap"], strict=True)}
    costs = page.costs
    short = {name: gap if name in costs else -gap for name, gap in known.items() if name != "all"}
    short = {name: size for name, size in short.items() if size > 0}
    most = max(short, key=lambda name: short[name], default=None)
    told = NOTHING if most is None else f"{page.say(most)} {figure(known[most])}"
    return figure(known.get("all", np.nan)), told


def interactions_sheet(page: Page) -> Sheet:
    """Return the pairs that work together; none where chance shows as much."""
    table = page.frame("interactions")
    rows = [
        (
            page.say(row["first"]),
            page.say(row["second"]),
            figure(row["h_squared"], 3),
            figure(row["reference"], 3),
        )
        for _, row in table[table["matters"]].iterrows()
    ]
    return page.sheet("t_interactions", ("dimension", "dimension", "h_squared", "by_chance"), rows)


def themes_sheet(page: Page) -> Sheet:
    """Return themes with their share, words, dimension, sentiment and leading kind."""
    rows = []
    for _, row in page.frame("themes").iterrows():
        kinds = row[[f"{kind}_share" for kind in _KINDS]].astype(float)
        lead = str(kinds.idxmax()).removesuffix("_share")
        said = f"{page.say('said_' + lead)} {100 * kinds.max():.0f}%"
        words = ", ".join(row["words"].split(", ")[:_SHOWN_WORDS])
        dimension = NOTHING if pd.isna(row["dimension"]) else page.say(row["dimension"])
        share = f"{100 * row['share']:.1f}%"
        rows.append((words, share, dimension, said, figure(row["sentiment"])))
    return page.sheet("t_themes", ("words", "share_of_comments", "dimension", "kind", "sentiment"), rows)


def needs_sheet(page: Page) -> Sheet:
    """Return what to mend first in the last wave, and how that moved."""
    table = page.frame("needs_map")
    last = str(table["wave"].iloc[-1])
    rows = [
        (
            figure(row["rank"], 0), page.say(row["dimension"]), figure(row["gap"]), figure(row["gap_change"]),
            figure(row["priority"]), figure(100 * row["voice_share"], 1), figure(row["rank_change"], 0),
        )
        for _, row in table[table["wave"] == last].sort_values("rank").iterrows()
    ]  # fmt: skip
    heads = ("rank", "dimension", "gap", "change", "priority", "voice_share", "rank_change")
    return page.sheet("t_needs_map", heads, rows, wave=last)


def gain_sheet(page: Page) -> Sheet:
    """Return what survey facts add to churn and value, out of time."""
    table = page.frame("survey_gain_differences")
    rows = [
        (
            page.say(f"target_{row['target']}"), page.say(f"group_{row['customers']}"),
            figure(row["mean"], 4), span(row, digits=4), _relative(row["relative"]),
            f"{row['n_customers']:,}", page.say(f"gain_{row['verdict']}"),
        )
        for _, row in table.iterrows()
    ]  # fmt: skip
    heads = ("loss", "customers", "difference", "interval_90", "relative", "n", "verdict")
    return page.sheet("t_gain", heads, rows, day=table["as_of"].iloc[0], days=table["horizon_days"].iloc[0])


def _relative(share: float | None) -> str:
    """Return a difference as a share of what it differs from; a dash where that is 0."""
    return NOTHING if share is None or pd.isna(share) else f"{100 * share:+.1f}%"


def gain_figures_sheet(page: Page) -> Sheet:
    """Return how well the same model foretells with the survey, without it, and with shuffled answers."""
    rows = [
        (
            page.say(f"model_{row['model']}"), page.say(f"group_{row['customers']}"),
            *(figure(row[name], 3) for name in ("roc_auc", "log_loss", "brier", "ngini")),
            figure(row["mae"]), figure(row["bias"]),
        )
        for _, row in page.frame("survey_gain").astype({"roc_auc": float, "ngini": float}).iterrows()
    ]  # fmt: skip
    heads = ("model", "customers", "roc_auc", "log_loss", "brier", "ngini", "mae", "bias")
    return page.sheet("t_gain_figures", heads, rows)


def tier_sheet(page: Page) -> Sheet:
    """Return perceived value by value tier."""
    table = page.frame("value_by_tier")
    rows = [
        (
            page.class_name(row["tier"]), f"{row['n_customers']:,.0f}", figure(row["mean"]), span(row),
            f"{100 * row['surveyed_share']:.0f}%",
        )
        for _, row in table.iterrows()
    ]  # fmt: skip
    side, day = page.say(f"side_{table['side'].iloc[0]}"), table["as_of"].iloc[0]
    return page.sheet("t_tier", ("tier", "n", "mean", "interval", "surveyed"), rows, side=side, day=day)

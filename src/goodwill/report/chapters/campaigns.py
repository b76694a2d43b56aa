"""What campaigns caused: their effects, what they returned for their cost, and what to know before."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from goodwill.report.chapters import campaign_design, reactions
from goodwill.report.chapters.outcomes import axis_of, shown
from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told

Teller = Callable[[str, Json, int, Words], Sequence[Exhibit]]


def exhibits(effects: Json, words: Words) -> Sequence[Exhibit]:
    """Return what to know of each campaign, its effects, and who reacts."""
    table = pd.DataFrame(effects.get("effects", []))
    if table.empty:
        return []
    groups = table.groupby(["campaign", "outcome"], sort=False)
    return [
        *_each(_compared, effects, words),
        *_each(campaign_design.exhibits, effects, words),
        *(_effect(effects, group, place, words) for place, (_, group) in enumerate(groups)),
        *_each(reactions.exhibits, effects, words),
        *_unfinished(effects.get("unfinished", {}), words),
    ]


def _each(tell: Teller, effects: Json, words: Words) -> Iterator[Exhibit]:
    for place, (name, facts) in enumerate(effects.get("campaigns", {}).items()):
        yield from tell(name, facts, place, words)


def _unfinished(unfinished: Mapping[str, str], words: Words) -> list[Exhibit]:
    """Return from which day on those campaigns can be measured whose window has not ended."""
    notes = [words("decisions.unfinished_says", campaign=name, day=day) for name, day in unfinished.items()]
    return [Exhibit("decisions-unfinished", words("decisions.unfinished"), notes=notes)] if notes else []


def _compared(campaign: str, facts: Json, place: int, words: Words) -> Sequence[Exhibit]:
    """Return what a campaign brought for its cost, and what to know before its effects are used."""
    key = f"decisions-campaign-{place}"
    notes = [told(str(caveat), words.language) for caveat in facts.get("caveats", [])]
    brought = pd.DataFrame(facts.get("returns", []))
    if brought.empty:
        return [Exhibit(key, words("decisions.compared", campaign=campaign), notes=notes)] if notes else []
    brought = brought.rename(columns={"margin": "margin_caused"})
    brought["outcome"] = [words.known_code("outcomes", str(name)) for name in brought["outcome"]]
    kinds: dict[str, Kind] = {"arm": "text", "outcome": "text", "cost": "money", "margin_caused": "money"}
    kinds |= {"roi": "share", "low": "share", "high": "share"}
    title = words("decisions.returned", campaign=campaign)
    how = words("decisions.returned_how", level=f"{facts.get('level', 0.95):.0%}")
    return [Exhibit(key, title, how, table_of(brought, kinds, words), notes=notes)]


def _effect(effects: Json, table: pd.DataFrame, place: int, words: Words) -> Exhibit:
    campaign, outcome = str(table["campaign"].iloc[0]), str(table["outcome"].iloc[0])
    facts = effects.get("campaigns", {}).get(campaign, {})
    series = [Series("estimate", words.column("estimate"), "low", "high")]
    named = words.known_code("outcomes", outcome)
    figure = rows(
        table, Axis("arm", ""), axis_of(outcome, "estimate", words("decisions.difference"), words), series
    )
    said = words("sentence_joint").join(
        words(
            "decisions.effect_says",
            arm=row["arm"],
            **{name: shown(outcome, row[name], words) for name in ("estimate", "low", "high")},
        )
        for _, row in table.iterrows()
    )
    is_sound = all(check.get("is_passed", True) for check in facts.get("checks", []))
    notes = [said] if is_sound else [said, words("decisions.unsound")]
    kinds: dict[str, Kind] = {
        "arm": "text",
        "n_treated": "count",
        "n_control": "count",
        "control_mean": "measure",
    }
    kinds |= {
        "estimate": "measure",
        "low": "measure",
        "high": "measure",
        "p_holm": "p_value",
        "method": "text",
    }
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    if "method" in table:
        table = table.assign(method=[told(str(method), words.language) for method in table["method"]])
    title = words("decisions.effect", campaign=campaign, outcome=named)
    return Exhibit(
        f"decisions-effect-{place}", title,
        words("decisions.effect_how", level=f"{facts.get('level', 0.95):.0%}"),
        table_of(table, kinds, words), figure, said, notes,
    )  # fmt: skip

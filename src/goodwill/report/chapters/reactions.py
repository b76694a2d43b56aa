"""Who reacts to a campaign: the gain of treating by the learned order, kinds of customers, and rules."""

from collections.abc import Mapping, Sequence

import pandas as pd

from goodwill.decisions.uplift_classes import CLASSES
from goodwill.report.chapters.outcomes import axis_of, shown
from goodwill.report.charts import Axis, Series, lines, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told

# The learner whose effects are served; the others stand beside it in what `measure` prints.
_LEARNER = "dr"
_GAINS = {"uplift_gain": "estimate", "gain_low": "low", "gain_high": "high"}
_GAINED: dict[str, Kind] = {
    "arm": "text",
    "treated_share": "share",
    "estimate": "measure",
    "low": "measure",
    "high": "measure",
    "uplift_gain": "measure",
    "by_lot": "measure",
}


def exhibits(campaign: str, facts: Json, place: int, words: Words) -> Sequence[Exhibit]:
    """Return for each outcome whose reaction was learned what choosing whom to treat brings."""
    level = f"{facts.get('level', 0.95):.0%}"
    made = []
    for part, (outcome, learned) in enumerate(facts.get("uplift", {}).items()):
        of = {"campaign": campaign, "outcome": words.known_code("outcomes", outcome), "level": level}
        key = f"{place}-{part}"
        made += [
            *_gained(key, outcome, learned.get("qini", {}), of, words),
            *_kinds(key, learned.get("classes", {}), of, words),
            *_rules(key, pd.DataFrame(learned["policies"]), of, words),
        ]
    return made


def _gained(key: str, outcome: str, qinis: Json, of: Mapping[str, str], words: Words) -> list[Exhibit]:
    """Return what treating a share of customers gains, by the learned order and by lot."""
    judged = {arm: learners[_LEARNER] for arm, learners in qinis.items()}
    if not judged:
        return []
    table = pd.concat([_curve(arm, one) for arm, one in judged.items()], ignore_index=True)
    wide = table.pivot_table(index="treated_share", columns="arm")
    wide = wide.set_axis(wide.columns.map(" ".join), axis=1).reset_index()
    series = [
        *(Series(f"uplift_gain {arm}", arm, f"gain_low {arm}", f"gain_high {arm}") for arm in judged),
        *(Series(f"by_lot {arm}", words("decisions.by_lot", arm=arm)) for arm in judged),
    ]
    up = axis_of(outcome, "uplift_gain", words("decisions.gained"), words)
    across = Axis("treated_share", words.column("treated_share"), "share")
    figure = lines(wide, across, up, series)
    notes = [_reacts(outcome, arm, one, words) for arm, one in judged.items()]
    title, how = words("decisions.reacts", **of), words("decisions.reacts_how", **of)
    said = words("sentence_joint").join(notes)
    return [
        Exhibit(f"decisions-reacts-{key}", title, how, table_of(table, _GAINED, words), figure, said, notes)
    ]


def _curve(arm: str, one: Json) -> pd.DataFrame:
    """Return the gain curve of one treatment: of a share, its effect times the share."""
    at = {0.0: dict.fromkeys(("estimate", "low", "high"))}
    at |= {float(share): found for share, found in one["uplift_at"].items()} | {1.0: one["mean_effect"]}
    curve = pd.DataFrame.from_dict(at, orient="index", dtype="float64")
    curve = curve.rename_axis("treated_share").reset_index()
    share = curve["treated_share"]
    gains = {name: (share * curve[of]).fillna(0.0) for name, of in _GAINS.items()}
    return curve.assign(arm=arm, **gains, by_lot=share * one["mean_effect"]["estimate"])


def _reacts(outcome: str, arm: str, one: Json, words: Words) -> str:
    top, qini = one["uplift_at"]["0.1"], one["qini"]
    verdict = "found" if qini["low"] > 0 else "lost" if qini["high"] < 0 else "chance"
    return words(
        "decisions.reacts_says",
        arm=arm,
        **{name: shown(outcome, top[name], words) for name in ("estimate", "low", "high")},
        mean=shown(outcome, one["mean_effect"]["estimate"], words),
        qini=words.measure(qini["estimate"]),
        qini_low=words.measure(qini["low"]),
        qini_high=words.measure(qini["high"]),
        verdict=words(f"decisions.reacts_{verdict}"),
    )


def _kinds(key: str, classes: Json, of: Mapping[str, str], words: Words) -> list[Exhibit]:
    """Return how many customers are of each kind, by treatment."""
    if not classes:
        return []
    table = pd.DataFrame(
        [
            {"arm": arm, "uplift_class": told(kind.replace("_", " "), words.language), "customers": n[kind]}
            for arm, n in classes.items()
            for kind in CLASSES
            if n.get(kind)
        ]
    )
    kinds: dict[str, Kind] = {"arm": "text", "uplift_class": "text", "customers": "count"}
    title, how = words("decisions.kinds", **of), words("decisions.kinds_how")
    return [Exhibit(f"decisions-kinds-{key}", title, how, table_of(table, kinds, words))]


def _rules(key: str, table: pd.DataFrame, of: Mapping[str, str], words: Words) -> list[Exhibit]:
    """Return what choosing whom to treat brought, beside one rule for all; for money alone."""
    if table.empty:
        return []
    table = table.rename(columns={"name": "policy", "value": "estimate"})
    table["policy"] = [told(str(name), words.language) for name in table["policy"]]
    series = [Series("estimate", words.column("estimate"), "low", "high")]
    across = Axis("estimate", words.priced(words("decisions.per_customer")), "measure")
    figure = rows(table, Axis("policy", ""), across, series)
    kinds: dict[str, Kind] = {"policy": "text", "treated_share": "share", "estimate": "measure"}
    kinds |= {"low": "measure", "high": "measure"}
    best = table.sort_values("estimate").iloc[-1]
    said = words(
        "decisions.rules_says",
        rule=best["policy"],
        **{name: words.money(best[name]) for name in ("estimate", "low", "high")},
    )
    title, how = words("decisions.rules", **of), words("decisions.rules_how", **of)
    return [
        Exhibit(f"decisions-rules-{key}", title, how, table_of(table, kinds, words), figure, said, [said])
    ]

"""What to do: who gets which offer under the budget, and what campaigns returned."""

from collections.abc import Mapping, Sequence

import pandas as pd

from goodwill.report.charts import Axis, Series, lines, rows
from goodwill.report.exhibit import Exhibit, Fact
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told

# What a plan spends is a cost; `spend` is what customers pay.
_PAID = {"spend": "cost"}
_NO_GAP = 5e-5  # would read 0.00%
_MONEY = ("revenue", "margin", "refunds")


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the plan, its comparison with simple rules, and the effects that were measured."""
    plan, effects = (material.findings.get(name, {}) for name in ("plan", "effects"))
    actions = _actions(material.evidence.get("actions", pd.DataFrame()), words)
    return [*actions, *(_planned(plan, words) if plan else []), *_effects(effects, words)]


def _actions(table: pd.DataFrame, words: Words) -> list[Exhibit]:
    if table.empty:
        return []
    table = table.assign(customers_share=table["customers"] / table["customers"].sum())
    series = [Series("customers_share", words.column("customers_share"))]
    figure = rows(table, Axis("action", ""), Axis("customers_share", "", "share"), series)
    first = table.iloc[0]
    said = words("decisions.actions_says", action=first["action"], n=words.count(int(first["customers"])))
    shown = table_of(table, {"action": "text", "customers": "count", "customers_share": "share"}, words)
    title, how = words("decisions.actions"), words("decisions.actions_how")
    return [Exhibit("decisions-actions", title, how, shown, figure, said, [said])]


def _planned(plan: Json, words: Words) -> list[Exhibit]:
    facts = [
        Fact(words.money(plan["budget"]), words("decisions.budget")),
        Fact(words.money(plan["spend"]), words("decisions.spend")),
        Fact(words.count(plan["customers"]), words("decisions.treated")),
        Fact(words.money(plan["profit"]), words("decisions.profit")),
    ]
    gap = (
        words("decisions.gap", gap=f"{plan['gap']:.2%}") if plan["gap"] > _NO_GAP else words("decisions.best")
    )
    notes = [gap, *(told(str(notice), words.language) for notice in plan.get("notices", []))]
    offers = pd.DataFrame(plan.get("by_offer", [])).rename(columns=_PAID)
    kinds: dict[str, Kind] = {"offer": "text", "channel": "text", "customers": "count", "cost": "money"}
    kinds |= {"expected_margin": "money", "profit": "money", "roi": "share"}
    kinds = {name: kind for name, kind in kinds.items() if name in offers}
    table = table_of(offers, kinds, words) if kinds else None
    first = Exhibit(
        "decisions-plan",
        words("decisions.plan"),
        words("decisions.plan_how"),
        table,
        notes=notes,
        facts=facts,
    )
    return [first, *_policies(plan, words), *_curve(plan, words)]


def _policies(plan: Json, words: Words) -> list[Exhibit]:
    table = (
        pd.DataFrame(plan.get("comparisons", {})).T.rename_axis("policy").reset_index().rename(columns=_PAID)
    )
    if table.empty or "profit" not in table:
        return []
    others = table[table["policy"] != "plan"].sort_values("profit", ascending=False)
    table = table.sort_values("profit", ascending=False)
    table["policy"] = [words.code("policies", code) for code in table["policy"]]
    series = [Series("profit", words.column("profit"))]
    figure = rows(table, Axis("policy", ""), Axis("profit", words.priced(), "money"), series)
    said = ""
    if len(others):
        said = words(
            "decisions.policies_says",
            plan=words.money(plan["profit"]),
            other=words.code("policies", others["policy"].iloc[0]),
            best=words.money(float(others["profit"].iloc[0])),
        )
    kinds: dict[str, Kind] = {"policy": "text", "customers": "count", "cost": "money", "profit": "money"}
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    title, how = words("decisions.policies"), words("decisions.policies_how")
    return [Exhibit("decisions-policies", title, how, table_of(table, kinds, words), figure, said, [said])]


def _curve(plan: Json, words: Words) -> list[Exhibit]:
    table = pd.DataFrame(plan.get("curve", []))
    if len(table) < 2 or not {"budget", "gain"} <= set(table):  # noqa: PLR2004 - a point is no curve
        return []
    table = table.sort_values("budget").rename(columns=_PAID)
    across, up = (Axis(name, words.priced(words.column(name)), "money") for name in ("budget", "gain"))
    last = table.iloc[-1]
    said = words(
        "decisions.curve_says",
        gain=words.money(float(last["gain"])),
        budget=words.money(float(last["budget"])),
    )
    figure = lines(table, across, up, [Series("gain", words.column("gain"))])
    kinds: dict[str, Kind] = {"budget": "money", "cost": "money", "gain": "money"}
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    title, how = words("decisions.curve"), words("decisions.curve_how")
    return [Exhibit("decisions-curve", title, how, table_of(table, kinds, words), figure, said)]


def _effects(effects: Json, words: Words) -> list[Exhibit]:
    table = pd.DataFrame(effects.get("effects", []))
    if table.empty:
        return []
    campaigns = effects.get("campaigns", {}).items()
    compared = [_compared(name, facts, place, words) for place, (name, facts) in enumerate(campaigns)]
    groups = table.groupby(["campaign", "outcome"], sort=False)
    found = [_effect(effects, group, place, words) for place, (_, group) in enumerate(groups)]
    chosen = [
        one
        for place, (name, facts) in enumerate(campaigns)
        for one in _chosen(f"decisions-rules-{place}", name, facts, words)
    ]
    compared = [exhibit for exhibit in compared if exhibit.notes or exhibit.table]
    return [*compared, *found, *chosen, *_unfinished(effects.get("unfinished", {}), words)]


def _unfinished(unfinished: Mapping[str, str], words: Words) -> list[Exhibit]:
    """Return from which day on those campaigns can be measured whose window has not ended."""
    notes = [words("decisions.unfinished_says", campaign=name, day=day) for name, day in unfinished.items()]
    return [Exhibit("decisions-unfinished", words("decisions.unfinished"), notes=notes)] if notes else []


def _compared(campaign: str, facts: Json, place: int, words: Words) -> Exhibit:
    """Return what a campaign brought for its cost, and what to know before its effects are used."""
    notes = [told(str(caveat), words.language) for caveat in facts.get("caveats", [])]
    brought = pd.DataFrame(facts.get("returns", []))
    if brought.empty:
        return Exhibit(
            f"decisions-campaign-{place}", words("decisions.compared", campaign=campaign), notes=notes
        )
    brought = brought.rename(columns={"margin": "margin_caused"})
    brought["outcome"] = [words.known_code("outcomes", str(name)) for name in brought["outcome"]]
    kinds: dict[str, Kind] = {"arm": "text", "outcome": "text", "cost": "money", "margin_caused": "money"}
    kinds |= {"roi": "share", "low": "share", "high": "share"}
    title = words("decisions.returned", campaign=campaign)
    how = words("decisions.returned_how", level=f"{facts.get('level', 0.95):.0%}")
    table = table_of(brought, kinds, words)
    return Exhibit(f"decisions-campaign-{place}", title, how, table, notes=notes)


def _chosen(key: str, campaign: str, facts: Json, words: Words) -> list[Exhibit]:
    """Return what choosing whom to treat brought, beside one rule for all, for each outcome of money."""
    learned = {outcome: pd.DataFrame(one["policies"]) for outcome, one in facts.get("uplift", {}).items()}
    level = f"{facts.get('level', 0.95):.0%}"
    return [
        _rules(f"{key}-{place}", table, (campaign, words.known_code("outcomes", outcome), level), words)
        for place, (outcome, table) in enumerate(learned.items())
        if len(table)
    ]


def _rules(key: str, table: pd.DataFrame, told_of: tuple[str, str, str], words: Words) -> Exhibit:
    campaign, outcome, level = told_of
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
    title = words("decisions.rules", campaign=campaign, outcome=outcome)
    how = words("decisions.rules_how", level=level)
    return Exhibit(key, title, how, table_of(table, kinds, words), figure, said, [said])


def _effect(effects: Json, table: pd.DataFrame, place: int, words: Words) -> Exhibit:
    campaign, outcome = str(table["campaign"].iloc[0]), str(table["outcome"].iloc[0])
    facts = effects.get("campaigns", {}).get(campaign, {})
    series = [Series("estimate", words.column("estimate"), "low", "high")]
    named = words.known_code("outcomes", outcome)
    figure = rows(table, Axis("arm", ""), _difference(outcome, named, words), series)
    shown = words.money if outcome in _MONEY else words.measure
    said = words("sentence_joint").join(
        words(
            "decisions.effect_says",
            arm=row["arm"],
            **{name: shown(row[name]) for name in ("estimate", "low", "high")},
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


def _difference(outcome: str, named: str, words: Words) -> Axis:
    """Return the axis of an effect, with the unit of the outcome."""
    if outcome == "retention":
        return Axis("estimate", words("decisions.difference_share"), "share")
    title = words("decisions.difference")
    priced = words.priced(title) if outcome in _MONEY else words("page.priced", title=title, currency=named)
    return Axis("estimate", priced, "measure")

"""What to do: who gets which offer under the budget, and what campaigns returned."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters import campaigns
from goodwill.report.charts import Axis, Series, lines, rows
from goodwill.report.exhibit import Exhibit, Fact
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told

# What a plan spends is a cost; `spend` is what customers pay.
_PAID = {"spend": "cost"}
_NO_GAP = 5e-5  # would read 0.00%


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the plan, its comparison with simple rules, and the effects that were measured."""
    plan, effects = (material.findings.get(name, {}) for name in ("plan", "effects"))
    actions = _actions(material.evidence.get("actions", pd.DataFrame()), words)
    return [*actions, *(_planned(plan, words) if plan else []), *campaigns.exhibits(effects, words)]


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

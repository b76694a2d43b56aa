"""What contacting customers against churn would have returned, rule by rule, for each offer."""

from collections.abc import Sequence

import pandas as pd

from goodwill.evaluation.contacting import POLICIES
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told


def contacts(metrics: Json, words: Words) -> Sequence[Exhibit]:
    """Return the rules of contact beside one another; nothing where no offer assumes a save rate."""
    found = metrics.get("churn", {}).get("economics", {})
    if not found:
        return []
    judged = {name: one for name, one in found.items() if "policies" in one}
    rows = [
        {
            "offer": name,
            "policy": words.code("policies", policy),
            "n_eligible": one["n_customers"],
            "contacted_share": brought["contacted_share"],
            "profit_before": brought["expected_profit"],
            "profit_came": brought["profit"],
        }
        for name, one in judged.items()
        for policy, brought in ((policy, one["policies"][policy]) for policy in POLICIES)
    ]
    kinds: dict[str, Kind] = {"offer": "text", "policy": "text", "n_eligible": "count"}
    kinds |= {"contacted_share": "share", "profit_before": "money", "profit_came": "money"}
    table = table_of(pd.DataFrame(rows), kinds, words) if rows else None
    notes = [_says(name, one, words) for name, one in found.items()]
    title, how = words("quality.contacts"), words("quality.contacts_how")
    return [Exhibit("quality-contacts", title, how, table, notes=notes)]


def _says(name: str, one: Json, words: Words) -> str:
    if "not_judged" in one:
        return words("quality.contacts_not", offer=name, why=told(one["not_judged"], words.language))
    best = one["expected_maximum"]
    return words(
        "quality.contacts_says",
        offer=name,
        cost=words.money(one["contact_cost"]),
        rate=words.share(one["success_rate"]),
        n=words.count(one["n_customers"]),
        profit=words.money(one["policies"]["per_customer"]["profit"]),
        best=words.money(best["profit"]),
        share=words.share(best["share"]),
    )

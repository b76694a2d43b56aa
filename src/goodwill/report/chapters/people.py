"""Customers to look at first, by name: only where the config allows identifiers."""

from collections.abc import Sequence

from goodwill.report.chapters.classes import UNKNOWN
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST = 50
_KINDS: dict[str, Kind] = {
    "customer_id": "text",
    "tier": "text",
    "segment": "text",
    "p_churn": "share",
    "clv": "money",
    "clv_low": "money",
    "clv_high": "money",
    "value_at_risk": "money",
    "reason_1": "text",
}


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the customers with the most value at risk, if the page may name customers."""
    if not material.identifiers or not material.has_scores("customer_id", "value_at_risk"):
        return []
    kinds = {name: kind for name, kind in _KINDS.items() if material.has_scores(name)}
    top = material.scored.nlargest(_MOST, "value_at_risk")[list(kinds)]
    if "reason_1" in kinds:
        top = top.assign(reason_1=top["reason_1"].astype(object).where(top["reason_1"] != UNKNOWN))
    for name in {"tier", "segment"} & set(kinds):
        top = top.assign(**{name: [words.code(name, code) for code in top[name]]})
    return [
        Exhibit("people-at-risk", words("people.at_risk"), words("people.how"), table_of(top, kinds, words))
    ]

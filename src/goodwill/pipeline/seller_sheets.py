"""What each value tier buys, as `goodwill score` shows it: a few best and slow sellers per tier."""

from collections.abc import Mapping
from typing import Any

from goodwill.pipeline.outcome import Sheet
from goodwill.value.sellers import is_telling
from goodwill.wording.figures import NOTHING

_SHOWN = 2


def sellers_sheet(told: Mapping[str, Any], currency: str) -> list[Sheet]:
    """Return the table of the first best and slow sellers per tier; none where nothing is known of products.

    Parameters
    ----------
    told : what `classes.json` holds.

    Examples
    --------
    >>> tea = {"class": "gold", "kind": "best", "rank": 1, "product": "tea", "customers": 9}
    >>> tea |= {"spend_total": 90.0, "share": 0.5, "lift": 1.25}
    >>> (sheet,) = sellers_sheet({"sellers": [tea]}, "USD")
    >>> sheet.rows
    [('gold', 'best seller', 'tea', '9', '90.00', '50.0%', '1.25')]
    """
    if not told.get("sellers"):
        return []
    of, name = told.get("sellers_of"), told.get("sellers_by", "product").removesuffix("_id")
    heads = ("tier", "kind", name, "buyers", f"spend ({currency})", "share", "times everybody's")
    whom = f", from {of}" if of else ""
    title = f"Best and slow sellers by tier{whom}; more of them are in classes.json"
    return [Sheet(title, heads, [_row(row) for row in _shown(told)])]


def _shown(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the first sellers of each kind, the tiers in the order of their rules."""
    rules = told.get("strategies", [])
    order = [row["class"] for row in rules if row["dimension"] == "tier"]
    place = {tier: number for number, tier in enumerate(order)}
    first = [row for row in told["sellers"] if row["rank"] <= _SHOWN and is_telling(row)]
    return sorted(
        first, key=lambda row: (place.get(row["class"], len(order)), row["class"], row["kind"], row["rank"])
    )


def _row(seller: Mapping[str, Any]) -> tuple[str, ...]:
    share, lift = seller["share"], seller["lift"]
    return (
        str(seller["class"]),
        f"{seller['kind']} seller",
        str(seller["product"]),
        f"{seller['customers']:,}",
        f"{seller['spend_total']:z,.2f}",
        NOTHING if share is None else f"{share:.1%}",
        NOTHING if lift is None else f"{lift:.2f}",
    )

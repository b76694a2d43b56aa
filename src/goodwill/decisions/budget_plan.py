"""The plan: a row per treated customer, and what the plan costs, gains and compares with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.decisions.allocation import NOBODY
from goodwill.decisions.budget_effects import Effects
from goodwill.decisions.offers import Offer

F = NDArray[np.float64]
I = NDArray[np.int64]
PLAN_COLUMNS = ("customer_id", "offer", "channel", "cost", "expected_margin", "low", "high", "level")


@dataclass(frozen=True)
class Menu:
    """Every offer at every level: the options a customer can get.

    Parameters
    ----------
    offers, channels : their names in order.
    offer, channel : (n_options,) index of each option's offer and channel.
    level, cost, strength : (n_options,) multiple of the cost, money, and multiple of the effect.
    """

    offers: Sequence[Offer]
    channels: Sequence[str]
    offer: I
    channel: I
    level: F
    cost: F
    strength: F

    @classmethod
    def of(cls, offers: Sequence[Offer], channels: Sequence[str]) -> "Menu":
        """List the options of some offers.

        Examples
        --------
        >>> menu = Menu.of([Offer("mail", 2.0, "email", levels={1: 1.0, 2: 1.5})], ["email"])
        >>> menu.cost, menu.strength
        (array([2., 4.]), array([1. , 1.5]))
        """
        rows = [
            (place, channels.index(offer.channel), level, offer.cost * level, strength)
            for place, offer in enumerate(offers)
            for level, strength in sorted(offer.levels.items())
        ]
        offer, channel, level, cost, strength = (np.array(column) for column in zip(*rows, strict=True))
        return cls(offers, channels, offer, channel, *(one.astype(float) for one in (level, cost, strength)))


@dataclass(frozen=True)
class Plan:
    """Who gets which offer, and what that is expected to bring.

    Parameters
    ----------
    rows : a row per treated customer: `customer_id, offer, channel, cost, expected_margin` (before its cost),
        `low, high` (of the margin) and `level`.
    budget, spend, expected_margin : money; `profit` is the margin less the spend.
    gap : how far below the best possible plan this one can be at most, as a share; proven.
    method : exact, or lagrangian (large problems).
    budget_price, channel_prices : what one more unit of budget, or one more contact of a channel, would gain.
    by_offer : customers, spend, expected margin and return on investment of each offer.
    comparisons : customers, spend and profit of the plan and of simple policies under the same limits.
    curve : budget, spend and gain of the best plan at other budgets.
    notices : what a person should know.
    """

    rows: pd.DataFrame
    budget: float
    spend: float
    expected_margin: float
    gap: float
    method: str
    budget_price: float
    channel_prices: Mapping[str, float]
    by_offer: Sequence[Mapping[str, object]]
    comparisons: Mapping[str, Mapping[str, float]]
    curve: Sequence[Mapping[str, float]]
    notices: Sequence[str]

    @property
    def profit(self) -> float:
        """Expected incremental margin less what the offers cost."""
        return self.expected_margin - self.spend

    @property
    def roi(self) -> float | None:
        """Profit per unit spent; None where nothing is spent."""
        return self.profit / self.spend if self.spend > 0 else None

    def to_dict(self) -> dict[str, object]:
        """Return everything but the rows, as plain JSON values."""
        names = ("budget", "spend", "expected_margin", "profit", "roi", "gap", "method")
        lists = {name: list(getattr(self, name)) for name in ("by_offer", "curve", "notices")}
        facts = {name: getattr(self, name) for name in names}
        prices = {"budget": self.budget_price, "channels": dict(self.channel_prices)}
        return {
            "customers": len(self.rows), **facts, **lists, "shadow_prices": prices,
            "comparisons": dict(self.comparisons),
        }  # fmt: skip


def rows_of(ids: pd.Series, menu: Menu, effects: Effects, choice: I) -> pd.DataFrame:
    """Return a row per treated customer, in the order of the scores."""
    who = np.flatnonzero(choice != NOBODY)
    option = choice[who]
    offer, strength = menu.offer[option], menu.strength[option]
    money = [side[offer, who] * strength for side in (effects.expected, effects.low, effects.high)]
    names = np.array([one.name for one in menu.offers], dtype=object)
    columns = (
        ids.to_numpy()[who],
        names[offer],
        np.array(menu.channels, dtype=object)[menu.channel[option]],
        menu.cost[option],
        *money,
        menu.level[option],
    )
    return pd.DataFrame(dict(zip(PLAN_COLUMNS, columns, strict=True))).astype(
        {"customer_id": str, "offer": str, "channel": str}
    )


def by_offer(rows: pd.DataFrame, menu: Menu) -> list[dict[str, object]]:
    """Return customers, spend, expected margin and return on investment of each offer."""
    listed = []
    for offer in menu.offers:
        own = rows[rows["offer"] == offer.name]
        spend, margin = float(own["cost"].sum()), float(own["expected_margin"].sum())
        roi = (margin - spend) / spend if spend > 0 else None
        listed.append({
            "offer": offer.name, "channel": offer.channel, "customers": len(own), "spend": spend,
            "expected_margin": margin, "roi": roi,
        })  # fmt: skip
    return listed


def compared(menu: Menu, effects: Effects, choices: Mapping[str, I]) -> dict[str, dict[str, float]]:
    """Return customers, spend and expected profit of each choice."""
    found = {}
    for name, choice in choices.items():
        who = np.flatnonzero(choice != NOBODY)
        option = choice[who]
        margin = float((effects.expected[menu.offer[option], who] * menu.strength[option]).sum())
        spend = float(menu.cost[option].sum())
        found[name] = {"customers": len(who), "spend": spend, "profit": margin - spend}
    return found

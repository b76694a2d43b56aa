"""What a plan must keep to beside the budget: channels, people not to be contacted, fair groups."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import keep_numbers
from goodwill.decisions.allocation import Allocation
from goodwill.decisions.offers import Offer
from goodwill.errors import UsageError

F = NDArray[np.float64]
I = NDArray[np.int64]
_MOST_GROUPS = 200


@dataclass(frozen=True)
class Floors:
    """A share of each group's customers to be treated at least.

    Parameters
    ----------
    column : the column of the scores that names the group, such as branch_id.
    share : part of each group, above 0 and at most 1; rounded up to whole customers.
    """

    column: str
    share: float

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        keep_numbers(self, "share")


@dataclass(frozen=True)
class Limits:
    """Limits of a plan beside its budget.

    Parameters
    ----------
    capacity : contacts each channel can make; unlimited where absent.
    barred : frame of `customer_id` and `channel` (missing: every channel): who must not be contacted, as
        `barred_contacts` returns it.
    floors : fairness between groups.
    """

    capacity: Mapping[str, float] = field(default_factory=dict)
    barred: pd.DataFrame | None = None
    floors: Floors | None = None


def channels_of(offers: Sequence[Offer], capacity: Mapping[str, float]) -> tuple[list[str], F]:
    """Return the channels in order of the offers, and the capacity of each.

    Raises
    ------
    UsageError
        If a capacity is negative, or of a channel that no offer uses.
    """
    channels = list(dict.fromkeys(offer.channel for offer in offers))
    for name, most in capacity.items():
        if name not in channels:
            raise UsageError(
                f"capacity: no offer uses the channel {name}; the offers use {', '.join(channels)}."
            )
        if math.isnan(most) or most < 0:
            raise UsageError(f"capacity.{name} is {most}; it must be 0 or more contacts.")
    return channels, np.floor([float(capacity.get(name, np.inf)) for name in channels])


def is_barred(ids: pd.Series, channel: str, barred: pd.DataFrame | None) -> NDArray[np.bool_]:
    """Return who (n,) must not be contacted through a channel, however that is written.

    Examples
    --------
    >>> barred = pd.DataFrame({"customer_id": ["1", "2", "3"], "channel": [None, "phone", "E-Mail"]})
    >>> is_barred(pd.Series(["1", "2", "3"]), "email", barred)
    array([ True, False,  True])
    """
    if barred is None or barred.empty:
        return np.zeros(len(ids), dtype=bool)
    applies = barred["channel"].isna() | barred["channel"].map(plain_channel).isin(
        ["", plain_channel(channel)]
    )
    return ids.astype(str).isin(set(barred.loc[applies, "customer_id"].astype(str))).to_numpy(bool)


def plain_channel(channel: object) -> str:
    """Return a channel without case, spaces and hyphens, as one table writes e-mail and another Email.

    Examples
    --------
    >>> plain_channel("E-Mail"), plain_channel("direct mail"), plain_channel(" ")
    ('email', 'directmail', '')
    """
    return re.sub(r"[\W_]+", "", str(channel).casefold())


def grouped(scores: pd.DataFrame, floors: Floors | None) -> tuple[I | None, F | None, list[str]]:
    """Return each customer's group (n,), customers to treat at least in each, and the groups' names.

    Raises
    ------
    UsageError
        If the column is missing or has too many values, or the share is impossible.
    """
    if floors is None:
        return None, None, []
    ensure_group(floors.column, scores.columns)
    if not 0 < floors.share <= 1:
        raise UsageError(f"floors.share is {floors.share}; it must be above 0 and at most 1.")
    named = scores[floors.column].astype("object").map(str, na_action="ignore").fillna("unknown")
    codes, names = pd.factorize(named, sort=True)
    if len(names) > _MOST_GROUPS:
        raise UsageError(
            f"floors.column: {floors.column} has {len(names)} values, {_MOST_GROUPS} at most are possible."
        )
    return codes.astype(np.int64), np.ceil(np.bincount(codes) * floors.share - 1e-9), list(map(str, names))


def ensure_group(column: str, columns: Collection[str]) -> None:
    """Raise UsageError where the scores have no such column to group by."""
    if column not in columns:
        raise UsageError(
            f"floors.column: the scores have no column {column}. "
            "Name one they have, or carry it there with `score.carry` and score again."
        )


def check_floors(problem: Allocation, names: Sequence[str]) -> None:
    """Raise where floors ask for what no plan can do, counted group by group.

    Raises
    ------
    UsageError
        If an offer may reach fewer customers of a group than its floor, or the cheapest offers for all floors
        cost more than the budget.
    """
    if problem.group is None or problem.floor is None:
        return
    allowed = np.isfinite(problem.gain)
    reachable = np.bincount(problem.group[allowed.any(axis=0)], minlength=len(problem.floor))
    for name, have, need in zip(names, reachable, problem.floor, strict=True):
        if have < need:
            raise UsageError(
                f"floors: that of group {name} is {need:.0f}, only {have} may get one. "
                "Lower the share, or widen `eligible`."
            )
    cheapest = np.where(allowed, problem.cost[:, None], np.inf).min(axis=0)
    needed = sum(
        float(np.sort(cheapest[problem.group == group])[: int(need)].sum())
        for group, need in enumerate(problem.floor)
    )
    if needed > problem.budget + problem.slack:
        raise UsageError(
            f"floors: filling them costs at least {needed:,.2f}, the budget is {problem.budget:,.2f}. "
            "Lower the share or raise the budget."
        )

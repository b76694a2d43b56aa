"""Customers moving between classes from one date to another: counts, shares, value, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.features.columns import numbers
from goodwill.value.defaults import rules_of
from goodwill.value.rules import DIMENSIONS

NEWCOMER, LEFT = "newcomer", "left"
# Whom to look at: dimension, why, from, to; "below" is every class below, those who left among them.
WATCHED = (
    ("tier", "moved down from the top", "platinum", ("gold", "iron", "lead", LEFT)),
    ("tier", "moved down", "gold", ("iron", "lead", LEFT)),
    ("tier", "moved up to the top", "gold", ("platinum",)),
    ("lifecycle", "stayed after the start", "first_purchase", ("repeat",)),
    ("lifecycle", "lost after the start", "first_purchase", ("lost", LEFT)),
    ("lifecycle", "lost", "repeat", ("lost", LEFT)),
    ("lifecycle", "came back", "lost", ("repeat",)),
    ("loyalty", "loyal no more", "loyal", ("occasional", "lost", LEFT)),
    ("matrix", "value at risk of fading", "high_high", ("high_low", "low_low", LEFT)),
)


@dataclass(frozen=True)
class Migration:
    """How customers moved between the classes of a dimension.

    Parameters
    ----------
    dimension : the dimension.
    counts : customers from (rows, and newcomers) to (columns, and who left): each row adds up to the class's
        population at the first date, each column to that at the second.
    value_before, value_after : the same cells' `clv` at either date.
    """

    dimension: str
    counts: pd.DataFrame
    value_before: pd.DataFrame
    value_after: pd.DataFrame

    @property
    def shares(self) -> pd.DataFrame:
        """The transition matrix: where the customers of each class are by then; rows add up to 1."""
        known = self.counts.drop(index=NEWCOMER)
        return known.div(known.sum(axis=1), axis=0)

    @property
    def stayed_share(self) -> float | None:
        """The share of the customers of the first date who are in the same class at the second."""
        known = self.counts.drop(index=NEWCOMER)
        n_before, stayed = (
            int(cells.sum()) for cells in (known.to_numpy(), np.diag(known.drop(columns=LEFT)))
        )
        return stayed / n_before if n_before else None

    @property
    def expected(self) -> pd.DataFrame:
        """The next period if all move as they did: a row per class.

        `now`, `from_present` (of today's customers), `newcomers` (as many as came this time) and `expected`,
        their sum. A Markov chain of one step: no more than a baseline for plans.
        """
        classes = [name for name in self.counts.columns if name != LEFT]
        now = self.counts[classes].sum()
        # Who is in a class that nobody was in before has no record: they are taken to stay.
        moves = self.shares.reindex(classes)
        is_unseen = moves.isna().all(axis=1)
        stays = pd.DataFrame(np.eye(len(classes)), index=classes, columns=classes).reindex(
            columns=moves.columns
        )
        moves = moves.mask(is_unseen, stays.fillna(0.0), axis=0)
        carried = now @ moves[classes]
        newcomers = self.counts.loc[NEWCOMER, classes]
        return pd.DataFrame(
            {"now": now, "from_present": carried, "newcomers": newcomers, "expected": carried + newcomers}
        )

    @property
    def flows(self) -> pd.DataFrame:
        """Every flow, the most value lost first.

        from, to, customers, value_before, value_after, value_change.
        """
        index, columns = self.counts.index, self.counts.columns
        tables = {
            "customers": self.counts,
            "value_before": self.value_before,
            "value_after": self.value_after,
        }
        cells = {name: table.to_numpy().ravel() for name, table in tables.items()}
        pairs = {"from": np.repeat(index, len(columns)), "to": np.tile(columns, len(index))}
        flows = pd.DataFrame({**pairs, **cells})
        flows = flows[flows["customers"] > 0]
        flows["value_change"] = flows["value_after"] - flows["value_before"]
        return flows.sort_values(["value_change", "from", "to"], ignore_index=True)

    @property
    def net_flows(self) -> pd.DataFrame:
        """Every pair of classes once: from, to, customers (who moved that way less who came back)."""
        classes = list(dict.fromkeys([*self.counts.index, *self.counts.columns]))
        square = self.counts.reindex(index=classes, columns=classes, fill_value=0)
        net = square - square.T
        rows = [(a, b, int(net.loc[a, b])) for a in classes for b in classes if net.loc[a, b] > 0]
        found = pd.DataFrame(rows, columns=["from", "to", "customers"])
        return found.sort_values(["customers", "from"], ascending=[False, True], ignore_index=True)

    @property
    def watch_list(self) -> pd.DataFrame:
        """Whom to look at: why, from, to, customers, value_before, value_at_stake (what was lost)."""
        watched = [(why, a, b) for name, why, a, to in WATCHED if name == self.dimension for b in to]
        reasons = pd.DataFrame(watched, columns=["why", "from", "to"])
        found = reasons.merge(self.flows, on=["from", "to"])
        found["value_at_stake"] = (-found["value_change"]).clip(lower=0)
        return found.drop(columns=["value_after", "value_change"])


def migration(before: pd.DataFrame, after: pd.DataFrame, dimension: str) -> Migration:
    """Return how customers moved between the classes of a dimension from one scoring to another.

    Parameters
    ----------
    before, after : scores of two dates, a row per customer: `customer_id`, the dimension, `clv` where known.

    Raises
    ------
    UsageError
        If the dimension is in neither, or a customer has several rows.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": ["a", "b", "c"], "tier": ["gold", "gold", "lead"]})
    >>> after = pd.DataFrame({"customer_id": ["a", "b", "d"], "tier": ["gold", "lead", "lead"]})
    >>> migration(before, after, "tier").counts.to_dict("index")
    {'gold': {'gold': 1, 'lead': 1, 'left': 0}, 'lead': {'gold': 0, 'lead': 0, 'left': 1},
     'newcomer': {'gold': 0, 'lead': 1, 'left': 0}}
    """
    both = _beside(before, after, dimension)
    known = {*both["from"], *both["to"]} - {NEWCOMER, LEFT}
    classes = _in_order(before, after, dimension, known)
    tables = (
        both.pivot_table(name, "from", "to", aggfunc="sum", fill_value=0)
        .reindex([*classes, NEWCOMER], columns=[*classes, LEFT], fill_value=0)
        .rename_axis(index=None, columns=None)
        for name in ("customers", "value_before", "value_after")
    )
    return Migration(dimension, *tables)


def moved_customers(
    before: pd.DataFrame, after: pd.DataFrame, dimension: str, moves: Sequence[tuple[str, str]]
) -> pd.DataFrame:
    """Return who made the moves named: customer_id, from, to, value_before, value_after.

    Parameters
    ----------
    moves : pairs of classes, such as ("platinum", "gold").
    """
    both = _beside(before, after, dimension)
    wanted = pd.DataFrame(moves, columns=["from", "to"])
    found = both.merge(wanted, on=["from", "to"]).drop(columns="customers")
    return found.sort_values("value_before", ascending=False, ignore_index=True)


def _beside(before: pd.DataFrame, after: pd.DataFrame, dimension: str) -> pd.DataFrame:
    sides = []
    for when, scores, absent in (("before", before, NEWCOMER), ("after", after, LEFT)):
        _check(scores, when, dimension)
        value = pd.Series(numbers(scores, "clv"), scores.index)
        side = pd.DataFrame({
            "customer_id": scores["customer_id"],
            "from" if absent == NEWCOMER else "to": scores[dimension].astype(object),
            f"value_{when}": value.fillna(0.0),
        })  # fmt: skip
        sides.append(side)
    _ensure_same_ids(before["customer_id"], after["customer_id"])
    both = sides[0].merge(sides[1], on="customer_id", how="outer")
    gaps = {"from": NEWCOMER, "to": LEFT, "value_before": 0.0, "value_after": 0.0}
    return both.fillna(gaps).assign(customers=1)


def _check(scores: pd.DataFrame, when: str, dimension: str) -> None:
    if not isinstance(scores, pd.DataFrame):
        raise UsageError(f"The scores {when} are a {type(scores).__name__}. Give the frame of a scoring.")
    absent = [name for name in ("customer_id", dimension) if name not in map(str, scores)]
    if absent:
        raise UsageError(
            f"{absent[0]}: the scores {when} have no such column. "
            f"Name one of {', '.join(DIMENSIONS)}, segment."
        )
    n_twice = int(scores["customer_id"].duplicated().sum())
    if n_twice:
        raise UsageError(
            f"The scores {when} hold {n_twice} customers more than once. Choose the rows of one horizon."
        )


def _ensure_same_ids(before: pd.Series, after: pd.Series) -> None:
    """Raise where the ids of one side are numbers and those of the other text, so that nobody is found."""
    kinds = {kind for ids in (before, after) for kind in ids.astype(object).map(_kind)}
    if len(kinds) > 1:
        raise UsageError(
            f"customer_id: the scores before and after hold {' and '.join(sorted(kinds))}. Read the ids of "
            "both as text, as `goodwill score` writes them."
        )


def _kind(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - what is missing is not itself
        return "missing values"
    return "text" if isinstance(value, str) else "numbers"


def _in_order(before: pd.DataFrame, after: pd.DataFrame, dimension: str, known: set[str]) -> list[str]:
    """Return the classes in the order of the rules where the columns have one, else by name."""
    for scores in (before, after):
        if isinstance(scores[dimension].dtype, pd.CategoricalDtype):
            ordered = [str(code) for code in scores[dimension].cat.categories if code in known]
            return [*ordered, *sorted(known - {*ordered})]
    usual = [*rules_of("retail").dimensions[dimension].classes] if dimension in DIMENSIONS else []
    return [*(code for code in usual if code in known), *sorted(known - {*usual})]

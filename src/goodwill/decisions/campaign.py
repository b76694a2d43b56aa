"""A campaign: who got what, what each did afterwards, and what was known of each before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import ensure_choice, ensure_names
from goodwill.errors import DataError
from goodwill.features.columns import ensure_frame

Kind = Literal["binary", "money"]
F = NDArray[np.float64]
B = NDArray[np.bool_]


@dataclass(frozen=True)
class Campaign:
    """A campaign as a table with a row per customer, and what its columns mean.

    Parameters
    ----------
    rows : a row per customer who took part, control group included.
    outcomes : the result columns: "binary" (0 or 1, or Booleans) or "money" (any number).
    treatment : the column that says who got what.
    control : the value of `treatment` that means nothing was done; where none has it, a missing value does.
    is_randomised : whether lot decided who was treated.
    covariates : columns that were known before treatment, numbers or text.
    before : outcome: the column that holds the same quantity in an earlier period.
    expected : outcome: the column with what each customer's history expects of it.
    propensity : the column with each customer's chance to be treated, where it differed.
    shares : planned weight of each treatment, control among them; tested where given.
    costs : cost per treated customer: by treatment, or the name of a column.
    level : confidence of intervals, tests at 1 - level.
    cluster : the column that names whom lot treated as a whole, such as the customer's store.

    Examples
    --------
    >>> rows = pd.DataFrame({"treatment": ["letter", None] * 10, "spend": [2.0, 1.0] * 10})
    >>> Campaign(rows, {"spend": "money"}).arms
    ('letter',)
    """

    rows: pd.DataFrame
    outcomes: Mapping[str, Kind]
    treatment: str = "treatment"
    control: str = "control"
    is_randomised: bool = True
    covariates: tuple[str, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, str] = field(default_factory=dict)
    propensity: str | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    costs: Mapping[str, float] | str = field(default_factory=dict)
    level: float = 0.95
    cluster: str | None = None

    def __post_init__(self) -> None:
        ensure_names(covariates=self.covariates)
        _ensure_columns(self)
        for outcome, kind in self.outcomes.items():
            ensure_choice(f"outcomes.{outcome}", kind, get_args(Kind), DataError)

    @property
    def groups(self) -> NDArray[np.str_]:
        """What each customer got, (n,) of text; the control group by its name."""
        names = self.rows[self.treatment].astype("object").where(lambda t: t.notna(), self.control)
        return names.astype(str).to_numpy(dtype=np.str_)

    @property
    def arms(self) -> tuple[str, ...]:
        """The treatments beside control, by name."""
        return tuple(sorted(set(self.groups.tolist()) - {self.control}))

    def values(self, outcome: str) -> F:
        """Return an outcome, (n,) of float."""
        return self.rows[outcome].to_numpy(dtype=np.float64)

    def spent(self, arm: str) -> F | None:
        """Return what treating cost for each customer, (n,), 0 for others; None where it is not known."""
        is_treated = self.groups == arm
        if isinstance(self.costs, str):
            return np.where(is_treated, self.rows[self.costs].to_numpy(dtype=np.float64), 0.0)
        return None if arm not in self.costs else np.where(is_treated, float(self.costs[arm]), 0.0)

    def only(self, kept: B) -> "Campaign":
        """Return the campaign of some of its customers.

        Parameters
        ----------
        kept : (n,) of bool.
        """
        return replace(self, rows=self.rows.loc[kept].reset_index(drop=True))


def _ensure_columns(campaign: Campaign) -> None:
    cost = campaign.costs if isinstance(campaign.costs, str) else None
    extra = [campaign.propensity, campaign.cluster, cost]
    needed = [
        campaign.treatment, *campaign.outcomes, *campaign.covariates, *campaign.before.values(),
        *campaign.expected.values(), *(name for name in extra if name is not None),
    ]  # fmt: skip
    ensure_frame("rows", campaign.rows, [])
    missing = [name for name in needed if name not in campaign.rows]
    if missing:
        known = ", ".join(map(str, campaign.rows.columns[:40]))
        raise DataError(f"{', '.join(missing)}: the campaign has no such column. It has: {known}.")
    after = [name for name in campaign.covariates if name in campaign.outcomes or name == campaign.treatment]
    if after:
        raise DataError(
            f"{', '.join(after)}: a covariate must have been known before treatment, and this is what came "
            "of it. Take it out of `covariates`."
        )

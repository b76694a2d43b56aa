"""A campaign: who got what, what each did afterwards, and what was known of each before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import as_number, ensure_choice, ensure_names
from goodwill.errors import DataError
from goodwill.evaluation.samples import ensure_level
from goodwill.features.columns import ensure_frame

Kind = Literal["binary", "money"]
F = NDArray[np.float64]
B = NDArray[np.bool_]
FEWEST = 10
_COPIED, _RANKED_ALIKE = 0.9999, 0.99


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


def ensure_measurable(campaign: Campaign) -> None:
    """Refuse a campaign that cannot answer what it caused.

    Raises
    ------
    DataError
        If a column is missing or holds no number, there is no control group or nobody was treated, a group
        is too small, an outcome never varies, a covariate is an outcome, or a cost or a propensity is
        impossible.

    Examples
    --------
    >>> rows = pd.DataFrame({"treatment": ["letter"] * 20, "spend": [2.0, 1.0] * 10})
    >>> ensure_measurable(Campaign(rows, {"spend": "money"}))
    Traceback (most recent call last):
    goodwill.errors.DataError: treatment: no customer of 20 is in the control group 'control'. ...
    """
    ensure_level(campaign.level)
    _ensure_groups(campaign)
    for outcome, kind in campaign.outcomes.items():
        _ensure_outcome(campaign, outcome, kind)
        _ensure_earlier(campaign, outcome)
    _ensure_costs(campaign)
    _ensure_propensity(campaign)


def _ensure_columns(campaign: Campaign) -> None:
    extra = [campaign.propensity, campaign.costs if isinstance(campaign.costs, str) else None]
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


def _ensure_groups(campaign: Campaign) -> None:
    given = campaign.rows[campaign.treatment]
    if given.empty:
        raise DataError("no customer is left to measure. Check the source and `where`.")
    n_missing = int(given.isna().sum())
    if n_missing and (given.dropna().astype(str) == campaign.control).any():
        raise DataError(
            f"{campaign.treatment}: {n_missing:,} of {len(given):,} values are missing, beside customers who "
            f"are {campaign.control!r} by name. Say what these got, or leave them out with `where`."
        )
    sizes = pd.Series(campaign.groups).value_counts()
    n, shown = len(campaign.rows), ", ".join(sorted(map(repr, sizes.index[:8])))
    if campaign.control not in sizes:
        raise DataError(
            f"{campaign.treatment}: no customer of {n:,} is in the control group {campaign.control!r}. It "
            f"holds {shown or 'nothing'}: name the untreated in `control`, or add rows of customers who were "
            f"left alone, with {campaign.control!r} or nothing as treatment. Without them no effect can be "
            "measured: keep a control group next time."
        )
    if len(sizes) == 1:
        raise DataError(
            f"{campaign.treatment}: all {n:,} customers are in the control group {campaign.control!r}; "
            "nobody was treated. Check `treatment` and `where`."
        )
    small = sizes[sizes < FEWEST]
    if len(small):
        raise DataError(
            f"{campaign.treatment}: {small.index[0]!r} holds {small.iloc[0]} customers; at least {FEWEST} "
            "are needed in every group. Leave it out with `where`, or measure a larger campaign."
        )


def _ensure_outcome(campaign: Campaign, outcome: str, kind: Kind) -> None:
    column = campaign.rows[outcome]
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    n_bad = int((~np.isfinite(values)).sum())
    if n_bad:
        odd = "neither 1 nor 0" if kind == "binary" else "no numbers"
        raise DataError(
            f"{outcome}: {n_bad:,} of {len(values):,} values are missing or {odd}. A customer who did "
            "nothing has 0: write it, or leave the rows out with `where`."
        )
    if kind == "binary" and not np.isin(values, (0.0, 1.0)).all():
        raise DataError(f"{outcome}: a binary outcome is 0 or 1, and others were found. Declare it as money.")
    if np.ptp(values) == 0:
        raise DataError(
            f"{outcome}: all {len(values):,} values are {values[0]:g}; an outcome that never varies shows no "
            "effect. Leave it out, or check how it was computed."
        )


def _ensure_earlier(campaign: Campaign, outcome: str) -> None:
    """Refuse a covariate that holds the outcome in other units: it was not known before treatment."""
    numbers = campaign.rows[list(campaign.covariates)].select_dtypes(["number", "bool"]).astype(float)
    varied = numbers.loc[:, numbers.std() > 0]
    with np.errstate(divide="ignore", invalid="ignore"):  # a column that is known of customers alike
        alike = varied.corrwith(campaign.rows[outcome].astype(float)).abs()
    # By ranks as well: one large customer alone makes amounts of two periods correlate.
    ranks, ranked = varied[alike[alike > _COPIED].index].rank(), campaign.rows[outcome].astype(float).rank()
    copies = [str(name) for name, column in ranks.items() if abs(column.corr(ranked)) > _RANKED_ALIKE]
    if copies:
        raise DataError(
            f"{', '.join(copies)}: this covariate says the same as the outcome {outcome!r} (correlation "
            f"above {_COPIED}); it was not known before treatment. Take it out of `covariates`."
        )


def _ensure_costs(campaign: Campaign) -> None:
    if isinstance(campaign.costs, str):
        costs = campaign.rows[campaign.costs].to_numpy(dtype=np.float64, na_value=np.nan)
        spent = costs[campaign.groups != campaign.control]
        n_bad = int((~(spent >= 0)).sum())
        if n_bad:
            raise DataError(
                f"{campaign.costs}: of {len(spent):,} treated customers {n_bad:,} have a cost that is "
                "missing or below 0. State what treating each cost, 0 or more."
            )
        return
    negative = [arm for arm, cost in campaign.costs.items() if not as_number(f"costs.{arm}", cost) >= 0]
    if negative:
        raise DataError(f"costs: {negative[0]} costs {campaign.costs[negative[0]]}; a cost is 0 or more.")
    unknown = sorted(set(campaign.costs) - set(campaign.arms))
    if unknown:
        raise DataError(f"costs: {unknown[0]!r} is no treatment here; they are {', '.join(campaign.arms)}.")


def _ensure_propensity(campaign: Campaign) -> None:
    if campaign.propensity is None:
        return
    if len(campaign.arms) > 1:
        raise DataError(
            f"{campaign.propensity}: one column of chances fits one treatment; there are several."
        )
    chances = campaign.rows[campaign.propensity].to_numpy(dtype=np.float64, na_value=np.nan)
    if not ((chances > 0) & (chances < 1)).all():
        raise DataError(
            f"{campaign.propensity}: every chance to be treated must lie strictly between 0 and 1. Who was "
            "certain to be treated, or not to be, tells nothing: leave them out with `where`."
        )

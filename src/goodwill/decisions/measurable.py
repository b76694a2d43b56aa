"""Whether a campaign can answer what it caused: groups, outcomes, costs, chances and clusters."""

import numpy as np
import pandas as pd

from goodwill.arguments import as_number
from goodwill.decisions.campaign import Campaign, Kind
from goodwill.decisions.cluster_checks import ensure_clusters
from goodwill.errors import DataError
from goodwill.evaluation.samples import ensure_level

FEWEST = 10
_COPIED, _RANKED_ALIKE = 0.9999, 0.99


def ensure_measurable(campaign: Campaign) -> None:
    """Refuse a campaign that cannot answer what it caused.

    Raises
    ------
    DataError
        If a column is missing or holds no number, there is no control group or nobody was treated, a group
        is too small, an outcome never varies, a covariate is an outcome, a cost or a propensity is
        impossible, or there are too few clusters.

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
    _ensure_clusters(campaign)


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


def _ensure_clusters(campaign: Campaign) -> None:
    if campaign.cluster is None:
        return
    if not campaign.is_randomised or campaign.propensity is not None:
        raise DataError("cluster: clusters are measured where lot gave each the same chance. Leave it out.")
    ensure_clusters(campaign.cluster, campaign.rows[campaign.cluster], campaign.groups)

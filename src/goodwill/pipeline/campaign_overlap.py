"""Other campaigns that reached customers of one within its window, and so count among its effects."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from goodwill.config.campaigns import CampaignSection
from goodwill.data.tables import Tables
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.rates import Rates
from goodwill.engine import to_frame

OTHERS = "other_treatments"
_RARE = 0.01
_CONTROL = "control"


def with_others(
    section: CampaignSection, tables: Tables, treated: pd.DataFrame, controls: Mapping[str, str]
) -> pd.DataFrame:
    """Add whether another campaign treated each customer in the window, the day of treatment included.

    Parameters
    ----------
    treated : a row per customer, with the `day` of treatment.
    controls : campaign: the treatment that means nothing in it, where it is not `control`.
    """
    sent = tables.present["treatments"]
    if "campaign" not in sent.columns:
        return treated.assign(**{OTHERS: False})
    day, window = pd.to_datetime(treated["day"]), pd.Timedelta(days=section.window_days or 0)
    is_near = (sent.time >= day.min()) & (sent.time < day.max() + window)
    others = sent.filter((sent.campaign != section.name) & is_near)
    rows = to_frame(others.select("customer_id", "campaign", "treatment", sent=others.time).distinct())
    found = rows.dropna(subset=["treatment"])
    nothing = found["campaign"].map(dict(controls)).fillna(_CONTROL)
    found = found[found["treatment"].astype(str) != nothing.astype(str)]
    both = treated[["customer_id"]].assign(start=day).merge(found, on="customer_id")
    when = pd.to_datetime(both["sent"])
    reached = both.loc[(when >= both["start"]) & (when < both["start"] + window), "customer_id"]
    return treated.assign(**{OTHERS: treated["customer_id"].isin(reached)})


def overlap_notes(name: str, campaign: Campaign) -> list[str]:
    """Say so where other campaigns reached the treated and control unevenly, as then they count as effect."""
    if OTHERS not in campaign.rows:
        return []
    notes, groups = [], campaign.groups
    for arm in campaign.arms:
        pair = np.isin(groups, [arm, campaign.control])
        reached = campaign.rows.loc[pair, OTHERS].to_numpy(dtype=np.float64)
        rates = Rates.of(reached, groups[pair] == arm)
        if reached.any() and rates.p_value < _RARE:
            notes.append(
                f"{name}: other campaigns reached {rates.treated:,} of {rates.n_treated:,} customers who got "
                f"{arm} within the window, and {rates.control:,} of {rates.n_control:,} in control. What "
                "they changed counts as an effect of this one; next time draw lots for each campaign apart."
            )
    return notes

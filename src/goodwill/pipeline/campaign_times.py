"""Whether what a campaign is judged by came after its treatment, as an effect must."""

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from goodwill.config.campaigns import CampaignSection
from goodwill.data.tables import Tables
from goodwill.decisions.balance import SUSPICIOUS
from goodwill.decisions.campaign import Campaign
from goodwill.engine import to_frame
from goodwill.errors import DataError, HistoryError, UnfinishedError
from goodwill.features.history import ensure_complete, history
from goodwill.features.responses import RESPONSES
from goodwill.features.windows import Window

B = npt.NDArray[np.bool_]
# When on its day a treatment was sent, null where no time of day is told; and whether the customer had
# ordered on that day before: an outcome that treatment did not cause.
SENT_TIME, ORDERED_FIRST = "sent_time", "ordered_first"
OUTCOME_TIME = "outcome_time"


def ensure_recorded(section: CampaignSection, tables: Tables, treated: pd.DataFrame) -> None:
    """Raise HistoryError where orders are not recorded before a treatment and for all of its window.

    Parameters
    ----------
    treated : a row per customer, with the `day` of treatment.

    Raises
    ------
    UnfinishedError
        If all that is missing is still to come.
    """
    days, told = section.window_days or 0, None
    # What was sent says nothing of how long purchases were recorded.
    main = Tables(transactions=tables.transactions, contracts=tables.contracts, fixed_term=tables.fixed_term)
    if not main.present:
        raise HistoryError(
            f"campaigns.{section.name}: treatments are measured by what was bought, and neither "
            "tables.transactions nor tables.contracts is mapped. Map one."
        )
    is_outside = pd.Series(data=False, index=treated.index)
    for day, part in treated.groupby("day"):
        try:
            ensure_complete(main, Window(pd.Timestamp(str(day)).date(), days))
        except HistoryError as error:
            is_outside[part.index], told = True, error
    if told is None:
        return
    first, last = history(main)
    outside = pd.to_datetime(treated.loc[is_outside, "day"])
    message = (
        f"campaigns.{section.name}: treatments.time: {len(outside):,} of {len(treated):,} customers "
        f"have a time {_span(outside)}, and {' and '.join(main.present)} hold what was bought from "
        f"{first} to {last}: not before that day and for all of the {days} days from it on (window_days). "
        "What is not recorded would count as nothing bought, and what came before treatment is no outcome "
        "of it. Shorten `window_days`, measure later, leave those rows out with `where`, or check the times "
        "of both tables."
    )
    if outside.min().date() <= first:
        raise HistoryError(message) from told
    until = outside.max().date() + timedelta(days=days)
    raise UnfinishedError(
        f"{message} If they are right, it can be measured from {until} on.", until
    ) from told


def with_ordered_first(section: CampaignSection, tables: Tables, treated: pd.DataFrame) -> pd.DataFrame:
    """Add when each customer was first treated that day, and whether an order of that day came before.

    A day without a time of day is stored as midnight: neither such an order nor such a treatment tells which
    came first.
    """
    sent = tables.present["treatments"]
    if "campaign" in sent.columns:
        sent = sent.filter(sent.campaign == section.name)
    sent = _timed(sent).group_by("customer_id").agg(**{SENT_TIME: lambda rows: rows.time.min()})
    known = treated.merge(to_frame(sent), on="customer_id", how="left")
    known[SENT_TIME] = pd.to_datetime(known[SENT_TIME])
    if tables.transactions is None:
        return known.assign(**{ORDERED_FIRST: False})
    bought = _timed(tables.transactions.filter(tables.transactions.amount > 0))
    bought = bought.select(buyer_id=bought.customer_id, bought_time=bought.time)
    both = sent.join(bought, sent.customer_id == bought.buyer_id)
    is_same_day = both.bought_time.date() == both[SENT_TIME].date()
    early = both.filter(is_same_day & (both.bought_time < both[SENT_TIME])).select("customer_id").distinct()
    return known.assign(**{ORDERED_FIRST: known["customer_id"].isin(to_frame(early)["customer_id"])})


def _timed(table: ir.Table) -> ir.Table:
    return table.filter(table.time != table.time.date().cast("timestamp"))


def ensure_follows(section: CampaignSection, campaign: Campaign) -> None:
    """Raise DataError where no outcome follows treatment, or treatment followed what would be its outcome.

    Parameters
    ----------
    campaign : of the tables.
    """
    rows, place = campaign.rows, f"campaigns.{section.name}"
    if not section.answers and not any(rows[name].any() for name in RESPONSES):
        if rows["status"].isna().all():
            raise DataError(
                f"{place}: treatments.customer_id: none of {len(rows):,} customers stands in another table "
                "before treatment or after. Check that the tables name customers alike, and treatments.time."
            )
        raise DataError(
            f"{place}: treatments.time: none of {len(rows):,} customers bought or held anything in the "
            f"{section.window_days} days from treatment on ({_span(rows['day'])}); what they bought lies "
            "outside, and treatment after the outcome shows no effect. Check the times of both tables, or "
            "widen `window_days`."
        )
    _ensure_not_triggered(place, campaign)


def ensure_source_follows(section: CampaignSection, rows: pd.DataFrame) -> None:
    """Raise DataError where a file says that an outcome came on a day before treatment."""
    n_early = int((_days(rows, OUTCOME_TIME) < _days(rows, SENT_TIME)).sum())
    if n_early:
        raise DataError(
            f"campaigns.{section.name}: {section.outcome_time}: {n_early:,} of {len(rows):,} customers have "
            f"an outcome from before the day of treatment ({section.time}), which treatment cannot have "
            "caused. Count outcomes from that day on, or leave these rows out with `where`."
        )


def _days(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return the day of a time, missing where it is not known."""
    known = rows[name] if name in rows else pd.Series(pd.NaT, index=rows.index)
    return pd.to_datetime(known).dt.normalize()


def _ensure_not_triggered(place: str, campaign: Campaign) -> None:
    """Refuse treatments that orders of the same day set off, as a letter of thanks does."""
    groups, is_timed = campaign.groups, campaign.rows[SENT_TIME].notna().to_numpy()
    for arm in campaign.arms:
        rows = campaign.rows[is_timed & ((groups == arm) | (groups == campaign.control))]
        is_treated, early = groups[rows.index] == arm, rows[ORDERED_FIRST].to_numpy(bool)
        if _excess(is_treated, early, rows[SENT_TIME].dt.floor("h")) < SUSPICIOUS:
            told, rest = (
                f"{int((early & who).sum()):,} of {who.sum():,}" for who in (is_treated, ~is_treated)
            )
            raise DataError(
                f"{place}: treatments.time: {told} who got {arm!r} had ordered on the day of treatment "
                f"before its time, and {rest} in control: treatment followed the order that would count as "
                "its outcome. Count from the next day on: map treatments.time a day later (time + INTERVAL 1 "
                "DAY)."
            )


def _excess(is_treated: B, early: B, hour: pd.Series) -> float:
    """Return how likely chance alone makes so many of the treated early, among those treated in one hour.

    Who is treated later in the day has had longer to order, so hours are compared apart (Mantel and Haenszel
    1959, Journal of the National Cancer Institute 22).
    """
    counts = pd.DataFrame({"n": 1, "treated": is_treated, "early": early, "both": is_treated & early})
    n, treated, first, both = counts.groupby(hour.to_numpy()).sum().to_numpy(float).T
    expected = treated * first / n
    variance = (expected * (n - treated) * (n - first) / (n * np.maximum(n - 1, 1))).sum()
    return float(ndtr((0.5 - (both - expected).sum()) / np.sqrt(variance))) if variance > 0 else 1.0


def time_notes(name: str, campaign: Campaign, as_of: date | None) -> list[str]:
    """Return what should be known of the times of a campaign before its effects are used.

    Parameters
    ----------
    as_of : the config's day, where it names one.
    """
    rows = campaign.rows
    if ORDERED_FIRST not in rows:
        return _source_notes(name, campaign)
    is_treated, n = campaign.groups != campaign.control, len(rows)
    day = pd.to_datetime(rows["day"])
    n_late = 0 if as_of is None else int((day >= pd.Timestamp(as_of)).sum())
    n_early, n_strange = int(rows[ORDERED_FIRST].sum()), int(rows["status"].isna().sum())
    n_alone = int((is_treated & ~day.isin(day[~is_treated])).sum())
    notes = {
        f"{name}: {n_late:,} of {n:,} customers were treated at or after as_of ({as_of}): the effects count "
        "orders that no model or score of that day knows of.": n_late,
        f"{name}: {n_alone:,} of {int(is_treated.sum()):,} treated customers were treated on days on which "
        "nobody was in control, so that what else differed between the days counts as effect. Give each "
        "control customer the time of the wave they were left out of.": n_alone,
        f"{name}: {n_early:,} of {n:,} customers ordered on the day of treatment before its time; these "
        "orders count as if they had followed it.": n_early,
        f"{name}: {n_strange:,} of {n:,} customers had no row in another table before treatment, and nothing "
        "is known of them to adjust for. Check that the tables name customers alike.": n_strange,
    }
    return [said for said, count in notes.items() if count]


def _source_notes(name: str, campaign: Campaign) -> list[str]:
    """Say so where a file does not tell that outcomes came after treatment."""
    is_told = _days(campaign.rows, OUTCOME_TIME).notna() & _days(campaign.rows, SENT_TIME).notna()
    is_treated = campaign.groups != campaign.control
    n, n_untold = int(is_treated.sum()), int((is_treated & ~is_told.to_numpy()).sum())
    said = (
        f"{name}: the file does not tell of {n_untold:,} of {n:,} treated customers that the outcomes came "
        "after treatment. Name its columns in `time` and `outcome_time` to have it checked."
    )
    return [said] if n_untold else []


def _span(days: pd.Series) -> str:
    first, last = (str(pd.Timestamp(day).date()) for day in (days.min(), days.max()))
    return f"on {first}" if first == last else f"from {first} to {last}"

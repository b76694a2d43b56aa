"""What customers answered after a campaign: satisfaction, loyalty, share of wallet."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from ibis.expr import types as ir

from goodwill.config.campaigns import AnswerSection, CampaignSection
from goodwill.data.tables import Tables
from goodwill.decisions.campaign import Campaign, Kind
from goodwill.engine import to_frame
from goodwill.errors import DataError


def answered(section: CampaignSection, tables: Tables, campaign: Campaign) -> list[Campaign]:
    """Return the campaign of those who answered, for each survey item that is an outcome.

    An outcome is the mean of a customer's answers in the `window_days` from the day of treatment on; the mean
    of earlier answers is one of its covariates. Who did not answer says nothing, and is left out.

    Parameters
    ----------
    campaign : of the tables, with a column `day`.

    Raises
    ------
    DataError
        If there are no surveys of customers with times, or nobody answered.
    """
    return [_answered(section, ask, tables, campaign) for ask in section.answers]


def answer_shares(campaign: Campaign, parts: Sequence[Campaign]) -> Campaign:
    """Return the campaign with who answered as its outcomes: treatment may move that, too.

    Parameters
    ----------
    parts : of `answered`.
    """
    outcomes = {next(iter(part.outcomes)): set(part.rows["customer_id"]) for part in parts}
    said = {name: campaign.rows["customer_id"].isin(ids).astype(float) for name, ids in outcomes.items()}
    kinds: dict[str, Kind] = dict.fromkeys(said, "money")
    return replace(
        campaign, rows=campaign.rows.assign(**said), outcomes=kinds, before={}, expected={}, costs={}
    )


def _answered(section: CampaignSection, ask: AnswerSection, tables: Tables, campaign: Campaign) -> Campaign:
    place, rows = f"campaigns.{section.name}.answers.{ask.name}", campaign.rows
    _ensure_surveys(place, tables)
    if ask.name in rows:
        raise DataError(f"{place}: there is an outcome or covariate of that name already. Choose another.")
    after = pd.Series(index=rows.index, dtype="float64")
    earlier = after.copy()
    for day, part in rows.groupby("day"):
        as_of = pd.Timestamp(str(day)).date()
        said = _means(ask, place, tables.within(as_of, section.window_days or 0).tables)
        told = _means(ask, place, tables.before(as_of).tables)
        after[part.index] = said.reindex(part["customer_id"]).to_numpy()
        earlier[part.index] = told.reindex(part["customer_id"]).to_numpy()
    if not after.notna().any():
        raise DataError(
            f"{place}: none of {len(rows):,} customers answered {ask.item!r} ({ask.side}) within "
            f"{section.window_days} days of treatment. Check item, side and instrument, or widen "
            "`window_days`."
        )
    # First: small campaigns adjust for the first covariates alone.
    covariates = [*([f"{ask.name}_before"] if earlier.notna().any() else []), *campaign.covariates]
    known = rows.assign(**{ask.name: after, f"{ask.name}_before": earlier})
    return replace(
        campaign,
        rows=known[after.notna()].reset_index(drop=True),
        outcomes={ask.name: "money"},
        covariates=tuple(covariates),
        before={},
        expected={},
        shares={},
        costs={},
    )


def _ensure_surveys(place: str, tables: Tables) -> None:
    surveys = tables.surveys
    missing = ["tables.surveys"] if surveys is None else []
    wanted = ("customer_id", "time", "value")
    missing += [] if surveys is None else [name for name in wanted if name not in surveys.columns]
    if missing:
        raise DataError(
            f"{place}: {', '.join(missing)} is not there; an answer counts by its customer_id, time and "
            "value. Map them."
        )


def _means(ask: AnswerSection, place: str, tables: Tables) -> pd.Series:
    """Return each customer's mean answer."""
    rows: ir.Table = tables.present["surveys"]
    kept = rows.filter(rows.item == ask.item, rows.side == ask.side)
    if ask.instrument is not None:
        if "instrument" not in rows.columns:
            raise DataError(
                f"{place}.instrument: tables.surveys has no column instrument. Map it, or leave it out."
            )
        kept = kept.filter(kept.instrument == ask.instrument)
    found = to_frame(kept.group_by("customer_id").agg(value=kept.value.mean()))
    return found.dropna().set_index("customer_id")["value"].astype("float64")

"""From a config's campaigns to tables with a row per customer: from a file, or from treatments and orders."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import ibis
import pandas as pd
from ibis.expr import types as ir

from goodwill import engine as engines
from goodwill.config import Config, expand_variables
from goodwill.config.campaigns import CampaignSection
from goodwill.data.expressions import read_condition, read_expression
from goodwill.data.sources import read_source, source_files
from goodwill.data.tables import Tables
from goodwill.data.types import convert
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.measurable import ensure_measurable
from goodwill.engine import to_frame
from goodwill.errors import DataError, HistoryError
from goodwill.features.labels import ValueRule
from goodwill.features.population import fill_counts
from goodwill.features.responses import RESPONSES, responses
from goodwill.features.snapshot import score_frame
from goodwill.modeling.encoding import KEYS
from goodwill.pipeline.campaign_history import EXPECTED, with_history
from goodwill.pipeline.campaign_overlap import with_others
from goodwill.pipeline.campaign_times import (
    OUTCOME_TIME,
    SENT_TIME,
    ensure_follows,
    ensure_recorded,
    ensure_source_follows,
    with_ordered_first,
)
from goodwill.pipeline.yes_or_no import with_words_read

_MOST_DAYS = 60
_EARLIER = "{}_before"


def campaign_of_source(config: Config, section: CampaignSection) -> Campaign:
    """Read a campaign from its own file.

    Raises
    ------
    ConfigError, SourceError
        If a column or the file is not there.
    DataError
        If a customer has several rows, or an outcome came before treatment.
    """
    options, source = config.engine_options, expand_variables(section.source or "")
    engine = engines.connect(
        memory_limit=options.memory_limit, spill_dir=options.spill_dir, threads=options.threads
    )
    texts = () if section.customer_id is None else (section.customer_id,)
    table = read_source(engine, source, encoding=section.encoding, text_columns=texts)
    # Sheets and databases are copied or attached by now; files are read when needed.
    spill = [] if options.spill_dir is None else [Path(options.spill_dir)]
    engines.confine(engine, paths=[] if "::" in source else source_files(source), directories=spill)
    rows = to_frame(_columns(table, section), order_by="row").drop(columns="row")
    yes_or_no = [outcome for outcome, kind in section.outcomes.items() if kind == "binary"]
    earlier = [_EARLIER.format(outcome) for outcome in yes_or_no if outcome in section.before]
    rows = with_words_read(rows, [*yes_or_no, *earlier])
    _ensure_once(section, rows)
    ensure_source_follows(section, rows)
    return Campaign(
        rows=rows,
        outcomes=section.outcomes,
        control=section.control,
        is_randomised=section.randomised,
        covariates=section.covariates,
        before={outcome: _EARLIER.format(outcome) for outcome in section.before},
        propensity=None if section.propensity is None else "propensity",
        shares=section.shares,
        costs=section.costs,
        level=section.level,
        cluster=None if section.cluster is None else "cluster",
    )


def campaign_of_tables(config: Config, section: CampaignSection, tables: Tables) -> Campaign:
    """Join a campaign's treatments with what each customer did before and after, day of treatment by day.

    Outcomes are those of `responses` in `window_days` from the day of treatment on, beside the same number of
    days before it; covariates are the features as known before that day, and what buy-till-you-die models
    make of them.

    Raises
    ------
    DataError
        If the campaign has no treatments, too many days, or gave a customer two treatments; if no outcome
        follows treatment, or treatment followed what would be its outcome.
    HistoryError
        If the outcome window of a day is not complete, or the day lies outside the history.
    """
    treated = with_ordered_first(section, tables, _treated(section, tables))
    controls = {one.name: one.control for one in config.campaigns}
    treated = with_others(section, tables, treated, controls)
    found = _campaign_of(config, section, tables, treated)
    ensure_follows(section, found)
    return found


def _campaign_of(config: Config, section: CampaignSection, tables: Tables, treated: pd.DataFrame) -> Campaign:
    ensure_recorded(section, tables, treated)
    waves = [_wave(config, section, tables, day, part) for day, part in treated.groupby("day", sort=True)]
    rows = fill_counts(pd.concat(waves, ignore_index=True))
    outcomes = section.outcomes or {
        name: "binary" if name == "retention" else "money" for name in RESPONSES if _varies(rows[name])
    }
    known = [str(name) for name in rows if name not in {*KEYS, *treated, *RESPONSES, section.cluster}]
    earlier = [_EARLIER.format(name) for name in RESPONSES]
    return Campaign(
        rows=rows,
        outcomes=outcomes,
        control=section.control,
        is_randomised=section.randomised,
        covariates=section.covariates or tuple(name for name in known if name not in earlier),
        before={name: _EARLIER.format(name) for name in outcomes if _varies(rows[_EARLIER.format(name)])},
        expected={name: EXPECTED[name] for name in outcomes if EXPECTED.get(name) in rows},
        propensity="propensity" if "propensity" in rows and _varies(rows["propensity"]) else None,
        shares=section.shares or _planned(section, rows),
        costs=section.costs or ("cost" if "cost" in rows else {}),
        level=section.level,
        cluster=section.cluster,
    )


def campaign_before(config: Config, section: CampaignSection, tables: Tables) -> Campaign:
    """Return the campaign as if it had taken place `window_days` earlier, when it can have caused nothing.

    Its customers are those who were known then, its covariates what was known of them then.

    Raises
    ------
    DataError
        If the history does not reach so far back, or a group was not known then.
    """
    treated = _treated(section, tables)
    moved = treated.assign(day=pd.to_datetime(treated["day"]) - timedelta(days=section.window_days or 0))
    try:
        now = _campaign_of(config, section.model_copy(update={"covariates": ()}), tables, moved)
    except HistoryError as error:
        raise DataError(f"campaigns.{section.name}: nothing is known so long before it.") from error
    then = now.only((now.rows["status"] == "scored").to_numpy())
    ensure_measurable(replace(then, costs={}))
    return replace(then, costs={}, propensity=None)


def _columns(table: ir.Table, section: CampaignSection) -> ir.Table:
    place = f"campaigns.{section.name}"
    if section.where is not None:
        table = table.filter(read_condition(table, section.where, f"{place}.where"))
    named = {
        "treatment": section.treatment,
        **{name: name for name in (*section.outcomes, *section.covariates)},
        **{_EARLIER.format(outcome): column for outcome, column in section.before.items()},
        **({} if section.propensity is None else {"propensity": section.propensity}),
        **({} if section.cluster is None else {"cluster": section.cluster}),
    }
    found = {name: read_expression(table, text, place) for name, text in named.items()}
    times = {SENT_TIME: section.time, OUTCOME_TIME: section.outcome_time}
    for name, text in times.items():
        if text is not None:
            found[name] = convert(read_expression(table, text, place), "time", None, f"{place}: {text}").value
    row = ibis.row_number()
    whose = row if section.customer_id is None else read_expression(table, section.customer_id, place)
    return table.select(row=row, customer_id=whose.cast("string"), **found)


def _ensure_once(section: CampaignSection, rows: pd.DataFrame) -> None:
    n_twice = int(rows["customer_id"].duplicated().sum())
    if n_twice:
        raise DataError(
            f"campaigns.{section.name}: {n_twice:,} rows repeat a customer; a campaign has one row each. "
            "Sum them up in the source, or leave rows out with `where`."
        )


def _treated(section: CampaignSection, tables: Tables) -> pd.DataFrame:
    table = tables.present["treatments"]
    if "campaign" in table.columns:
        table = table.filter(table.campaign == section.name)
    names = ("customer_id", "treatment", "cost", "propensity")
    kept = table.select(*(name for name in names if name in table.columns), day=table.time.date())
    rows = to_frame(kept.distinct())
    if rows.empty:
        raise DataError(
            f"campaigns.{section.name}: tables.treatments holds no such campaign. Check the name."
        )
    if rows["customer_id"].duplicated().any():
        n_twice = int(rows["customer_id"].duplicated().sum())
        raise DataError(
            f"campaigns.{section.name}: {n_twice:,} customers were treated more than once, so that it is "
            "unclear what caused what. Give each wave a campaign name of its own."
        )
    if rows["day"].nunique() > _MOST_DAYS:
        raise DataError(
            f"campaigns.{section.name}: treatments fall on {rows['day'].nunique()} days; at most "
            f"{_MOST_DAYS} are measured together. Give waves names of their own."
        )
    # A chance that is not known of everybody was not drawn by lot, and a cost of nobody is none.
    gaps = rows.isna().mean()
    has_no_cost = gaps.get("cost", 0.0) == 1
    has_no_chance = not section.randomised or gaps.get("propensity", 0.0) > 0
    unknown = [*(["cost"] if has_no_cost else []), *(["propensity"] if has_no_chance else [])]
    return rows.drop(columns=unknown, errors="ignore")


def _planned(section: CampaignSection, rows: pd.DataFrame) -> dict[str, float]:
    """Return the planned shares, where every customer had the same chance to get the one treatment."""
    arms = set(rows["treatment"].dropna()) - {section.control}
    if "propensity" not in rows or _varies(rows["propensity"]) or len(arms) != 1:
        return {}
    chance = float(rows["propensity"].iloc[0])
    return {arms.pop(): chance, section.control: 1 - chance}


def _wave(
    config: Config, section: CampaignSection, tables: Tables, day: object, part: pd.DataFrame
) -> pd.DataFrame:
    """Return the customers treated on one day beside what was known of each then, and what each did."""
    as_of, days = pd.Timestamp(str(day)).date(), section.window_days or 0
    rule = ValueRule(config.value.margin_rate, 0.0, config.value.order_cost)
    past = tables.before(as_of).tables
    after = _aligned(responses(tables.within(as_of, days), rule), part)
    earlier = _aligned(responses(past.within(as_of - timedelta(days=days), days), rule), part)
    known = with_history(score_frame(tables, as_of=as_of, horizons=[days], churn=config.churn.kind))
    facts = part.merge(known, on="customer_id", how="left", validate="one_to_one")
    earlier.columns = [_EARLIER.format(name) for name in earlier]
    return pd.concat([facts, after, earlier], axis=1)


def _varies(values: pd.Series) -> bool:
    return bool(values.min() < values.max())


def _aligned(table: ir.Table, part: pd.DataFrame) -> pd.DataFrame:
    did = to_frame(table).set_index("customer_id").astype("float64")
    return did.reindex(part["customer_id"], fill_value=0.0).reset_index(drop=True)

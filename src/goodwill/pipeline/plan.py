"""Planning: who gets which offer under a budget, and what to do with everybody, from the latest scores."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.data.asked_days import as_date
from goodwill.data.tables import Tables
from goodwill.decisions.audiences import ensure_listable
from goodwill.decisions.budget import allocate_budget, ensure_affordable
from goodwill.decisions.budget_effects import uplift_by_offer
from goodwill.decisions.budget_limits import Floors, Limits, ensure_group
from goodwill.decisions.budget_plan import Plan
from goodwill.decisions.contacts import barred_contacts, foreign_channels, with_every_opt_out
from goodwill.decisions.next_best import next_best_offers
from goodwill.decisions.next_best_model import NextBestRule
from goodwill.decisions.playbook import Industry, as_stored, playbook, recommended
from goodwill.errors import ConfigError, SourceError
from goodwill.pipeline.audiences import listable_customers
from goodwill.pipeline.currencies import currency_doubts
from goodwill.pipeline.kept import kept_rows
from goodwill.pipeline.outcome import Outcome, Progress, silent
from goodwill.pipeline.plan_files import keep_plan
from goodwill.pipeline.plan_sheets import gone_sentences, plan_sentence, plan_sheets
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.tables import open_tables
from goodwill.report.words import Words, words_of

_LOGGED = (
    "customers", "budget", "spend", "expected_margin", "profit", "roi", "gap", "shadow_prices", "comparisons",
)  # fmt: skip


def plan_offers(config: Config, budget: float, *, progress: Progress = silent) -> Outcome:
    """Plan who gets which of the config's offers, and write it to the output folder.

    The offers go to `plan.parquet`, what they add up to to `plan.json`, the recommended action of every
    customer to `actions.parquet`, and where asked for the next products to `next_best.parquet` and lists to
    `audiences/`. The latest scores count; where there are none, customers are scored first.

    Raises
    ------
    ConfigError
        If the config has no offers, or a playbook file is wrong.
    UsageError
        If an offer, the budget or a limit is impossible.
    """
    if not config.offers:
        raise ConfigError(
            "offers: the config has none. Add offers with name, cost, channel and assumed_save_rate; "
            "the README shows how."
        )
    ensure_affordable([offer.model_dump() for offer in config.offers], budget, config.plan.caution)
    strategies = playbook(_source(config))
    scores, notices = _scores(config, progress)
    if config.plan.floors is not None:
        ensure_group(config.plan.floors.column, [*scores, "strategy"])
    tables = _tables(config, progress)
    barred = _barred(config, scores, tables)
    contacted = [*(offer.channel for offer in config.offers), *(one.channel or "" for one in strategies)]
    contacted.append(config.audiences.channel or "")
    notices += _foreign_notices(barred, contacted)
    progress("Recommending actions")
    words = words_of(config.language, industry=config.classes.industry)
    named = as_stored if config.language == "en" else partial(_named, words)
    actions = recommended(scores, strategies, barred=barred, language=config.language, named=named)
    progress("Allocating the budget")
    plan = _allocated(config, scores.assign(strategy=actions["strategy"]), budget, barred)
    actions = _with_offers(actions, plan)
    listed = scores.merge(actions.drop(columns="reason"), on="customer_id")
    if config.audiences.by:
        ensure_listable(listed, [*config.audiences.by, config.audiences.identifier])
    products = _products(config, scores, tables, progress)
    progress("Writing the plan")
    frames = {"plan": plan.rows, "actions": actions} | ({} if products is None else {"next_best": products})
    listed, without = listable_customers(config, listed, tables)
    files, lists = keep_plan(config, frames, _facts(config, plan), listed)
    notices += [*without, *lists]
    _log(config, plan)
    sheets = plan_sheets(plan, actions, config.currency)
    assumed = [] if config.plan.uplift else [offer.name for offer in config.offers]
    said = [
        plan_sentence(plan, config.currency),
        *currency_doubts(config),
        *notices,
        *gone_sentences(plan, scores, assumed),
        *plan.notices,
        *files,
    ]
    return Outcome({**_facts(config, plan), "files": files}, sheets, said)


def _named(words: Words, column: str, value: str) -> str:
    """Return a column and its value as the reader's language has them; what is the reader's own stays."""
    head = f"codes.dimensions.{column}"
    told = words.column(column) if words.has(f"columns.{column}") or not words.has(head) else words(head)
    return f"{told} {words.known_code(column, value)}"


def _source(config: Config) -> Industry | Path:
    """Return whose strategies count: a file's, or those of the industry that is stated or the tables tell."""
    section, tables = config.playbook, config.tables
    if section.file is not None:
        return Path(expand_variables(section.file, where="playbook.file"))
    for stated in (section.industry, config.classes.industry):
        if stated != "auto":
            return stated
    if tables.balances is not None:
        return "bank"
    return "subscription" if tables.contracts is not None and tables.transactions is None else "retail"


def _scores(config: Config, progress: Progress) -> tuple[pd.DataFrame, list[str]]:
    """Return the latest scores of the scored, and where they come from."""
    place = config.output_dir / "scores.parquet"
    said = f"Planned with {place}."
    if not place.exists():
        score_customers(config, Request(), progress=progress)
        said = f"{place} did not exist; the customers were scored first."
    scores = pd.DataFrame(kept_rows(place).to_pandas())
    if scores["as_of"].notna().any():
        said += f" They look from {as_date(scores['as_of'].max())}."
    scores = scores[scores["status"] == "scored"].reset_index(drop=True)
    if scores["horizon_days"].nunique() < 2:  # noqa: PLR2004 - one horizon needs no choice
        return scores, [said]
    longest = scores["horizon_days"].max()
    only = f"The scores hold several horizons; {longest:.0f} days counts."
    return scores[scores["horizon_days"] == longest].reset_index(drop=True), [said, only]


def _tables(config: Config, progress: Progress) -> Tables | None:
    """Return the tables where a plan needs more than scores: opt-outs, contacts so far, products bought."""
    sections, plan = config.tables, config.plan
    counts_contacts = plan.contacts.most is not None and sections.treatments is not None
    if sections.contact_rules is None and not counts_contacts and not plan.products:
        return None
    return open_tables(config, progress=progress).tables


def _barred(config: Config, scores: pd.DataFrame, tables: Tables | None) -> pd.DataFrame | None:
    if tables is None or scores.empty:
        return None
    contacts = config.plan.contacts
    past = tables.before(as_date(scores["as_of"].iloc[0]))
    return barred_contacts(
        with_every_opt_out(past, tables),
        most_contacts=contacts.most,
        within_days=contacts.within_days,
        control=contacts.control,
    )


def _foreign_notices(barred: pd.DataFrame | None, channels: Sequence[str]) -> list[str]:
    """Say so where customers opted out of channels that neither offers nor strategies name."""
    foreign = {} if barred is None else foreign_channels(barred, channels)
    if not foreign:
        return []
    told = ", ".join(f"{name} ({n:,})" for name, n in foreign.items())
    used = ", ".join(dict.fromkeys(filter(None, channels)))
    said = (
        f"contact_rules.channel: opt-outs of {told} bar nobody, as the contacts are {used}. Where one of "
        "these is meant, map the column to its name."
    )
    return [said]


def _allocated(config: Config, scores: pd.DataFrame, budget: float, barred: pd.DataFrame | None) -> Plan:
    floors = config.plan.floors
    wanted = None if floors is None else Floors(floors.column, floors.share)
    return allocate_budget(
        scores,
        [offer.model_dump() for offer in config.offers],
        budget=budget,
        limits=Limits(config.plan.capacity, barred, wanted),
        uplift=_uplift(config),
        caution=config.plan.caution,
    )


def _uplift(config: Config) -> pd.DataFrame | None:
    if config.plan.uplift is None:
        return None
    place = expand_variables(config.plan.uplift, where="plan.uplift")
    try:
        found = pd.read_parquet(place)
    except FileNotFoundError:
        raise SourceError(
            f"plan.uplift: there is no file {place}. Correct the path, or run `goodwill measure` to make it."
        ) from None
    except (OSError, ValueError) as error:
        raise SourceError(f"plan.uplift: {place} cannot be read as Parquet ({error}).") from error
    return uplift_by_offer(found, outcome=config.plan.outcome, margin_rate=config.value.margin_rate)


def _with_offers(actions: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Add the planned offer, whose channel is then the one contact of the customer."""
    offers = plan.rows[["customer_id", "offer", "channel"]].rename(columns={"channel": "offer_channel"})
    found = actions.merge(offers, on="customer_id", how="left", validate="one_to_one")
    channel = found["offer_channel"].fillna(found["channel"])
    return found.assign(channel=channel).drop(columns="offer_channel")


def _products(
    config: Config, scores: pd.DataFrame, tables: Tables | None, progress: Progress
) -> pd.DataFrame | None:
    if tables is None or not config.plan.products or scores.empty:
        return None
    progress("Looking for the next best products")
    plan, rate = config.plan, config.value.margin_rate
    rule = NextBestRule(n=plan.products, rank_by="margin", not_offered=plan.not_offered, margin_rate=rate)
    as_of, days = as_date(scores["as_of"].iloc[0]), int(scores["horizon_days"].iloc[0])
    return next_best_offers(tables, as_of=as_of, horizon_days=days, rule=rule)


def _facts(config: Config, plan: Plan) -> dict[str, object]:
    return {**plan.to_dict(), "currency": config.currency}


def _log(config: Config, plan: Plan) -> None:
    """Log what the plan adds up to; no row leaves the machine."""
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    facts = _facts(config, plan)
    with tracking.run(uri, config.name, "plan") as run:
        tracking.log_metrics(run, {"plan": {name: facts[name] for name in _LOGGED}})
        tracking.log_json(run, "plan.json", facts)

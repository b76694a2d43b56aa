"""Planning: who gets which offer under a budget, from the latest scores."""

from collections.abc import Sequence

import pandas as pd

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.data.tables import Past
from goodwill.decisions.budget import allocate_budget
from goodwill.decisions.budget_limits import Floors, Limits
from goodwill.decisions.budget_plan import Plan
from goodwill.decisions.contacts import barred_contacts
from goodwill.errors import ConfigError, SourceError
from goodwill.features.history import as_date
from goodwill.files import locked, replacing, write_json
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.tables import open_tables

_POLICIES = {
    "plan": "this plan",
    "mail_all": "mail all",
    "top_clv": "highest clv first",
    "top_churn": "highest p_churn first",
    "random": "by lot",
}


def plan_offers(config: Config, budget: float, *, progress: Progress = silent) -> Outcome:
    """Plan who gets which of the config's offers, and write it to the output folder.

    The rows go to `plan.parquet`, everything else to `plan.json`. The latest scores count;
    where there are none, customers are scored first, and a notice says so.

    Raises
    ------
    ConfigError
        If the config has no offers.
    UsageError
        If an offer, the budget or a limit is impossible.
    """
    if not config.offers:
        raise ConfigError(
            "offers: the config has none. Add offers with name, cost, channel and assumed_save_rate; "
            "the README shows how."
        )
    notices = _ensure_scores(config, progress)
    scores = pd.read_parquet(config.output_dir / "scores.parquet")
    limits = Limits(config.plan.capacity, _barred(config, scores, progress), _floors(config))
    progress("Allocating the budget")
    plan = allocate_budget(
        scores,
        [offer.model_dump() for offer in config.offers],
        budget=budget,
        limits=limits,
        uplift=_uplift(config),
        caution=config.plan.caution,
    )
    files = _kept(config, plan)
    _log(config, plan)
    return _outcome(config, plan, files, [*notices, *plan.notices])


def _ensure_scores(config: Config, progress: Progress) -> list[str]:
    place = config.output_dir / "scores.parquet"
    if place.exists():
        return [f"Planned with {place}."]
    score_customers(config, Request(), progress=progress)
    return [f"{place} did not exist; the customers were scored first."]


def _barred(config: Config, scores: pd.DataFrame, progress: Progress) -> pd.DataFrame | None:
    """Return whom not to contact on the day of the scores; nobody where no table says so."""
    sections, contacts = config.tables, config.plan.contacts
    if sections.contact_rules is None and (contacts.most is None or sections.treatments is None):
        return None
    tables = open_tables(config, progress=progress).tables
    past: Past = tables.before(as_date(scores["as_of"].iloc[0]))
    return barred_contacts(
        past, most_contacts=contacts.most, within_days=contacts.within_days, control=contacts.control
    )


def _floors(config: Config) -> Floors | None:
    floors = config.plan.floors
    return None if floors is None else Floors(floors.column, floors.share)


def _uplift(config: Config) -> pd.DataFrame | None:
    if config.plan.uplift is None:
        return None
    place = expand_variables(config.plan.uplift, where="plan.uplift")
    try:
        return pd.read_parquet(place)
    except (OSError, ValueError) as error:
        raise SourceError(f"plan.uplift: {place} cannot be read as Parquet ({error}).") from error


def _kept(config: Config, plan: Plan) -> list[str]:
    rows, facts = config.output_dir / "plan.parquet", config.output_dir / "plan.json"
    with locked(config.output_dir):
        with replacing(rows) as draft:
            plan.rows.to_parquet(draft, index=False)
        write_json(facts, plan.to_dict())
    return [str(rows), str(facts)]


def _log(config: Config, plan: Plan) -> None:
    """Log what the plan adds up to; no row leaves the machine."""
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    facts = plan.to_dict()
    names = (
        "customers",
        "budget",
        "spend",
        "expected_margin",
        "profit",
        "roi",
        "gap",
        "shadow_prices",
        "comparisons",
    )
    with tracking.run(uri, config.name, "plan") as run:
        tracking.log_metrics(run, {"plan": {name: facts[name] for name in names}})
        tracking.log_json(run, "plan.json", facts)


def _outcome(config: Config, plan: Plan, files: Sequence[str], notices: Sequence[str]) -> Outcome:
    money = config.currency
    sheets = [_offers(plan, money), _comparison(plan, money), _prices(plan, money), _curve(plan, money)]
    proof = "proven to be the best" if plan.gap <= 1e-9 else f"at most {plan.gap:.3%} below the best there is"  # noqa: PLR2004 - rounding of a solver
    said = (
        f"{len(plan.rows):,} customers get an offer: {plan.spend:,.2f} {money} of {plan.budget:,.2f} spent, "
        f"{plan.profit:,.2f} {money} expected beyond the cost. The plan is {proof}."
    )
    left = plan.budget - plan.spend
    if plan.budget_price == 0 and left > 0:
        said += (
            f" {left:,.2f} {money} stay unspent: no further offer is expected to bring more than it costs."
        )
    return Outcome({**plan.to_dict(), "files": list(files)}, sheets, [said, *notices, *files])


def _offers(plan: Plan, money: str) -> Sheet:
    rows = [
        (
            str(one["offer"]),
            str(one["channel"]),
            f"{one['customers']:,}",
            f"{one['spend']:,.2f}",
            f"{one['expected_margin']:,.2f}",
            "–" if one["roi"] is None else f"{one['roi']:.2f}",
        )
        for one in plan.by_offer
    ]
    heads = (
        "offer",
        "channel",
        "customers",
        f"cost ({money})",
        f"expected margin ({money})",
        "return per unit",
    )
    return Sheet("Plan", heads, rows)


def _comparison(plan: Plan, money: str) -> Sheet:
    rows = [
        (_POLICIES[name], f"{one['customers']:,}", f"{one['spend']:,.2f}", f"{one['profit']:,.2f}")
        for name, one in plan.comparisons.items()
    ]
    heads = ("policy", "customers", f"cost ({money})", f"expected profit ({money})")
    return Sheet("The same budget spent otherwise", heads, rows)


def _prices(plan: Plan, money: str) -> Sheet:
    rows = [("one more unit of budget", f"{plan.budget_price:,.3f}")]
    rows += [(f"one more contact by {name}", f"{price:,.3f}") for name, price in plan.channel_prices.items()]
    return Sheet("What more would bring", ("", f"gain ({money})"), rows)


def _curve(plan: Plan, money: str) -> Sheet:
    rows = [tuple(f"{point[name]:,.2f}" for name in ("budget", "spend", "gain")) for point in plan.curve]
    return Sheet("Return against budget", (f"budget ({money})", f"spent ({money})", f"gain ({money})"), rows)

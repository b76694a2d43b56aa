"""What campaigns returned: from a config to effects with intervals, never a bare number."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.config.campaigns import CampaignSection
from goodwill.data.tables import Tables
from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.campaign_effects import campaign_effects
from goodwill.decisions.design_checks import answer_checks, design_checks
from goodwill.decisions.effect_observed import together, with_counterparts
from goodwill.decisions.measurable import ensure_measurable
from goodwill.decisions.placebo import earlier_campaign, placebo_checks
from goodwill.decisions.returns import returns
from goodwill.decisions.uplift_report import UpliftReport, uplift_report
from goodwill.errors import DataError, UnfinishedError, UsageError
from goodwill.files import locked, replacing, write_json
from goodwill.pipeline.campaign_answers import answer_shares, answered
from goodwill.pipeline.campaign_caveats import campaign_caveats, unfinished_notes
from goodwill.pipeline.campaign_report import JSON, Report
from goodwill.pipeline.campaigns import campaign_before, campaign_of_source, campaign_of_tables
from goodwill.pipeline.measure_sheets import campaign_sheets, uplift_sheets
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent
from goodwill.pipeline.runs import new_run_name
from goodwill.pipeline.tables import open_tables


def measure_campaigns(config: Config, *, progress: Progress = silent) -> Outcome:
    """Measure every campaign of a config whose window has ended, and write `output/effects.json`.

    Of the others stands there from which day they can be measured. The answer is no where a campaign that is
    said to be by lot does not look like one: its effects are shown, and are not to be trusted.

    Raises
    ------
    UsageError
        If the config has no campaigns.
    DataError
        If a campaign cannot answer what it caused: no control group, nobody treated, no overlap.
    UnfinishedError
        If the window of no campaign has ended.
    """
    if not config.campaigns:
        raise UsageError(
            f"{config.name}: the config has no `campaigns`. Add one: of a file by its source, treatment and "
            "outcomes; of tables.treatments as in `campaigns: [{name: spring, window_days: 60}]`."
        )
    with locked(config.output_dir):
        reports, unfinished = _reports(config, progress)
        data = _data(config, reports, unfinished)
        progress("Logging")
        data["run_id"] = _logged(config, data)
        place = config.output_dir / "effects.json"
        write_json(place, data)
        files = [place, *_write_uplifts(config, reports)]
    sheets = [sheet for report in reports for sheet in _sheets(report, config.currency)]
    said = [*_notes(reports), *unfinished_notes(unfinished), f"Files: {', '.join(map(str, files))}"]
    return Outcome(data, sheets, said, is_no=not data["is_sound"])


def _write_uplifts(config: Config, reports: Sequence[Report]) -> list[Path]:
    """Write each customer's effect, for `plan` and for audiences; ids stay in the output folder."""
    places = []
    for report in reports:
        for one in report.uplifts:
            places.append(config.output_dir / "uplift" / report.name / f"{one.outcome}.parquet")
            with replacing(places[-1]) as draft:
                one.customers.to_parquet(draft, index=False, write_page_checksum=True)
    return places


def _reports(config: Config, progress: Progress) -> tuple[list[Report], dict[str, date]]:
    """Return what was found, and from which day those campaigns can be measured that have not ended."""
    needs_tables = any(section.source is None for section in config.campaigns)
    tables = open_tables(config, progress=progress).tables if needs_tables else None
    reports: list[Report] = []
    unfinished: dict[str, UnfinishedError] = {}
    for section in config.campaigns:
        try:
            reports.append(_report(config, section, tables, progress))
        except UnfinishedError as error:
            unfinished[section.name] = error
    if not reports:
        first = min(error.until for error in unfinished.values())
        raise UnfinishedError(" ".join(map(str, unfinished.values())), first)
    return reports, {name: error.until for name, error in unfinished.items()}


def _report(config: Config, section: CampaignSection, tables: Tables | None, progress: Progress) -> Report:
    progress(f"Reading {section.name}")
    if tables is None or section.source is not None:
        campaign = campaign_of_source(config, section)
    else:
        campaign = campaign_of_tables(config, section, tables)
    try:
        ensure_measurable(campaign)
        progress(f"Checking the design of {section.name}")
        parts = [] if tables is None or section.source is not None else answered(section, tables, campaign)
        checks = _checks(campaign, parts, config.seed) if campaign.is_randomised else ()
        progress(f"Measuring {section.name}")
        own, *answers = (campaign_effects(one, config.seed) for one in (campaign, *parts))
        found = together([own, *answers])
        placebo = _placebo(config, section, tables, campaign)
        rates = _margin_rates(config, section)
        brought = returns(campaign, found.effects, rates)
        uplifts = _uplifts(config, section, with_counterparts(campaign, own), rates, progress)
    except DataError as error:
        raise DataError(f"campaigns.{section.name}: {error}") from None
    caveats = campaign_caveats(section.name, campaign, checks, placebo, found.effects, config.snapshot)
    return Report(section.name, campaign, checks, found, brought, uplifts, placebo, caveats)


def _checks(campaign: Campaign, parts: Sequence[Campaign], seed: int) -> list[Test]:
    """Test the design, and whether as many of each group answered what they were asked."""
    checks = design_checks(campaign, seed)
    return checks if not parts else [*checks, *answer_checks(answer_shares(campaign, parts))]


def _placebo(
    config: Config, section: CampaignSection, tables: Tables | None, campaign: Campaign
) -> list[Test]:
    """Compare the same customers one window earlier; nothing where that is not known, or not comparable."""
    if campaign.is_randomised or not campaign.before:
        return []
    try:
        if tables is None or section.source is not None:
            return placebo_checks(earlier_campaign(campaign), config.seed)
        return placebo_checks(campaign_before(config, section, tables), config.seed)
    except DataError:
        return []


def _uplifts(
    config: Config,
    section: CampaignSection,
    campaign: Campaign,
    rates: Mapping[str, float],
    progress: Progress,
) -> list[UpliftReport]:
    reports = []
    for outcome in () if section.uplift is None else section.uplift.outcomes:
        _ensure_learnable(section, campaign, outcome)
        progress(f"Learning who reacts: {outcome}")
        moderators = _moderators(config, section, campaign)
        reports.append(uplift_report(campaign, outcome, moderators, rates.get(outcome), config.seed))
    return reports


def _ensure_learnable(section: CampaignSection, campaign: Campaign, outcome: str) -> None:
    if outcome not in campaign.outcomes:
        raise DataError(f"uplift: {outcome!r} is no outcome; there are {', '.join(campaign.outcomes)}.")
    if not campaign.covariates:
        raise DataError("uplift: who reacts is learned from `covariates`, and there are none. Name some.")
    foreign = sorted(set(section.uplift.moderators if section.uplift else ()) - set(campaign.covariates))
    if foreign:
        raise DataError(f"uplift.moderators: {foreign[0]!r} is not among the covariates. Add it there too.")


def _moderators(config: Config, section: CampaignSection, campaign: Campaign) -> tuple[str, ...]:
    """Return what may move the effect: as stated, else who customers are rather than what they did."""
    if section.uplift is not None and section.uplift.moderators:
        return section.uplift.moderators
    people = config.tables.customers.known_at_signup if config.tables.customers else ()
    return tuple(name for name in campaign.covariates if section.source is None and name in people)


def _margin_rates(config: Config, section: CampaignSection) -> dict[str, float]:
    """Return what turns outcomes into margin."""
    if section.source is None:
        return {"margin": 1.0}
    return {name: config.value.margin_rate for name, kind in section.outcomes.items() if kind == "money"}


def _data(config: Config, reports: Sequence[Report], unfinished: Mapping[str, date]) -> JSON:
    return {
        "effects": [row for report in reports for row in report.rows()],
        "campaigns": {report.name: report.to_dict() for report in reports},
        "unfinished": {name: str(until) for name, until in unfinished.items()},
        "currency": config.currency,
        "is_sound": all(report.is_sound for report in reports),
    }


def _logged(config: Config, data: JSON) -> str:
    """Log aggregates to the tracking store; no row and no id."""
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    names = ("estimate", "low", "high", "p_holm", "n")
    effects: JSON = {}
    for row in data["effects"]:
        arms = effects.setdefault(row["campaign"], {}).setdefault(row["arm"], {})
        arms[row["outcome"]] = {name: row[name] for name in names}
    with tracking.run(uri, config.name, f"measure-{new_run_name()}", {"goodwill.kind": "measure"}) as run:
        tracking.log_params(run, {"campaigns": [one.name for one in config.campaigns], "seed": config.seed})
        tracking.log_metrics(run, {"effects": effects})
        tracking.log_json(run, "effects.json", data)
    return run.run_id


def _sheets(report: Report, money: str) -> list[Sheet]:
    sheets = campaign_sheets(report, money)
    return [*sheets, *uplift_sheets(report.name, report.uplifts, report.campaign.level, money)]


def _notes(reports: Sequence[Report]) -> list[str]:
    notes: list[str] = []
    for report in reports:
        notes += report.caveats
        notes += [said for one in report.uplifts if (said := _advice(report.name, one))]
    return notes


def _advice(name: str, one: UpliftReport) -> str | None:
    """Say so where choosing customer by customer brought no more than one rule for all."""
    if not one.policies:
        return None
    ours, *others = one.policies
    best = max(others, key=lambda policy: policy.value)
    if ours.value > best.value:
        return None
    return (
        f"{name}: in {one.outcome}, choosing customer by customer brought no more than {best.name}; prefer "
        "that, until a larger campaign tells customers apart."
    )

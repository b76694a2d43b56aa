"""What should be known of a campaign before its effects are used: one sentence or two for each doubt."""

from collections.abc import Mapping, Sequence
from datetime import date

from goodwill.config.snapshot import SnapshotSection
from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.pipeline.campaign_times import time_notes


def campaign_caveats(
    name: str,
    campaign: Campaign,
    checks: Sequence[Test],
    placebo: Sequence[Test],
    snapshot: SnapshotSection | None,
) -> list[str]:
    """Return the doubts about a campaign, in English: of its lots, the period before it, and its times.

    Parameters
    ----------
    checks : tests of a design by lot. placebo : of one not by lot, the comparison before treatment.
    snapshot : of the config; its day counts where it names one.
    """
    as_of = None if snapshot is None or not isinstance(snapshot.as_of, date) else snapshot.as_of
    notes = [] if campaign.is_randomised else _doubts(name, placebo)
    failed = [check.name for check in checks if not check.is_passed]
    if failed:
        notes.append(
            f"{name}: lot does not explain {', '.join(failed)}. Something else decided who was "
            "treated or counted; find out before using these effects, or set `randomised: false`."
        )
    return [*notes, *time_notes(name, campaign, as_of)]


def unfinished_notes(unfinished: Mapping[str, date]) -> list[str]:
    """Say of each campaign whose window has not ended from which day it can be measured."""
    return [
        f"{name}: not measured, as its window has not ended for all of its customers. It can be measured "
        f"from {until} on, once the tables reach up to that day."
        for name, until in unfinished.items()
    ]


def _doubts(name: str, placebo: Sequence[Test]) -> list[str]:
    """Say so where treated and untreated differed before treatment, or could not be compared then."""
    if not placebo:
        return [f"{name}: the period before treatment could not be compared: too little is known of it."]
    differed = [check.name.removeprefix("before: ") for check in placebo if not check.is_passed]
    said = (
        f"{name}: before anybody was treated, the groups already differed in {'; '.join(differed)}, "
        "whatever was known still earlier. The effects adjust for that difference; if something that no "
        "column holds is behind it, they hold it too."
    )
    return [said] if differed else []

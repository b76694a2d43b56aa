"""What should be known of a campaign before its effects are used: one sentence or two for each doubt."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from goodwill.config.snapshot import SnapshotSection
from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import BOOTSTRAP, Measured
from goodwill.pipeline.campaign_overlap import overlap_notes
from goodwill.pipeline.campaign_times import time_notes

# With 10 to 80 customers of the smaller group who spent anything, a bootstrap-t interval of amounts that vary
# as orders do holds the true effect in .82 to .95 of 300 simulated campaigns instead of .95, with 150 in .91
# to .94 (log-normal amounts, sigma of 1 and 1.5).
FEWEST_SPENDERS = 100


def campaign_caveats(
    name: str,
    campaign: Campaign,
    checks: Sequence[Test],
    placebo: Sequence[Test],
    effects: Sequence[Measured],
    snapshot: SnapshotSection | None,
) -> list[str]:
    """Return the doubts about a campaign, in English: of its lots, the period before, and what came after.

    Parameters
    ----------
    checks : tests of a design by lot. placebo : of one not by lot, the comparison before treatment.
    effects : what was found.
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
    notes += [*_spender_notes(name, campaign, effects), *overlap_notes(name, campaign)]
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


def _spender_notes(name: str, campaign: Campaign, effects: Sequence[Measured]) -> list[str]:
    """Say so where so few customers of a group have an amount that even a bootstrap knows little of it."""
    few: dict[tuple[str, int, int], list[str]] = {}
    for one in effects:
        if one.effect.outcome not in campaign.outcomes or not one.effect.method.endswith(BOOTSTRAP):
            continue
        pair = campaign.only(np.isin(campaign.groups, [one.effect.arm, campaign.control]))
        pair = pair if one.kept is None else pair.only(one.kept)
        for group in (campaign.control, one.effect.arm):
            values = pair.values(one.effect.outcome)[pair.groups == group]
            if (values != 0).sum() < FEWEST_SPENDERS:
                outcomes = few.setdefault((group, int((values != 0).sum()), len(values)), [])
                outcomes += [one.effect.outcome] if one.effect.outcome not in outcomes else []
    return [
        f"{name}: only {n_spent:,} of {n:,} customers of the group {group} have anything in "
        f"{', '.join(outcomes)}, and a few large amounts more or less would move its mean: the interval is "
        f"likely to miss the true effect more often than the {campaign.level:.0%} says. Keep this group "
        "larger next time, or count for longer."
        for (group, n_spent, n), outcomes in few.items()
    ]

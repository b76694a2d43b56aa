"""All that was found out about a campaign, as records."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.clusters import cluster_counts
from goodwill.decisions.effect_observed import Observed
from goodwill.decisions.returns import Return
from goodwill.decisions.uplift_report import UpliftReport

JSON = dict[str, Any]  # JSON


@dataclass(frozen=True)
class Report:
    """All that was found out about one campaign.

    Parameters
    ----------
    checks : tests of a design by lot. placebo : of a campaign not by lot, the same comparison where there can
        be no effect. caveats : what should be known before the effects are used, in English.
    """

    name: str
    campaign: Campaign
    checks: Sequence[Test]
    found: Observed
    returns: Sequence[Return]
    uplifts: Sequence[UpliftReport] = ()
    placebo: Sequence[Test] = ()
    caveats: Sequence[str] = ()

    @property
    def is_sound(self) -> bool:
        """Whether every test of the design is passed."""
        return all(check.is_passed for check in self.checks)

    def rows(self) -> list[JSON]:
        """Return a plain record per treatment and outcome."""
        return [{"campaign": self.name, **asdict(one.effect)} for one in self.found.effects]

    def to_dict(self) -> JSON:
        """Return what stands beside the effects."""
        return {
            "is_randomised": self.campaign.is_randomised,
            "control": self.campaign.control,
            "level": self.campaign.level,
            "n": len(self.campaign.rows),
            "n_clusters": cluster_counts(self.campaign),
            "caveats": list(self.caveats),
            "checks": [asdict(check) | {"is_passed": check.is_passed} for check in self.checks],
            "placebo": [asdict(check) | {"is_passed": check.is_passed} for check in self.placebo],
            "overlap": [asdict(one) for one in self.found.overlaps],
            "sensitivity": [asdict(one) for one in self.found.sensitivities],
            "returns": [asdict(one) for one in self.returns],
            "uplift": {one.outcome: _uplift_dict(one) for one in self.uplifts},
        }


def _uplift_dict(one: UpliftReport) -> JSON:
    return {
        "qini": {
            arm: {learner: asdict(found) for learner, found in learners.items()}
            for arm, learners in one.qinis.items()
        },
        "policies": [asdict(policy) for policy in one.policies],
        "classes": one.classes,
    }

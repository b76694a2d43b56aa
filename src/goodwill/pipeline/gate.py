"""Whether the new version becomes champion, judged in the newest matured window."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goodwill import tracking
from goodwill.monitoring.champion import Decision, judge
from goodwill.monitoring.forecasts import Forecast, Outcome, strongest
from goodwill.pipeline.record import Registered


@dataclass(frozen=True)
class Verdict:
    """The gate's decision about a registered version.

    Parameters
    ----------
    rival : what it was judged against: the champion's version, or the best baselines.
    champion : version of the champion at the time of judging, None if there was none.
    """

    decision: Decision
    rival: str
    champion: str | None

    @property
    def has_champion(self) -> bool:
        """Whether there was a champion, which stays where the new version is not promoted."""
        return self.champion is not None

    @property
    def is_in_force(self) -> bool:
        """Whether the new version serves: promoted, or there is no other."""
        return self.decision.promote or not self.has_champion

    def to_dict(self) -> dict[str, object]:
        """Return the decision for `metrics.json`."""
        decision = self.decision
        return {
            "verdict": decision.verdict,
            "rival": self.rival,
            "reasons": list(decision.reasons),
            "numbers": decision.numbers,
        }


def judge_version(
    registered: Registered,
    judged: tuple[Outcome, Forecast],
    baselines: Mapping[str, Forecast],
    champion_says: Callable[[tracking.ModelVersion], Forecast],
    seed: int,
) -> Verdict:
    """Judge a version, and change nothing yet.

    Parameters
    ----------
    judged : what came true in the window, and what the challenger had said.
    baselines : what plain models had said; a first version is judged against the best of them.
    champion_says : returns what a champion says of the same customers, knowing nothing of the window.
    """
    outcome, challenger = judged
    champion = tracking.champion(registered.uri, registered.name)
    rival = strongest(outcome, baselines) if champion is None else champion_says(champion)
    decision = judge(outcome, challenger, rival, seed)
    return Verdict(decision, rival.name, None if champion is None else champion.version)


def enforce(registered: Registered, verdict: Verdict) -> None:
    """Promote a version if it may be, and store the decision with it.

    Raises
    ------
    OutsideError : another run moved the champion since the version was judged.
    """
    if verdict.decision.promote:
        tracking.promote(registered.uri, registered.name, registered.version, verdict.champion)
    _keep(registered, verdict)


def _keep(registered: Registered, verdict: Verdict) -> None:
    """Store the decision with its numbers: as tags of the version, and as a file of the run."""
    decision = verdict.decision
    tags = {
        "goodwill.gate": decision.verdict,
        "goodwill.gate.rival": verdict.rival,
        "goodwill.gate.reasons": "; ".join(decision.reasons),
        **{f"goodwill.gate.{name}": json.dumps(numbers) for name, numbers in decision.numbers.items()},
    }
    tracking.tag_version(registered.uri, registered.name, registered.version, tags)
    run = tracking.Run(registered.uri, "", registered.run_id)
    tracking.log_json(run, "gate.json", {**verdict.to_dict(), "version": registered.version})

"""What to do about a model in service: evidence of four kinds, and the one verdict they lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "watch", "re_fit", "re_train", "investigate_data"]
Cause = Literal["data", "ranking", "level", "drift"]
# The gravest cause decides: a model judged on wrong data is not judged at all.
_VERDICTS: tuple[tuple[Cause, Verdict], ...] = (
    ("data", "investigate_data"),
    ("ranking", "re_train"),
    ("level", "re_fit"),
    ("drift", "watch"),
)
ADVICE: dict[Verdict, str] = {
    "fine": "Nothing to do.",
    "watch": "Go on scoring, and look again when the next outcomes are known.",
    "re_fit": "Customers are still ranked well, but the level is off: run `goodwill train` on newer data.",
    "re_train": (
        "The ranking is lost: run `goodwill train` with tuning, and look for what the tables do not tell."
    ),
    "investigate_data": "Look at the tables first: scores and metrics from them cannot be trusted.",
}


@dataclass(frozen=True)
class Evidence:
    """One thing that was looked at.

    Parameters
    ----------
    cause : what it would show if it were out of its limit: wrong data, a lost ranking, a level that is
        off, a population that has moved.
    name : what was measured; stable, English.
    value, limit : the number, and what it may be; None where it cannot be computed.
    is_alarm : whether it is out of its limit.
    text : what that means, for people.
    """

    cause: Cause
    name: str
    value: float | None
    limit: float | None
    is_alarm: bool
    text: str


def verdict_of(evidence: Sequence[Evidence]) -> Verdict:
    """Return the one verdict that the gravest alarm leads to.

    Wrong data come before a lost ranking, that before a level that is off, and that before drift, of
    which nobody knows yet whether it does harm.

    Examples
    --------
    >>> drifted = Evidence("drift", "psi:n_orders", 0.4, 0.2, True, "…")
    >>> verdict_of([]), verdict_of([drifted])
    ('fine', 'watch')
    >>> verdict_of([drifted, Evidence("level", "bias", -0.5, 0.25, True, "…")])
    're_fit'
    """
    alarms = {found.cause for found in evidence if found.is_alarm}
    return next((verdict for cause, verdict in _VERDICTS if cause in alarms), "fine")

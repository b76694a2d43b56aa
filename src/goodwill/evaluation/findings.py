"""What a check found: an assumption, whether it holds, the number that says so, and what to do."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One assumption, checked.

    Attributes
    ----------
    name : code of the check; stable, English.
    level : ok, warning (results need care, or too little is known to judge) or problem (a model that assumes
        it will be wrong).
    value : the number the level was read from; None where it cannot be computed.
    text : what was found and what to do, in words for people who do not build models.
    """

    name: str
    level: Level
    value: float | None
    text: str


def level_of(value: float, warning: float, problem: float) -> Level:
    """Return the level of a number that is worse the larger it is.

    Examples
    --------
    >>> level_of(0.2, warning=0.3, problem=0.6), level_of(0.3, 0.3, 0.6), level_of(0.7, 0.3, 0.6)
    ('ok', 'warning', 'problem')
    """
    if value >= problem:
        return "problem"
    return "warning" if value >= warning else "ok"

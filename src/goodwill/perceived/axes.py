"""Axes of small pictures: where numbers lie on them, and which round ones are written beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_TICKS = 5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Numbers on an axis: its name, and where it begins and ends; names that stand for 1, 2, … if it has any.

    Examples
    --------
    >>> Scale("answer", 4.44, 6.13).ticks()
    [(4.5, '4.5'), (5.0, '5'), (5.5, '5.5'), (6.0, '6')]
    >>> Scale("wave", 1, 2, ("spring", "autumn")).ticks()
    [(1.0, 'spring'), (2.0, 'autumn')]
    """

    name: str
    low: float
    high: float
    names: tuple[str, ...] = ()

    def ticks(self) -> list[tuple[float, str]]:
        """Return round numbers on the axis, about five, and what they are called."""
        if self.names:
            step = -(-len(self.names) // (2 * _TICKS))
            return [(place + 1.0, self.names[place]) for place in range(0, len(self.names), step)]
        raw = (self.high - self.low or 1.0) / _TICKS
        power = 10.0 ** np.floor(np.log10(raw))
        step = next(part * power for part in _STEPS if part * power >= raw * (1 - 1e-9))
        first, last = np.ceil(self.low / step - 1e-9), np.floor(self.high / step + 1e-9)
        return [(float(n * step), _number(n * step)) for n in np.arange(first, last + 1)]

    def place(self, value: float, start: float, end: float) -> float:
        """Return where a value lies between two pixels."""
        span = self.high - self.low
        return start + (value - self.low) / (span if span > 0 else 1.0) * (end - start)


def scale_of(name: str, values: Sequence[float], margin: float = 0.08) -> Scale:
    """Return a scale that holds all values with some room.

    Examples
    --------
    >>> scale_of("benefit", [0.0, 10.0], margin=0.1)
    Scale(name='benefit', low=-1.0, high=11.0, names=())
    """
    known = np.array([value for value in values if np.isfinite(value)], dtype=float)
    if not len(known):
        return Scale(name, 0.0, 1.0)
    room = margin * (float(known.max() - known.min()) or 1.0)
    return Scale(name, float(known.min()) - room, float(known.max()) + room)


def _number(value: float) -> str:
    return f"{value + 0.0:,.3g}"

"""Figures as people read them, the same on the terminal and on the page."""

import math

NOTHING = "–"
_LEAST_P = 0.001


def p_text(value: float | None) -> str:
    """Return a p-value with three decimals; none is zero, and a dash stands where there is none.

    Examples
    --------
    >>> p_text(0.00001), p_text(0.0312), p_text(None)
    ('< 0.001', '0.031', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:.3f}" if value >= _LEAST_P else f"< {_LEAST_P}"

"""Expected orders per day of an Erlang renewal process in business time, with exponential drop-out.

An Erlang(k) renewal process is every k-th event of a Poisson process of rate k·lambda. With w =
exp(2·pi·i/k), the chance that the next event is an order, m units of business time after joining, is the
discrete Fourier sum (1/k) sum_l w^l exp(k·lambda·m·(w^l - 1)), so that order rates are sums of exponentials
of time and every integral below has a closed form (the renewal density of Erlang times: Cox, Renewal Theory,
1962, chapter 4).
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.simulate.people import Floats
from goodwill.data.simulate.seasons import Calendar

_ComplexArray = NDArray[np.complex128]
_Rates = TypeVar("_Rates", Floats, _ComplexArray)


@dataclass(frozen=True)
class Window:
    """Days [begin, end) since a world's start, on its calendar, with Erlang(`regularity`) orders.

    `first` is the earliest day whose orders still matter: their refunds may fall into the window.
    """

    first: int
    begin: int
    end: int
    calendar: Calendar
    regularity: int

    @property
    def days(self) -> NDArray[np.int64]:
        """Every day that matters, (n_days,)."""
        return np.arange(self.first, self.end)


def orders_per_day(window: Window, customers: pd.DataFrame, lift: Floats | None) -> Floats:
    """Return expected orders, (n_customers, n_days), given who is alive at `window.begin`.

    Before the window the lifetime is known; inside it, drop-out is a constant hazard. The first order, at the
    moment of joining, is certain for everybody but prospects.
    """
    signup, hazard, length = _exposure(window, customers)
    rate = customers["rate_per_day"].to_numpy()[:, None]
    intensity = window.calendar.intensity[None, window.days] * (1.0 if lift is None else lift)
    k = window.regularity
    total = rate * intensity * _decay(hazard, length)
    if k > 1:
        start_day = np.maximum(window.days[None, :], signup)
        passed = np.maximum(
            window.calendar.business_time(start_day) - window.calendar.business_time(signup), 0.0
        )
        for root in _roots(k)[1:]:
            swing = k * rate * (1 - root)
            total = (
                total
                + (
                    root
                    * np.exp(-swing * passed)
                    * rate
                    * intensity
                    * _decay(hazard + swing * intensity, length)
                ).real
            )
    total = total * _survival(window, customers)
    joined = signup[:, 0].astype(np.int64) - window.first
    buyers = np.flatnonzero((rate[:, 0] > 0) & (joined >= 0))
    total[buyers, joined[buyers]] += 1.0
    return total


def no_order_probability(window: Window, customers: pd.DataFrame, lift: Floats | None) -> Floats:
    """Return the probability of no order in the window: dead already, or silent until drop-out or the end."""
    rate = customers["rate_per_day"].to_numpy()[:, None]
    intensity = window.calendar.intensity[None, window.begin : window.end]
    intensity = intensity * (1.0 if lift is None else lift[:, window.begin - window.first :])
    passed = np.cumsum(np.broadcast_to(intensity, (len(customers), intensity.shape[1])), axis=1)
    silent = _silence(window, customers, rate * np.insert(passed, 0, 0.0, axis=1))
    hazard = customers["dropout_per_day"].to_numpy()[:, None]
    # Inside a day silence falls exponentially at a rate of its own: exact for Poisson orders.
    fall = np.log(np.maximum(silent[:, :-1], 1e-300)) - np.log(np.maximum(silent[:, 1:], 1e-300))
    survival = np.exp(-hazard * np.arange(intensity.shape[1] + 1))
    left = (hazard * survival[:, :-1] * silent[:, :-1] * _decay(hazard + fall, np.ones(1))).sum(axis=1)
    alive = (customers["alive_until_day"] > window.begin).to_numpy()
    return np.where(alive, left + survival[:, -1] * silent[:, -1], 1.0)


def _exposure(window: Window, customers: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Return the day of joining, the hazard that counts on each day, and the part of the day at risk."""
    day = window.days[None, :]
    signup = customers["signup_day"].to_numpy()[:, None]
    until = np.where(day < window.begin, customers["alive_until_day"].to_numpy()[:, None], np.inf)
    length = np.clip(np.minimum(until, day + 1) - np.maximum(signup, day), 0.0, 1.0)
    hazard = np.where(day < window.begin, 0.0, customers["dropout_per_day"].to_numpy()[:, None])
    return signup, hazard, length


def _survival(window: Window, customers: pd.DataFrame) -> Floats:
    """Return the chance to be alive at the start of each day, as seen from `window.begin`."""
    since = np.maximum(window.days - window.begin, 0)[None, :]
    alive = (customers["alive_until_day"] > window.begin).to_numpy()[:, None]
    inside = np.exp(-customers["dropout_per_day"].to_numpy()[:, None] * since) * alive
    return np.where(window.days[None, :] < window.begin, 1.0, inside)


def _decay(rate: _Rates, length: Floats) -> _Rates:
    """Integrate exp(-rate·u) over u in (0, length)."""
    is_small = np.abs(rate * length) < 1e-9  # noqa: PLR2004 - the limit of the quotient
    safe = np.where(is_small, 1.0, rate)
    return np.where(is_small, length, -np.expm1(-safe * length) / safe)


def _roots(k: int) -> _ComplexArray:
    return np.exp(2j * np.pi * np.arange(k) / k)


def _silence(window: Window, customers: pd.DataFrame, load: Floats) -> Floats:
    """Return P(no order) while alive after so many expected orders, from the phases at `window.begin`."""
    k = window.regularity
    if k == 1:
        return np.exp(-load)
    begin = np.full(len(customers), float(window.begin))
    age = window.calendar.business_time(begin) - window.calendar.business_time(
        customers["signup_day"].to_numpy()
    )
    ahead = k * customers["rate_per_day"].to_numpy() * age
    roots = _roots(k)
    waves = np.exp(ahead[:, None] * (roots - 1))
    events = [np.exp(-k * load)]
    for n in range(1, k):
        events.append(events[-1] * k * load / n)
    at_most = np.cumsum(events, axis=0)
    phases = [(waves * roots ** (-phase)).sum(axis=1).real / k for phase in range(k)]
    return sum(
        (np.clip(p, 0, 1)[:, None] * at_most[k - 1 - phase] for phase, p in enumerate(phases)), np.zeros(1)
    )

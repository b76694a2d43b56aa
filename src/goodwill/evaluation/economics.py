"""What contacting customers against churn is worth: profit, threshold, expected maximum profit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from goodwill.arguments import keep_numbers
from goodwill.errors import UsageError
from goodwill.evaluation.ranking import ranked
from goodwill.evaluation.samples import as_numbers, checked

F = npt.NDArray[np.float64]
# From which chance to churn on a customer is as good as gone, and which share of such is worth a word.
AS_GOOD_AS_GONE, WORTH_A_WORD = 0.9, 0.1


@dataclass(frozen=True)
class RetentionOffer:
    """A retention offer: what it costs, and how often it keeps a customer who would have left.

    Parameters
    ----------
    offer_cost : cost of the offer, where it is taken: by churners it keeps, and by all who would have stayed.
    contact_cost : cost of the contact, whatever comes of it.
    success_rate : share of the churners contacted who stay.
    """

    offer_cost: float
    contact_cost: float
    success_rate: float

    def __post_init__(self) -> None:
        """Refuse costs below zero and rates outside 0 to 1."""
        keep_numbers(self, "offer_cost", "contact_cost", "success_rate")
        if not (self.offer_cost >= 0 and self.contact_cost >= 0 and 0 < self.success_rate <= 1):
            raise UsageError(
                f"{self}: costs must be 0 or more and success_rate must lie in (0, 1]. Correct the offer."
            )


def contact_profit(p_churn: npt.ArrayLike, value: npt.ArrayLike, offer: RetentionOffer) -> F:
    """Return the expected profit (n,) of contacting each customer.

    A churner brings success · (value - offer) - contact, anybody else costs offer + contact (Verbraken,
    Verbeke & Baesens 2013, IEEE TKDE 25(5), per customer).

    Parameters
    ----------
    p_churn : (n,) probability of churn. value : (n,) what keeping the customer is worth: `clv_if_active` less
        `clv_if_churned`.

    Examples
    --------
    >>> offer = RetentionOffer(offer_cost=10.0, contact_cost=1.0, success_rate=0.3)
    >>> contact_profit([0.5, 0.1], [200.0, 200.0], offer).round(2).tolist()
    [22.5, -4.3]
    """
    p, worth = as_numbers("p_churn", p_churn), as_numbers("value", value)
    kept = offer.success_rate * (worth - offer.offer_cost) - offer.contact_cost
    return p * kept - (1 - p) * (offer.offer_cost + offer.contact_cost)


def contact_threshold(value: npt.ArrayLike, offer: RetentionOffer) -> F:
    """Return the probability of churn (n,) from which on a contact pays; 1 where it never does.

    Missing where the value is.

    Parameters
    ----------
    value : as in `contact_profit`.

    Examples
    --------
    >>> offer = RetentionOffer(offer_cost=10.0, contact_cost=1.0, success_rate=0.3)
    >>> contact_threshold([200.0, 20.0], offer).round(3).tolist()
    [0.164, 0.846]
    """
    worth = as_numbers("value", value)
    gain = offer.success_rate * (worth - offer.offer_cost) + offer.offer_cost
    cost = offer.offer_cost + offer.contact_cost
    threshold = np.where(gain > cost, cost / np.where(gain > cost, gain, 1.0), 1.0)
    return np.where(np.isnan(worth), np.nan, threshold)


@dataclass(frozen=True)
class MaximumProfit:
    """The best that a ranking allows.

    Parameters
    ----------
    profit : expected profit per customer of the base, in money.
    share : part of the base that is contacted for it.
    """

    profit: float
    share: float


def expected_maximum_profit(
    churned: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    value: float,
    offer_cost: float,
    contact_cost: float,
    success_shape: tuple[float, float] = (6.0, 14.0),
) -> MaximumProfit:
    """Return the profit of a ranking, the best share contacted, over success rates not yet known.

    Verbraken, Verbeke & Baesens (2013), IEEE TKDE 25(5): the success rate is beta-distributed, and for each
    rate the threshold is the best on the convex hull of the ROC curve. Exact; ties are one point.

    Parameters
    ----------
    churned : (n,) 0 or 1. score : (n,) the higher, the likelier to churn.
    value : mean value of a customer kept.
    success_shape : α and β of the success rate, above 0; the paper's 6 and 14 have a mean of .3.

    Raises
    ------
    UsageError
        If outcomes and scores differ in length or are missing, all customers churned or none did, the offer
        costs as much as the customer is worth, or the shape is none of a beta distribution.

    Examples
    --------
    >>> best = expected_maximum_profit(
    ...     [1, 1, 0, 0], [0.9, 0.8, 0.3, 0.1], value=200.0, offer_cost=10.0, contact_cost=1.0
    ... )
    >>> round(best.profit, 3), round(best.share, 3)
    (28.0, 0.5)
    """
    ended, scores = _outcomes(churned, score)
    if not 0 < ended.sum() < len(ended) or not 0 <= offer_cost < value < np.inf or not contact_cost >= 0:
        raise UsageError(
            f"{ended.sum():g} of {len(ended)} customers churned and an offer of {offer_cost:g} is made for a "
            f"value of {value:g}: both outcomes are needed, and an offer that costs less than it can save."
        )
    a, b = success_shape
    if not (0 < a < np.inf and 0 < b < np.inf):
        raise UsageError(
            f"success_shape: {a:g} and {b:g} are not both above 0. Pass α and β, such as 6 and 14."
        )
    churners, others = _hull(ended, scores)
    rates = np.concatenate([[0.0], _turns(churners, others, value, offer_cost, contact_cost), [1.0]])
    chance = np.diff(beta.cdf(rates, a, b))
    rate = a / (a + b) * np.diff(beta.cdf(rates, a + 1, b))
    cost = contact_cost * churners + (offer_cost + contact_cost) * others
    profit = np.sum((value - offer_cost) * churners * rate - cost * chance)
    return MaximumProfit(float(profit), float(np.sum((churners + others) * chance)))


def maximum_profit(
    churned: npt.ArrayLike, score: npt.ArrayLike, *, value: float, offer: RetentionOffer
) -> MaximumProfit:
    """Return the best realised profit per customer over all thresholds of a score, at a known success rate.

    Examples
    --------
    >>> offer = RetentionOffer(offer_cost=10.0, contact_cost=1.0, success_rate=0.3)
    >>> maximum_profit([1, 0, 0, 0], [0.9, 0.8, 0.3, 0.1], value=200.0, offer=offer)
    MaximumProfit(profit=14.0, share=0.25)
    """
    ended, scores = _outcomes(churned, score)
    order = ranked(scores)
    churners = order.cumulated(ended) / len(ended)
    share = order.cumulated(np.ones(len(ended))) / len(ended)
    kept = offer.success_rate * (value - offer.offer_cost) - offer.contact_cost
    profit = churners * kept - (share - churners) * (offer.offer_cost + offer.contact_cost)
    best = int(np.argmax(profit))
    return MaximumProfit(float(profit[best]), float(share[best]))


def _outcomes(churned: npt.ArrayLike, score: npt.ArrayLike) -> tuple[F, F]:
    ended, scores = checked(churned=churned, score=score)
    n_odd = int(np.sum((ended != 0) & (ended != 1)))
    if n_odd:
        raise UsageError(f"churned: {n_odd} of {len(ended)} values are neither 0 nor 1. Pass the outcome.")
    return ended, scores


def _hull(ended: F, score: F) -> tuple[F, F]:
    """Return churners and others contacted, as shares of the base, at the corners of the ROC's hull."""
    order = ranked(score)
    y, x = order.cumulated(ended) / len(ended), order.cumulated(1 - ended) / len(ended)
    corners: list[int] = []
    for i in range(len(x)):
        while len(corners) > 1 and _is_left(x, y, corners[-2], corners[-1], i):
            corners.pop()
        corners.append(i)
    return y[corners], x[corners]


def _is_left(x: F, y: F, a: int, b: int, c: int) -> bool:
    """Say whether b lies on or below the line from a to c."""
    return bool((x[b] - x[a]) * (y[c] - y[a]) >= (y[b] - y[a]) * (x[c] - x[a]))


def _turns(churners: F, others: F, value: float, offer_cost: float, contact_cost: float) -> F:
    """Return the success rates at which the next corner of the hull becomes the best."""
    more, wasted = np.diff(churners), np.diff(others)
    cost = contact_cost * more + (offer_cost + contact_cost) * wasted
    # A corner without another churner is worth its cost at no rate; where it costs nothing, at any.
    never = np.where(cost > 0, 1.0, 0.0)
    gain = (value - offer_cost) * more
    return np.clip(np.divide(cost, gain, out=never, where=gain > 0), 0.0, 1.0)

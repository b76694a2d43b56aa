"""Whom to contact against churn: simple rules and a threshold for each, by what they promised and brought."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.errors import UsageError
from goodwill.evaluation.economics import (
    MaximumProfit,
    RetentionOffer,
    contact_profit,
    contact_threshold,
    expected_maximum_profit,
    maximum_profit,
)
from goodwill.evaluation.ranking import ranked

F = npt.NDArray[np.float64]
POLICIES = ("per_customer", "one_threshold", "everybody", "nobody")
# α + β of the beta distribution of Verbraken, Verbeke & Baesens (2013), whose α and β are 6 and 14.
_FIRMNESS = 20.0


@dataclass(frozen=True)
class Stakes:
    """What was known of customers before a window, and what came true in it; all of shape (n,).

    Parameters
    ----------
    p_churn : probability of churn.
    clv_if_active, clv_if_churned : value expected of a customer who stays, and of one who leaves.
    churned, value : what came true.
    """

    p_churn: F
    clv_if_active: F
    clv_if_churned: F
    churned: F
    value: F

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.churned)

    def of(self, is_meant: npt.NDArray[np.bool_]) -> "Stakes":
        """Return the stakes of some customers."""
        return Stakes(**{name: column[is_meant] for name, column in vars(self).items()})

    @property
    def worth(self) -> F:
        """What keeping each customer was said to be worth (n,)."""
        return self.clv_if_active - self.clv_if_churned

    @property
    def level(self) -> float:
        """What those who stayed brought, over what was expected of them; missing where that is nothing."""
        stayed = self.churned == 0
        expected = float(self.clv_if_active[stayed].sum())
        return float(self.value[stayed].sum()) / expected if expected > 0 else float("nan")

    @property
    def worth_as_it_came(self) -> F:
        """What keeping each customer would have brought beyond what came (n,); meant for those who left.

        Nobody sees what a churner had brought had he stayed: it is what was expected of him, at the level to
        which the expectation came true among those who stayed.
        """
        return self.level * self.clv_if_active - self.value


def contact_policies(stakes: Stakes, offer: RetentionOffer) -> dict[str, dict[str, float | None]]:
    """Return, by rule, the share contacted, the profit said before, and the profit as it would have come.

    `per_customer` contacts whose `p_churn` exceeds his own threshold (`contact_threshold`), `one_threshold`
    everybody from one p_churn on, the best one as it turned out afterwards, so that it is flattered. Of who
    is contacted, those who churned count as kept with the offer's success rate, an assumption.

    Examples
    --------
    >>> left = Stakes(*np.array([[0.5, 0.5], [90.0, 10.0], [0.0, 0.0], [1.0, 0.0], [0.0, 10.0]]))
    >>> found = contact_policies(left, RetentionOffer(offer_cost=0.0, contact_cost=5.0, success_rate=0.2))
    >>> found["per_customer"]
    {'contacted_share': 0.5, 'expected_profit': 4.0, 'profit': 13.0}
    >>> found["everybody"]
    {'contacted_share': 1.0, 'expected_profit': 0.0, 'profit': 8.0}
    """
    said = contact_profit(stakes.p_churn, stakes.worth, offer)
    came = contact_profit(stakes.churned, stakes.worth_as_it_came, offer)
    least = _best_threshold(stakes.p_churn, came)
    everybody = np.ones(len(stakes), dtype=bool)
    contacted: Mapping[str, npt.NDArray[np.bool_]] = {
        "per_customer": stakes.p_churn > contact_threshold(stakes.worth, offer),
        "one_threshold": stakes.p_churn >= (np.inf if least is None else least),
        "everybody": everybody,
        "nobody": ~everybody,
    }
    found: dict[str, dict[str, float | None]] = {
        name: {
            "contacted_share": float(who.mean()),
            "expected_profit": float(said[who].sum()),
            "profit": float(came[who].sum()),
        }
        for name, who in contacted.items()
    }
    found["one_threshold"]["threshold"] = least
    return found


def uncertain_maximum(stakes: Stakes, offer: RetentionOffer) -> MaximumProfit:
    """Return the expected maximum profit per customer of the ranking, the success rate not being sure.

    The rate is beta-distributed around the offer's, as firmly as in the paper (`expected_maximum_profit`); a
    rate of 1 leaves no doubt. All are worth the mean of those who left: where the likeliest to leave are
    worth less it flatters, and `contact_policies` does not.

    Raises
    ------
    UsageError
        If keeping those who left was worth nothing.

    Examples
    --------
    >>> left = Stakes(*np.array([[0.9, 0.1], [100.0, 100.0], [0.0, 0.0], [1.0, 0.0], [0.0, 100.0]]))
    >>> uncertain_maximum(left, RetentionOffer(offer_cost=0.0, contact_cost=0.0, success_rate=0.3)).profit
    15.0
    """
    value = float(stakes.worth_as_it_came[stakes.churned > 0].mean())
    if not value > 0:
        raise UsageError(f"Keeping a customer who left was worth {value:g}. Judge customers of some value.")
    if offer.success_rate == 1:
        return maximum_profit(stakes.churned, stakes.p_churn, value=value, offer=offer)
    return expected_maximum_profit(
        stakes.churned,
        stakes.p_churn,
        value=value,
        offer_cost=offer.offer_cost,
        contact_cost=offer.contact_cost,
        success_shape=(_FIRMNESS * offer.success_rate, _FIRMNESS * (1 - offer.success_rate)),
    )


def _best_threshold(p_churn: F, profit: F) -> float | None:
    """Return the p_churn from which on contacting all brings most; None where contacting nobody does."""
    order = ranked(p_churn)
    best = int(np.argmax(order.cumulated(profit)))
    return None if best == 0 else float(p_churn[order.order[order.ends[best - 1] - 1]])

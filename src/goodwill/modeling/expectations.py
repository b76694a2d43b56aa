"""What a buy-till-you-die model expects of each row: the start from which trees go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.features.columns import Table, numbers
from goodwill.modeling.btyd import GammaGamma, ParetoNBD
from goodwill.modeling.btyd.paretonbd import Outlook
from goodwill.modeling.histories import (
    DAYS_PER_WEEK,
    histories_of,
    later_over_first,
    margin_rate,
    repeat_histories,
    spends_of,
)
from goodwill.modeling.out_of_sample import dealt, drawn_rows
from goodwill.modeling.returned import NOTHING, Returned
from goodwill.modeling.shrinking import fitted_or_shrunk
from goodwill.modeling.spend import spend_model
from goodwill.modeling.whales import without_whales

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_SMALL = 1e-6
_JUDGED, _GROUPS = 4_000, 8


@dataclass(frozen=True)
class Expected:
    """What is expected of each row (n,).

    Parameters
    ----------
    active_logit : logit of the probability of an order in the horizon.
    log_value : log of the expected value.
    log_value_if_active : log of the expected value given an order.
    columns : what a model may learn from: log orders and logit of an order, which grow with the horizon
        (`h_expected_…`), log P(alive) and log spend per order, which do not.
    """

    active_logit: F
    log_value: F
    log_value_if_active: F
    columns: dict[str, F]


def laid_end_to_end(parts: Sequence[Expected]) -> Expected:
    """Return what is expected in several shares of the horizon as rows one below the other."""
    names = ("active_logit", "log_value", "log_value_if_active")
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    told = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Expected(**told, columns=columns)


@dataclass(frozen=True)
class Expectations:
    """Pareto/NBD for when, Gamma-Gamma for how much, and the margin on it.

    Gamma-Gamma reads the first order of a customer too, in the size of later ones, where Fader and Hardie
    leave it out: of who ordered once it is all that is known. The rates are those of all histories known at
    the fit: a handful of parameters, so that using one fit for all earlier dates does not tell any customer's
    future.

    Parameters
    ----------
    purchases, spend : the fitted models, time in weeks.
    margin_rate : what a unit of spend is worth in the end.
    later_over_first : how much later orders bring beside first ones; None as stored by a goodwill that read
        later ones alone.
    returned : what comes back of orders, so that those of a horizon bring more in it than in the end.
    largest_order : what the largest order of a customer counts for at most; None as stored by a goodwill that
        knew no such limit.

    Examples
    --------
    >>> expectations = Expectations(
    ...     ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67),
    ...     GammaGamma.from_params(p=6.25, q=3.74, v=15.44),
    ...     margin_rate=0.5,
    ...     later_over_first=1.2,
    ... )
    >>> X = pd.DataFrame({"n_order_days": [3], "n_orders": [3], "horizon_days": [70]})
    >>> X = X.assign(days_since_first_order=70, days_since_last_order=14, spend_mean=20.0, spend_first=10.0)
    >>> expected = expectations.of(X)
    >>> {name: np.exp(expected.columns[name]).round(2) for name in ("h_expected_orders", "expected_spend")}
    {'h_expected_orders': array([1.03]), 'expected_spend': array([11.26])}
    """

    purchases: ParetoNBD
    spend: GammaGamma
    margin_rate: float
    later_over_first: float | None
    returned: Returned = NOTHING
    largest_order: float | None = None

    @classmethod
    def fit(cls, now: pd.DataFrame, returned: Returned = NOTHING) -> Self | None:
        """Fit on the histories of `now`; None where they do not identify the models.

        Parameters
        ----------
        now : (n, ...) features at the day the fit may know.
        returned : what comes back of orders.
        """
        if "n_order_days" not in now:
            return None
        histories = repeat_histories(now)
        ratio = later_over_first(histories["monetary_value"].to_numpy(), numbers(now, "spend_first"))
        spends = spends_of(now, ratio).frame()
        spends["monetary_value"] = without_whales(spends["monetary_value"].to_numpy())
        largest = float(spends["monetary_value"].max())
        try:
            purchases = fitted_or_shrunk(ParetoNBD, histories)
            spend = spend_model(spends, now)
        except FitError:
            return None
        rate = margin_rate(now, returned.due_in_all(now))
        return cls(purchases, spend, rate, ratio, returned, largest)

    def of(self, X: Table) -> Expected:
        """Return what is expected of each row of `X` in its horizon; all of it grows with the horizon.

        A row without an order is taken for a customer who starts today.
        """
        return self.over(X, [1.0])[0]

    def over(self, X: Table, shares: Sequence[float]) -> list[Expected]:
        """Return what is expected of each row of `X` in each share of its horizon."""
        histories, days = histories_of(X), numbers(X, "horizon_days")
        ratio, largest = self.later_over_first, self.largest_order or np.inf
        spend = self.spend.conditional_mean(histories if ratio is None else spends_of(X, ratio, largest))
        mean, weeks = np.maximum(spend * self.margin_rate, _SMALL), days / DAYS_PER_WEEK
        within = [np.log1p(self.returned.still_out(days * share) / self.margin_rate) for share in shares]
        ahead = self.purchases.outlooks(histories, t=weeks, shares=shares)
        return [_expected(*told, mean) for told in zip(ahead, within, strict=True)]

    def to_dict(self) -> Stored:
        """Return what is needed to expect again, as plain JSON values."""
        return {
            "purchases": self.purchases.to_dict(),
            "spend": self.spend.to_dict(),
            "margin_rate": self.margin_rate,
            "later_over_first": self.later_over_first,
            "returned": list(self.returned.parts),
            "largest_order": self.largest_order,
        }

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored expectations."""
        purchases, spend = ParetoNBD.from_dict(stored["purchases"]), GammaGamma.from_dict(stored["spend"])
        returned = Returned(tuple(stored.get("returned", ())))
        rate, ratio = float(stored["margin_rate"]), stored.get("later_over_first")
        return cls(purchases, spend, rate, ratio, returned, stored.get("largest_order"))


def total_error(now: pd.DataFrame, seed: int = 0) -> float:
    """Return how far the total expected of `now` may be off because few customers tell the parameters.

    A jackknife that leaves out an eighth of the customers at a time (Kott 2001, Journal of Official
    Statistics 17), on no more than a few thousand of them: the error falls with the root of their number.

    Parameters
    ----------
    now : (n, ...) as `Expectations.fit` reads it, with `customer_id` and `horizon_days`.

    Returns
    -------
    The standard error of the logarithm of the total; NaN where a part does not identify the models.
    """
    drawn = now.iloc[drawn_rows(len(now), _JUDGED, seed)].reset_index(drop=True)
    group = dealt(drawn["customer_id"], _GROUPS, seed)
    parts = np.unique(group)
    fits = [Expectations.fit(drawn[group != part].reset_index(drop=True)) for part in parts]
    logs = np.array(
        [np.nan if fit is None else np.log(np.exp(fit.of(drawn).log_value).sum()) for fit in fits]
    )
    spread = np.sqrt((len(parts) - 1) / len(parts) * np.sum((logs - logs.mean()) ** 2))
    return float(spread * np.sqrt(len(drawn) / len(now)))


def _expected(ahead: Outlook, log_within: F, mean: F) -> Expected:
    p_silent = np.clip(ahead.p_no_purchase, _SMALL, 1 - _SMALL)
    n_orders = np.maximum(ahead.expected_purchases, _SMALL)
    active_logit, log_value = np.log1p(-p_silent) - np.log(p_silent), np.log(n_orders * mean) + log_within
    columns = {
        "h_expected_orders": np.log(n_orders),
        "h_expected_active": active_logit,
        "expected_alive": np.log(np.maximum(ahead.p_alive, _SMALL)),
        "expected_spend": np.log(mean),
    }
    return Expected(active_logit, log_value, log_value - np.log1p(-p_silent), columns)

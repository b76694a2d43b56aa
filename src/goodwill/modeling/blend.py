"""How the members of the customer value model are blended, and what the blend says."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.cells import Cells
from goodwill.modeling.expectations import Expected
from goodwill.modeling.payments_ahead import PaymentsAhead

F = NDArray[np.float64]
_FEW_TO_VALUE, _FEW_TO_TELL = 400, 250


@dataclass(frozen=True)
class Predicted:
    """What the model says of each row (n,), in money where not a probability.

    Parameters
    ----------
    p_churn : probability of churn, above 0 and below 1.
    clv : expected value, the chance of churn included.
    clv_if_churned : what accrues without an order: late refunds, contact costs.
    payments : the payments of contracts one by one, where contracts are all that pays.

    Examples
    --------
    >>> Predicted(np.array([0.8]), clv=np.array([18.0]), clv_if_churned=np.array([-2.5])).clv_if_active
    array([100.])
    """

    p_churn: F
    clv: F
    clv_if_churned: F
    payments: PaymentsAhead | None = None

    def split(self, n_parts: int) -> "list[Predicted]":
        """Return equal parts of the rows, in order."""
        columns = (np.split(column, n_parts) for column in (self.p_churn, self.clv, self.clv_if_churned))
        return [Predicted(*part) for part in zip(*columns, strict=True)]

    @property
    def clv_if_active(self) -> F:
        """The value that makes `clv = (1 - p_churn) * clv_if_active + p_churn * clv_if_churned` hold."""
        return (self.clv - self.p_churn * self.clv_if_churned) / (1 - self.p_churn)


@dataclass(frozen=True)
class Blend:
    """How much each kind of member counts.

    Parameters
    ----------
    trees, linear, expected : weights of the logits of P(active), which add up to 1.
    trusts_expected : whether the buy-till-you-die model is a member of the value.
    expected_share : its weight in the value; that of trees is the rest.
    tells_lost : whether what the churned lose is told apart from what is expected of all.

    Examples
    --------
    >>> blend = Blend.usual(n_customers=1000, trusts_expected=True)
    >>> blend.active_logit(np.array([1.0]), np.array([0.0]), np.array([2.0])).round(2)
    array([0.73])
    >>> blend.value(np.array([4.0]), np.array([8.0]), np.array([12.0])).round(2)
    array([7.69])
    """

    trees: float
    linear: float
    expected: float
    trusts_expected: bool
    expected_share: float = 0.25  # as stored where it was the same for all
    tells_lost: bool = False  # as stored where it was not told apart

    @classmethod
    def usual(cls, n_customers: int, *, trusts_expected: bool) -> Self:
        """Return the blend before anything is known of its members.

        Trees count more the more customers there are to learn from: of a few hundred, a handful of parameters
        knows more. A buy-till-you-die model that is not trusted counts for nothing.
        """
        few = 1000 / (n_customers + 1000)
        trees, expected = 0.5 * (1 - few), 0.1 + 0.2 * few if trusts_expected else 0.0
        others = 1 - _share_of_few(n_customers, _FEW_TO_TELL) if trusts_expected else 1.0
        trees, expected = others * trees, 1 - others * (1 - expected)
        in_value = 0.25 + 0.75 * _share_of_few(n_customers, _FEW_TO_VALUE)
        return cls(trees, 1 - trees - expected, expected, trusts_expected, in_value, tells_lost=True)

    @property
    def weights(self) -> F:
        """The weights of trees, linear and expected (3,)."""
        return np.array([self.trees, self.linear, self.expected])

    def weighing(self, weights: F) -> Self:
        """Return the blend with other weights (2,) or (3,)."""
        trees, linear, expected = (*weights.tolist(), 0.0)[:3]
        return replace(self, trees=trees, linear=linear, expected=expected)

    def active_logit(self, trees: F, linear: F, expected: F | None) -> F:
        """Return the blended logit of P(active); without expectations the linear member has their weight."""
        if expected is None:
            return self.trees * trees + (1 - self.trees) * linear
        return self.trees * trees + self.linear * linear + self.expected * expected

    def value(self, from_active: F, from_all: F, expected: F | None, lost: F | float = 0.0) -> F:
        """Return the blended value of the active: trees in two parts and all at once, 2 : 1, and expected.

        A buy-till-you-die model expects the money of all, what is `lost` by the churned taken off it.
        """
        trees = (2 * from_active + from_all) / 3
        if expected is None or not self.trusts_expected:
            return trees
        expected = expected - lost if self.tells_lost else expected
        return (1 - self.expected_share) * trees + self.expected_share * expected


def _share_of_few(n_customers: int, half: int) -> float:
    """Return what counts for expectations alone, which is half of all where `half` customers are known."""
    return 1 / (1 + (n_customers / half) ** 2)


@dataclass(frozen=True)
class Rows:
    """The columns of some rows: without and with what is expected of them.

    Parameters
    ----------
    full : (n, k) columns, those of a buy-till-you-die model last.
    expected : what such a model says, None where there is none.

    Examples
    --------
    >>> rows = Rows(Cells.of([{"h_log": np.array([3.4, 4.5])}]), None)
    >>> rows.full is rows.plain, rows.start("log_value")
    (True, None)
    """

    full: Cells
    expected: Expected | None

    @cached_property
    def plain(self) -> Cells:
        """The columns that owe nothing to a buy-till-you-die model."""
        if self.expected is None:
            return self.full
        return self.full.first(len(self.full.names) - len(self.expected.columns))

    @property
    def expected_value(self) -> F | None:
        """What a buy-till-you-die model expects each row to bring, None where there is none."""
        return None if self.expected is None else np.exp(self.expected.log_value)

    def start(self, name: str) -> F | None:
        """Return one of the expectations, None where there are none."""
        return None if self.expected is None else getattr(self.expected, name)

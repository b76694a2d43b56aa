"""Intervals of what a contract brings: between two of the amounts it can bring, widened where they err."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.modeling.payments_ahead import PaymentsAhead

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_LEVELS = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
_HAIR, _FEW = 1e-9, 30
_RAREST, _FAR = 0.005, 1e9
_KINDS = 3


@dataclass(frozen=True)
class PaymentBounds:
    """How far values lay outside the quantiles of the payments ahead, of contracts no model had seen.

    Conformalised quantile regression, each side for itself (Romano, Patterson and Candès 2019, theorem 2),
    that never narrows: an interval between two amounts that can be paid holds both. What else there is (costs
    of servicing, new prices) grows with the horizon, and several contracts of one customer may end together,
    which `PaymentsAhead` does not know, so that each kind of customers errs by itself. What few bring beside
    payments (another contract) is in everybody's mean, and left out where an interval begins. Of more than
    two contracts the further ones are told by the month, and fall due all at once.

    Parameters
    ----------
    horizons : (n_horizons,) days, rising; between them widening follows straight lines.
    widening : (3, n_horizons, n_levels, 3) for customers with one contract, two, and more: what an
        interval of each of `_LEVELS` is widened by below and above, as a share of all payments ahead, and
        how far below the value without payments, 0 at most, it reaches.
    money : the same, as money: what a new contract brings does not grow with the one that runs. Of share
        and money that which widens less is learned, and the other is 0.
    typical : money; the median of all payments ahead, which stands for less.
    variance_share : (3,) squared errors of what was expected, over what the chances of the payments say of
        them, for the same kinds of customers.

    Examples
    --------
    >>> import pandas as pd
    >>> ahead = PaymentsAhead(np.zeros(40), np.arange(40), np.full(40, 0.95), np.full(40, 10.0))
    >>> X = pd.DataFrame({"horizon_days": 30, "n_contracts_running": 1}, index=range(40))
    >>> bounds = PaymentBounds.fit(ahead, X, np.full(40, 10.0), ahead.mean)
    >>> low, high = bounds.of(ahead, X, level=0.8)
    >>> low[:2].round(6).tolist(), high[:2].round(6).tolist()
    ([10.0, 10.0], [10.0, 10.0])
    """

    horizons: F
    widening: F
    money: F
    typical: float
    variance_share: F

    @classmethod
    def fit(cls, ahead: PaymentsAhead, X: Table, value: F, clv: F) -> Self:
        """Learn from contracts held out.

        Parameters
        ----------
        ahead : of n contracts, by models that had not seen them. X : (n, ...) their features.
        value, clv : (n,) what came, and what was expected.
        """
        known, paying = ahead.is_known, ahead.most[ahead.most > 0]
        typical = float(np.median(paying)) if len(paying) else 1.0
        horizon, of = numbers(X, "horizon_days"), _kind(X)
        horizons, scale = np.unique(horizon[known]), np.maximum(ahead.most, typical)
        # Few who hold more than two contracts are judged with those who hold two.
        kinds = [[known & (of == kind), known & ((of > 0) == (kind > 0)), known] for kind in range(_KINDS)]
        outside = _outside(ahead, value)
        wider = [
            [_widening(outside, scale, [groups[0] & (horizon == days), *groups]) for days in horizons]
            for groups in kinds
        ]
        shape = (_KINDS, len(horizons), 2, len(_LEVELS), 3)
        widening, money = np.moveaxis(np.array(wider).reshape(shape), 2, 0)
        shares = [_variance_share(ahead, (value - clv) ** 2, groups) for groups in kinds]
        return cls(horizons, widening, money, typical, np.array(shares))

    def of(self, ahead: PaymentsAhead, X: Table, level: float) -> tuple[F, F]:
        """Return the interval (low, high) of each contract (n,), missing where none runs."""
        horizon, of = numbers(X, "horizon_days"), _kind(X)
        scale = np.maximum(ahead.most, self.typical)

        def at(widening: F) -> F:
            by_horizon = [[np.interp(level, _LEVELS, levels) for levels in kind] for kind in widening]
            return np.choose(of, [np.interp(horizon, self.horizons, found) for found in by_horizon])

        below, above, least = (
            scale * at(self.widening[..., side]) + at(self.money[..., side]) for side in range(3)
        )
        paid = _payments_alone(ahead)
        low, high = _plain(paid, level)
        low = np.maximum(low - below, paid.nothing - least)
        return _without_noise(low, scale), _without_noise(high + above, scale)

    def variance(self, ahead: PaymentsAhead, X: Table) -> F:
        """Return the variance of each customer's value (n,), missing where no contract runs."""
        return self.variance_share[_kind(X)] * ahead.variance

    def to_dict(self) -> Stored:
        """Return the bounds as plain JSON values."""
        told = {"typical": self.typical, "variance_share": self.variance_share.tolist()}
        arrays = {name: getattr(self, name).tolist() for name in ("horizons", "widening", "money")}
        return {**arrays, **told}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored bounds."""
        horizons, widening = (np.array(stored[name], float) for name in ("horizons", "widening"))
        # Neither a lowest value nor money, where a predictor was stored before these were learned.
        if "money" not in stored:
            widening = np.concatenate([widening, np.full((*widening.shape[:-1], 1), _FAR)], axis=-1)
        money = np.array(stored.get("money", np.zeros(widening.shape)), float)
        # A single share, or one for all with several, where a predictor was stored before that.
        shares = np.atleast_1d(np.array(stored["variance_share"], float))
        widening, money, shares = (_of_kinds(each) for each in (widening, money, shares))
        return cls(horizons, widening, money, float(stored["typical"]), shares)


def _plain(ahead: PaymentsAhead, level: float) -> tuple[F, F]:
    """Return the quantiles that leave half of what is missing to `level` on either side, and hold them."""
    low, high = (ahead.quantile(p) for p in ((1 - level) / 2, (1 + level) / 2))
    # A sum of payments is the same amount as their multiple but for its last digits.
    return low - _HAIR * np.abs(low), high + _HAIR * np.abs(high)


def _payments_alone(ahead: PaymentsAhead) -> PaymentsAhead:
    """Return the payments without what is expected of everybody beside them, as few bring it."""
    return replace(ahead, nothing=np.minimum(ahead.nothing, 0.0))


def _outside(ahead: PaymentsAhead, value: F) -> F:
    """Return how far values lie below and above each interval, and below nothing (n, n_levels, 3)."""
    paid = _payments_alone(ahead)
    sides = [
        np.stack([low - value, value - high, paid.nothing - value], axis=-1)
        for low, high in (_plain(paid, level) for level in _LEVELS)
    ]
    return np.stack(sides, axis=1)


def _widening(outside: F, scale: F, groups: list[NDArray[np.bool_]]) -> F:
    """Return by how much intervals must widen for the first group with enough contracts.

    It is told as shares of `scale` and as money (2, n_levels, 3), all of it as the one that is less.
    """
    rows = next(group for group in groups if group.sum() >= _FEW or group is groups[-1])
    share, money = (_wanted(each) for each in (outside[rows] / scale[rows, None, None], outside[rows]))
    is_less = money < share * scale[rows].mean()
    return np.stack([np.where(is_less, 0.0, share), np.where(is_less, money, 0.0)])


def _wanted(outside: F) -> F:
    wanted = [
        [
            np.quantile(outside[:, i, side], p, method="higher")
            for side, p in enumerate(((1 + level) / 2, (1 + level) / 2, 1 - _RAREST))
        ]
        for i, level in enumerate(_LEVELS)
    ]
    return np.maximum(wanted, 0.0)


def _without_noise(end: F, scale: F) -> F:
    return np.where(np.abs(end) <= _HAIR * scale, 0.0, end)


def _variance_share(ahead: PaymentsAhead, squares: F, groups: list[NDArray[np.bool_]]) -> float:
    """Return squared errors over the variance said, of the first group with enough contracts."""
    rows = next(group for group in groups if group.sum() >= _FEW or group is groups[-1])
    said = float(ahead.variance[rows].sum())
    return float(squares[rows].sum()) / said if said > 0 else 1.0


def _kind(X: Table) -> NDArray[np.intp]:
    """Return the place of each customer's kind (n,): with one contract, two, or more."""
    return np.clip(np.nan_to_num(numbers(X, "n_contracts_running")) - 1, 0, _KINDS - 1).astype(np.intp)


def _of_kinds(stored: F) -> F:
    """Return what is stored of fewer kinds, the last one standing for those that were not told apart."""
    return stored[np.minimum(np.arange(_KINDS), len(stored) - 1)]

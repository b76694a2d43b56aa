"""What customers of a ready-made table bring if they churn, beside what is expected of them on the whole."""

from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

F = NDArray[np.float64]


@dataclass(frozen=True)
class IfChurned:
    """What leaves with a customer: a share of what the same one brings if active, or so much money.

    Parameters
    ----------
    kept_share : what a churner brings of what the same customer brings if active, 0 to 1.
    lost : money that leaves with each, where values may be negative and shares mean nothing; None elsewhere.

    Examples
    --------
    >>> half = IfChurned(kept_share=0.5)
    >>> half.of(np.array([0.5]), np.array([75.0])).tolist()  # of 100 if active
    [50.0]
    >>> IfChurned(lost=30.0).of(np.array([0.5]), np.array([-5.0])).tolist()  # of 10 if active
    [-20.0]
    """

    kept_share: float = 0.0
    lost: float | None = None

    @classmethod
    def fit(cls, p_churn: F, clv: F, *, churned: F, value: F, is_signed: bool) -> Self:
        """Learn from customers (n,) of whom both labels are known, so that churners bring what they brought.

        Parameters
        ----------
        p_churn, clv : what models that had not seen them said of them.
        churned : whether they churned, 0 or 1; missing ones do not count.
        """
        left = churned > 0
        p, said, brought = p_churn[left], clv[left], float(value[left].sum())
        if is_signed:
            staying = float(np.sum(1 - p))
            return cls(lost=max(float(said.sum()) - brought, 0.0) / staying if staying > 0 else 0.0)

        def too_much(share: float) -> float:
            return float(cls(share).of(p, said).sum()) - brought

        if not too_much(1.0) > 0:
            return cls(1.0 if left.any() and brought > 0 else 0.0)
        return cls(float(brentq(too_much, 0.0, 1.0)) if too_much(0.0) < 0 else 0.0)

    def of(self, p_churn: F, clv: F) -> F:
        """Return what each customer (n,) brings if churned."""
        return value_if_churned(p_churn, clv, self.columns(len(clv)))

    def columns(self, n_rows: int) -> F:
        """Return share and money, missing where shares count, for each row (n, 2)."""
        lost = np.nan if self.lost is None else self.lost
        return np.tile([self.kept_share, lost], (n_rows, 1))

    def to_dict(self) -> dict[str, float | None]:
        """Return plain JSON values."""
        return asdict(self)


def value_if_churned(p_churn: F, clv: F, rules: F) -> F:
    """Return what customers (n,) bring if churned, each by an own rule (n, 2) as in `IfChurned.columns`."""
    kept_share, lost = rules.T
    by_share = kept_share * clv / (1 - (1 - kept_share) * p_churn)
    return np.where(np.isnan(lost), by_share, clv - (1 - p_churn) * lost)

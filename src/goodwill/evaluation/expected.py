"""How good calibrated probabilities must be, before anybody knows what came true."""

import numpy as np
import numpy.typing as npt

from goodwill.errors import UsageError

_EDGE = 1e-6
_BINS, _DRAWS = 10, 4_000


def expected_churn_metrics(p_churn: npt.ArrayLike) -> dict[str, float | None]:
    """Return the metrics that probabilities will reach if they are calibrated.

    Each customer churns with their own probability, so every metric has an expectation (confidence-based
    performance estimation). It knows nothing of a calibration that has been lost: read it beside drift.

    Parameters
    ----------
    p_churn : (n_customers,) of float, 0 to 1.

    Returns
    -------
    ``roc_auc`` (None where all or none are certain to churn), ``log_loss``, ``brier``, ``churn_share``.

    Raises
    ------
    UsageError
        If there is no customer, or a value is missing or outside 0 to 1.

    Examples
    --------
    >>> expected_churn_metrics([0.5, 0.5])
    {'roc_auc': 0.5, 'log_loss': 0.693..., 'brier': 0.25, 'churn_share': 0.5}
    >>> expected_churn_metrics([0.0, 1.0])["roc_auc"]
    1.0
    """
    p = _sorted(p_churn)
    clipped = np.clip(p, _EDGE, 1 - _EDGE)
    entropy = -(clipped * np.log(clipped) + (1 - clipped) * np.log(1 - clipped))
    return {
        "roc_auc": _expected_auc(p),
        "log_loss": float(entropy.mean()),
        "brier": float((p * (1 - p)).mean()),
        "churn_share": float(p.mean()),
    }


def ece_by_chance(p_churn: npt.ArrayLike, *, share: float = 0.95, seed: int = 0) -> float:
    """Return the calibration error that calibrated probabilities stay below with probability `share`.

    The outcomes of a bin of few customers stray from their probabilities, so no model has an error of 0: 100
    customers with an even chance stay below .18, 10,000 below .018. Bins are those of `churn_metrics`, and
    what strays in each is taken for normal.

    Parameters
    ----------
    p_churn : (n_customers,) as in `expected_churn_metrics`.

    Examples
    --------
    >>> round(ece_by_chance([0.5] * 100), 2), round(ece_by_chance([0.5] * 10_000), 3)
    (0.18, 0.018)
    """
    variance = [np.sum(part * (1 - part)) for part in np.array_split(_sorted(p_churn), _BINS)]
    strayed = np.random.default_rng(seed).normal(0, np.sqrt(variance), (_DRAWS, len(variance)))
    return float(np.quantile(np.abs(strayed).sum(axis=1), share)) / np.size(p_churn)


def _sorted(p_churn: npt.ArrayLike) -> npt.NDArray[np.float64]:
    p = np.sort(np.asarray(p_churn, dtype=float))
    if not len(p) or not (np.isfinite(p) & (p >= 0) & (p <= 1)).all():
        raise UsageError(
            f"p_churn: {len(p)} values; each must lie within 0 and 1, and at least one is needed."
        )
    return p


def _expected_auc(p: npt.NDArray[np.float64]) -> float | None:
    """Return the expected share of pairs (churner, stayer) in order; ties count half, nobody pairs alone."""
    values, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    stayers = counts * (1 - values)
    below = np.concatenate([[0.0], np.cumsum(stayers)[:-1]])
    # A customer is no pair with themselves.
    tied = (stayers - (1 - values)) / 2
    pairs = float((p * (1 - p).sum()).sum() - (p * (1 - p)).sum())
    if pairs <= 0:
        return None
    return float((p * (below + tied)[place]).sum() / pairs)

"""How good predictions of churn and value are: pure functions of arrays.

Every metric is the same whatever the order of the rows, also where predictions tie. A metric that these
customers cannot answer (nobody churned, nothing was spent) is None; the matching `undefined_*` says why.
"""

import math

import numpy as np
import numpy.typing as npt

from goodwill.evaluation.samples import ChurnSample, ClvSample, bounds_of, churn_sample, clv_sample

Metrics = dict[str, float | None]


def churn_metrics(churned: npt.ArrayLike, p_churn: npt.ArrayLike) -> Metrics:
    """Return how well probabilities of churn rank and how true they are.

    Parameters
    ----------
    churned : (n_customers,) of bool; True for a customer without an occasion in the horizon.
    p_churn : (n_customers,) of float; predicted probability of that.

    Returns
    -------
    dict with

    - ``roc_auc``: chance that a churner is given more than a stayer, ties counting half;
    - ``average_precision``: mean precision over recall;
    - ``log_loss``: natural logarithm, probabilities kept 1e-6 away from 0 and 1;
    - ``brier``: mean squared error of the probability;
    - ``ece``: mean absolute gap between predicted and actual share over ten equal-count bins of p
      (customers of one p that straddle a border are divided pro rata);
    - ``lift_10``: how much denser churners are in the tenth with the highest p than overall.

    Raises
    ------
    UsageError : lengths differ, values are missing, or probabilities leave 0 to 1.

    Examples
    --------
    >>> churn_metrics([True, False, True, False], [0.9, 0.2, 0.6, 0.6])["roc_auc"]
    0.875
    >>> churn_metrics([True, True], [0.9, 0.2])["roc_auc"] is None
    True
    """
    return _nulled(_plain(churn_sample(churned, p_churn)))


def clv_metrics(
    value: npt.ArrayLike,
    clv: npt.ArrayLike,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    level: float = 0.8,
) -> Metrics:
    """Return how well predicted value ranks customers, how far off it is, and how honest its interval is.

    Parameters
    ----------
    value : (n_customers,) of float; money realised in the horizon, negative where refunds exceed purchases.
    clv : (n_customers,) of float; predicted value, same currency.
    low, high : (n_customers,) of float; bounds of the prediction interval. Without them (baselines) the three
        interval metrics are left out.
    level : the share of customers the interval was made to cover.

    Returns
    -------
    dict with

    - ``ngini``: area between the gains curve of clv and the diagonal over that of perfect order: 1 perfect,
      0 no order at all (a constant), negative if worse. Tied predictions are averaged. Totals cancel in the
      ratio, so negative values and a negative total are fine; only all-equal values leave it undefined;
    - ``spearman``: rank correlation, tied ranks averaged;
    - ``mae``, ``rmse``: money per customer;
    - ``bias``: predicted total / actual total - 1;
    - ``decile_mape``: mean of abs(predicted total - actual total) / actual total over ten equal-count deciles
      of clv;
    - ``top_1_share``, ``top_1_share_predicted``: the share of all value held by the 1 % who bring most,
      actual and predicted (a prediction that explodes shows here first);
    - ``zero_share``: share of customers who brought nothing or less;
    - ``coverage``: share of values inside the interval;
    - ``interval_score``: mean width plus 2 / (1 - level) times what lies outside, lower is better;
      Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102, equation 43;
    - ``interval_width``: mean width.

    Raises
    ------
    UsageError : lengths differ, values are missing, `low` above `high`, or `level` outside 0 to 1.

    Examples
    --------
    >>> found = clv_metrics([0.0, 10.0, 30.0], [5.0, 10.0, 35.0], [0, 0, 0], [8, 20, 20], level=0.8)
    >>> found["ngini"], found["bias"], found["coverage"], found["interval_width"]
    (1.0, 0.25, 0.666..., 16.0)
    >>> clv_metrics([0.0, 10.0, 30.0], [7.0, 7.0, 7.0])["ngini"]
    0.0
    """
    return _nulled(_plain(clv_sample(value, clv, bounds_of(low, high), level)))


def undefined_churn_metrics(churned: npt.ArrayLike, p_churn: npt.ArrayLike) -> dict[str, str]:
    """Return the reason for every churn metric that is None.

    Examples
    --------
    >>> undefined_churn_metrics([False, False], [0.1, 0.2])["lift_10"]
    'none of the 2 customers churned'
    """
    sample = churn_sample(churned, p_churn)
    n = len(sample)
    who = "all" if sample.churned.sum() else "none"
    reason = f"{who} of the {n} customers churned" if n else "no customers"
    return {name: reason for name, found in _plain(sample).items() if math.isnan(found)}


def undefined_clv_metrics(value: npt.ArrayLike, clv: npt.ArrayLike) -> dict[str, str]:
    """Return the reason for every value metric that is None.

    Examples
    --------
    >>> undefined_clv_metrics([0.0, 0.0], [1.0, 2.0])["bias"]
    'the values of the 2 customers add up to 0, not above zero'
    """
    sample = clv_sample(value, clv)
    n, y, p = len(sample), sample.value, sample.clv
    flat = "values" if n and np.ptp(y) == 0 else "predictions"
    equal = f"all {n} {flat} are equal"
    not_above = f"of the {n} customers add up to {{:g}}, not above zero"
    reasons = {
        "ngini": equal,
        "spearman": equal,
        "bias": f"the values {not_above.format(y.sum())}",
        "top_1_share": f"the values {not_above.format(y.sum())}",
        "top_1_share_predicted": f"the predictions {not_above.format(p.sum())}",
        "decile_mape": "the values of at least one decile do not add up to more than zero",
    }
    undefined = [name for name, found in _plain(sample).items() if math.isnan(found)]
    return {name: reasons[name] if n else "no customers" for name in undefined}


def _plain(sample: ChurnSample | ClvSample) -> dict[str, float]:
    return sample.metrics(np.ones(len(sample)))


def _nulled(found: dict[str, float]) -> Metrics:
    return {name: None if math.isnan(number) else number for name, number in found.items()}

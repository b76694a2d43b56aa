"""The gate: whether a newly trained model takes the champion's place, on evidence and not otherwise."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import (
    log_loss_per_customer,
    paired_bootstrap,
    value_loss_name,
    value_loss_per_customer,
)
from goodwill.evaluation.expected import ece_by_chance
from goodwill.evaluation.gains import lift_table
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.monitoring.forecasts import LEVEL, Forecast, Outcome, is_worse

Verdict = Literal["promote", "keep", "no_evidence"]
Numbers = dict[str, dict[str, float | None]]
Floats = npt.NDArray[np.float64]

ECE_LIMIT = 0.05
BIAS_LIMIT = 0.25


@dataclass(frozen=True)
class Decision:
    """The gate's answer, its reasons in words, and the numbers they rest on.

    `verdict` is ``promote``, ``keep`` (the challenger breaks a condition) or ``no_evidence`` (it breaks none,
    yet nothing in its favour can be told from chance).
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    numbers: Numbers

    @property
    def promote(self) -> bool:
        """Whether the challenger becomes champion."""
        return self.verdict == "promote"


@dataclass(frozen=True)
class _Check:
    name: str
    standing: Literal["better", "fair", "broken"]
    reason: str
    numbers: dict[str, float | None]


def judge(outcome: Outcome, challenger: Forecast, champion: Forecast, seed: int = 0) -> Decision:
    """Return whether the challenger takes the champion's place, judged on the newest matured window.

    It does if the 90 % paired-bootstrap interval of the difference in log-loss or in Tweedie(1.5) deviance
    (squared error where much money is lost) excludes 0 in its favour, neither is more than 1 % worse, its
    expected calibration error is at most .05 (of few customers: what calibrated probabilities stay below in
    95 of 100 draws) and its absolute bias at most .25 or the champion's, whichever is larger. Beside them
    stands, and decides nothing, what the tenth of the customers that each model puts first really brought.

    Parameters
    ----------
    outcome : churned (n_customers,) of bool, value (n_customers,) of float.
    challenger, champion : p_churn and clv (n_customers,) of float, of the same customers in the same order.
    seed : of the bootstrap.

    Raises
    ------
    UsageError : a forecast lacks a target of the outcome, lengths differ, or nobody was judged.

    Examples
    --------
    >>> churned = np.array([True, True, False, False] * 50)
    >>> sharp, dull = np.where(churned, 0.97, 0.03), np.full(200, 0.5)
    >>> decision = judge(Outcome(churned, None), Forecast(sharp, None), Forecast(dull, None))
    >>> decision.verdict, decision.reasons[0]
    ('promote', 'log_loss 0.03046, champion 0.6931: difference -0.6627 (90% interval -0.6627 to -0.6627)')
    """
    checks: list[_Check] = []
    if outcome.churned is not None:
        pair = _pair(challenger.p_churn, champion.p_churn, "p_churn", champion.name)
        checks += _churn_checks(outcome.churned, pair, champion.name, seed)
    if outcome.value is not None:
        pair = _pair(challenger.clv, champion.clv, "clv", champion.name)
        checks += _value_checks(outcome.value, pair, champion.name, seed)
    if not checks:
        message = "The outcome holds neither churned nor value. Pass the one that the models predicted."
        raise UsageError(message)
    return _decision(checks)


def _pair(
    challenger: npt.ArrayLike | None, champion: npt.ArrayLike | None, column: str, rival: str
) -> tuple[npt.ArrayLike, npt.ArrayLike]:
    if challenger is None or champion is None:
        missing = "challenger" if challenger is None else rival
        message = f"The {missing} has no {column}, but its outcome is given. Judge the targets both predict."
        raise UsageError(message)
    return challenger, champion


def _churn_checks(
    churned: npt.ArrayLike, pair: tuple[npt.ArrayLike, npt.ArrayLike], rival: str, seed: int
) -> list[_Check]:
    losses = log_loss_per_customer(churned, pair[0]), log_loss_per_customer(churned, pair[1])
    loss = _loss_check("log_loss", losses, rival, seed)
    ece, rival_ece = (churn_metrics(churned, p)["ece"] for p in pair)
    # Of few customers the truth itself would miss a limit made for many.
    limit = max(ECE_LIMIT, ece_by_chance(pair[0], seed=seed))
    standing = _within(ece, limit)
    reason = f"ece {_shown(ece)}, {rival} {_shown(rival_ece)}: at most {limit:.4g} is asked"
    numbers = {"challenger": ece, "champion": rival_ece, "limit": limit}
    return [loss, _Check("ece", standing, reason, numbers)]


def _value_checks(
    value: npt.ArrayLike, pair: tuple[npt.ArrayLike, npt.ArrayLike], rival: str, seed: int
) -> list[_Check]:
    losses = value_loss_per_customer(value, pair[0]), value_loss_per_customer(value, pair[1])
    bias, rival_bias = (clv_metrics(value, clv)["bias"] for clv in pair)
    limit = max(BIAS_LIMIT, abs(rival_bias or 0.0))
    standing = _within(bias, limit)
    reason = f"bias {_shown(bias)}, {rival} {_shown(rival_bias)}: at most {limit:.4g} either way is asked"
    numbers = {"challenger": bias, "champion": rival_bias, "limit": limit}
    checks = [_loss_check(value_loss_name(value), losses, rival, seed)]
    return [*checks, _Check("bias", standing, reason, numbers), _top_check(value, pair, rival)]


def _top_check(value: npt.ArrayLike, pair: tuple[npt.ArrayLike, npt.ArrayLike], rival: str) -> _Check:
    own, other = (_top_mean(value, clv) for clv in pair)
    everybody = float(np.mean(np.asarray(value, dtype=float)))
    reason = f"top decile realised {own:.4g} a customer, {rival} {other:.4g}, everybody {everybody:.4g}"
    numbers: dict[str, float | None] = {
        "challenger": own,
        "champion": other,
        "difference": own - other,
        "everybody": everybody,
    }
    return _Check("top_decile", "fair", reason, numbers)


def _top_mean(value: npt.ArrayLike, clv: npt.ArrayLike) -> float:
    """Return the mean value realised by the tenth with the highest clv; ties are divided pro rata."""
    return float(lift_table(value, clv)["outcome_mean"].iloc[0])


def _loss_check(name: str, losses: tuple[Floats, Floats], rival: str, seed: int) -> _Check:
    difference = paired_bootstrap(*losses, level=LEVEL, seed=seed)
    own, other = (float(loss.mean()) for loss in losses)
    standing: Literal["better", "fair", "broken"] = "broken" if is_worse(*losses) else "fair"
    if difference.high < 0:
        standing = "better"
    reason = (
        f"{name} {own:.4g}, {rival} {other:.4g}: difference {difference.mean:.4g} "
        f"({100 * LEVEL:.0f}% interval {difference.low:.4g} to {difference.high:.4g})"
    )
    numbers = {
        "challenger": own,
        "champion": other,
        "difference": difference.mean,
        "low": difference.low,
        "high": difference.high,
        "relative": difference.relative,
    }
    return _Check(name, standing, reason, numbers)


def _within(found: float | None, limit: float) -> Literal["fair", "broken"]:
    return "fair" if found is not None and abs(found) <= limit else "broken"


def _shown(found: float | None) -> str:
    return "not computable" if found is None else f"{found:.4g}"


def _decision(checks: list[_Check]) -> Decision:
    standings = {check.standing for check in checks}
    verdict: Verdict = "no_evidence"
    if "broken" in standings:
        verdict = "keep"
    elif "better" in standings:
        verdict = "promote"
    decisive = {"promote": "better", "keep": "broken", "no_evidence": "fair"}[verdict]
    # What decided comes first.
    ordered = sorted(checks, key=lambda check: check.standing != decisive)
    reasons = tuple(check.reason for check in ordered)
    return Decision(verdict, reasons, {check.name: check.numbers for check in checks})

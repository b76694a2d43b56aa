"""Contracts with a known hazard: who renews how often, and what that is worth."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import FOREVER_DAYS, Floats
from goodwill.data.simulate.programme import Contracts
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.truth import world_of
from goodwill.errors import HistoryError


def draw_contracts(scene: Scene, terms: Contracts) -> tuple[pa.Table, pa.Table]:
    """Return a row per contract, and its latent state (the truth).

    Everybody but prospects signs when joining. An end is known once it was decided; until then it is null.
    """
    signed = sign(scene, terms)
    ids, start, names = scene.people.ids, scene.world.start, [plan.name for plan in terms.plans]
    is_known = signed["cancelled_day"] < scene.world.days
    shared = {
        "price": signed["price"],
        "period_days": signed["period_days"],
        "plan": coded(signed["plan"], names),
    }
    table = pa.table({
        "customer_id": coded(signed["customer"], ids),
        "start": moments(start, signed["start_day"]),
        "end": moments(start, np.where(is_known, signed["end_day"], np.nan)),
        "cancelled_at": moments(start, np.where(is_known, signed["cancelled_day"], np.nan)),
        **shared,
    })  # fmt: skip
    days = {name: signed[name] for name in ("start_day", "end_day", "cancelled_day", "n_periods", "hazard")}
    return table, pa.table({"customer_id": coded(signed["customer"], ids), **days, **shared})


def until_contracts_end(scene: Scene, terms: Contracts) -> Scene:
    """Return the scene of a firm that only sells contracts: customers stay as long as their contracts do."""
    signed = sign(scene, terms)
    until = scene.people.alive_until.copy()
    until[signed["customer"]] = signed["end_day"]
    return replace(scene, people=replace(scene.people, alive_until=until))


def sign(scene: Scene, terms: Contracts) -> dict[str, np.ndarray]:
    """Draw plan, hazard, and the number of periods each contract lives, at least one."""
    people, rng = scene.people, scene.stream("contracts")
    customer = np.flatnonzero(~people.is_prospect)
    n = len(customer)
    shares = np.array([plan.share for plan in terms.plans])
    plan = rng.choice(len(shares), n, p=shares / shares.sum())
    level = -np.log1p(-np.array([item.first_churn for item in terms.plans]))[plan]
    covariates = terms.discontent_effect * -people.satisfaction + terms.age_effect * people.age_score
    hazard = (
        level
        * np.exp(covariates[customer])
        * rng.standard_gamma(terms.frailty_shape, n)
        / terms.frailty_shape
    )
    period = np.array([item.period_days for item in terms.plans])[plan]
    lived = np.ceil((rng.standard_exponential(n) / hazard) ** (1 / terms.duration_shape))
    lived = np.clip(lived, 1, FOREVER_DAYS // period).astype(np.int64)
    end = people.signup[customer] + lived * period
    return {
        "customer": customer, "plan": plan, "hazard": hazard, "period_days": period, "n_periods": lived,
        "price": np.array([item.price for item in terms.plans])[plan], "start_day": people.signup[customer],
        "end_day": end, "cancelled_day": end - rng.random(n) * period,
    }  # fmt: skip


def contract_survival(truth: Mapping[str, pd.DataFrame], n_periods: int) -> Floats:
    """Return the probability that each contract outlives 0, 1, … periods, (n_contracts, n_periods + 1).

    It is exp(-hazard · n^s) with s = `duration_shape`: a discrete Weibull distribution (Nakagawa and Osaki,
    1975).

    Examples
    --------
    >>> from goodwill.data.simulate import simulate_frames, world_from
    >>> world = world_from({"purchases": None, "contracts": {}})
    >>> contract_survival(simulate_frames(customers=1, seed=1, world=world).truth, 2).round(3).tolist()
    [[1.0, 0.962, 0.934]]
    """
    shape = _terms(truth).duration_shape
    hazard = truth["contracts"]["hazard"].to_numpy()
    return np.exp(-hazard[:, None] * np.arange(n_periods + 1)[None, :] ** shape)


def expected_contract_value(
    truth: Mapping[str, pd.DataFrame], as_of: date, horizon_days: int
) -> pd.DataFrame:
    """Return what each running contract is expected to bring in [as_of, as_of + horizon_days).

    Conditional on the latent hazard, on running at `as_of`, and on a cancellation known by then. One not yet
    cancelled after a part f of its period renews with probability S(n) / (S(n) + (S(n - 1) - S(n)) (1 - f)):
    had it been about to end, the decision would have fallen before with probability f. Exact.

    Parameters
    ----------
    truth : the truth of a simulation with contracts.
    as_of : midnight at which the window begins. horizon_days : its length; it may reach beyond the history.

    Returns
    -------
    A row per contract that runs at `as_of`: `customer_id, p_churn` (it ends within the window),
    `expected_payments` (a price per renewal within the window), `expected_margin`.
    """
    terms = _terms(truth)
    begin = (as_of - world_of(truth).start).days
    if begin < 1 or horizon_days < 1:
        message = (
            f"as_of {as_of} must lie after the world's start, and horizon_days ({horizon_days}) be above 0."
        )
        raise HistoryError(message)
    running = truth["contracts"].query("start_day < @begin <= end_day").reset_index(drop=True)
    period, price = running["period_days"].to_numpy(), running["price"].to_numpy()
    due, kept = _next_renewal(running, begin, terms.duration_shape)
    ahead = begin + horizon_days - (running["start_day"].to_numpy() + due * period)
    renewals = np.where(ahead > 0, np.ceil(ahead / period), 0)
    hazard, shape = running["hazard"].to_numpy(), terms.duration_shape
    stays, payments = np.ones(len(running)), np.zeros(len(running))
    for n in range(int(renewals.max(initial=0))):
        survived = kept * np.exp(-hazard * ((due + n) ** shape - due**shape))
        payments = payments + np.where(n < renewals, survived * price, 0.0)
        stays = np.where(n < renewals, survived, stays)
    return pd.DataFrame({
        "customer_id": running["customer_id"], "p_churn": 1 - stays,
        "expected_payments": payments, "expected_margin": payments * terms.margin_rate,
    })  # fmt: skip


def _next_renewal(running: pd.DataFrame, begin: int, shape: float) -> tuple[Floats, Floats]:
    """Return the number of each contract's next renewal, and the probability that it happens."""
    passed = ((begin - running["start_day"]) / running["period_days"]).to_numpy()
    due = np.maximum(np.ceil(passed), 1)
    hazard = running["hazard"].to_numpy()
    keep, here = np.exp(-hazard * due**shape), np.exp(-hazard * (due - 1) ** shape)
    undecided = keep / (keep + (here - keep) * (due - passed))
    return due, np.where(running["cancelled_day"] < begin, 0.0, undecided)


def _terms(truth: Mapping[str, pd.DataFrame]) -> Contracts:
    terms = world_of(truth).contracts
    if terms is None:
        message = "This simulation has no contracts. Simulate a world with `contracts` switched on."
        raise HistoryError(message)
    return terms

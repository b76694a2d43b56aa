"""After how many days half of the contracts such as each one will have ended."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from goodwill.modeling.retention.apart import apart, has_several_apart
from goodwill.modeling.retention.contract_model import ContractModel
from goodwill.modeling.retention.landmarks import Landmarks, blocks, running_survival
from goodwill.modeling.retention.schedule import Schedule, as_one

F = NDArray[np.float64]
_SURE, _HALF, _YEAR_DAYS = 1e-5, 0.5, 365.25


def half_left_days(model: ContractModel, X: pd.DataFrame, *, years: float) -> F:
    """Return the day (n,) of the first renewal after which at most half of such contracts go on.

    Renewals in the horizon fail as the model says, later ones as the curve of tenure and plan does, shifted
    as in `ContractModel.beyond`. Where notice was given it is the day of the end. Of several contracts it is
    the latest of their days, as a customer stays with the last one; where they cannot be told apart they
    count as one (`as_one`): notice of some of them is none.

    Parameters
    ----------
    X : (n, ...) features of contract holders, with `horizon_days`.
    years : how far the curve is carried on, at most; whose half has not left by then gets that many.

    Returns
    -------
    Days from `as_of`; missing where no contract runs or its next renewal is not known.
    """
    found, each = _alone(model, as_one(X), years), apart(X)
    found[has_several_apart(X)] = 0.0
    for rows, alone in each:
        found[rows] = np.fmax(found[rows], _alone(model, alone, years))
    return found


def _alone(model: ContractModel, X: pd.DataFrame, years: float) -> F:
    """Return the days of single contracts."""
    X = X.reset_index(drop=True)
    schedule, known = Schedule.of(X), model.encoding_.encode(X)
    parts = [
        _days(model, Landmarks.ahead(X.iloc[block], known.iloc[block], schedule.n_due[block] + 1), years)
        for block in blocks(schedule.n_due + 1)
    ]
    found = np.minimum(np.concatenate([np.empty(0), *parts]), years * _YEAR_DAYS)
    told = np.where(schedule.has_notice, np.minimum(schedule.known_end, years * _YEAR_DAYS), found)
    return np.where(schedule.has_contract, told, np.nan)


def _days(model: ContractModel, ahead: Landmarks, years: float) -> F:
    schedule, hazard = ahead.schedule, model.hazards(ahead)
    stays = running_survival(ahead.row, hazard)
    is_last = ahead.step == schedule.n_due[ahead.row]
    days = _later(model, ahead.only(is_last), (hazard[is_last], stays[is_last]), years)
    # Rows and steps ascend, so that the first of each row is the earliest.
    rows, first = np.unique(ahead.row[stays <= _HALF], return_index=True)
    days[rows] = schedule.due(rows, ahead.step[stays <= _HALF][first])
    return days


def _later(model: ContractModel, last: Landmarks, known: tuple[F, F], years: float) -> F:
    """Return the renewal after the horizon at which half are gone, going on from the first one after it."""
    hazard, stays = (part.copy() for part in known)
    shift = logit(np.clip(hazard, _SURE, 1 - _SURE)) - last.start(model.curves_, model.notice_)
    due, number, plans = last.schedule.due(last.row, last.step), last.number, last.plans
    while (rows := np.flatnonzero((stays > _HALF) & (due < years * _YEAR_DAYS))).size:
        number[rows] += 1
        due[rows] += last.schedule.period[rows]
        stays[rows] *= 1 - expit(model.curves_.logit(plans[rows], number[rows]) + shift[rows])
    return due

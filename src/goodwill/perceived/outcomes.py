"""Outcome questions as numbers per respondent: satisfied or not, promoter or detractor, effort, intent."""

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.perceived.dimensions import on_index
from goodwill.perceived.survey import Survey

# The upper quarter of a scale: 4 and 5 of 1 to 5, 6 and 7 of 1 to 7, 8 to 10 of 0 to 10.
TOP = 75.0
SHARES = ("csat", "repurchase", "recommend", "preference")
MEANS = ("overall", "effort", "share_of_wallet")
_PROMOTER, _PASSIVE = 9, 7
_NPS_SCALES = ((0.0, 10.0), (1.0, 10.0))


def outcome_items(survey: Survey) -> pd.Series:
    """Return item → measure of the outcome questions that were answered, in the order of the item list."""
    asked = set(survey.items_of("score"))
    measures = survey.items["measure"].dropna()
    return measures[[item in asked and kind != "price" for item, kind in measures.items()]]


def outcome_values(survey: Survey, *, wave: str | None = None) -> pd.DataFrame:
    """Return a column per outcome question, in the unit in which it is reported.

    `nps` is 100 for promoters (9 and 10), −100 for detractors (0 to 6), 0 between (Reichheld 2003); `csat`,
    `repurchase`, `recommend` and `preference` are 1 for answers in the upper quarter of the scale, else 0;
    `overall` and `effort` are places on the scale from 0 to 100; `share_of_wallet` is what was answered.

    Raises
    ------
    UsageError
        If an NPS question was not answered from 0 to 10, or it states no scale and no answer shows it was.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("tell", scale=(0, 10), measure="nps", columns={"score": "Q"})]
    >>> outcome_values(read_wide(pd.DataFrame({"Q": [10, 8, 3]}), asked))["tell"].tolist()
    [100.0, 0.0, -100.0]
    """
    measures = outcome_items(survey)
    answers = survey.wide("score", wave=wave).reindex(columns=measures.index)
    places = on_index(answers, survey)
    return pd.DataFrame(
        {item: _valued(kind, answers[item], places[item], survey) for item, kind in measures.items()},
        index=answers.index,
    )


def _valued(kind: str, answers: pd.Series, places: pd.Series, survey: Survey) -> pd.Series:
    if kind == "nps":
        item = str(answers.name)
        _ensure_nps(item, survey.items)
        points = np.select([answers >= _PROMOTER, answers >= _PASSIVE], [100.0, 0.0], -100.0)
        return pd.Series(points, answers.index).where(answers.notna())
    if kind in SHARES:
        return (places >= TOP).astype(float).where(places.notna())
    return answers if kind == "share_of_wallet" else places


def _ensure_nps(item: str, asked: pd.DataFrame) -> None:
    low, high, lowest, highest = (
        float(asked[end][item]) for end in ("scale_low", "scale_high", "lowest_answer", "highest_answer")
    )
    if not np.isfinite(low):
        _ensure_as_of_nps(item, lowest, highest)
    elif (low, high) not in _NPS_SCALES:
        raise UsageError(
            f"item {item}: NPS needs answers from 0 to 10, the scale is {low:g} to {high:g}. "
            "Use `measure: recommend`, which takes any scale."
        )


def _ensure_as_of_nps(item: str, lowest: float, highest: float) -> None:
    """Refuse answers from 1 to 5 or 7, which would make everybody a detractor."""
    if lowest < _NPS_SCALES[0][0] or not _PASSIVE < highest <= _NPS_SCALES[0][1]:
        raise UsageError(
            f"item {item}: NPS needs answers from 0 to 10, those given run from {lowest:g} to {highest:g} "
            "and no scale is stated. State `scale: [0, 10]` if that was asked, else use `measure: recommend`."
        )

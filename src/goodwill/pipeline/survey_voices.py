"""What open comments add to a survey report: themes, needs, and how both move over waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.perceived.dimensions import cost_dimensions
from goodwill.perceived.gaps import dimension_gaps
from goodwill.perceived.lexicon import DIMENSION_WORDS
from goodwill.perceived.needs import needs
from goodwill.perceived.outcomes import outcome_items
from goodwill.perceived.priorities import needs_map, theme_groups, theme_waves
from goodwill.perceived.respondents import PERIOD_CODES
from goodwill.perceived.survey import Survey
from goodwill.perceived.voices import voices
from goodwill.pipeline.survey_utility import Frames, chief_outcome


@dataclass(frozen=True)
class Heard:
    """What comments say.

    Parameters
    ----------
    frames : tables of aggregates.
    said : `respondent`, `wave`, `dimension` and `kind` of each comment; None where comments have no time.
    typical : the comments that are most their theme. needs : a row per customer. All three stay on this
        machine.
    lacks_waves : whether the waves of the survey have names that no time of a comment tells.
    """

    frames: Frames
    said: pd.DataFrame | None
    typical: pd.DataFrame
    needs: pd.DataFrame
    lacks_waves: bool = False


def hear(survey: Survey | None, comments: pd.DataFrame, period: str, level: float, seed: int) -> Heard:
    """Return themes and needs of comments, beside what the same people answered.

    Parameters
    ----------
    survey : whose outcome questions rate the comments of the same people, if there is one.
    comments : `text`, `customer_id` or `respondent`, and `time` if known.
    period : of `time` that is one wave, as in `surveys.wave`.

    Raises
    ------
    FitError : fewer than 20 comments that share words with others.
    """
    told = comments.reset_index(drop=True).assign(score=_scores(survey, comments))
    waves = () if survey is None else survey.waves
    lacks_waves = "time" in told and not _are_periods(waves, period)
    if "time" in told and not lacks_waves:
        told["wave"] = waves_of(told["time"], waves, period)
    heard = voices(told, dimension_words=_dimension_words(survey), level=level, seed=seed)
    themes = heard.themes.assign(words=[", ".join(words) for words in heard.themes["words"]])
    frames = {"themes": themes, "theme_stability": heard.found.stability}
    said = None
    if "wave" in heard.comments:
        said = heard.comments[["wave", "dimension", "kind"]].assign(respondent=_writers(heard.comments))
    if _has_waves(heard.comments):
        frames["theme_waves"] = theme_waves(heard.comments, list(waves) or None)
    frames |= _by_group(survey, heard.comments)
    return Heard(frames, said, heard.typical, needs(heard.comments), lacks_waves)


def _are_periods(waves: Sequence[str], period: str) -> bool:
    """Return whether the names of waves are periods of time, as those are that no column names."""
    try:
        return [str(pd.Period(name, PERIOD_CODES[period])) for name in waves] == list(waves)
    except ValueError:
        return False


def _dimension_words(survey: Survey | None) -> Mapping[str, Sequence[str]]:
    """Return the words of each dimension; those of money mean the price where only that was asked."""
    asked = set() if survey is None else set(survey.items["dimension"].dropna())
    if "price" not in asked or "economic" in asked:
        return DIMENSION_WORDS
    return {"price" if name == "economic" else name: words for name, words in DIMENSION_WORDS.items()}


def _has_waves(comments: pd.DataFrame) -> bool:
    return "wave" in comments and len(comments["wave"].dropna().unique()) > 1


def _by_group(survey: Survey | None, comments: pd.DataFrame) -> Frames:
    """Return the themes of each group of respondents who commented, where the survey knows any."""
    if survey is None or survey.groups is None:
        return {}
    who, parts, moves = _writers(comments), [], []
    for grouping in survey.groups:
        of = survey.groups[grouping].reindex(who).to_numpy(dtype=object)
        themes = theme_groups(comments, pd.Series(of))
        parts.append(themes.assign(grouping=str(grouping)))
        for name in themes["group"].unique() if _has_waves(comments) else ():
            moved = theme_waves(comments[of == name], list(survey.waves) or None)
            moves.append(moved.assign(grouping=str(grouping), group=name))
    told = {"themes_by_group": parts, "theme_waves_by_group": moves}
    frames = {name: pd.concat(found, ignore_index=True) for name, found in told.items() if found}
    return {name: frame for name, frame in frames.items() if len(frame)}


def needs_over_waves(
    survey: Survey, weights: Mapping[str, float], comments: pd.DataFrame | None, level: float
) -> pd.DataFrame:
    """Return what to mend first in each wave, where expectation and perception were asked in several.

    Parameters
    ----------
    weights : of dimensions; they need not add up to 1.
    comments : `wave`, `dimension` and `kind` of each, if there are any.
    """
    parts = []
    for wave in survey.waves:
        gaps = dimension_gaps(survey, level=level, wave=wave).drop(index="all", errors="ignore")
        parts.append(gaps["gap"].reset_index().assign(wave=wave))
    known = pd.Series(weights, dtype=float)
    moved = pd.concat(parts, ignore_index=True)
    return needs_map(moved, known / known.sum(), comments, cost_dimensions(survey))


def waves_of(times: pd.Series, waves: Sequence[str], period: str) -> pd.Series:
    """Return the wave of each time: the last that had begun by then, or its own period without waves.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2024-01-05", "2024-03-09", "2023-12-31", None]))
    >>> waves_of(days, ["2024-01", "2024-04"], "month").tolist()
    ['2024-01', '2024-01', None, None]
    """
    named = times.dt.tz_localize(None) if times.dt.tz is not None else times
    known = named.dt.to_period(PERIOD_CODES[period]).astype(str).where(times.notna(), None)
    if not len(waves):
        return known
    begun = known.fillna("").to_numpy(dtype=str)
    place = np.searchsorted(np.array(waves, dtype=str), begun, side="right")
    return pd.Series([waves[at - 1] if at else None for at in place], index=times.index, dtype=object)


def _scores(survey: Survey | None, comments: pd.DataFrame) -> np.ndarray:
    """Return what the writers answered to the chief outcome question, NaN where they did not."""
    if survey is None or not len(outcome_items(survey)):
        return np.full(len(comments), np.nan)
    return chief_outcome(survey).reindex(_writers(comments)).to_numpy(dtype=float)


def _writers(comments: pd.DataFrame) -> pd.Series:
    return comments["customer_id" if "customer_id" in comments else "respondent"].astype("object")

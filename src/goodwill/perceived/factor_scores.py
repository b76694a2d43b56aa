"""What several questions share, as a score per respondent: each counts as well as it measures."""

import numpy as np
import pandas as pd

from goodwill.perceived.dimensions import rated_answers
from goodwill.perceived.estimates import F
from goodwill.perceived.one_factor import one_factor
from goodwill.perceived.reliability import covered
from goodwill.perceived.survey import Survey

_PAIR, _MOST, _STILL = 2, 0.995, 1e-9


def factor_scores(answers: pd.DataFrame, weights: F) -> tuple[pd.Series, float]:
    """Return what the columns share, in standard deviations of it, and how reliable that is.

    Parameters
    ----------
    answers : (n, k) of float; NaN where not answered. Respondents are scored by what they answered.
    weights : (n,) of float; how much each respondent counts.

    Returns
    -------
    Scores, NaN where nothing was answered, and their reliability among those who answered everything. Where
    one question was asked, one never varies or they share nothing: the first column as it is, and NaN.

    Notes
    -----
    Least squares over the questions (Bartlett 1937, British J. Psychology 28): each counts by its loading
    over its unique variance, one with a loading below zero not at all. With I the sum of squared loadings
    over unique variances the reliability is I / (1 + I) (Hancock and Mueller 2001, coefficient H).

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 1.0, 4.0, 3.0]})
    >>> scores, reliable = factor_scores(answers, np.ones(4))
    >>> scores.round(2).tolist(), round(reliable, 2)
    ([-1.0, -1.0, 1.0, 1.0], 0.75)
    """
    everyone = covered(answers, weights)
    spread = np.sqrt(np.diag(everyone.covariance))
    if len(spread) < _PAIR or not (spread > _STILL).all():
        return answers.iloc[:, 0], np.nan
    loadings = _loadings(everyone.covariance / np.outer(spread, spread))
    use = loadings / (1 - loadings**2)
    values = answers.to_numpy(dtype=float)
    standard = (values - np.nanmean(values, axis=0)) / spread
    told = np.isfinite(standard) @ (use * loadings)
    if not told.any():
        return answers.iloc[:, 0], np.nan
    score = np.divide(np.nan_to_num(standard) @ use, told, out=np.full(len(told), np.nan), where=told > 0)
    shared = float(use @ loadings)
    return pd.Series(score, answers.index), shared / (1 + shared)


def dimension_factors(survey: Survey) -> tuple[pd.DataFrame, pd.Series]:
    """Return each respondent's factor score of each dimension that is rated, and the reliability of each.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item(name, "quality", columns={"score": name}) for name in "ab"]
    >>> survey = read_wide(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]}), asked)
    >>> scores, reliable = dimension_factors(survey)
    >>> scores["quality"].round(2).tolist(), reliable.round(2).to_dict()
    ([-1.0, -1.0, 1.0, 1.0], {'quality': 0.75})
    """
    values, weights = rated_answers(survey), survey.weights().to_numpy(dtype=float)
    names = survey.items["dimension"].reindex(values.columns)
    found = {
        name: factor_scores(values.loc[:, (names == name).to_numpy()], weights)
        for name in names.dropna().unique()
    }
    scores = pd.DataFrame({name: score for name, (score, _) in found.items()}, index=values.index)
    return scores, pd.Series({name: keep for name, (_, keep) in found.items()}, dtype=float)


def _loadings(correlation: F) -> F:
    """Return loadings, none below zero; two questions have the same."""
    if len(correlation) == _PAIR:
        return np.full(_PAIR, np.sqrt(np.clip(correlation[0, 1], 0, _MOST)))
    return np.asarray(np.clip(one_factor(correlation).loadings, 0, np.sqrt(_MOST)), dtype=float)

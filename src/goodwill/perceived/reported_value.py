"""How much value respondents report, from the questions that ask for it: one, or what several share."""

import pandas as pd

from goodwill.errors import UsageError
from goodwill.perceived.dimensions import on_index
from goodwill.perceived.factor_scores import factor_scores
from goodwill.perceived.outcomes import outcome_items
from goodwill.perceived.survey import Survey

# Each follows overall value with noise of its own.
FOLLOW_VALUE = ("csat", "nps", "recommend", "repurchase")


def reported_value(survey: Survey) -> pd.Series:
    """Return how much value each respondent reports, NaN where nothing was answered.

    The question of overall value where there is one (`measure: overall`), from 0 to 100. Otherwise what
    satisfaction, recommendation and repurchase intent share (`factor_scores`); else the first outcome
    question there is. Answers count with their whole scale, not as promoters or satisfied.

    Raises
    ------
    UsageError : no question has a `measure`.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("happy", scale=(1, 5), measure="csat", columns={"score": "A"}),
    ...          Item("again", scale=(1, 5), measure="repurchase", columns={"score": "B"})]
    >>> answers = pd.DataFrame({"A": [1, 2, 3, 4, None], "B": [2, 1, 4, None, None]})
    >>> reported_value(read_wide(answers, asked)).rank().tolist()
    [1.0, 2.0, 3.0, 4.0, nan]
    """
    measures = outcome_items(survey)
    if measures.empty:
        raise UsageError("no item has a `measure`: overall, csat, nps … Weights cannot be derived.")
    overall, following = measures[measures == "overall"], measures[measures.isin(FOLLOW_VALUE)]
    items = next(part for part in (overall, following, measures[:1]) if len(part)).index
    places = on_index(survey.wide("score")[items], survey)
    return factor_scores(places, survey.weights().to_numpy(dtype=float))[0]

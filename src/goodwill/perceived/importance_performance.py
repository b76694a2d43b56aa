"""What matters against how well it is done: the importance–performance map."""

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.dimensions import on_one_scale, rated_answers, scale_ends
from goodwill.perceived.estimates import F, influence, weighted_means
from goodwill.perceived.survey import Survey

QUADRANTS = ("low_priority", "possible_overkill", "concentrate_here", "keep_up")
_DRAWS = 2_000


def importance_performance(
    survey: Survey,
    importance: pd.Series | None = None,
    *,
    level: float = 0.95,
    wave: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Return where each item lies between importance and performance.

    Parameters
    ----------
    importance : derived importance per item; by default the mean of the stated one (side `importance`).
    level : coverage of the intervals.
    wave : answers of one wave; by default the latest of each respondent.
    seed : of the draws behind `certainty`.

    Returns
    -------
    A row per item: `dimension`, `importance` and `performance` (side `performance`, else the one that rates
    us, costs turned; from 0 to 100 where scales differ) with intervals, the cross-hairs `importance_cut` and
    `performance_cut` (the means over items), `quadrant`: concentrate_here, keep_up, low_priority,
    possible_overkill, and `certainty`, the share of draws from the joint distribution of all means in which
    the item stays in it (missing where a single respondent answered).

    Raises
    ------
    UsageError
        If no item has both.

    Notes
    -----
    Martilla and James (1977), Journal of Marketing 41(1). The draws are normal with the covariance of the
    means, cross-hairs drawn along.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item(name, columns={"importance": name, "performance": name + "!"}) for name in "ab"]
    >>> survey = read_wide(pd.DataFrame({"a": [7, 6], "a!": [2, 1], "b": [1, 3], "b!": [6, 7]}), asked)
    >>> importance_performance(survey)["quadrant"].to_dict()
    {'a': 'concentrate_here', 'b': 'possible_overkill'}
    """
    ensure_level(level)
    stated = survey.wide("importance", wave=wave)
    rated = _performance(survey, wave)
    weighed = stated.columns if importance is None else importance.dropna().index
    items = [name for name in weighed if name in rated]
    if not items:
        raise UsageError("no item has both importance and performance. Ask for both, or give importance.")
    weights = survey.weights(wave)
    done = weighted_means(rated[items], weights, level)
    said = weighted_means(stated.reindex(columns=items), weights, level)
    matters = said["mean"] if importance is None else importance[items]
    table = pd.DataFrame({
        "dimension": survey.items["dimension"].reindex(items), "n": done["n"],
        "importance": matters, "importance_low": said["low"], "importance_high": said["high"],
        "performance": done["mean"], "performance_low": done["low"], "performance_high": done["high"],
    }, index=pd.Index(items, name="item"))  # fmt: skip
    if importance is not None:
        table = table.assign(importance_low=np.nan, importance_high=np.nan)
    table = table.assign(importance_cut=matters.mean(), performance_cut=done["mean"].mean())
    sides = [stated[items], rated[items]] if importance is None else [rated[items]]
    values = np.column_stack([side.to_numpy(dtype=float) for side in sides])
    places = _places(matters.to_numpy(dtype=float), done["mean"].to_numpy())
    drawn = _drawn(matters, done["mean"], influence(values, weights.to_numpy()), seed)
    certainty = pd.Series((drawn == places).mean(axis=0), index=table.index).where(table["n"] > 1)
    return table.assign(quadrant=[QUADRANTS[place] for place in places], certainty=certainty)


def _performance(survey: Survey, wave: str | None) -> pd.DataFrame:
    """Return how well we do each item, which a mean over items can compare only on one scale."""
    done = _as_answered(survey, wave)
    return on_one_scale(done, survey, done.columns)


def _as_answered(survey: Survey, wave: str | None) -> pd.DataFrame:
    """Return answers on the side `performance`, or of items not asked so, what rates us, costs turned."""
    said, felt = survey.wide("performance", wave=wave), rated_answers(survey, wave=wave)
    rest = _with_costs_turned(felt.drop(columns=said.columns, errors="ignore"), survey)
    if said.empty or rest.empty:
        return rest if said.empty else said
    joined = said.join(rest)
    return joined[[item for item in survey.items.index if item in joined]]


def _with_costs_turned(rated: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """Return answers in which more is better: costs are turned between the ends of their scale."""
    low, high = scale_ends(rated.columns, survey)
    ends, kinds = low + high, survey.items["kind"].reindex(rated.columns)
    turned = kinds.index[(kinds == "cost") & ends.notna()]
    return rated.assign(**{str(name): ends[name] - rated[name] for name in turned})


def _places(matters: F, done: F) -> np.ndarray:
    is_important = matters >= matters.mean(axis=-1, keepdims=True)
    is_good = done >= done.mean(axis=-1, keepdims=True)
    return 2 * is_important + is_good


def _drawn(matters: pd.Series, done: pd.Series, moved: F, seed: int) -> np.ndarray:
    """Return (draws, items) quadrants; importance that was derived elsewhere is taken as given."""
    rng, k = np.random.default_rng(seed), len(done)
    noise = rng.multivariate_normal(np.zeros(moved.shape[1]), moved.T @ moved, size=_DRAWS, method="eigh")
    shaken = done.to_numpy() + noise[:, -k:]
    weighed = matters.to_numpy() + (noise[:, :-k] if noise.shape[1] > k else 0.0) + np.zeros_like(shaken)
    return _places(weighed, shaken)

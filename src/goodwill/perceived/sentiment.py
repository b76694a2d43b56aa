"""How content a comment sounds, learned from the ratings that come with comments, without a word list."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline

from goodwill.errors import DataError
from goodwill.perceived.moments import F

FEWEST, MOST, FOLDS, Z = 50, 3_000, 5, 1.96


@dataclass(frozen=True)
class Sentiment:
    """Sentiment of comments, in standard deviations of the ratings around their mean.

    Parameters
    ----------
    of_comment : (n,) the rating where one came with the comment, else what its words foretell, or NaN.
    n_rated : comments with a rating.
    correlation : of foretold and actual ratings, on comments the model did not see; NaN with too few ratings.
    is_foretold : whether words foretell ratings better than chance, so that the unrated have a value.
    """

    of_comment: F
    n_rated: int
    correlation: float
    is_foretold: bool


def sentiment(texts: Sequence[str], scores: npt.ArrayLike, seed: int = 0) -> Sentiment:
    """Return the sentiment of comments, some of which came with a rating.

    Parameters
    ----------
    texts : (n,) comments, in any language.
    scores : (n,) ratings, high is good, NaN where none came.

    Notes
    -----
    A ridge regression of the ratings over pairs to quadruples of characters. It speaks for the unrated
    only where its correlation with the ratings, cross-validated in five folds, lies above zero by its 95 %
    interval (Fisher's z), with 50 ratings or more. It learns from a sample of 3,000 where there are more.

    Raises
    ------
    DataError : texts and scores differ in length.

    Examples
    --------
    >>> said = ["awful service", "lovely service"] * 40 + ["lovely shop", "awful shop"]
    >>> found = sentiment(said, [1.0, 5.0] * 40 + [np.nan] * 2)
    >>> found.of_comment[-2:].round().tolist(), found.n_rated
    ([1.0, -1.0], 80)
    """
    given = np.asarray(scores, dtype=float)
    if len(given) != len(texts):
        raise DataError(f"{len(texts)} texts, {len(given)} scores. Give one score per text, NaN for none.")
    is_rated = np.isfinite(given)
    rated = np.flatnonzero(is_rated).tolist()
    spread = given[rated].std() if len(rated) else 0.0
    if not spread:
        return Sentiment(np.where(is_rated, 0.0, np.nan), len(rated), float("nan"), is_foretold=False)
    values = (given - given[rated].mean()) / spread
    if len(rated) < FEWEST:
        return Sentiment(values, len(rated), float("nan"), is_foretold=False)
    learned = np.sort(np.random.default_rng(seed).permutation(rated)[:MOST]).tolist()
    known = [texts[place] for place in learned]
    correlation = _correlation(known, values[learned], seed)
    is_foretold = bool(np.arctanh(min(correlation, 0.999)) > Z / np.sqrt(len(learned) - 3))
    if is_foretold and not is_rated.all():
        unrated = np.flatnonzero(~is_rated).tolist()
        values[unrated] = _model().fit(known, values[learned]).predict([texts[place] for place in unrated])
    return Sentiment(values, len(rated), correlation, is_foretold)


def _correlation(texts: list[str], values: F, seed: int) -> float:
    folds = KFold(FOLDS, shuffle=True, random_state=seed)
    foretold = cross_val_predict(_model(), texts, values, cv=folds)
    return float(np.corrcoef(foretold, values)[0, 1]) if np.ptp(foretold) else 0.0


def _model() -> Pipeline:
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=20_000, sublinear_tf=True)
    return make_pipeline(tfidf, RidgeCV(alphas=(0.3, 1.0, 3.0, 10.0, 30.0)))

"""What kind of thing a comment says: a pain, a concern, an expectation or praise."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from goodwill.features.cues import APOSTROPHE, CHINESE_NEGATION, KIND_CUES, NEGATIONS
from goodwill.perceived.moments import F

Labels = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
Kind = Literal["pain", "concern", "expectation", "praise", "unknown"]
# A wish or a worry is told by its grammar, whatever good and bad words it holds.
MODES, MOODS = ("expectation", "concern"), ("pain", "praise")
SURE, FEWEST, HALF_A_SPREAD, HEARSAY = 0.5, 5, 0.5, 0.3
_REACH = 80  # signs before a word in which its negation stands
_NOT = re.compile(rf"(?:\b(?:{'|'.join(NEGATIONS)})\s+(?:\w+\s+)?|{CHINESE_NEGATION})$")


def kinds_of(
    texts: Sequence[str],
    scores: npt.ArrayLike | None = None,
    cues: Mapping[str, Sequence[str]] = KIND_CUES,
) -> pd.DataFrame:
    """Return the kind of each comment and how sure it is.

    Parameters
    ----------
    texts : (n,) comments.
    scores : (n,) a rating that came with the comment, high is good, NaN where none did. It tells pain from
        praise where no word does.
    cues : words that mark each kind; a negation before a word of praise makes it a pain.

    Returns
    -------
    (n,) rows of `kind` (pain, concern, expectation, praise, unknown) and `p_kind`.

    Notes
    -----
    Comments that hold cues, and those with a rating half a standard deviation off the mean (counted .3),
    teach a logistic regression over pairs to quadruples of characters, which judges the others: it finds the
    words of this business that no list holds. Below a probability of .5 the kind is unknown.

    Examples
    --------
    >>> kinds_of(["It should be faster", "Is it safe?", "It was not good", "Great!", "Hm"])["kind"].tolist()
    ['expectation', 'concern', 'pain', 'praise', 'unknown']
    """
    patterns = {kind: _pattern(words) for kind, words in cues.items()}
    kind = np.array([_cued(text.lower().replace(APOSTROPHE, "'"), patterns) for text in texts], dtype=object)
    taught, weight = _with_scores(kind, scores)
    p_kind = np.where(kind == "unknown", 0.0, 1.0)
    # What only holds a greeting says nothing that could be judged.
    is_open = (kind == "unknown") & np.array([bool(text.strip()) for text in texts], dtype=bool)
    judged = _judged(texts, taught, weight, is_open)
    if judged is not None:
        kind[is_open] = np.where(judged[1] >= SURE, judged[0], "unknown")
        p_kind[is_open] = judged[1]
    return pd.DataFrame({"kind": kind.astype(str), "p_kind": p_kind})


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Match a word of letters as a whole, anything else (Chinese, signs) wherever it stands."""
    parts = [
        rf"\b{re.escape(word)}\b" if word[0].isascii() and word[0].isalpha() else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    ]
    return re.compile("|".join(parts))


def _cued(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
    for mode in MODES:
        if mode in patterns and patterns[mode].search(text):
            return mode
    counts = dict.fromkeys(MOODS, 0)
    for mood, other in (MOODS, MOODS[::-1]):
        for found in patterns[mood].finditer(text) if mood in patterns else ():
            counts[other if _NOT.search(text[max(0, found.start() - _REACH) : found.start()]) else mood] += 1
    best = max(MOODS, key=lambda mood: counts[mood])
    return best if counts[best] > min(counts.values()) else "unknown"


def _with_scores(cued: Labels, scores: npt.ArrayLike | None) -> tuple[Labels, F]:
    """Let ratings speak where no cue does, at less weight: they rate more than the comment."""
    weight = np.ones(len(cued))
    given = np.full(len(cued), np.nan) if scores is None else np.asarray(scores, dtype=float)
    known = given[np.isfinite(given)]
    if not known.size or not np.ptp(known):
        return cued, weight
    standard = (given - known.mean()) / known.std()
    silent = cued == "unknown"
    low, high = silent & (standard < -HALF_A_SPREAD), silent & (standard > HALF_A_SPREAD)
    taught = np.where(low, "pain", np.where(high, "praise", cued)).astype(object)
    return taught, np.where(low | high, HEARSAY, weight)


def _judged(texts: Sequence[str], taught: Labels, weight: F, is_open: Flags) -> tuple[Labels, F] | None:
    """Return what the taught comments say of the open ones; None where they teach fewer than two kinds."""
    kinds, counts = np.unique(taught[taught != "unknown"].astype(str), return_counts=True)
    usable = kinds[counts >= FEWEST]
    if len(usable) < 2 or not is_open.any():  # noqa: PLR2004 - one kind is no choice
        return None
    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), max_features=20_000, sublinear_tf=True)
    vectors = tfidf.fit_transform(texts)
    rows = np.isin(taught.astype(str), usable)
    model = LogisticRegression(C=10.0, max_iter=500)
    model.fit(vectors[rows], taught[rows].astype(str), sample_weight=weight[rows])
    said = model.predict_proba(vectors[is_open])
    return model.classes_[said.argmax(axis=1)].astype(object), said.max(axis=1)

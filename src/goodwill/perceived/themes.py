"""Themes of open comments, by non-negative factors of their terms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from goodwill.errors import FitError
from goodwill.perceived.moments import F
from goodwill.perceived.terms import Cut, term_cutter, without_set_phrases
from goodwill.perceived.topics import Places, learn_topics, stability

NO_THEME = -1
MAX_TERMS, MAX_COMMENTS, TYPICAL = 1_000, 2_000, 8
_FEWEST = 20


@dataclass(frozen=True)
class Themes:
    """Themes found in comments.

    Parameters
    ----------
    of_comment : (n,) theme of each comment, -1 where it says nothing that others say.
    strength : (n,) how much of what the comment says is its theme, 0 to 1.
    terms : the terms, by the columns of `weights`. weights : (k, n_terms) share of each in a theme.
    set_phrases : sentences that were left out as greetings and the like.
    stability : a row per number of themes tried: `k`, `agreement` over half-samples, `standard_error`;
        empty where the number was given.
    """

    of_comment: Places
    strength: F
    terms: list[str]
    weights: F
    set_phrases: list[str]
    stability: pd.DataFrame

    @property
    def words(self) -> list[list[str]]:
        """The most typical terms of each theme: frequent in it, more than in others; none unsaid."""
        overall = self.weights.mean(axis=0)
        telling = self.weights * np.log(np.maximum(self.weights, 1e-12) / np.maximum(overall, 1e-12))
        ordered = np.argsort(-telling, axis=1)[:, :TYPICAL].tolist()
        return [
            [self.terms[place] for place in row if own[place] > 0]
            for row, own in zip(ordered, self.weights, strict=True)
        ]


def find_themes(
    texts: Sequence[str], k: int | None = None, *, most: int = 12, halves: int = 10, seed: int = 0
) -> Themes:
    """Return the themes of comments, their number being the one that half-samples agree on best.

    Parameters
    ----------
    texts : (n,) comments, in any language; a sample of 2,000 is learned from where there are more.
    k : number of themes, fewer where no comment is of one; None to try 2 to `most`.
    halves : half-samples per number tried.

    Notes
    -----
    Set phrases are left out (`without_set_phrases`), what remains is weighed by TF-IDF and factorised
    (`learn_topics`). A comment without a known term has no theme.

    Raises
    ------
    FitError : fewer than 20 comments that share words with others, or fewer than 3 such words.

    Examples
    --------
    >>> said = [f"{what} {how}" for what in ("Parcel", "Courier") for how in ("was late", "got lost")]
    >>> said += [f"{what} {how}" for what in ("Price", "Fee") for how in ("too high", "went up")]
    >>> found = find_themes([f"{text} {i}" for i in range(4) for text in said], k=2)
    >>> found.of_comment[:8].tolist() in ([0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0, 0])
    True
    """
    cut = term_cutter()
    kept, phrases = without_set_phrases(texts, cut)
    table, terms = _weighed(kept, cut)
    says = np.flatnonzero(table.getnnz(axis=1) > 0)
    if len(says) < _FEWEST:
        raise FitError(
            f"{len(says)} of {len(texts)} comments share a word with another; themes need {_FEWEST}. "
            "Read them instead, or wait for more."
        )
    rng = np.random.default_rng(seed)
    learned = table[np.sort(rng.permutation(says)[:MAX_COMMENTS])]
    tried = range(2, min(most, len(terms) - 1, len(says) // 4) + 1)
    if k is None and not tried:
        raise FitError(
            f"{len(says)} comments have {len(terms)} words in common; themes need 3. "
            "Read them instead, or wait for more."
        )
    agreed = stability(learned, tried if k is None else (), halves, rng)
    best = int(agreed["k"].to_numpy()[agreed["agreement"].argmax()]) if k is None else k
    of_comment, strength = np.full(len(texts), NO_THEME), np.zeros(len(texts))
    places, strength[says] = learn_topics(learned, best).assign(table[says])
    # A topic that nobody speaks of is no theme.
    spoken, of_comment[says] = np.unique(places, return_inverse=True)
    return Themes(of_comment, strength, terms, _term_shares(table, of_comment, len(spoken)), phrases, agreed)


def _weighed(texts: Sequence[str], cut: Cut) -> tuple[csr_matrix, list[str]]:
    """Return the TF-IDF of terms that two comments or more use."""
    tfidf = TfidfVectorizer(analyzer=cut, min_df=2, max_features=MAX_TERMS, sublinear_tf=True)
    try:
        table = tfidf.fit_transform(texts)
    except ValueError:  # scikit-learn's word for an empty vocabulary
        return csr_matrix((len(texts), 0)), []
    return table, tfidf.get_feature_names_out().tolist()


def _term_shares(table: csr_matrix, of_comment: Places, k: int) -> F:
    """Return (k, n_terms): how much of a theme's comments each term makes up."""
    sums = np.stack([np.asarray(table[of_comment == theme].sum(axis=0)).ravel() for theme in range(k)])
    return sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-12)

"""The chance to buy a product for the first time, learned from what the same rule would list earlier."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from goodwill.decisions.next_best_items import Baskets
from goodwill.decisions.next_best_market import DEEP, Market, Shortlist
from goodwill.decisions.next_best_model import BLOCK, F, ItemModel, NextBestRule, top_products

Places = NDArray[np.intp]
Pairs = tuple[F, NDArray[np.bool_]]
_CALIBRATED = 5_000
# ten purchases for each of nine facts (Peduzzi et al. 1996); with fewer the score alone tells the chance
_FEWEST = 90


@dataclass(frozen=True)
class Chances:
    """The chance by score, which finds a shortlist, and of those listed, by all that is known.

    The score alone says too much: it grows with the basket, and the basket with the time a customer is known,
    while first purchases become rarer; and what is listed is bought less often than all of its score.
    """

    by_score: IsotonicRegression
    by_facts: Pipeline | None = None

    @classmethod
    def none(cls) -> Self:
        """Return chances of zero, where no earlier window tells of any."""
        return cls(_rising().fit([0.0, 1.0], [0.0, 0.0]))

    @classmethod
    def fit(cls, market: Market, lines: pd.DataFrame, rule: NextBestRule) -> Self:
        """Fit to `market`, on a day before a window that has ended, and all `lines` bought until its end."""
        owned = market.model.owned
        later = Baskets.of(lines, owned.products).rows(owned.customers)
        drawn = np.sort(np.random.default_rng(0).permutation(len(owned.customers))[:_CALIBRATED])
        blocks = [drawn[first : first + BLOCK] for first in range(0, len(drawn), BLOCK)]
        scores, came = _joined(_likeliest(market.model, later, rows) for rows in blocks)
        by_score = _rising().fit(scores, came.astype(float))
        facts, came = _joined(_listed(market, later, rows, by_score, rule) for rows in blocks)
        if min(came.sum(), (~came).sum()) < _FEWEST:
            return cls(by_score)
        by_facts = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
        return cls(by_score, by_facts.fit(facts, came))

    def of(self, market: Market, rows: Places, found: Shortlist) -> F:
        """Return the chances (n_rows, n_listed) of the pairs listed, 0 for what is not new."""
        if self.by_facts is None:
            return found.p_by_score
        p = self.by_facts.predict_proba(market.facts(rows, found))[:, 1].reshape(found.columns.shape)
        return np.where(found.is_new, p, 0.0)


def _likeliest(model: ItemModel, later: sparse.csr_array, rows: Places) -> Pairs:
    """Return the scores of the likeliest products of some customers, and whether they were bought."""
    scores = model.scores(model.owned.bought[rows])
    top = top_products(scores, DEEP)
    best, came = (np.take_along_axis(values, top, 1) for values in (scores, later[rows].toarray() > 0))
    return best[np.isfinite(best)], came[np.isfinite(best)]


def _listed(
    market: Market, later: sparse.csr_array, rows: Places, by_score: IsotonicRegression, rule: NextBestRule
) -> Pairs:
    """Return the facts of the pairs that the rule lists, and whether they were bought."""
    found = market.shortlist(rows, by_score, rule)
    came = np.take_along_axis(later[rows].toarray() > 0, found.columns, 1)
    return market.facts(rows, found)[found.is_new.ravel()], came[found.is_new]


def _joined(blocks: Iterable[Pairs]) -> Pairs:
    values, came = zip(*blocks, strict=True)
    return np.concatenate(values), np.concatenate(came)


def _rising() -> IsotonicRegression:
    return IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")

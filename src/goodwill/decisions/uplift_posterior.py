"""The effect per customer as a Bayesian average of plain stories: what moves it, how far, and on which scale.

A story says whether the effect is a share of what a customer does anyway or an amount, which columns move it,
and how far. Its marginal likelihood is known in closed form; a Gibbs walk over stories finds the likely ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import F
from goodwill.decisions.lesson import Lesson

# How far a column may move the effect, beside what a customer does anyway: a little, much, as much again.
SCALES = (0.1, 0.3, 1.0)
# Few stated columns are there for a reason, and nearly always count; of many, three are expected to.
_SURE, _EXPECTED_MOVERS = 0.98, 3.0
_MOST_SOURCES = 12
_ADDITIVE_ODDS = 0.2
_SWEEPS, _UNCOUNTED = 50, 10
State = tuple[int, ...]


@dataclass(frozen=True)
class Posterior:
    """First and second moments of the coefficients of both scales, over all stories.

    Parameters
    ----------
    coefficients : (2, p + 1) expected coefficients, of shares and of amounts, each times its probability.
    squares : (2, p + 1, p + 1) expected products of two coefficients, likewise.
    level : the unit of amounts.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"x": rng.normal(size=4_000)})
    >>> lesson = Lesson(x, np.ones(4_000), x["x"].to_numpy() + rng.normal(size=4_000))
    >>> found, asked = fit_posterior(lesson), pd.DataFrame({"x": [-1.0, 1.0]})
    >>> found.predict(asked, np.ones(2)).round(1), found.spread(asked, np.ones(2)).round(2)
    (array([-1.,  1.]), array([0.03, 0.03]))
    """

    coefficients: F
    squares: F
    level: float

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return expected effects, (n,)."""
        rows, scales = with_one(moderators), self._scales(usual)
        return np.einsum("fn,np,fp->n", scales, rows, self.coefficients, optimize=True)

    def spread(self, moderators: pd.DataFrame, usual: F, doubt: F | None = None) -> F:
        """Return the standard deviation of what is not known of each effect, (n,).

        Parameters
        ----------
        doubt : (n,) standard deviation of what is not known of `usual`, of which an effect may be a share.
        """
        rows, scales = with_one(moderators), self._scales(usual) ** 2
        if doubt is not None:
            scales[0] += doubt**2
        squares = [np.einsum("np,pq,nq->n", rows, one, rows, optimize=True) for one in self.squares]
        second = np.einsum("fn,fn->n", scales, np.array(squares))
        return np.sqrt(np.maximum(second - self.predict(moderators, usual) ** 2, 0.0))

    def _scales(self, usual: F) -> F:
        return np.array([np.abs(usual), np.full(len(usual), self.level)])


def fit_posterior(lesson: Lesson, seed: int = 0) -> Posterior:
    """Average the stories that the contributions of a lesson leave likely.

    Bayesian model averaging (Hoeting et al. 1999, Stat. Sci. 14, eq. 1 to 3) of regressions with known
    precision; each source of columns, such as the levels of one text, moves the effect as a whole or not at
    all (George & McCulloch 1993, JASA 88).
    """
    rows, level = with_one(lesson.moderators), max(float(np.abs(lesson.usual).mean()), 1e-12)
    evidence = []
    for scale in (np.abs(lesson.usual), np.full(len(rows), level)):
        design = rows * scale[:, None]
        weighted = design * lesson.precision[:, None]
        evidence.append((weighted.T @ design, weighted.T @ lesson.effect))
    n_sources = max(len(lesson.sources), 1)
    stories = _Stories(evidence, lesson.places, min(_SURE, _EXPECTED_MOVERS / n_sources))
    stories = stories.kept(_MOST_SOURCES)
    return _averaged(stories, _walk(stories, np.random.default_rng(seed)), rows.shape[1], level)


def with_one(moderators: pd.DataFrame) -> F:
    """Return the columns beside a column of ones, (n, p + 1)."""
    return np.column_stack([np.ones(len(moderators)), moderators.to_numpy(dtype=np.float64)])


@dataclass(frozen=True)
class _Story:
    """A fitted story: log of its posterior odds, its columns, and their normal posterior."""

    log_odds: float
    columns: list[int]
    mean: F
    precision: F


@dataclass(frozen=True)
class _Stories:
    """Every story: the first number of a state is its scale, then how far each source moves the effect."""

    evidence: Sequence[tuple[F, F]]
    places: Sequence[list[int]]
    p_moves: float
    told: dict[State, _Story] = field(default_factory=dict)

    @property
    def start(self) -> State:
        return (0,) * (1 + len(self.places))

    def of(self, state: State) -> _Story:
        if state not in self.told:
            self.told[state] = self._fit(state)
        return self.told[state]

    def options(self, state: State, place: int) -> list[State]:
        """Return the states that differ from this one in a place at most."""
        n_options = len(self.evidence) if place == 0 else len(SCALES) + 1
        return [(*state[:place], option, *state[place + 1 :]) for option in range(n_options)]

    def chances(self, states: Sequence[State]) -> F:
        odds = np.array([self.of(state).log_odds for state in states])
        weights = np.exp(odds - odds.max())
        return np.asarray(weights / weights.sum())

    def kept(self, most: int) -> "_Stories":
        """Return the stories of the sources that say most on their own."""
        if len(self.places) <= most:
            return self
        alone = [
            max(self.of(state).log_odds for state in self.options(self.start, place)[1:])
            for place in range(1, len(self.start))
        ]
        chosen = np.sort(np.argsort(alone)[::-1][:most])
        return _Stories(self.evidence, [self.places[one] for one in chosen.tolist()], self.p_moves)

    def _fit(self, state: State) -> _Story:
        columns, variances, prior = [0], [1.0], 0.0 if state[0] == 0 else float(np.log(_ADDITIVE_ODDS))
        for places, far in zip(self.places, state[1:], strict=True):
            prior += float(np.log(self.p_moves / len(SCALES) if far else 1 - self.p_moves))
            if far:
                columns += [1 + place for place in places]
                variances += [SCALES[far - 1] ** 2 / len(places)] * len(places)
        gram, product = self.evidence[state[0]]
        precision = gram[np.ix_(columns, columns)] + np.diag(1 / np.array(variances))
        mean = np.asarray(np.linalg.solve(precision, product[columns]), dtype=np.float64)
        fits = float(product[columns] @ mean) / 2 - float(np.linalg.slogdet(precision)[1]) / 2
        return _Story(fits - float(np.sum(np.log(variances))) / 2 + prior, columns, mean, precision)


def _walk(stories: _Stories, rng: np.random.Generator) -> dict[State, float]:
    """Return how often states are visited; the chances of all options of a step count, not its outcome."""
    state, weights = stories.start, dict[State, float]()
    for sweep in range(_SWEEPS):
        for place in range(len(state)):
            options = stories.options(state, place)
            chances = stories.chances(options)
            if sweep >= _UNCOUNTED:
                for option, chance in zip(options, chances.tolist(), strict=True):
                    weights[option] = weights.get(option, 0.0) + chance
            state = options[int(rng.choice(len(options), p=chances))]
    return weights


def _averaged(stories: _Stories, weights: dict[State, float], n_columns: int, level: float) -> Posterior:
    coefficients, squares = np.zeros((2, n_columns)), np.zeros((2, n_columns, n_columns))
    total = sum(weights.values())
    for state, weight in weights.items():
        story, share = stories.of(state), weight / total
        second = np.linalg.inv(story.precision) + np.outer(story.mean, story.mean)
        coefficients[state[0], story.columns] += share * story.mean
        squares[np.ix_([state[0]], story.columns, story.columns)] += share * second
    return Posterior(coefficients, squares, level)

"""Errors and coverage of combined weights, in worlds where stated importance is right, inexact and wrong.

usage: python tests/benchmarks/survey_weights_study.py [draws [seed]]

Answers are drawn as `goodwill.data.simulate` draws them, `draws` times for each way in which stated
importance follows the weights and each survey: other weights, sizes, reliabilities, noise and correlations.
Derived weights stand beside, which know nothing of stated importance, and those of plain means of items.
Seeds are from 1000 up, apart from those of `survey_truth_study.py`.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from goodwill.perceived.combined_weights import combined_weights
from goodwill.perceived.factor_scores import factor_scores
from goodwill.perceived.reliability import alpha_of
from goodwill.perceived.weights import DerivedWeights, derived_weights

F = np.ndarray
TOP, BASE = 7, 3.85


@dataclass(frozen=True)
class Asked:
    """A survey: true weights, respondents, reliability of each item, noise of value, shared feeling."""

    weights: tuple[float, ...] = (0.35, 0.25, 0.20, 0.12, 0.08)
    n: int = 400
    items: tuple[float, ...] = (0.7, 0.7, 0.7, 0.7)
    value_noise: float = 0.5
    correlation: float = 0.3


PLAIN = Asked()
SURVEYS = {
    "as planted": PLAIN,
    "even": replace(PLAIN, weights=(0.28, 0.24, 0.20, 0.16, 0.12)),
    "uneven": replace(PLAIN, weights=(0.45, 0.25, 0.15, 0.10, 0.05)),
    "two alike": replace(PLAIN, weights=(0.30, 0.30, 0.20, 0.15, 0.05)),
    "four": replace(PLAIN, weights=(0.4, 0.3, 0.2, 0.1)),
    "eight": replace(PLAIN, weights=(0.22, 0.18, 0.15, 0.13, 0.10, 0.09, 0.08, 0.05)),
    "150 people": replace(PLAIN, n=150),
    "1,500 people": replace(PLAIN, n=1_500),
    "reliability .5": replace(PLAIN, weights=(0.45, 0.25, 0.15, 0.10, 0.05), items=(0.5,) * 4),
    "unlike items": replace(PLAIN, items=(0.9, 0.7, 0.5, 0.3)),
    "noisy value": replace(PLAIN, weights=(0.28, 0.24, 0.20, 0.16, 0.12), value_noise=1.0),
    "correlation .6": replace(PLAIN, correlation=0.6),
}


def _overstated(weights: F, rng: np.random.Generator) -> F:
    stated = BASE + 2 * weights
    stated[rng.choice(len(weights), 2, replace=False)] += 0.3
    return stated


STATED: dict[str, Callable[[F, np.random.Generator], F]] = {
    "linear": lambda weights, _: BASE + 2 * weights,
    "steep": lambda weights, _: BASE + 6 * weights,
    "logarithmic": lambda weights, _: BASE + 0.8 + 0.35 * np.log(weights),
    "a little off": lambda weights, rng: BASE + 2 * weights + rng.normal(0, 0.06, len(weights)),
    "off": lambda weights, rng: BASE + 2 * weights + rng.normal(0, 0.10, len(weights)),
    "two overstated": _overstated,
    "permuted": lambda weights, rng: BASE + 2 * rng.permutation(weights),
    "unrelated": lambda weights, rng: BASE + rng.normal(0, 0.3, len(weights)),
}


def answers(asked: Asked, rng: np.random.Generator) -> tuple[F, F]:
    """Return answers (n, dimensions, items), and those to the question of overall value."""
    true, n = np.array(asked.weights), asked.n
    shared, own = rng.standard_normal((n, 1)), rng.standard_normal((n, len(true)))
    feels = np.sqrt(asked.correlation) * shared + np.sqrt(1 - asked.correlation) * own
    value = feels @ true + asked.value_noise * rng.standard_normal(n)
    keep = np.array(asked.items)
    noise = rng.standard_normal((n, len(true), len(keep)))
    felt = np.sqrt(keep) * feels[:, :, None] + np.sqrt(1 - keep) * noise
    items = rated(rng.uniform(4.5, 5.3, (len(true), 1)) + 1.1 * felt)
    return items, rated(4.6 + 1.2 * value / np.sqrt(true @ true + asked.value_noise**2))


def by_means(items: F, overall: F) -> DerivedWeights:
    """Return weights derived from means of items and their α."""
    alpha = [alpha_of(np.cov(items[:, place], rowvar=False)) for place in range(items.shape[1])]
    return derived_of(items.mean(axis=2), alpha, overall)


def by_factors(items: F, overall: F) -> DerivedWeights:
    """Return weights derived from factor scores."""
    blocks = [pd.DataFrame(items[:, place]) for place in range(items.shape[1])]
    scores, keeps = zip(*(factor_scores(block, np.ones(len(block))) for block in blocks), strict=True)
    return derived_of(np.column_stack(scores), keeps, overall)


def derived_of(scores: F, keeps: Sequence[float], overall: F) -> DerivedWeights:
    """Return weights derived from scores of known reliability."""
    names = [str(place) for place in range(scores.shape[1])]
    return derived_weights(pd.DataFrame(scores, columns=names), overall, reliability=pd.Series(keeps, names))


def rated(values: F) -> F:
    """Return answers on the scale."""
    return np.clip(np.rint(values), 1, TOP)


def judged(found: pd.DataFrame, true: F) -> tuple[float, float, float]:
    """Return the largest error of a weight, the share of intervals that hold theirs, and their width."""
    covers = (found["low"] <= true) & (true <= found["high"])
    width = found["high"] - found["low"]
    return float((found["weight"] - true).abs().max()), float(covers.mean()), float(width.mean())


def drawn(asked: Asked, stated: str, rng: np.random.Generator) -> list[tuple[str, float, float, float]]:
    """Return by method what one survey gives."""
    true = np.array(asked.weights)
    items, overall = answers(asked, rng)
    derived = by_factors(items, overall)
    ratings = rng.standard_normal(items.shape) + STATED[stated](true, rng)[:, None]
    said = pd.Series(rated(ratings).mean(axis=(0, 2)), derived.table.index)
    found = {
        "means": by_means(items, overall).table,
        "derived": derived.table,
        "combined": combined_weights(derived, said),
    }
    return [(name, *judged(table, true)) for name, table in found.items()]


def main(draws: int = 30, seed: int = 1000) -> None:
    """Print every number."""
    rows = [
        (stated, name, *row)
        for kind, stated in enumerate(STATED)
        for place, (name, asked) in enumerate(SURVEYS.items())
        for draw in range(draws)
        for row in drawn(asked, stated, np.random.default_rng([seed, kind, place, draw]))
    ]
    table = pd.DataFrame(rows, columns=["stated", "survey", "method", "error", "coverage", "width"])
    table["within .05"] = table["error"] <= 0.05
    figures = ["error", "within .05", "coverage", "width"]
    planted = table[(table["stated"] == "linear") & (table["survey"] == "as planted")]
    for by, part in (("stated", table), ("survey", table), ("survey", planted)):
        means = part.pivot_table(figures, by, "method", sort=False)[figures]
        sys.stdout.write(f"\n{means.round(4).to_string()}\n")
    sys.stdout.write("\nThe last: stated importance linear in the weights.\n")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

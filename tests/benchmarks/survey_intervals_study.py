"""How often 95 % intervals of a survey hold the truth: 2,000 simulated surveys, seeds fixed beforehand.

usage: python tests/benchmarks/survey_intervals_study.py [surveys] [respondents]

Each survey asks NPS, expectation and perception of two dimensions of four items (1 to 7, rounded and clipped,
of reliability .5 and .7), and three Kano features. The truth is the population's: shares and means from the
planted distributions, α from four million simulated respondents.
"""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from goodwill.perceived.gaps import dimension_gaps, item_gaps
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.perceived.kano import CATEGORIES, EVALUATION, kano
from goodwill.perceived.reliability import reliability
from goodwill.perceived.satisfaction import satisfaction
from goodwill.perceived.survey import KANO_ANSWERS

FIRST_SEED, BATCH = 5_000, 50
NPS_ODDS = {10: 0.25, 9: 0.2, 8: 0.18, 7: 0.15, 6: 0.08, 5: 0.06, 3: 0.05, 0: 0.03}
# Mean of expectation and of perception, and the share of an item's variance that its dimension's is.
DIMENSIONS = {"service": (5.9, 4.6, 0.7), "price": (5.2, 5.0, 0.5)}
SPREAD, SHARED, ITEMS = 1.2, 0.3, 4
# Odds of the answers if it is there and if it is not, independent of each other.
FEATURES = {
    "payment": ((0.1, 0.4, 0.4, 0.08, 0.02), (0.02, 0.03, 0.1, 0.2, 0.65)),
    "delivery": ((0.65, 0.2, 0.1, 0.03, 0.02), (0.02, 0.03, 0.15, 0.25, 0.55)),
    "magazine": ((0.15, 0.1, 0.55, 0.15, 0.05), (0.05, 0.1, 0.6, 0.2, 0.05)),
}


def ratings(rng: np.random.Generator, n: int, name: str) -> np.ndarray:
    """Return (n, items, 2) rounded answers: expectation, perception, which share half of their factor."""
    expected, perceived, keep = DIMENSIONS[name]
    common, own = rng.normal(size=(n, 1, 1)), rng.normal(size=(n, 1, 2))
    factor = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own
    felt = np.sqrt(keep) * factor + np.sqrt(1 - keep) * rng.normal(size=(n, ITEMS, 2))
    return np.clip(np.rint(np.array([expected, perceived]) + SPREAD * felt), 1, 7)


def answers(seed: int, n: int) -> dict[str, np.ndarray]:
    """Return the answers of n respondents to every question, by column."""
    rng = np.random.default_rng(seed)
    columns = {"tell": rng.choice(list(NPS_ODDS), n, p=list(NPS_ODDS.values()))}
    for name in DIMENSIONS:
        said = ratings(rng, n, name)
        for place in range(ITEMS):
            columns |= {f"{name}_{place}_e": said[:, place, 0], f"{name}_{place}_p": said[:, place, 1]}
    for name, odds in FEATURES.items():
        for side, own in zip("fd", odds, strict=True):
            columns[f"{name}_{side}"] = rng.choice(KANO_ANSWERS, n, p=own)
    return {f"{seed} {name}": column for name, column in columns.items()}


def questions(seed: int) -> list[Item]:
    """Return the questions of one survey."""
    rated = [
        Item(
            f"{seed} {name}_{place}", f"{seed} {name}", scale=(1, 7),
            columns={"perception": f"{seed} {name}_{place}_p", "expectation": f"{seed} {name}_{place}_e"},
        )
        for name in DIMENSIONS for place in range(ITEMS)
    ]  # fmt: skip
    kano_items = [
        Item(
            f"{seed} {name}", columns={"functional": f"{seed} {name}_f", "dysfunctional": f"{seed} {name}_d"}
        )
        for name in FEATURES
    ]
    tell = Item(f"{seed} tell", scale=(0, 10), measure="nps", columns={"score": f"{seed} tell"})
    return [tell, *rated, *kano_items]


def drawn(seeds: Sequence[int], n: int) -> Survey:
    """Return many surveys side by side, as questions to the same n: each is computed for itself."""
    columns = {name: column for seed in seeds for name, column in answers(seed, n).items()}
    return read_wide(pd.DataFrame(columns), [item for seed in seeds for item in questions(seed)])


def truth() -> dict[str, float]:
    """Return the population's values."""
    found = {"nps": 100 * sum(p * ((score > 8) - (score < 7)) for score, p in NPS_ODDS.items())}
    rng = np.random.default_rng(0)
    for name, (expected, perceived, _) in DIMENSIONS.items():
        found[f"gap {name}"] = rounded_mean(perceived) - rounded_mean(expected)
        covariance = np.mean([np.cov(ratings(rng, 200_000, name)[..., 1].T) for _ in range(20)], axis=0)
        found[f"alpha {name}"] = ITEMS / (ITEMS - 1) * (1 - np.trace(covariance) / covariance.sum())
    for name, (there, gone) in FEATURES.items():
        cells = np.outer(there, gone)
        m, o, a, i = (cells[np.equal(EVALUATION, CATEGORIES.index(kind))].sum() for kind in CATEGORIES[:4])
        found |= {f"better {name}": (a + o) / (a + o + m + i), f"worse {name}": -(o + m) / (a + o + m + i)}
    return found


def rounded_mean(centre: float) -> float:
    """Return the mean of a normal answer rounded to 1 … 7."""
    ends = norm.cdf((np.arange(1, 7) + 0.5 - centre) / SPREAD)
    return float(7 - ends.sum())


def intervals(survey: Survey, seeds: Sequence[int]) -> Iterator[tuple[str, float, float]]:
    """Yield every interval of every survey: its name and limits."""
    nps, items, gaps = satisfaction(survey), item_gaps(survey), dimension_gaps(survey)
    alphas, features = reliability(survey, "perception"), kano(survey)
    for seed in seeds:
        yield "nps", *nps.loc[f"{seed} tell", ["low", "high"]]
        for name in DIMENSIONS:
            yield f"gap {name}", *gaps.loc[f"{seed} {name}", ["low", "high"]]
            yield f"gap {name}, one item", *items.loc[f"{seed} {name}_0", ["low", "high"]]
            yield f"alpha {name}", *alphas.loc[f"{seed} {name}", ["alpha_low", "alpha_high"]]
        for name in FEATURES:
            for what in ("better", "worse"):
                yield f"{what} {name}", *features.loc[f"{seed} {name}", [f"{what}_low", f"{what}_high"]]


def main(surveys: int = 2_000, respondents: int = 200) -> None:
    """Print the coverage and the mean width of every interval."""
    true, rows = truth(), []
    for start in range(FIRST_SEED, FIRST_SEED + surveys, BATCH):
        seeds = range(start, min(start + BATCH, FIRST_SEED + surveys))
        for name, low, high in intervals(drawn(seeds, respondents), seeds):
            value = true[name.split(",")[0]]
            rows.append((name, value, low <= value <= high, value < low, high - low))
    table = pd.DataFrame(rows, columns=["interval", "truth", "covered", "too_high", "width"])
    shown = table.groupby("interval", sort=False).mean()
    shown["error"] = np.sqrt(shown["covered"] * (1 - shown["covered"]) / surveys)
    sys.stdout.write(f"{surveys:,} surveys of {respondents} respondents\n{shown.round(4).to_string()}\n")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

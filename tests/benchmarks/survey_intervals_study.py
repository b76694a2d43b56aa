"""How often 95 % intervals of a survey hold the truth: 2,000 simulated surveys, seeds fixed beforehand.

usage: python tests/benchmarks/survey_intervals_study.py [surveys] [respondents]

Each survey asks NPS, expectation and perception of two dimensions of four items (1 to 7, rounded and clipped,
of reliability .5 and .7), and three Kano features. The truth is the population's: shares and means from the
planted distributions, α from four million simulated respondents.
"""

import sys

import numpy as np
import pandas as pd
from scipy.stats import norm

from goodwill.perceived.gaps import dimension_gaps, item_gaps
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.perceived.kano import CATEGORIES, EVALUATION, kano
from goodwill.perceived.reliability import reliability
from goodwill.perceived.satisfaction import satisfaction
from goodwill.perceived.survey import KANO_ANSWERS

FIRST_SEED = 5_000
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
QUESTIONS = [
    Item("tell", scale=(0, 10), measure="nps", columns={"score": "tell"}),
    *(
        Item(
            f"{name}_{place}", name, scale=(1, 7),
            columns={"perception": f"{name}_{place}_p", "expectation": f"{name}_{place}_e"},
        )
        for name in DIMENSIONS for place in range(ITEMS)
    ),
    *(Item(name, columns={"functional": f"{name}_f", "dysfunctional": f"{name}_d"}) for name in FEATURES),
]  # fmt: skip


def ratings(rng: np.random.Generator, n: int, name: str) -> np.ndarray:
    """Return (n, items, 2) rounded answers: expectation, perception, which share half of their factor."""
    expected, perceived, keep = DIMENSIONS[name]
    common, own = rng.normal(size=(n, 1, 1)), rng.normal(size=(n, 1, 2))
    factor = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own
    felt = np.sqrt(keep) * factor + np.sqrt(1 - keep) * rng.normal(size=(n, ITEMS, 2))
    return np.clip(np.rint(np.array([expected, perceived]) + SPREAD * felt), 1, 7)


def drawn(seed: int, n: int) -> Survey:
    """Return a survey of n respondents."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {"tell": rng.choice(list(NPS_ODDS), n, p=list(NPS_ODDS.values()))}
    for name in DIMENSIONS:
        said = ratings(rng, n, name)
        for place in range(ITEMS):
            columns |= {f"{name}_{place}_e": said[:, place, 0], f"{name}_{place}_p": said[:, place, 1]}
    for name, odds in FEATURES.items():
        for side, own in zip("fd", odds, strict=True):
            columns[f"{name}_{side}"] = rng.choice(KANO_ANSWERS, n, p=own)
    return read_wide(pd.DataFrame(columns), QUESTIONS)


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


def intervals(survey: Survey) -> dict[str, tuple[float, float]]:
    """Return every interval of a survey by name."""
    nps, items, gaps = satisfaction(survey).loc["tell"], item_gaps(survey), dimension_gaps(survey)
    alphas, features = reliability(survey, "perception"), kano(survey)
    found = {"nps": (nps["low"], nps["high"])}
    for name in DIMENSIONS:
        found[f"gap {name}"] = (gaps.loc[name, "low"], gaps.loc[name, "high"])
        found[f"gap {name}, one item"] = (items.loc[f"{name}_0", "low"], items.loc[f"{name}_0", "high"])
        found[f"alpha {name}"] = (alphas.loc[name, "alpha_low"], alphas.loc[name, "alpha_high"])
    for name in FEATURES:
        for what in ("better", "worse"):
            found[f"{what} {name}"] = (features.loc[name, f"{what}_low"], features.loc[name, f"{what}_high"])
    return found


def main(surveys: int = 2_000, respondents: int = 200) -> None:
    """Print the coverage and the mean width of every interval."""
    true, rows = truth(), []
    for seed in range(FIRST_SEED, FIRST_SEED + surveys):
        for name, (low, high) in intervals(drawn(seed, respondents)).items():
            value = true[name.split(",")[0]]
            rows.append((name, value, low <= value <= high, high - low))
    table = pd.DataFrame(rows, columns=["interval", "truth", "covered", "width"])
    shown = table.groupby("interval", sort=False).mean()
    shown["error"] = np.sqrt(shown["covered"] * (1 - shown["covered"]) / surveys)
    sys.stdout.write(f"{surveys:,} surveys of {respondents} respondents\n{shown.round(4).to_string()}\n")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

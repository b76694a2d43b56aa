"""Planted weights, Kano types and themes of a simulated survey of 400 respondents, found again.

usage: python tests/benchmarks/survey_truth_study.py [draws]

The worlds `survey` and `survey_zh` of tests/worlds.yaml: items of reliability .7, correlated dimensions,
nearly half of the Kano answers chance, comments padded with set phrases. Each figure stands beside a naive
method: simple correlation and stated importance for weights, the mean answer to either question for Kano, and
plain TF-IDF with non-negative factors for themes. "From true feelings" regresses the noisy overall value on
what respondents really feel: what 400 of them can tell without other knowledge. The seed of the file comes
first, then further draws of the same world.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer

from goodwill.data.simulate import Simulated, read_worlds, simulate_frames
from goodwill.perceived.combined_weights import combined_weights
from goodwill.perceived.dimensions import by_dimension
from goodwill.perceived.factor_scores import dimension_factors
from goodwill.perceived.intake import Item, Survey, read_long
from goodwill.perceived.kano import CATEGORIES, EVALUATION, kano
from goodwill.perceived.kinds import kinds_of
from goodwill.perceived.terms import term_cutter, without_set_phrases
from goodwill.perceived.themes import NO_THEME, find_themes
from goodwill.perceived.weights import derived_weights

WORLDS = Path(__file__).parents[1] / "worlds.yaml"


def survey_of(simulated: Simulated) -> Survey:
    """Return the survey without the rival brands, each item in the dimension of its name."""
    rows = simulated.tables["surveys"]
    rows = rows[rows["instrument"] != "rivals"].drop(columns="brand")
    names = simulated.truth["dimensions"]["name"]
    items = [Item(f"{name}_{place}", name, scale=(1, 7)) for name in names for place in range(1, 5)]
    return read_long(rows, [*items, Item("overall_value", scale=(1, 7), measure="overall")])


def weights(simulated: Simulated, survey: Survey) -> dict[str, float]:
    """Return by method the largest error, the share within .05, and the share that intervals hold."""
    true = simulated.truth["dimensions"].set_index("name")["weight"]
    scores, stated = (by_dimension(survey.wide(side), survey) for side in ("perception", "importance"))
    value = survey.wide("score")["overall_value"]
    felt, reliable = dimension_factors(survey)
    derived = derived_weights(felt, value, reliability=reliable)
    correlation, importance = scores.corrwith(value).clip(lower=0), stated.mean()
    combined = combined_weights(derived, importance)
    found = {
        "combined": combined["weight"],
        "derived": derived.table["weight"],
        "from true feelings": true_feelings(simulated),
        "naive correlation": correlation / correlation.sum(),
        "naive stated": importance / importance.sum(),
    }
    errors = {f"weights, {name}": float((own - true).abs().max()) for name, own in found.items()}
    within = {f"weights within .05, {name}": close(own, true) for name, own in found.items()}
    covers = {
        f"coverage, {name}": float(((table["low"] <= true) & (true <= table["high"])).mean())
        for name, table in (("combined", combined), ("derived", derived.table))
    }
    return errors | within | covers


def close(found: pd.Series, true: pd.Series) -> float:
    """Return the share of weights within .05 of the truth."""
    return float(((found - true).abs() <= 0.05).mean())


def true_feelings(simulated: Simulated) -> pd.Series:
    """Return the weights found by someone who knows what each respondent really feels."""
    told = simulated.truth["surveys"]
    feels = told.filter(like="feels_").rename(columns=lambda name: name.removeprefix("feels_"))
    slopes, *_ = np.linalg.lstsq(feels.to_numpy(), told["overall_value"].to_numpy(), rcond=None)
    return pd.Series(slopes / slopes.sum(), index=feels.columns)


def types(simulated: Simulated, survey: Survey) -> dict[str, float]:
    """Return the share of features whose Kano type is right."""
    true = simulated.truth["kano"].set_index("item")["type"]
    found = kano(survey)["category"].reindex(true.index)
    sides = [survey.wide_answers(side)[true.index] for side in ("functional", "dysfunctional")]
    there, gone = (side.where(side >= 0).mean().round().astype(int) for side in sides)
    naive = [CATEGORIES[EVALUATION[place]] for place in zip(there, gone, strict=True)]
    return {"kano": float((found == true).mean()), "kano, naive mean answer": float((true == naive).mean())}


def themes(simulated: Simulated) -> dict[str, float]:
    """Return the share of comments whose theme is right after matching, and their number of themes."""
    texts, true = simulated.tables["comments"]["text"].tolist(), simulated.truth["comments"]
    found = find_themes(texts)
    plain = TfidfVectorizer(stop_words="english").fit_transform(texts)
    naive = NMF(6, init="nndsvda", max_iter=500).fit_transform(plain).argmax(axis=1)
    told, _ = without_set_phrases(texts, term_cutter())
    kinds = kinds_of(told, scores(simulated))["kind"]
    says = (true["kind"] != "none").to_numpy()
    return {
        "themes": matched(found.of_comment, true["theme"]),
        "themes, naive": matched(naive, true["theme"]),
        "number of themes": float(len(found.weights)),
        "kinds": float((kinds[says] == true["kind"][says]).mean()),
        "kinds, naive commonest": float(true["kind"][says].value_counts(normalize=True).iloc[0]),
    }


def scores(simulated: Simulated) -> np.ndarray:
    """Return the satisfaction of each comment's writer."""
    rows = simulated.tables["surveys"].query("item == 'satisfaction'").drop_duplicates("customer_id")
    rated = dict(zip(rows["customer_id"].astype(str), rows["value"], strict=True))
    return simulated.tables["comments"]["customer_id"].astype(str).map(rated).to_numpy(dtype=float)


def matched(found: np.ndarray, true: pd.Series) -> float:
    """Return the share of comments in the theme that theirs is matched with, one to one; none is none."""
    counts = pd.crosstab(found, true.astype(str).to_numpy())
    idle = counts.loc[NO_THEME, "none"] if NO_THEME in counts.index else 0
    pairs = counts.drop(index=NO_THEME, columns="none", errors="ignore").to_numpy()
    return float((pairs[linear_sum_assignment(-pairs)].sum() + idle) / len(true))


def main(draws: int = 20) -> None:
    """Print every number."""
    for name in ("survey", "survey_zh"):
        named, rows = read_worlds(WORLDS)[name], []
        for seed in (named.seed, *range(400, 400 + draws)):
            simulated = simulate_frames(customers=named.customers, seed=seed, world=named.world)
            survey = survey_of(simulated)
            rows.append(
                {"seed": seed, **weights(simulated, survey), **types(simulated, survey), **themes(simulated)}
            )
        table = pd.DataFrame(rows).set_index("seed")
        best = table.iloc[1:].filter(like="weights, ") <= 0.05
        sys.stdout.write(
            f"\n{name}, seed {named.seed} fixed beforehand\n{table.iloc[0].round(3).to_string()}\n"
        )
        sys.stdout.write(f"\nmean of {draws} further draws\n{table.iloc[1:].mean().round(3).to_string()}\n")
        sys.stdout.write(
            f"\nshare of them with every weight within .05\n{best.mean().round(2).to_string()}\n"
        )


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))

"""Effects of campaigns against what is known: hillstrom's published ones, and simulated ones.

Run ``GOODWILL_DATA=... python tests/benchmarks/effect_study.py [n_worlds n_confounded]``, else 400 and 20.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from simulated_campaigns import WORLDS, drawn, plain_rows

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import randomised_effects
from goodwill.decisions.effect_observed import observed_effects
from goodwill.errors import DataError

KNOWN = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel")
CUSTOMERS = 3_000


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hillstrom() -> None:
    """Print each effect, plain and adjusted."""
    rows = pd.read_parquet(Path(os.environ["GOODWILL_DATA"]) / "hillstrom/hillstrom.parquet")
    outcomes = {"visit": "binary", "conversion": "binary", "spend": "money"}
    campaign = Campaign(rows, outcomes, "segment", "No E-Mail", covariates=KNOWN)
    for one in randomised_effects(campaign):
        effect = one.effect
        say(
            f"{effect.arm:14} {effect.outcome:11} plain {effect.plain:.4f} "
            f"({effect.plain_limits[0]:.4f} to {effect.plain_limits[1]:.4f})  adjusted {effect.estimate:.4f} "
            f"({effect.low:.4f} to {effect.high:.4f})  {effect.method}"
        )


def coverage(n_worlds: int) -> None:
    """Print how often 95 % intervals hold the true mean effect, in worlds that differ in their seed."""
    outcomes = {"orders": "money", "revenue": "money"}
    before = {name: f"{name}_before" for name in outcomes}
    hits, widths = dict.fromkeys(outcomes, 0), dict.fromkeys(outcomes, 0.0)
    for seed in range(1_000, 1_000 + n_worlds):
        rows = plain_rows("campaign_randomised", seed, CUSTOMERS)
        for one in randomised_effects(Campaign(rows, outcomes, before=before)):
            effect, truth = one.effect, rows[f"true_{one.effect.outcome}"].mean()
            hits[effect.outcome] += effect.low < truth < effect.high
            plain = effect.plain_limits[1] - effect.plain_limits[0]
            widths[effect.outcome] += (effect.high - effect.low) / plain / n_worlds
    for name in outcomes:
        share = hits[name] / n_worlds
        say(f"{n_worlds} worlds, {name}: covers {share:.3f}, width {widths[name]:.3f} of the plain interval")


def confounded(n_worlds: int) -> None:
    """Print naive and doubly robust effects beside the truth where good customers were treated."""
    held, wrong, errors, first = 0, 0, [], WORLDS["campaign_confounded"].seed
    for seed in range(first, first + n_worlds):
        found = drawn("campaign_confounded", seed, 0 if seed == first else 8_000, occasion="order")
        campaign = Campaign(**{**vars(found.campaign), "outcomes": {"orders": "money"}, "before": {}})
        observed = observed_effects(campaign)
        effect, overlap, truth = observed.effects[0].effect, observed.overlaps[0], found.effect.mean()
        held += effect.low < truth < effect.high
        wrong += not effect.plain_limits[0] < truth < effect.plain_limits[1]
        errors.append((effect.estimate - truth) / observed.effects[0].difference.error)
        say(
            f"confounded, seed {seed}: truth {truth:.4f}, naive {effect.plain:.4f}, ours "
            f"{effect.estimate:.4f} ({effect.low:.4f} to {effect.high:.4f}), "
            f"{overlap.n_kept} of {overlap.n} comparable, "
            f"imbalance {overlap.difference_before:.2f} to {overlap.difference_after:.2f} sd, "
            f"robustness {observed.sensitivities[0].robustness:.3f}"
        )
    say(
        f"confounded: ours holds the truth in {held} of {n_worlds}, naive misses it in {wrong}; errors in "
        f"standard errors: mean {np.mean(errors):.2f}, standard deviation {np.std(errors):.2f}"
    )


def no_overlap() -> None:
    """Print the refusal where treated and untreated have nothing in common."""
    found = drawn("campaign_no_overlap", WORLDS["campaign_no_overlap"].seed)
    try:
        observed_effects(found.campaign)
    except DataError as error:
        say(f"no overlap: refused. {error}")


def main() -> None:
    """Print all."""
    n_worlds, n_confounded = map(int, sys.argv[1:] or (400, 20))
    hillstrom()
    confounded(n_confounded)
    no_overlap()
    coverage(n_worlds)


if __name__ == "__main__":
    main()

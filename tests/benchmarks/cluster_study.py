"""How often intervals hold the true effect where lot treated stores as a whole, by stores and their sizes.

Run ``python tests/benchmarks/cluster_study.py [n_worlds]``, else 1,500.
"""

import sys
from itertools import product

import numpy as np

from goodwill.decisions.adjustment import plain_difference
from goodwill.decisions.clusters import Clusters, clustered_difference
from goodwill.decisions.difference import Difference

DESIGNS = ((6, 6), (6, 18), (10, 10), (20, 20), (12, 40))
EFFECT = 0.5


def world(design: tuple[int, int], spread: float, *, is_adjusted: bool, seed: int) -> tuple[Difference, ...]:
    """Measure customers of stores that differ in taste, size and effect, by stores and by customers."""
    rng, n_stores = np.random.default_rng(seed), sum(design)
    sizes = np.maximum(60 * np.exp(spread * rng.normal(size=n_stores) - spread**2 / 2), 3).astype(int)
    lot = rng.permutation(np.arange(n_stores) < design[0])
    taste, effect = rng.normal(size=n_stores), EFFECT + 0.3 * rng.normal(size=n_stores)
    place = np.repeat(np.arange(n_stores), sizes)
    kept = taste[place] + rng.normal(size=len(place))
    old, new = kept + rng.gamma(1, 2, len(place)), kept + rng.gamma(1, 2, len(place))
    y, is_treated = new + (effect * lot)[place], lot[place]
    known = old[:, None] if is_adjusted else np.empty((len(y), 0))
    stores = Clusters.of(place.astype(str))
    return clustered_difference(y, is_treated, known, stores), plain_difference(y, is_treated)


def main() -> None:
    """Print the coverage of each design."""
    n_worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 1_500
    for design, spread, is_adjusted in product(DESIGNS, (0.0, 0.8), (False, True)):
        held = np.zeros(2)
        for seed in range(n_worlds):
            found = world(design, spread, is_adjusted=is_adjusted, seed=seed)
            limits = [one.interval(0.95) for one in found]
            held += [low < EFFECT < high for low, high in limits]
        by_store, alone = held / n_worlds
        sys.stdout.write(
            f"{design[0]} + {design[1]} stores, sizes spread {spread}, adjusted {is_adjusted}: "
            f"{by_store:.3f} by stores, {alone:.3f} by customers\n"
        )


if __name__ == "__main__":
    main()

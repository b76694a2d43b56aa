"""The products of a world, and how often each is bought."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from goodwill.data.simulate.columns import coded
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.world import World

TICKETS = 1 << 16


@dataclass(frozen=True)
class Catalogue:
    """Products and how often each is bought.

    Parameters
    ----------
    ids, categories : names, per product and per category.
    category : (n_products,) code. margin_rate : (n_products,) margin per unit of price.
    tickets : (1 + n_categories, 65536) products to draw from with equal chance: row 0 for anybody, row 1 + c
        for lines in category c. A lookup is many times faster than a weighted draw, and its odds are exact.
    """

    ids: pa.StringArray
    categories: tuple[str, ...]
    category: Integers
    margin_rate: Floats
    tickets: NDArray[np.int32]

    def expected_margin(self, favourite: Integers, favourite_share: float) -> Floats:
        """Return the expected margin rate of a line, per customer, from the favourite category."""
        by_row = self.margin_rate[self.tickets].mean(axis=1)
        return (1 - favourite_share) * by_row[0] + favourite_share * by_row[1 + favourite]


def draw_catalogue(world: World, rng: np.random.Generator) -> Catalogue:
    """Draw a world's products: popularity falls like one over the rank inside each category."""
    shop = world.shop
    shares = np.array([category.share for category in shop.categories])
    # Every category has a product before chance decides.
    more = rng.choice(len(shares), max(shop.n_products - len(shares), 0), p=shares / shares.sum())
    category = np.concatenate([np.arange(len(shares)), more])
    n = len(category)
    margins = np.array([item.margin_rate for item in shop.categories])[category]
    weights = np.zeros((1 + len(shares), n))
    for code in range(len(shares)):
        members = np.flatnonzero(category == code)
        weights[1 + code, members] = 1 / (1 + rng.permutation(len(members)))
    weights[1:] /= weights[1:].sum(axis=1, keepdims=True)
    weights[0] = shares / shares.sum() @ weights[1:]
    digits = pc.utf8_lpad(pc.cast(pa.array(np.arange(n)), pa.string()), width=4, padding="0")
    return Catalogue(
        ids=pc.binary_join_element_wise("P", digits, ""),
        categories=tuple(item.name for item in shop.categories),
        category=category,
        margin_rate=np.clip(margins + rng.normal(0, 0.05, n), -1, 0.95),
        tickets=np.stack([_tickets(row) for row in weights]),
    )


def _tickets(weights: Floats) -> NDArray[np.int32]:
    edges = np.cumsum(weights) / weights.sum()
    places = (np.arange(TICKETS) + 0.5) / TICKETS
    return np.searchsorted(edges, places).clip(0, len(weights) - 1).astype(np.int32)


def products_table(catalogue: Catalogue) -> pa.Table:
    """Return the products table."""
    return pa.table({
        "product_id": catalogue.ids,
        "category": coded(catalogue.category, catalogue.categories),
        "margin_rate": np.round(catalogue.margin_rate, 4),
    })  # fmt: skip

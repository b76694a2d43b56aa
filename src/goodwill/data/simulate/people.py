"""Customers as only the simulator knows them: when they join, how often they buy, how long they stay."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from goodwill.data.simulate.seasons import DAYS_PER_YEAR
from goodwill.data.simulate.world import Acquisition, Purchases, World

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FOREVER_DAYS = 40_000.0  # 110 years: beyond any history, within every timestamp type
BRANCHES = tuple(f"B{n:02d}" for n in range(1, 13))
OWNERS = tuple(f"E{n:03d}" for n in range(1, 41))
_MEAN_AGE, _AGE_SD = 43.0, 14.0
_LATENT_SHARE_OF_SPEND = 0.5
_PARTS = ("catalogue", "people", "orders", "lines", "interactions", "contracts", "deposits", "campaigns",
          "referrals", "surveys", "comments", "segments")  # fmt: skip


@dataclass(frozen=True)
class People:
    """The latent state of a chunk of customers; every array is (n_customers,).

    Parameters
    ----------
    ids : customer ids.
    signup : days since the world's start, ascending.
    channel, branch, owner, sales_channel, favourite : codes.
    age : whole years. is_city, is_prospect : Booleans.
    satisfaction : standard normal; drives complaints, and what people say.
    complaints : complaints per day.
    rate : orders per day at calendar intensity 1. dropout : hazard per day.
    alive_until : days since the start at which the customer stops for good.
    order_mean : expected value of an order at price level 1.
    segment : code of the planted segment; 0 where none are planted.
    """

    ids: pa.StringArray
    signup: Floats
    channel: Integers
    branch: Integers
    owner: Integers
    sales_channel: Integers
    favourite: Integers
    age: Integers
    is_city: NDArray[np.bool_]
    is_prospect: NDArray[np.bool_]
    satisfaction: Floats
    complaints: Floats
    rate: Floats
    dropout: Floats
    alive_until: Floats
    order_mean: Floats
    segment: Integers

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.signup)

    @property
    def age_score(self) -> Floats:
        """Age, standardised with the population's mean and spread."""
        return np.asarray((self.age - _MEAN_AGE) / _AGE_SD, dtype=np.float64)


def stream(seed: int, part: str, chunk: int = 0) -> np.random.Generator:
    """Return the random stream of a part in a chunk: no part moves when another is switched on or off."""
    sequence = np.random.SeedSequence(seed, spawn_key=(chunk, _PARTS.index(part)))
    return np.random.Generator(np.random.SFC64(sequence))


def customer_ids(first: int, n_customers: int, prefix: str, width: int) -> pa.StringArray:
    """Return zero-padded ids.

    Examples
    --------
    >>> customer_ids(123, 2, "C", 7).to_pylist()
    ['C0000123', 'C0000124']
    """
    digits = pc.cast(pa.array(np.arange(first, first + n_customers)), pa.string())
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(digits, width=width, padding="0"), "")


def draw_people(world: World, ids: pa.StringArray, rng: np.random.Generator) -> People:
    """Draw the latent state of as many customers as there are ids."""
    n = len(ids)
    acquisition = world.acquisition
    signup = _signups(acquisition, world.days, rng.random(n))
    shares = np.array([channel.share for channel in acquisition.channels])
    channel = rng.choice(len(shares), n, p=shares / shares.sum())
    satisfaction = rng.standard_normal(n)
    complaints = _complaints(world, satisfaction)
    is_prospect = rng.random(n) < acquisition.prospect_share
    rate, dropout = _rates(world, signup, channel, complaints, rng)
    segment, factors = _segments(world, n, rng.spawn(1)[0])
    rate = np.where(is_prospect, 0.0, rate * factors[:, 0])
    dropout = dropout * factors[:, 2]
    lifetime = rng.standard_exponential(n) / np.maximum(dropout, 1 / (1000 * FOREVER_DAYS))
    categories = np.array([category.share for category in world.shop.categories])
    return People(
        ids=ids, signup=signup, channel=channel, satisfaction=satisfaction, complaints=complaints,
        branch=rng.integers(len(BRANCHES), size=n), owner=rng.integers(len(OWNERS), size=n),
        sales_channel=rng.integers(len(world.shop.channels), size=n),
        favourite=rng.choice(len(categories), n, p=categories / categories.sum()),
        age=np.clip(np.rint(rng.normal(_MEAN_AGE, _AGE_SD, n)), 18, 95).astype(np.int64),
        is_city=rng.integers(2, size=n).astype(bool), is_prospect=is_prospect, rate=rate, dropout=dropout,
        alive_until=np.minimum(signup + lifetime, FOREVER_DAYS), segment=segment,
        order_mean=_order_means(world, rate, rng) * factors[:, 1],
    )  # fmt: skip


def _signups(acquisition: Acquisition, days: int, uniform: Floats) -> Floats:
    """Invert the distribution function of a density that grows exponentially over the joining window."""
    window = min(acquisition.join_days or days, days)
    growth = acquisition.growth_per_year * window / DAYS_PER_YEAR
    if abs(growth) < 1e-9:  # noqa: PLR2004 - the limit of the expression below
        return np.sort(uniform) * window
    return np.log1p(np.sort(uniform) * np.expm1(growth)) / growth * window


def _complaints(world: World, satisfaction: Floats) -> Floats:
    """Return complaints per day: lognormal over customers, higher where satisfaction is low."""
    contact = world.interactions
    if contact is None:
        return np.zeros(len(satisfaction))
    sigma = contact.complaint_sigma
    return contact.complaints_per_year / DAYS_PER_YEAR * np.exp(-sigma * satisfaction - sigma**2 / 2)


def _rates(
    world: World, signup: Floats, channel: Integers, complaints: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    n = len(signup)
    # Drawn before anything is looked up, so that the same customers are drawn whatever is switched on.
    purchases = world.purchases or Purchases()
    rate = rng.gamma(purchases.rate_shape, 1 / purchases.rate_shape, n)
    dropout = rng.gamma(purchases.dropout_shape, 1 / purchases.dropout_shape, n)
    factors = np.array([[c.rate_factor, c.dropout_factor] for c in world.acquisition.channels])[channel]
    mean = world.interactions.complaints_per_year / DAYS_PER_YEAR if world.interactions else 0.0
    burden = 1 + purchases.complaint_effect * (complaints / mean - 1) if mean else np.ones(n)
    late = signup >= (np.inf if world.acquisition.break_day is None else world.acquisition.break_day)
    rate = rate * factors[:, 0] * np.where(late, world.acquisition.break_rate_factor, 1.0)
    dropout = dropout * factors[:, 1] * burden * np.where(late, world.acquisition.break_dropout_factor, 1.0)
    if world.purchases is None:
        rate = np.zeros(n)
    return (
        rate * purchases.orders_per_year / DAYS_PER_YEAR,
        dropout * purchases.dropouts_per_year / DAYS_PER_YEAR,
    )


def _segments(world: World, n: int, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Return each customer's planted segment, and its factors on rate, value and drop-out."""
    if world.segments is None:
        return np.zeros(n, np.int64), np.ones((n, 3))
    groups = world.segments.groups
    shares = np.array([group.share for group in groups])
    factors = np.array([[group.rate_factor, group.value_factor, group.dropout_factor] for group in groups])
    segment = rng.choice(len(groups), n, p=shares / shares.sum())
    return segment, factors[segment]


def _order_means(world: World, rate: Floats, rng: np.random.Generator) -> Floats:
    spend = world.spend
    n = len(rate)
    if spend.spread == "inverse_gamma":
        means = (spend.customer_shape - 1) / rng.standard_gamma(spend.customer_shape, n)
    else:
        sigma = spend.customer_shape
        means = np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    if spend.rate_correlation and (rate > 0).any():
        relative = np.clip(np.log(np.maximum(rate, 1e-12) / np.mean(rate)), -3, 2)
        means = means * np.exp(spend.rate_correlation * _LATENT_SHARE_OF_SPEND * relative)
    return np.asarray(spend.order_value * means, dtype=np.float64)

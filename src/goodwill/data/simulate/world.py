"""The parameters of a simulated world: plain, frozen, checked once."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from goodwill.data.simulate.programme import Campaign, Contracts, Deposits, Referrals, Segments
from goodwill.data.simulate.voice_world import Comments, Surveys
from goodwill.errors import ConfigError

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(_Part):
    """A way customers are won: how many come by it, what each costs, and how good they are."""

    name: str
    share: Positive
    cost: NotNegative = 0.0
    rate_factor: Positive = 1.0
    dropout_factor: Positive = 1.0


class Acquisition(_Part):
    """When and how customers join.

    `join_days` is the length of the joining window from the start (None: the whole history); its density
    grows by `growth_per_year`. A `prospect_share` of them never buys. Customers who join after `break_day`
    order `break_rate_factor` times as often and leave `break_dropout_factor` times as fast (cohort drift).
    """

    join_days: Positive | None = None
    growth_per_year: float = 0.15
    prospect_share: Share = 0.02
    break_day: NotNegative | None = None
    break_rate_factor: Positive = 1.0
    break_dropout_factor: Positive = 1.0
    channels: tuple[Channel, ...] = (
        Channel(name="search", share=0.40, cost=14.0),
        Channel(name="social", share=0.25, cost=9.0, rate_factor=0.8, dropout_factor=1.4),
        Channel(name="partner", share=0.15, cost=22.0, rate_factor=1.3, dropout_factor=0.8),
        Channel(name="store", share=0.20, cost=5.0, rate_factor=1.1, dropout_factor=0.9),
    )


class Purchases(_Part):
    """How often customers order, and how long they stay.

    The order rate is gamma-distributed over customers (`rate_shape`), and so is the drop-out rate
    (`dropout_shape`); `regularity` k makes inter-purchase times Erlang(k) (1 = Poisson). `complaint_effect`
    is the share of the drop-out rate that scales with a customer's intensity of complaints.
    """

    orders_per_year: Positive = 5.0
    rate_shape: Positive = 0.9
    regularity: Annotated[int, Field(ge=1, le=20)] = 1
    dropouts_per_year: NotNegative = 0.6
    dropout_shape: Positive = 1.2
    complaint_effect: Share = 0.5


class Spend(_Part):
    """What an order is worth: Gamma(`order_shape`) around the customer's own mean.

    The mean varies over customers as an inverse gamma with shape `customer_shape` (then spend is exactly
    Gamma-Gamma) or as a lognormal with sigma `customer_shape`; `rate_correlation` above 0 makes frequent
    customers spend more per order.
    """

    order_value: Positive = 45.0
    order_shape: Positive = 4.0
    spread: Literal["inverse_gamma", "lognormal"] = "inverse_gamma"
    customer_shape: Positive = 4.0
    rate_correlation: Annotated[float, Field(ge=-2, le=2)] = 0.0
    inflation_per_year: float = 0.0

    @model_validator(mode="after")
    def _has_a_mean(self) -> Self:
        if self.spread == "inverse_gamma" and self.customer_shape <= 1:
            message = (
                f"spend.customer_shape is {self.customer_shape}; an inverse gamma has a mean above 1 only"
            )
            raise ValueError(message)
        return self


class Seasons(_Part):
    """The calendar's factor on every order rate, one value per day.

    A yearly wave (`yearly_amplitude`, highest on `peak_day`), a gift season (`gift_factor` from 20 November
    to 23 December), weekly factors from Monday, a `trend_per_year` and a break in level at `break_day`.
    """

    yearly_amplitude: Annotated[float, Field(ge=0, lt=1)] = 0.15
    peak_day: Annotated[int, Field(ge=1, le=366)] = 330
    gift_factor: Positive = 1.5
    weekly: Annotated[tuple[Positive, ...], Field(min_length=7, max_length=7)] = (
        0.9, 0.9, 0.95, 1.0, 1.15, 1.25, 0.85,
    )  # fmt: skip
    trend_per_year: float = 0.0
    break_day: NotNegative | None = None
    break_factor: Positive = 1.0


class Category(_Part):
    """A group of products: its share of the order lines and the part of the price that is margin."""

    name: str
    share: Positive
    margin_rate: Annotated[float, Field(ge=-1, le=1)]


class Shop(_Part):
    """Products, order lines, refunds and sales channels.

    Each customer has a favourite category that takes `favourite_share` of the lines. A line is refunded with
    probability `refund_share` after 1 to `refund_lag_days` whole days, each equally likely.
    """

    n_products: Annotated[int, Field(ge=1, le=60_000)] = 120
    lines_per_order: Annotated[float, Field(ge=1)] = 2.0
    units_per_line: Annotated[float, Field(ge=1)] = 1.4
    favourite_share: Share = 0.5
    refund_share: Share = 0.04
    refund_lag_days: Annotated[int, Field(ge=1)] = 28
    channels: Annotated[tuple[str, ...], Field(min_length=1)] = ("web", "app", "store")
    categories: Annotated[tuple[Category, ...], Field(min_length=1)] = (
        Category(name="home", share=0.35, margin_rate=0.42),
        Category(name="kitchen", share=0.25, margin_rate=0.35),
        Category(name="garden", share=0.15, margin_rate=0.30),
        Category(name="toys", share=0.15, margin_rate=0.50),
        Category(name="electronics", share=0.10, margin_rate=0.15),
    )


class Interactions(_Part):
    """Contacts other than orders.

    Visits and browsing follow a customer's order rate while alive; support cases and complaints have rates of
    their own (complaints vary over customers with `complaint_sigma`); e-mails go on after a customer has
    left.
    """

    visits_per_order: NotNegative = 0.8
    browses_per_order: NotNegative = 0.7
    supports_per_year: NotNegative = 0.3
    complaints_per_year: NotNegative = 0.35
    complaint_sigma: NotNegative = 0.9
    emails_per_year: NotNegative = 2.0
    support_cost: NotNegative = 4.0
    complaint_cost: NotNegative = 7.5
    email_cost: NotNegative = 0.02
    opt_out_share: Share = 0.05


class World(_Part):
    """A simulated world; the default is the shop of the quickstart.

    A part that is None is switched off: no `purchases`, no transactions; no `contracts`, no contracts table.

    Parameters
    ----------
    start : the first day of the history.
    days : length of the history in days.
    id_prefix : put before the zero-padded number of a customer; "" gives ids such as 0000123.

    Examples
    --------
    >>> World().purchases.orders_per_year
    5.0
    """

    start: date = date(2022, 7, 1)
    days: Annotated[int, Field(ge=2, le=20_000)] = 1096
    id_prefix: str = "C"
    acquisition: Acquisition = Acquisition()
    purchases: Purchases | None = Purchases()
    spend: Spend = Spend()
    seasons: Seasons = Seasons()
    shop: Shop = Shop()
    interactions: Interactions | None = Interactions()
    contracts: Contracts | None = None
    deposits: Deposits | None = None
    segments: Segments | None = None
    campaigns: tuple[Campaign, ...] = ()
    referrals: Referrals | None = None
    surveys: Surveys | None = None
    comments: Comments | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.campaigns and (self.purchases is None or self.purchases.regularity != 1):
            message = "campaigns act on order rates: they need `purchases` with `regularity: 1`"
            raise ValueError(message)
        late = [c.name for c in self.campaigns if c.day + c.window_days > self.days]
        if late:
            message = f"the campaigns {late} end after the history of {self.days} days"
            raise ValueError(message)
        return self


def world_from(parameters: Mapping[str, object]) -> World:
    """Return the world these parameters describe.

    Examples
    --------
    >>> world_from({"days": 400, "spend": {"order_value": 20}}).spend.order_value
    20.0
    >>> world_from({"days": -1})
    Traceback (most recent call last):
        ...
    goodwill.errors.ConfigError: days: Input should be greater than or equal to 2 (got -1).
    """
    try:
        return World.model_validate(dict(parameters))
    except ValidationError as error:
        raise ConfigError(described(error)) from error


def described(error: ValidationError) -> str:
    """Return what is wrong with a world's parameters, each with its place and value."""
    problems = [
        f"{'.'.join(str(part) for part in e['loc']) or 'world'}: {e['msg']} (got {e['input']!r})."
        for e in error.errors()
    ]
    return " ".join(problems)

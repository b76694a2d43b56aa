"""The parameters of what a firm runs beside its shop: contracts, accounts, campaigns, referrals."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Plan(_Part):
    """A contract on offer: billing period, price of a period, and the chance to end at the first renewal.

    `first_churn` belongs to a customer of average hazard; later renewals follow `Contracts.duration_shape`.
    """

    name: str
    share: Positive
    period_days: Annotated[int, Field(ge=1)]
    price: Positive
    first_churn: Annotated[float, Field(gt=0, lt=1)]


class Contracts(_Part):
    """Contracts whose hazard is known.

    A customer of hazard multiplier m outlives n periods with probability exp(-c m n^s): c from the plan's
    `first_churn`, s = `duration_shape` (below 1: the longer they stayed, the safer they are), and
    m = exp(beta'x) times a gamma frailty of mean 1 and shape `frailty_shape`; x are discontent (complaints
    show it) and age, both standardised. The decision to end falls uniformly inside the last period
    (`cancelled_at`).
    """

    plans: Annotated[tuple[Plan, ...], Field(min_length=1)] = (
        Plan(name="monthly", share=0.7, period_days=30, price=19.0, first_churn=0.09),
        Plan(name="yearly", share=0.3, period_days=365, price=180.0, first_churn=0.25),
    )
    duration_shape: Positive = 0.8
    frailty_shape: Positive = 3.0
    discontent_effect: float = 0.4
    age_effect: float = -0.2
    margin_rate: Share = 0.7


class Deposits(_Part):
    """Month-end balances: a customer's own level per product and an autoregression around it."""

    products: Annotated[tuple[str, ...], Field(min_length=1)] = ("current", "savings", "funds")
    holding_share: Share = 0.5
    balance_median: Positive = 2500.0
    balance_sigma: Positive = 1.3
    persistence: Annotated[float, Field(ge=0, lt=1)] = 0.9
    noise_sigma: NotNegative = 0.2


class Arm(_Part):
    """A treatment of a campaign and what it does to the order rate of those who get it.

    They order (1 + e) times as often, e = max(-1, `effect_mean` + `effect_spread` · x), where x is 0.8 times
    the standardised age plus 0.6 in the city, minus 0.6 in the country: some are persuaded, some put off.
    """

    name: str = "offer"
    share: Positive = 1.0
    effect_mean: float = 0.2
    effect_spread: NotNegative = 0.2
    cost: NotNegative = 1.5


class Campaign(_Part):
    """A campaign that starts on one day and works for `window_days`; its effect on every customer is known.

    Everybody who has bought before takes part; a `treated_share` is treated, each with one of the `arms`.
    `confounding` above 0 makes the log-odds of treatment rise with the `confounder`: `recent_orders` (log of
    one plus the orders of the last 180 days: anyone can adjust for it) or `latent_rate` (nobody can).
    """

    name: str = "spring"
    day: Annotated[int, Field(ge=1)] = 700
    window_days: Annotated[int, Field(ge=1)] = 60
    treated_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)] = (Arm(),)
    confounding: float = 0.0
    confounder: Literal["recent_orders", "latent_rate"] = "recent_orders"


class Referrals(_Part):
    """A share of the customers was brought by an earlier one, chosen with odds exp(effect · satisfaction)."""

    share: Share = 0.08
    satisfaction_effect: float = 0.7


class Segment(_Part):
    """A planted group of customers: its share, and its factors on order rate, value and drop-out rate."""

    name: str
    share: Positive
    rate_factor: Positive = 1.0
    value_factor: Positive = 1.0
    dropout_factor: Positive = 1.0


class Segments(_Part):
    """Planted segments, seen through their behaviour and through a ready-made table of features (`profiles`).

    The features are lognormal, so that money is skewed. On the log scale segment k stands out by one feature
    (`orders_per_year`, `order_value`, `tenure_days`, `visits_per_year`, then the same downwards), so that
    neighbouring centres lie `separation` standard deviations apart: 4.4 is a Bayes error near 5 %. Two more
    features, `shoe_size` and `letters_in_name`, know nothing.
    """

    separation: Positive = 4.4
    groups: Annotated[tuple[Segment, ...], Field(min_length=2, max_length=8)] = (
        Segment(name="regulars", share=0.30, rate_factor=1.6, dropout_factor=0.6),
        Segment(name="big_spenders", share=0.12, rate_factor=0.8, value_factor=3.0, dropout_factor=0.8),
        Segment(name="old_friends", share=0.30, rate_factor=0.5, dropout_factor=0.3),
        Segment(name="bargain_hunters", share=0.18, rate_factor=1.2, value_factor=0.4),
        Segment(name="passers_by", share=0.10, rate_factor=0.4, dropout_factor=4.0),
    )

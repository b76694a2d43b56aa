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
    m = exp(beta'x) times a gamma frailty of mean 1 and shape `frailty_shape`; x are complaints and age, both
    standardised. The decision to end falls uniformly inside the last period (`cancelled_at`).
    """

    plans: Annotated[tuple[Plan, ...], Field(min_length=1)] = (
        Plan(name="monthly", share=0.7, period_days=30, price=19.0, first_churn=0.09),
        Plan(name="yearly", share=0.3, period_days=365, price=180.0, first_churn=0.25),
    )
    duration_shape: Positive = 0.8
    frailty_shape: Positive = 3.0
    complaint_effect: float = 0.4
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


class Campaign(_Part):
    """A campaign on one day whose effect on the order rate is known for every customer.

    Treated customers order (1 + e) times as often during `window_days`, with
    e = max(-1, `effect_mean` + `effect_spread` · (0.8 · age, standardised + 0.6 · (+1 city, -1 elsewhere))).
    `confounding` above 0 makes treatment follow `confounder`, standardised, on the log-odds scale:
    `recent_orders` (the last 180 days: anyone can adjust for it) or `latent_rate` (nobody can).
    """

    name: str = "spring"
    treatment: str = "offer"
    day: Annotated[int, Field(ge=1)] = 700
    window_days: Annotated[int, Field(ge=1)] = 60
    treated_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    effect_mean: float = 0.2
    effect_spread: NotNegative = 0.2
    cost: NotNegative = 1.5
    confounding: float = 0.0
    confounder: Literal["recent_orders", "latent_rate"] = "recent_orders"


class Referrals(_Part):
    """A share of the customers was brought by an earlier one, chosen with odds exp(effect · satisfaction)."""

    share: Share = 0.08
    satisfaction_effect: float = 0.7

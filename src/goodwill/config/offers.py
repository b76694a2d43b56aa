"""The part of a config that says what can be offered, to whom, and within which limits."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator

from goodwill.config.tables import Section, Text

Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]


class Range(Section):
    """Numbers from `min` to `max`, both included."""

    min: float = float("-inf")
    max: float = float("inf")

    @model_validator(mode="after")
    def _holds_a_number(self) -> Self:
        if not self.min <= self.max:
            message = f"min is {self.min:g} and max is {self.max:g}; no number lies between them"
            raise ValueError(message)
        return self


def _shape(condition: object) -> str:
    """Say which of both a condition is meant to be, so that an error speaks of that one alone."""
    return "range" if isinstance(condition, Mapping | Range) else "values"


Condition = Annotated[
    Annotated[tuple[Text, ...], Tag("values")] | Annotated[Range, Tag("range")], Discriminator(_shape)
]


class OfferSection(Section):
    """One offer: what it costs, how it reaches people, whom it is for and what it does."""

    name: str = Field(description="What the plan calls it.")
    cost: Money = Field(description="Money for one customer.")
    channel: str = Field(description="How it reaches the customer.")
    assumed_save_rate: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Share of `value_at_risk` it is assumed to save, where no uplift is known."
    )
    effect: str | None = Field(
        default=None,
        description="Column of `plan.uplift` that holds what it brings; the offer's name when absent.",
    )
    eligible: dict[str, Condition] = Field(
        default={}, description="Column of the scores to allowed values, or to min and max."
    )
    levels: dict[float, float] = Field(
        default={1.0: 1.0}, description="Multiples of the cost to multiples of the effect."
    )


class ContactsSection(Section):
    """How often one customer may be contacted."""

    most: int | None = Field(
        default=None,
        ge=1,
        description="Contacts a customer may have in `contacts.within_days`, the plan's included.",
    )
    within_days: int = Field(default=30, ge=1, description="Days over which contacts are counted.")
    control: str | None = Field(
        default=None, description="Treatment that is no contact; control, none and holdout never are."
    )


class FloorsSection(Section):
    """Fairness between groups of customers."""

    column: str = Field(description="Column of the scores that names the group, such as branch_id.")
    share: Share = Field(description="Share of each group that gets an offer at least.")


class PlanSection(Section):
    """Limits of a plan, what is known of the offers' effects, and how bold it is."""

    capacity: dict[str, Money] = Field(
        default={}, description="Contacts a channel can make; unlimited where absent."
    )
    contacts: ContactsSection = ContactsSection()
    floors: FloorsSection | None = None
    uplift: str | None = Field(
        default=None,
        description="Parquet file of customer_id and each offer's effect in money (with _low and _high), or "
        "what `measure` wrote to uplift/.",
    )
    outcome: str | None = Field(
        default=None,
        description="Outcome that counts, where `plan.uplift` has a column `outcome` with several.",
    )
    products: int = Field(
        default=0, ge=0, description="Next best products to list for each customer; needs product_id."
    )
    not_offered: tuple[str, ...] = Field(
        default=(), description="Product ids that are never listed, such as postage and fees."
    )
    caution: float = Field(
        default=0.0, ge=0, le=1, description="0 plans by the expectation, 1 by the lower bounds."
    )

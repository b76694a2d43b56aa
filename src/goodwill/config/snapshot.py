"""From which day the config looks, how far ahead, and what is known of the year."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_validator

from goodwill.config.tables import Section

Days = Annotated[int, Field(ge=1, le=36_525)]
Month = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_MONTHS = 12


class SnapshotSection(Section):
    """The day we look from and how far ahead."""

    as_of: date | Literal["latest"] = Field(
        description="A date, or latest: midnight after the last event row."
    )
    horizon_days: Days = Field(description="Length of the outcome window in days.")
    active_days: Days | None = Field(
        default=None, description="Only customers with a purchase in so many days before `as_of` are scored."
    )
    season: tuple[Month, ...] | None = Field(
        default=None,
        description="What each month of whole former years brought, from January on, in any unit: orders of "
        "customers who had bought before; growth from year to year is taken out.",
    )

    @field_validator("as_of", mode="wrap")
    @classmethod
    def _is_told_once(cls, value: object, inner: ValidatorFunctionWrapHandler) -> object:
        """Refuse in one sentence what is neither a day nor `latest`."""
        try:
            return inner(value)
        except ValidationError:
            msg = f"expected a day such as 2024-07-01, or latest (found {value!r})"
            raise ValueError(msg) from None

    @field_validator("season")
    @classmethod
    def _is_a_year(cls, months: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if months is not None and (not months or len(months) % _MONTHS):
            msg = f"expected 12 numbers for each year, from January on (found {len(months)})"
            raise ValueError(msg)
        return months

"""The part of a config that says what stands in the scores beside the contract."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from goodwill.config.tables import Section


def _off(value: object) -> object:
    """YAML reads `off` as false."""
    return "off" if value is False else value


class ScoreSection(Section):
    """What stands in the scores beside the contract."""

    reasons: Annotated[Literal["auto", "off", "exact", "approximate"], BeforeValidator(_off)] = Field(
        default="auto",
        description="Reasons per customer; auto: exact to 50,000 rows, approximate to a million, then off.",
    )
    carry: tuple[str, ...] = Field(
        default=(),
        description="Kept in the scores: customer columns, or branch_id, channel, category most spent at.",
    )
    components: bool = Field(
        default=False,
        description="Split clv into clv_base, clv_cross_sell and clv_renewal.",
    )
    data_contribution: bool = Field(
        default=False,
        description="Add data_index, the customer's part of all records; 100 is the average customer.",
    )
    time_to_churn: bool = Field(
        default=False,
        description="Add time_to_churn_days, when half of such subscribers will have left; contracts alone.",
    )

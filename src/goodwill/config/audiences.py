"""The part of a config that says which lists of customers a plan writes for other systems."""

from typing import Self

from pydantic import Field, model_validator

from goodwill.config.tables import Section


class AudiencesSection(Section):
    """Lists of customers, one CSV per value of a column."""

    by: tuple[str, ...] = Field(
        default=(),
        description="Columns to list by: offer, strategy, or any column of the scores, such as tier.",
    )
    identifier: str = Field(default="customer_id", description="Column of the scores that is written.")
    channel: str | None = Field(
        default=None,
        description="Channel the lists are for: who opted out of it is in none, nor who opted out of all.",
    )
    hashed: bool = Field(default=False, description="Write SHA-256 of the identifiers.")
    salt: str = Field(
        default="", description="Salt of the hash, such as ${AUDIENCE_SALT} from the environment."
    )

    @model_validator(mode="after")
    def _an_identifier_is_of_lists(self) -> Self:
        if self.identifier != "customer_id" and not self.by:
            msg = f"identifier {self.identifier} is written to no list; add `by`, such as `by: [offer]`"
            raise ValueError(msg)
        return self

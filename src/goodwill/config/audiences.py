"""The part of a config that says which lists of customers a plan writes for other systems."""

from pydantic import Field

from goodwill.config.tables import Section


class AudiencesSection(Section):
    """Lists of customers, one CSV per value of a column."""

    by: tuple[str, ...] = Field(
        default=(),
        description="Columns to list by: offer, strategy, or any column of the scores, such as tier.",
    )
    identifier: str = Field(default="customer_id", description="Column of the scores that is written.")
    hashed: bool = Field(default=False, description="Write SHA-256 of the identifiers.")
    salt: str = Field(
        default="", description="Salt of the hash, such as ${AUDIENCE_SALT} from the environment."
    )

"""The part of a config that says which strategies are recommended."""

from typing import Literal

from pydantic import Field

from goodwill.config.tables import Section


class PlaybookSection(Section):
    """Strategies per class."""

    industry: Literal["auto", "retail", "bank", "subscription"] = Field(
        default="auto",
        description="Whose strategies; auto: classes.industry, else bank with balances, subscription with "
        "contracts alone.",
    )
    file: str | None = Field(default=None, description="YAML file of your own strategies, in their order.")

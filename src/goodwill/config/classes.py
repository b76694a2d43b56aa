"""Value classes in the config: the industry's rules, what differs from them, and whether limits may move."""

from typing import Literal

from pydantic import Field, JsonValue, model_validator

from goodwill.config.tables import Section
from goodwill.errors import ConfigError
from goodwill.value.defaults import INDUSTRIES, rules_of
from goodwill.value.rules import Industry


class ClassesSection(Section):
    """Value classes.

    Examples
    --------
    >>> ClassesSection(industry="bank").settings
    {'industry': 'bank', 'dimensions': {}, 'adjust': 'fixed'}
    """

    adjust: Literal["fixed", "refit"] = Field(
        default="fixed", description="Whether later runs move the limits."
    )
    industry: Literal["auto", "retail", "bank", "subscription"] = Field(
        default="auto", description="Whose rules to start from; auto: by the tables."
    )
    dimensions: dict[str, dict[str, JsonValue]] = Field(
        default={}, description="What differs from the industry's rules, by dimension."
    )

    @model_validator(mode="after")
    def _makes_rules(self) -> "ClassesSection":
        wanted = INDUSTRIES if self.industry == "auto" else (self.industry,)
        refusals = [error for industry in wanted if (error := self._refusal(industry))]
        if len(refusals) == len(wanted):
            raise refusals[0]
        return self

    def _refusal(self, industry: Industry) -> ConfigError | None:
        try:
            rules_of(industry, self.dimensions)
        except ConfigError as error:
            return error
        return None

    @property
    def settings(self) -> dict[str, object]:
        """What a predictor needs to know of them."""
        return {"industry": self.industry, "dimensions": dict(self.dimensions), "adjust": self.adjust}

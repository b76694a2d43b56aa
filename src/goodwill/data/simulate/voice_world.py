"""The parameters of what simulated customers say: surveys and comments."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
KanoType = Literal["must_be", "one_dimensional", "attractive", "indifferent", "reverse"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Dimension(_Part):
    """A dimension of perceived value: its planted weight in overall value and its mean gap.

    `expectation` and `perception` are population means on the answer scale.
    """

    name: str
    weight: Share
    expectation: float = 5.9
    perception: float = 5.0


class Rival(_Part):
    """Another brand: how much higher its benefit and its price are felt than ours, in standard deviations."""

    name: str
    benefit: float = 0.0
    price: float = 0.0


class Surveys(_Part):
    """A survey with planted truth.

    Items of a dimension share a factor and have reliability `item_reliability` (the share of an item's
    variance that is the factor's). Overall value = sum of weight times the factor, plus noise of
    `value_noise` standard deviations. Kano answers follow the planted type with probability `kano_agreement`,
    else chance.
    """

    response_share: Share = 0.3
    waves: Annotated[int, Field(ge=1, le=50)] = 2
    scale_points: Annotated[int, Field(ge=3, le=11)] = 7
    items_per_dimension: Annotated[int, Field(ge=1, le=20)] = 4
    item_reliability: Annotated[float, Field(gt=0, le=1)] = 0.7
    factor_correlation: Annotated[float, Field(ge=0, lt=1)] = 0.3
    value_noise: Annotated[float, Field(ge=0)] = 0.5
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)] = (
        Dimension(name="quality", weight=0.35, expectation=6.1, perception=5.2),
        Dimension(name="service", weight=0.25, expectation=5.9, perception=4.6),
        Dimension(name="economic", weight=0.20, expectation=5.8, perception=5.0),
        Dimension(name="experience", weight=0.12, expectation=5.2, perception=5.0),
        Dimension(name="emotional", weight=0.08, expectation=4.8, perception=4.9),
    )
    kano: dict[str, KanoType] = {
        "secure_payment": "must_be", "correct_delivery": "must_be", "easy_returns": "must_be",
        "fast_delivery": "one_dimensional", "low_price": "one_dimensional", "fresh_stock": "one_dimensional",
        "gift_wrapping": "attractive", "surprise_sample": "attractive", "personal_tips": "attractive",
        "loyalty_card": "indifferent", "store_magazine": "indifferent", "sales_calls": "reverse",
    }  # fmt: skip
    kano_agreement: Share = 0.55
    rivals: tuple[Rival, ...] = (
        Rival(name="north", benefit=0.3, price=0.4),
        Rival(name="south", benefit=-0.4, price=-0.5),
    )

    @model_validator(mode="after")
    def _weights_are_shares(self) -> Self:
        total = sum(dimension.weight for dimension in self.dimensions)
        if abs(total - 1) > 1e-9:  # noqa: PLR2004 - rounding of decimal fractions
            message = f"the dimensions' weights add to {total:.4f}, not to 1"
            raise ValueError(message)
        return self


class Comments(_Part):
    """Comments with a planted theme each; unhappy customers write more, and about pain."""

    per_customer: Annotated[float, Field(ge=0)] = 0.4
    language: Literal["en", "zh"] = "en"
    noise_share: Share = 0.15

"""The survey of a config: where it lies, what each question asks, how answers are read and weighed."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from goodwill.config.tables import Section, Text

Side = Literal[
    "score", "expectation", "perception", "functional", "dysfunctional", "importance", "performance"
]
KanoCode = Literal["like", "must_be", "neutral", "live_with", "dislike"]
Scale = tuple[float, float]
NotNegative = Annotated[float, Field(ge=0)]


class WideSection(Section):
    """A file with a row per respondent and a column per question, as survey tools export it."""

    source: str = Field(description="File, glob or folder with a row per respondent.")
    encoding: str | None = Field(default=None, description="Encoding of a CSV file; detected when absent.")
    where: str | None = Field(default=None, description="Rows to keep, a SQL condition on its columns.")
    respondent: str | None = Field(
        default=None, description="Column: who answers; the row number when absent."
    )
    time: str | None = Field(default=None, description="Column: when.")
    wave: str | None = Field(
        default=None, description="Column: the wave's name; periods of `time` when absent."
    )
    weight: str | None = Field(default=None, description="Column: how many people a respondent stands for.")
    brand: str | None = Field(default=None, description="Column: the brand that is rated.")


class RespondentsSection(Section):
    """A file that describes respondents, a row each."""

    source: str = Field(description="File with a row per respondent, where `groups` are not in the answers.")
    encoding: str | None = Field(default=None, description="Encoding of a CSV file; detected when absent.")
    respondent: str = Field(default="respondent", description="Column: who.")


class ItemSection(Section):
    """A question: what it is about, on which scale it is answered, and where its answers stand."""

    item: Text = Field(description="Its name; in a long table as in `surveys.item`.")
    dimension: str | None = Field(default=None, description="What it is about, such as quality or price.")
    kind: Literal["benefit", "cost"] | None = Field(
        default=None, description="Whether more is better; price, time, effort and risk are costs."
    )
    scale: Scale | None = Field(default=None, description="Lowest and highest answer.")
    importance_scale: Scale | None = Field(default=None, description="The same, of its importance.")
    reversed: bool = Field(default=False, description="Whether a high answer says the opposite.")
    not_applicable: tuple[float | str, ...] | None = Field(
        default=None, description="Answers that mean: does not apply."
    )
    numbers: dict[Text, float] | None = Field(
        default=None, description="Number that each wording means, such as `{very good: 5}`."
    )
    measure: (
        Literal[
            "overall",
            "csat",
            "nps",
            "effort",
            "repurchase",
            "recommend",
            "preference",
            "share_of_wallet",
            "price",
        ]
        | None
    ) = Field(default=None, description="What an outcome question measures.")
    label: str = Field(default="", description="What people read.")
    label_zh: str = Field(default="", description="What people read in Chinese.")
    column: str | None = Field(
        default=None,
        description="Column of a wide file, or a SQL expression; the column of the item's name when absent.",
    )
    side: Side = Field(default="score", description="What the column holds.")
    columns: dict[Side, str] = Field(default={}, description="Column by side, where a wide file has several.")

    @model_validator(mode="after")
    def _one_way_to_name_columns(self) -> Self:
        if self.column is not None and self.columns:
            msg = f"item {self.item}: `column` and `columns` are both given; keep one"
            raise ValueError(msg)
        return self

    @property
    def places(self) -> dict[str, str]:
        """Side → column of a wide file."""
        if self.column is not None:
            return {self.side: self.column}
        return {str(side): column for side, column in self.columns.items()}


class SurveysSection(Section):
    """What the answers of `tables.surveys`, or of a wide file, mean."""

    wide: WideSection | None = None
    respondents: RespondentsSection | None = None
    items: tuple[ItemSection, ...] = ()
    scale: Scale | None = Field(default=None, description="Scale of items that state none.")
    not_applicable: tuple[float | str, ...] = Field(
        default=(), description="Answers that mean: does not apply, of items that state none."
    )
    numbers: dict[Text, float] = Field(
        default={}, description="Number that each wording means, of items that state none."
    )
    answers: dict[KanoCode, tuple[Text, ...]] = Field(
        default={}, description="Kano code: wordings that mean it."
    )
    groups: dict[str, str] = Field(default={}, description="Group: column that says who belongs where.")
    cross: tuple[str, ...] = Field(
        default=(), description="Columns of the latest scores that are groups too, such as segment or tier."
    )
    wave: Literal["day", "week", "month", "quarter", "year"] = Field(
        default="month", description="Period of `time` that is one wave."
    )
    waves: tuple[Text, ...] = Field(
        default=(),
        description="Names of the waves, first to last; by `time`, else the alphabet, when absent.",
    )
    brand: str | None = Field(default=None, description="The brand that is ours.")
    prices: dict[str, NotNegative] = Field(
        default={}, description="Price of each brand, where known in money."
    )
    weights: dict[str, NotNegative] | Literal["stated", "derived", "combined", "equal"] = Field(
        default="stated", description="Weights of dimensions: given, or where they come from."
    )
    duplicates: Literal["keep", "drop"] = Field(
        default="keep", description="A second interview: another respondent, or left out."
    )
    straight_liners: Literal["keep", "drop"] = Field(
        default="keep", description="Respondents whose ratings never vary."
    )
    impossible: Literal["missing", "drop", "error"] = Field(
        default="missing", description="Answers outside their scale."
    )
    correction: Literal["holm", "bh"] = Field(
        default="holm", description="Correction of p-values for many tests."
    )
    level: float = Field(default=0.95, ge=0.5, lt=1, description="Confidence of the intervals.")
    behaviour: bool = Field(
        default=False, description="Also measure what the survey adds to churn and value out of time."
    )

    @model_validator(mode="before")
    @classmethod
    def _wide_items_are_columns(cls, data: object) -> object:
        """Let a question of a wide file that names no column stand in the column of its own name."""
        if not isinstance(data, Mapping) or not data.get("wide") or not isinstance(data.get("items"), list):
            return data
        return {**data, "items": [_in_column_of_its_name(item) for item in data["items"]]}

    @model_validator(mode="after")
    def _groups_have_one_meaning(self) -> Self:
        both = [name for name in self.cross if name in self.groups]
        if both:
            msg = f"{both[0]} is named in `groups` and in `cross`: give the group another name"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _weights_are_of_dimensions(self) -> Self:
        known = {item.dimension for item in self.items}
        wrong = [name for name in self.weights if name not in known] if isinstance(self.weights, dict) else []
        if wrong:
            msg = f"weights: {wrong[0]} is no dimension of an item. Name a `dimension` of `surveys.items`"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _waves_have_a_column(self) -> Self:
        if self.waves and (self.wide is None or self.wide.wave is None):
            msg = (
                "waves orders the waves of `surveys.wide.wave`, which is not set; waves by time need no order"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _wide_items_have_columns(self) -> Self:
        if self.wide is not None and not any(item.places for item in self.items):
            msg = "items are required with a wide file: name each question, or its column"
            raise ValueError(msg)
        return self


def _in_column_of_its_name(item: object) -> object:
    if not isinstance(item, Mapping) or "item" not in item or item.get("column") or item.get("columns"):
        return item
    return {**item, "column": item["item"]}

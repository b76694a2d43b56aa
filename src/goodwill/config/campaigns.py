"""The campaigns of a config: who got what, what is measured, and what is known of the design."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from goodwill.config.tables import Section, Text

Cost = Annotated[float, Field(ge=0)]
_OF_A_SOURCE = ("encoding", "where", "customer_id", "propensity", "before", "time", "outcome_time")
Weight = Annotated[float, Field(gt=0)]


class UpliftSection(Section):
    """Who reacts: which outcomes to learn it for, and what may move the effect."""

    outcomes: tuple[str, ...] = Field(min_length=1, description="Outcomes to learn who reacts for.")
    moderators: tuple[str, ...] = Field(
        default=(), description="Few covariates that may move the effect; sign-up facts or all when empty."
    )


class AnswerSection(Section):
    """A survey item that a campaign is judged by, such as satisfaction or the share of wallet."""

    name: str = Field(pattern=r"^[A-Za-z]\w*$", description="What the outcome is called.")
    item: str = Field(description="Item of `tables.surveys` with numbers as answers.")
    side: Literal["score", "perception", "expectation", "importance", "performance"] = Field(
        default="score", description="Side of the item."
    )
    instrument: str | None = Field(default=None, description="Survey that counts; all when absent.")


class CampaignSection(Section):
    """A campaign to measure, from a file of its own or from `tables.treatments`.

    Examples
    --------
    >>> CampaignSection(name="spring", randomised=True, window_days=90).outcomes
    {}
    >>> CampaignSection(name="mailing", source="mailing.csv")
    Traceback (most recent call last):
    pydantic_core._pydantic_core.ValidationError: ...
    """

    name: str = Field(pattern=r"^[\w][\w .-]*$", description="The campaign, as in `treatments.campaign`.")
    source: str | None = Field(
        default=None, description="File with a row per customer; `tables.treatments` when absent."
    )
    encoding: str | None = Field(default=None, description="Encoding of a CSV source; detected when absent.")
    where: str | None = Field(default=None, description="Rows of the source to keep, a SQL condition.")
    customer_id: str | None = Field(
        default=None, description="Column of the source; the row number when absent."
    )
    treatment: str = Field(default="treatment", description="Column of the source that says who got what.")
    control: Text = Field(
        default="control", description="The treatment that means nothing; null does where none is named so."
    )
    randomised: bool = Field(default=True, description="Whether lot decided who was treated; it is checked.")
    shares: dict[str, Weight] = Field(
        default={}, description="Planned share of each treatment, control among them; checked where stated."
    )
    propensity: str | None = Field(
        default=None, description="Column: the chance to be treated, where it differed between customers."
    )
    cluster: str | None = Field(
        default=None,
        description="Column: whom lot treated as a whole, as the store; without a source a sign-up fact.",
    )
    outcomes: dict[str, Literal["binary", "money"]] = Field(
        default={}, description="Columns of the source that are results, and of which kind."
    )
    before: dict[str, str] = Field(
        default={}, description="Outcome: the column of the source that holds it in an earlier period."
    )
    time: str | None = Field(default=None, description="Column of the source: when a customer was treated.")
    outcome_time: str | None = Field(
        default=None,
        description="Column of the source: when the outcome came, or began to count; never before `time`.",
    )
    covariates: tuple[str, ...] = Field(
        default=(),
        description="Columns known before treatment; all features when empty.",
    )
    costs: dict[str, Cost] = Field(default={}, description="Cost of each treatment per customer.")
    window_days: Annotated[int, Field(ge=1, le=36_525)] | None = Field(
        default=None, description="Days after treatment that count; needed with `tables.treatments`."
    )
    answers: tuple[AnswerSection, ...] = Field(
        default=(),
        description="Survey items that are outcomes too: answers in `window_days` after treatment.",
    )
    uplift: UpliftSection | None = None
    level: float = Field(default=0.95, ge=0.5, lt=1, description="Confidence of the intervals.")

    @model_validator(mode="after")
    def _asks_a_question(self) -> Self:
        if self.source is not None and not self.outcomes:
            msg = "outcomes are required with a source: name its result columns, such as {spend: money}"
            raise ValueError(msg)
        if self.source is None and self.window_days is None:
            msg = "window_days is required without a source: how long after treatment counts"
            raise ValueError(msg)
        idle = [name for name in _OF_A_SOURCE if getattr(self, name)]
        if self.source is None and idle:
            msg = f"{', '.join(idle)} has no meaning without a source; map tables.treatments instead"
            raise ValueError(msg)
        if self.source is not None and self.answers:
            msg = "answers are read from tables.surveys; in a source, name their columns in outcomes"
            raise ValueError(msg)
        _ensure_plain_lot(self)
        if self.treatment in self.covariates:
            msg = f"covariates: {self.treatment} says who was treated; covariates were known before"
            raise ValueError(msg)
        wanted = set() if self.uplift is None or not self.outcomes else {*self.uplift.outcomes}
        foreign = sorted({*self.before, *wanted} - set(self.outcomes))
        if foreign:
            msg = f"{', '.join(foreign)} is no outcome; outcomes are {', '.join(self.outcomes)}"
            raise ValueError(msg)
        return self


def _ensure_plain_lot(section: CampaignSection) -> None:
    if section.cluster is None:
        return
    if not section.randomised or section.propensity is not None:
        msg = "cluster: clusters are measured where lot gave each the same chance; leave it out"
        raise ValueError(msg)
    if section.uplift is not None:
        msg = "cluster: who reacts is learned where lot treated customers one by one; leave out `uplift`"
        raise ValueError(msg)

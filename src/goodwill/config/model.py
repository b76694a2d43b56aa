"""The config as frozen models: every key, its default and what it means."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from goodwill.config.audiences import AudiencesSection
from goodwill.config.campaigns import CampaignSection
from goodwill.config.classes import ClassesSection
from goodwill.config.monitoring import MonitoringSection
from goodwill.config.offers import OfferSection, PlanSection
from goodwill.config.playbook import PlaybookSection
from goodwill.config.report import ReportSection
from goodwill.config.scoring import ScoreSection
from goodwill.config.snapshot import SnapshotSection
from goodwill.config.surveys import SurveysSection
from goodwill.config.tables import Section, TablesSection
from goodwill.modeling.segments.groups import FeatureGroup
from goodwill.modeling.segments.methods import Method

# What stands between colon and @ in an address, unless it is a variable.
_PASSWORD = re.compile(r"://[^/@]*:(?!\$\{\w+\}@)[^/@]+@|[?&]password=(?!\$\{)")


class ChurnSection(Section):
    """What churn means here."""

    kind: Literal["auto", "silence", "contract"] = Field(
        default="auto",
        description="No purchase in the horizon, or a contract that ended; auto: by the tables.",
    )


class ValueSection(Section):
    """How money becomes value."""

    margin_rate: float = Field(
        default=1.0, gt=0, le=1, description="Margin on revenue where no cost is given."
    )
    annual_discount_rate: float = Field(
        default=0.0, ge=0, lt=10, description="Discount on future money, a year."
    )
    order_cost: float = Field(default=0.0, ge=0, description="Servicing cost of one occasion.")
    lifetime_years: float = Field(default=5, gt=0, le=100, description="Cap of `clv_lifetime`.")


class EngineOptions(Section):
    """Limits of the embedded engine, and of Spark where it is started here."""

    memory_limit: str | None = Field(default=None, description="Such as 4GB; beyond it the engine spills.")
    spill_dir: str | None = Field(default=None, description="Folder the engine spills to.")
    threads: int | None = Field(default=None, ge=1, description="Threads of the engine; all cores when null.")


class TrainSection(Section):
    """How much to train on."""

    max_customers: int = Field(
        default=1_000_000,
        ge=1,
        description="Customers read for training, at most; the windows of 100,000 at most are learned from.",
    )
    boosting: Literal["local", "spark"] = Field(
        default="local",
        description="Where trees learn: from the sample, or on Spark from every customer and window.",
    )


class TuningSection(Section):
    """The search for better parameters, on time-ordered folds, or folds of the rows of a ready-made table."""

    trials: int = Field(default=20, ge=0, description="Number of trials; 0 keeps the defaults.")
    timeout_seconds: float | None = Field(
        default=None, gt=0, description="Stop tuning after so many seconds."
    )


class SegmentsSection(Section):
    """Clustering of customers."""

    k: int | Literal["auto"] = Field(default="auto", description="Number of segments.")
    method: Method = Field(default="kmeans", description="How segments are found.")
    features: list[FeatureGroup] = Field(
        default=[],
        description="Groups of features to segment on; the purchase history when empty.",
    )


class IntervalsSection(Section):
    """Prediction intervals."""

    level: float = Field(
        default=0.8, ge=0.5, le=0.99, description="Share of customers an interval should hold."
    )


class TrackingSection(Section):
    """Where runs are tracked and models registered."""

    uri: str = Field(default="sqlite:///models/mlflow.db", description="MLflow tracking address.")
    model: str | None = Field(default=None, description="Registered model; the config's name when absent.")


class Config(Section):
    """A whole config file.

    Examples
    --------
    >>> config = Config(
    ...     name="shop",
    ...     tables={"transactions": {"source": "orders.parquet"}},
    ...     snapshot={"as_of": "2024-07-01", "horizon_days": 180},
    ... )
    >>> config.output, config.model_name, config.tables.transactions.refunds
    ('models/shop', 'shop', 'net')
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$", description="Experiment and registered model.")
    engine: str = Field(default="duckdb", description="duckdb, spark, or an Ibis connection address.")
    engine_options: EngineOptions = EngineOptions()
    currency: str = Field(default="USD", description="Currency of all money.")
    language: Literal["en", "zh"] = Field(default="en", description="What people read; codes never change.")
    seed: int = Field(default=0, ge=0, lt=2**32, description="Seed of all randomness.")
    tables: TablesSection = TablesSection()
    snapshot: SnapshotSection | None = None
    churn: ChurnSection = ChurnSection()
    value: ValueSection = ValueSection()
    train: TrainSection = TrainSection()
    tuning: TuningSection = TuningSection()
    segments: SegmentsSection = SegmentsSection()
    classes: ClassesSection = ClassesSection()
    intervals: IntervalsSection = IntervalsSection()
    score: ScoreSection = ScoreSection()
    monitoring: MonitoringSection = MonitoringSection()
    campaigns: tuple[CampaignSection, ...] = ()
    surveys: SurveysSection = SurveysSection()
    offers: tuple[OfferSection, ...] = Field(default=(), description="What can be offered; see the README.")
    plan: PlanSection = PlanSection()
    report: ReportSection = ReportSection()
    playbook: PlaybookSection = PlaybookSection()
    audiences: AudiencesSection = AudiencesSection()
    output: str = Field(default="", description="Folder of results; models/<name> when absent.")
    tracking: TrackingSection = TrackingSection()

    @field_validator("engine")
    @classmethod
    def _keeps_no_password(cls, engine: str) -> str:
        """Refuse a password: the config is stored with every run."""
        if _PASSWORD.search(engine):
            msg = "holds a password; write it as a variable of the environment, such as ${SHOP_PASSWORD}"
            raise ValueError(msg)
        return engine

    @model_validator(mode="before")
    @classmethod
    def _place_output(cls, values: object) -> object:
        """Put results in models/<name> unless the config says where."""
        if not isinstance(values, Mapping) or values.get("output"):
            return values
        return {**values, "output": f"models/{values.get('name')}"}

    @model_validator(mode="after")
    def _has_a_table(self) -> "Config":
        if not (self.tables.has_main or self.tables.surveys or self.surveys.wide or self.campaigns):
            msg = (
                "one of tables.transactions, tables.contracts or tables.profiles is required "
                "(tables.surveys or surveys.wide is enough for `survey`, campaigns with a source "
                "for `measure`)"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _has_one_survey(self) -> "Config":
        if self.tables.surveys and self.surveys.wide:
            msg = "tables.surveys and surveys.wide are both given; keep the one that holds the answers"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _knows_who_was_treated(self) -> "Config":
        sourceless = [campaign.name for campaign in self.campaigns if campaign.source is None]
        if sourceless and not (self.tables.treatments and self.tables.has_main):
            msg = (
                f"campaigns: {sourceless[0]} has no source, so tables.treatments must say who was treated, "
                "and tables.transactions what came of it"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _has_a_snapshot(self) -> "Config":
        is_dated = self.tables.has_main and self.tables.profiles is None
        if self.snapshot is None and is_dated:
            msg = "snapshot (as_of, horizon_days) is required unless tables.profiles is used"
            raise ValueError(msg)
        if self.snapshot is not None and self.tables.profiles is not None:
            msg = "snapshot has no meaning for tables.profiles, which has no time axis; remove it"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _asks_no_history_of_profiles(self) -> "Config":
        wanted = ("components", "data_contribution", "time_to_churn")
        asked = [f"score.{key}" for key in wanted if getattr(self.score, key)]
        if asked and self.tables.profiles is not None:
            msg = (
                f"{', '.join(asked)}: told from history, which tables.profiles has none of; "
                f"remove {'it' if len(asked) == 1 else 'them'}"
            )
            raise ValueError(msg)
        return self

    @property
    def model_name(self) -> str:
        """The name under which models are registered."""
        return self.tracking.model or self.name

    @property
    def output_dir(self) -> Path:
        """The folder of results, from the working directory."""
        return Path(self.output)

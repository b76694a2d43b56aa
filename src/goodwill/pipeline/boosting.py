"""Whether trees learn on the executors of Spark from everything, and from what."""

from goodwill.config import Config, expand_variables
from goodwill.errors import UsageError
from goodwill.features.matured import Matured
from goodwill.features.snapshot import Snapshot
from goodwill.features.windows import Window
from goodwill.modeling.lessons import Grow
from goodwill.pipeline.question import Question
from goodwill.pipeline.tables import Opened
from goodwill.scoring.boosting import ensure_slots, grow_on_executors


def ensure_boosting(config: Config) -> None:
    """Refuse to boost on Spark without it, before anything is read.

    Raises
    ------
    UsageError
        If the engine is not Spark, or the tables have no windows.
    """
    if config.train.boosting == "local":
        return
    engine = expand_variables(config.engine, where="engine")
    if engine.partition(":")[0] != "spark":
        raise UsageError(
            "train.boosting: spark needs `engine: spark`, and the engine is another one. "
            "Set the engine, or choose `boosting: local`."
        )
    if config.tables.profiles is not None:
        raise UsageError(
            "train.boosting: spark learns from windows of a history, and tables.profiles has none. "
            "Choose `boosting: local`."
        )


def ensure_workers(config: Config, opened: Opened) -> None:
    """Refuse a Spark that cannot boost, before the long work; as `ensure_slots`."""
    if config.train.boosting == "spark":
        ensure_slots(opened.engine)


def grow_of(config: Config, opened: Opened, question: Question, train: Snapshot) -> Grow | None:
    """Return what fits trees to the windows of `train` of every customer; None where `train` is enough."""
    if config.train.boosting == "local":
        return None
    begun = train.X[["as_of", "horizon_days"]].drop_duplicates().itertuples(index=False)
    asked = Matured.of(
        [Window(as_of.date(), int(horizon_days)) for as_of, horizon_days in begun],
        train.until,
        question.active_days,
        question.churn,
        question.value,
    )
    return grow_on_executors(opened.engine, opened.tables, asked, tuple(map(str, train.X)))

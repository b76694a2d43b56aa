"""What a training leaves in MLflow: a run, one each for churn, clv and segments, a registered model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from goodwill import tracking
from goodwill.config import Config, expand_variables
from goodwill.data.tables import Tables
from goodwill.engine import digest
from goodwill.monitoring.forecasts import Forecast, Outcome
from goodwill.pipeline.runs import CURRENCY_TAG, RunFolder
from goodwill.pipeline.survey_tables import customers_wide

Metrics = Mapping[str, Any]  # JSON


@dataclass(frozen=True)
class Registered:
    """A registered predictor: where, under which name and version, by which run."""

    uri: str
    name: str
    version: str
    run_id: str

    def to_dict(self) -> dict[str, str]:
        """Return it for `metrics.json`, without passwords."""
        return {**asdict(self), "uri": tracking.masked(self.uri)}


@dataclass(frozen=True)
class Evidence:
    """What a run is judged by: its metrics, and what came true beside what was said of it."""

    metrics: Metrics
    outcome: Outcome
    forecast: Forecast
    trials: list[dict[str, object]]
    digests: Mapping[str, Mapping[str, object]]


def log_training(config: Config, run: RunFolder, evidence: Evidence, schema: Mapping[str, Any]) -> Registered:
    """Log a training and register its predictor, under the alias `challenger`.

    No row and no customer id leaves the machine: metrics, parameters, pictures of aggregates, digests of the
    tables, the config with its `${VAR}`, and the predictor.
    """
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    with tracking.run(uri, config.name, run.path.name, {"goodwill.hash": run.predictor_hash}) as parent:
        tracking.log_params(parent, config.model_dump(mode="json"))
        tracking.log_metrics(parent, evidence.metrics)
        tracking.log_trials(parent, evidence.trials)
        tracking.log_digests(parent, evidence.digests)
        tracking.log_text(parent, "config.yaml", (run.path / "config.yaml").read_text(encoding="utf-8"))
        for part in ("churn", "clv", "segments"):
            with tracking.nested(parent, part) as child:
                tracking.log_metrics(child, {part: evidence.metrics.get(part)})
                for name, picture in _pictures(part, evidence).items():
                    tracking.log_text(child, f"pictures/{name}", picture)
        tags = {"goodwill.hash": run.predictor_hash, CURRENCY_TAG: config.currency}
        version = tracking.register(parent, run.predictor, config.model_name, dict(schema), tags)
        tracking.set_alias(uri, config.model_name, "challenger", version)
    return Registered(uri, config.model_name, version, parent.run_id)


def digests_of(config: Config, tables: Tables) -> dict[str, dict[str, object]]:
    """Return a fingerprint of each table as it was known for training, with its source."""
    sources = {name: section.source for name, section in config.tables.present.items()}
    if (wide := customers_wide(config)) is not None:
        sources.setdefault("surveys", wide.source)
    return {
        name: {"digest": digest(table), "source": sources[name]} for name, table in tables.present.items()
    }


def _pictures(part: str, evidence: Evidence) -> Mapping[str, str]:
    outcome, forecast = evidence.outcome, evidence.forecast
    if part == "churn" and outcome.churned is not None and forecast.p_churn is not None:
        return tracking.churn_pictures(outcome.churned, forecast.p_churn)
    if part == "clv" and outcome.value is not None and forecast.clv is not None:
        return tracking.clv_pictures(outcome.value, forecast.clv)
    return {}

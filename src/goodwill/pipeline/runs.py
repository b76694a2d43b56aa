"""The folder of a training run, and the links that say which run is in force."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from goodwill.artefacts import MANIFEST
from goodwill.config import Config
from goodwill.files import swap_link, write_bytes, write_json
from goodwill.predictor import Predictor
from goodwill.tracking import masked

# What has no registered version goes by the first letters of its hash.
HASH_LETTERS = 12
CURRENCY_TAG = "goodwill.currency"


@dataclass(frozen=True)
class RunFolder:
    """Where one training run keeps its results: `output/runs/<id>/`."""

    path: Path
    predictor_hash: str

    @property
    def predictor(self) -> Path:
        """The stored predictor."""
        return self.path / "predictor"

    @property
    def metrics(self) -> Path:
        """The metrics of the run."""
        return self.path / "metrics.json"


def write_run(config: Config, predictor: Predictor, run_name: str) -> RunFolder:
    """Write the predictor and the config of a run; the config keeps its `${VAR}` and hides passwords."""
    path = config.output_dir / "runs" / run_name
    predictor_hash = predictor.save(path / "predictor")
    text = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_bytes(path / "config.yaml", masked(text).encode())
    return RunFolder(path, predictor_hash)


def new_run_name() -> str:
    """Return a name that sorts by time."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]


def write_metrics(run: RunFolder, metrics: Mapping[str, object]) -> None:
    """Write `metrics.json` of a run."""
    write_json(run.metrics, metrics)


def run_of(output: Path, predictor_hash: str) -> RunFolder | None:
    """Return the newest run of an output folder that made a predictor, by the hash of its content."""
    for manifest in sorted(output.glob(f"runs/*/predictor/{MANIFEST}"), reverse=True):
        if predictor_hash in manifest.read_text(encoding="utf-8"):
            return RunFolder(manifest.parents[1], predictor_hash)
    return None


def versions_of(run: Path, metrics: Mapping[str, Any]) -> set[str]:
    """Return the names under which scores of a run's predictor are kept: as registered, and by its hash."""
    manifest = run / "predictor" / MANIFEST
    content = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    names = {metrics.get("model", {}).get("version"), str(content.get("hash", ""))[:HASH_LETTERS]}
    return {str(name) for name in names if name}


def run_in_force(output: Path) -> Path | None:
    """Return the folder of the run that serves, None before any training."""
    predictor = output / "predictor"
    return predictor.resolve().parent if predictor.is_dir() else None


def currency_of(run: Path) -> str | None:
    """Return the currency that a run was trained with, None where it left no config."""
    return config_of(run).get("currency")


def config_of(run: Path) -> dict[str, Any]:  # YAML
    """Return the config that a run was trained with, empty where it left none."""
    place = run / "config.yaml"
    return dict(yaml.safe_load(place.read_text(encoding="utf-8"))) if place.is_file() else {}


def put_in_force(output: Path, run: RunFolder) -> None:
    """Let `output/predictor` and `output/metrics.json` mean this run."""
    swap_link(output / "predictor", run.predictor)
    swap_link(output / "metrics.json", run.metrics)

"""What earlier jobs left in the output folder: scores by day and version, and what training promised."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.config import Config
from goodwill.errors import ArtefactError
from goodwill.pipeline.runs import run_of

LOG = "log.json"


@contextmanager
def reading(place: Path) -> Iterator[None]:
    """Say which result of an earlier job is damaged, where it is read.

    Raises
    ------
    ArtefactError : what stands at `place` is not what a job wrote there.

    Examples
    --------
    >>> with reading(Path("out/totals.json")):
    ...     json.loads("{")
    Traceback (most recent call last):
    goodwill.errors.ArtefactError: out/totals.json is damaged...
    """
    try:
        yield
    except (ValueError, KeyError, OSError) as error:
        # Parquet's own complaints come as errors of the system without a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"{place} is damaged: it is not as a job wrote it. Remove it and run that job again."
        raise ArtefactError(message) from error


def kept_rows(place: Path, **asked: Any) -> pa.Table:  # noqa: ANN401 - what pyarrow asks of a table
    """Return the rows of a table that a job left, each page of it held against its checksum.

    Parameters
    ----------
    asked : as for `pyarrow.parquet.read_table`, such as columns and filters.

    Raises
    ------
    ArtefactError : the table is damaged.
    """
    with reading(place):
        return pq.read_table(place, partitioning=None, page_checksum_verification=True, **asked)


def score_files(output: Path) -> list[tuple[date, str, Path]]:
    """Return (day, model version, file) of all kept scores, oldest first; of one day, by time of writing.

    Those made in hindsight come before all others of their day: they never stand for what was issued.
    """
    dated = [(_value(file.parent.parent), _value(file.parent), file) for file in _by_age(output)]
    found = [(date.fromisoformat(day), version, file) for day, version, file in dated if day != "none"]
    return sorted(found, key=lambda kept: kept[0])


def day_of(kept: Path) -> str:
    """Return the day (ISO) that kept scores were scored from.

    Examples
    --------
    >>> day_of(Path("out/scores/as_of=2024-05-01/version=3/scores.parquet"))
    '2024-05-01'
    """
    return _value(kept.parent.parent)


def is_hindsight(kept: Path) -> bool:
    """Return whether kept scores are those of a model that knew what followed, as their log says."""
    log = kept.with_name(LOG)
    if not log.exists():
        return False
    with reading(log):
        return bool(json.loads(log.read_text(encoding="utf-8")).get("hindsight", False))


def kept_at(output: Path, day: str, version: str) -> Path:
    """Return where scores of a day (ISO, or `none`) and a model version are kept."""
    return output / "scores" / f"as_of={day}" / f"version={version}" / "scores.parquet"


def scores_before(output: Path, day: str) -> tuple[str, Path] | None:
    """Return the latest day before `day` (ISO) with kept scores, and those of its last written version."""
    kept = {_value(file.parent.parent): file for file in _by_age(output)}
    earlier = [known for known in kept if known < day]
    return (max(earlier), kept[max(earlier)]) if earlier else None


def version_of(latest: Path) -> str | None:
    """Return the model version that made the latest scores; None where there are none that were kept."""
    folder, _, version = latest.resolve().parent.name.partition("=")
    return version if latest.is_file() and folder == "version" else None


def matured_files(output: Path, horizon_days: int, known_until: date) -> dict[date, tuple[str, Path]]:
    """Return version and file of the last scores of each day whose outcome is known, oldest first."""
    latest = {day: (version, file) for day, version, file in score_files(output)}
    return {day: kept for day, kept in latest.items() if day + timedelta(days=horizon_days) <= known_until}


def scored_over(file: Path, horizon_days: int) -> pd.DataFrame:
    """Return kept scores of status `scored` over a horizon."""
    scores = pd.DataFrame(kept_rows(file).to_pandas())
    is_asked = (scores["status"] == "scored") & (scores["horizon_days"] == horizon_days)
    return scores[is_asked].reset_index(drop=True)


def promised_metrics(config: Config, predictor_hash: str) -> dict[str, Any]:
    """Return `metrics.json` of the run that made a predictor; empty where the output folder has none."""
    run = run_of(config.output_dir, predictor_hash)
    file = None if run is None else run.metrics
    if file is None or not file.exists():
        return {}
    with reading(file):
        promised: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return promised


def _by_age(output: Path) -> list[Path]:
    found = output.glob("scores/as_of=*/version=*/scores.parquet")
    return sorted(found, key=lambda file: (not is_hindsight(file), file.stat().st_mtime_ns))


def _value(folder: Path) -> str:
    return folder.name.partition("=")[2]

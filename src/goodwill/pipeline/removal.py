"""Removal: a customer leaves every file that goodwill wrote with customer ids in it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from goodwill.config import Config
from goodwill.errors import ArtefactError
from goodwill.files import locked, replacing
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent

_KEY = "customer_id"
_CHUNK = 100_000


def remove_customers(config: Config, ids: Sequence[str], *, progress: Progress = silent) -> Outcome:
    """Take customers out of everything below the output folder: scores of all days, plans, audiences.

    Each file is replaced whole or not at all, so that a run that is stopped can be run again. Predictors,
    metrics and MLflow hold no customer; files written elsewhere (`--out`, warehouse tables) and the sources
    themselves are the caller's. Reports with identifiers must be made anew, which the notes say.

    Parameters
    ----------
    ids : as they stand in `customer_id`.

    Raises
    ------
    ArtefactError
        If a file of the output folder cannot be read.
    OutsideError
        If the disk is full or another run holds the folder.
    """
    wanted = sorted(set(ids))
    removed: dict[str, int] = {}
    with locked(config.output_dir):
        for file in _files(config.output_dir):
            progress(f"Looking into {file.relative_to(config.output_dir)}")
            count = _without(file, wanted)
            if count:
                removed[str(file.relative_to(config.output_dir))] = count
        pages = [str(page) for page in sorted(config.output_dir.rglob("*.html"))]
    rows = [(name, f"{count:,}") for name, count in removed.items()]
    total = sum(removed.values())
    notes = [f"{total:,} rows of {len(wanted):,} customers removed from {len(removed):,} files."]
    lists = sorted(folder.name for folder in config.output_dir.rglob("audiences") if folder.is_dir())
    if lists:
        notes.append(
            "Audiences may hold hashed or other identifiers, which are not searched; write them anew."
        )
    if pages and config.report.identifiers:
        notes.append(
            f"{len(pages)} pages may name customers; make them anew or delete them: {', '.join(pages)}"
        )
    return Outcome({"rows": total, "files": removed}, [Sheet("Removed", ("file", "rows"), rows)], notes)


def _files(output: Path) -> Iterator[Path]:
    """Yield the tables below a folder, each once however many links point to it."""
    for file in sorted(output.rglob("*")):
        is_table = file.suffix in {".parquet", ".csv"} and file.is_file()
        if (
            is_table
            and not file.is_symlink()
            and not any(part.is_symlink() for part in _within(file, output))
        ):
            yield file


def _within(file: Path, output: Path) -> Iterator[Path]:
    yield from (parent for parent in file.parents if output in parent.parents)


def _without(file: Path, ids: Sequence[str]) -> int:
    """Rewrite a table without the rows of some customers, and return how many there were."""
    try:
        return _of_parquet(file, ids) if file.suffix == ".parquet" else _of_csv(file, ids)
    except (pa.ArrowInvalid, pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read as a table, so nobody can be removed from it. Delete or mend it."
        raise ArtefactError(message) from error


def _of_parquet(file: Path, ids: Sequence[str]) -> int:
    source = pq.ParquetFile(file)
    if _KEY not in source.schema_arrow.names or not _holds(source, ids):
        return 0
    count = 0
    with replacing(file) as draft, pq.ParquetWriter(draft, source.schema_arrow) as writer:
        for batch in source.iter_batches(_CHUNK):
            kept = batch.filter(pc.invert(_is_one_of(batch.column(_KEY), ids)))
            count += len(batch) - len(kept)
            writer.write_batch(kept)
    return count


def _holds(source: pq.ParquetFile, ids: Sequence[str]) -> bool:
    keys = source.iter_batches(_CHUNK, columns=[_KEY])
    return any(pc.any(_is_one_of(batch.column(_KEY), ids)).as_py() for batch in keys)


def _is_one_of(keys: pa.Array, ids: Sequence[str]) -> pa.BooleanArray:
    known = pc.is_in(keys.cast(pa.string()), value_set=pa.array(ids, pa.string()))
    return known.fill_null(False)  # noqa: FBT003 - pyarrow takes the fill value by position


def _of_csv(file: Path, ids: Sequence[str]) -> int:
    if _KEY not in pd.read_csv(file, nrows=0).columns:
        return 0
    keys = pd.read_csv(file, usecols=[_KEY], dtype=str, keep_default_na=False)[_KEY]
    count = int(keys.isin(ids).sum())
    if count:
        with replacing(file) as draft:
            for place, chunk in enumerate(
                pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=_CHUNK)
            ):
                kept = chunk[~chunk[_KEY].isin(ids)]
                kept.to_csv(draft, mode="a" if place else "w", header=not place, index=False)
    return count

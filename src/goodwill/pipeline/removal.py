"""Removal: a customer leaves every file that goodwill wrote with customer ids in it."""

import html
import re
import shutil
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
from goodwill.scoring.chunks import SCRATCH

_KEY = "customer_id"
_CHUNK = 100_000
_HASH = re.compile(r"[0-9a-f]{64}")
# The list of customers in a report, and the first chapter of a dossier.
_NAMING = ('id="people-at-risk"', 'id="standing"')


def remove_customers(config: Config, ids: Sequence[str], *, progress: Progress = silent) -> Outcome:
    """Take customers out of everything below the output folder: scores of all days, plans, lists, pages.

    Tables lose the customers' rows; each is replaced whole or not at all, so that a stopped run can be run
    again. What cannot be told apart by `customer_id` goes whole and can be made anew: lists of hashed or
    other identifiers, and pages that name one of the customers. What killed runs left goes too. Predictors,
    metrics and MLflow hold no customer; files written elsewhere (`--out`, warehouse tables) and the sources
    themselves are the caller's.

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
    wanted, output = sorted(set(ids)), config.output_dir
    removed, found = dict[str, int](), set[str]()
    with locked(output):
        deleted = [*_leftovers(output), *_lists(output), *_pages(output, wanted)]
        for place in deleted:
            _delete(place)
        for file in _files(output):
            progress(f"Looking into {file.relative_to(output)}")
            count, whose = _without(file, wanted)
            found |= whose
            if count:
                removed[str(file.relative_to(output))] = count
    gone = sorted(str(place.relative_to(output)) for place in deleted)
    rows = [(name, f"{count:,}") for name, count in removed.items()]
    total = sum(removed.values())
    notes = [f"{total:,} rows of {len(wanted):,} customers removed from {len(removed):,} files."]
    if gone:
        notes.append(f"Deleted, for they may name customers; make anew what you need: {', '.join(gone)}")
    if unknown := len(set(wanted) - found):
        notes.append(
            f"{unknown:,} of {len(wanted):,} customers stand in no table below {output}. Where they were not "
            "forgotten before, check the ids (00123 is not 123) and `output`."
        )
    data = {"rows": total, "unknown": unknown, "files": removed, "deleted": gone}
    return Outcome(data, [Sheet("Removed", ("file", "rows"), rows)] if rows else [], notes)


def _leftovers(output: Path) -> Iterator[Path]:
    """Yield what killed runs left, whoever they were: the caller holds the folder."""
    yield from output.rglob(f"{SCRATCH}.*")
    yield from output.rglob(".*.partial")


def _lists(output: Path) -> Iterator[Path]:
    """Yield the lists of customers that are not told by their plain id."""
    for file in sorted(output.glob("audiences/*/*.csv")):
        first = pd.read_csv(file, nrows=1, dtype=str, keep_default_na=False)
        is_hashed = first.map(lambda value: _HASH.fullmatch(value) is not None).to_numpy().any()
        if is_hashed or _KEY not in first.columns:
            yield file


def _pages(output: Path, ids: Sequence[str]) -> Iterator[Path]:
    """Yield the pages that name customers, and one of these among them."""
    named = re.compile("|".join(rf"(?<![\w.-]){re.escape(html.escape(one))}(?![\w.-])" for one in ids))
    for page in sorted(output.rglob("*.html")):
        text = page.read_text(encoding="utf-8", errors="replace")
        if any(mark in text for mark in _NAMING) and named.search(text):
            yield page


def _delete(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()


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


def _without(file: Path, ids: Sequence[str]) -> tuple[int, set[str]]:
    """Rewrite a table without the rows of some customers, and return how many there were, and of whom."""
    try:
        return _of_parquet(file, ids) if file.suffix == ".parquet" else _of_csv(file, ids)
    except (
        OSError,
        pa.ArrowInvalid,
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
    ) as error:
        # Parquet's own complaints come as errors of the system without a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"{file} cannot be read as a table, so nobody can be removed from it. Delete or mend it."
        raise ArtefactError(message) from error


def _of_parquet(file: Path, ids: Sequence[str]) -> tuple[int, set[str]]:
    source = pq.ParquetFile(file, page_checksum_verification=True)
    found = _held(source, ids) if _KEY in source.schema_arrow.names else set()
    if not found:
        return 0, found
    for _ in source.iter_batches(_CHUNK):
        pass  # what is damaged must not be written anew, with checksums as of a whole table
    count = 0
    with (
        replacing(file) as draft,
        pq.ParquetWriter(draft, source.schema_arrow, write_page_checksum=True) as writer,
    ):
        for batch in source.iter_batches(_CHUNK):
            kept = batch.filter(pc.invert(_is_one_of(batch.column(_KEY), ids)))
            count += len(batch) - len(kept)
            writer.write_batch(kept)
    return count, found


def _held(source: pq.ParquetFile, ids: Sequence[str]) -> set[str]:
    """Return which of the customers a table holds."""
    batches = (batch.column(_KEY) for batch in source.iter_batches(_CHUNK, columns=[_KEY]))
    held = (keys.filter(_is_one_of(keys, ids)).cast(pa.string()).to_pylist() for keys in batches)
    return {one for some in held for one in some}


def _is_one_of(keys: pa.Array, ids: Sequence[str]) -> pa.BooleanArray:
    known = pc.is_in(keys.cast(pa.string()), value_set=pa.array(ids, pa.string()))
    return known.fill_null(False)  # noqa: FBT003 - pyarrow takes the fill value by position


def _of_csv(file: Path, ids: Sequence[str]) -> tuple[int, set[str]]:
    if _KEY not in pd.read_csv(file, nrows=0).columns:
        return 0, set()
    keys = pd.read_csv(file, usecols=[_KEY], dtype=str, keep_default_na=False)[_KEY]
    found = keys[keys.isin(ids)]
    if len(found):
        with replacing(file) as draft:
            for place, chunk in enumerate(
                pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=_CHUNK)
            ):
                kept = chunk[~chunk[_KEY].isin(ids)]
                kept.to_csv(draft, mode="a" if place else "w", header=not place, index=False)
    return len(found), set(found)

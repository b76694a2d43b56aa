"""Scores written chunk by chunk into files that appear whole or not at all, with all that is told of them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.drafts import meant_by
from goodwill.errors import UsageError
from goodwill.files import replacing, reported, swap_link
from goodwill.pipeline.score_drivers import DRIVERS


class _Sheaf(Protocol):
    """A file that scores are added to."""

    def add(self, scores: pd.DataFrame) -> None:
        """Write some more rows."""


@contextmanager
def keeping(kept: Path, out: Path | None) -> Iterator[list[Path]]:
    """Yield drafts of kept scores, in a folder of their own, and of `out`; they appear if all went well.

    The folder of `kept` is replaced in one step with what was written beside its draft, so that scores never
    stand beside what an earlier scoring told; `out` follows.
    """
    with ExitStack() as stack:
        outs = [] if out is None else [stack.enter_context(replacing(out))]
        folder = stack.enter_context(replacing(kept.parent))
        folder.mkdir()
        yield [folder / kept.name, *outs]


def let_be_latest(kept: Path, output: Path) -> None:
    """Let `scores.parquet` and `drivers.json` of the output folder mean kept scores and their drivers."""
    drivers = output / DRIVERS
    # First, so that scores never stand beside the drivers of others.
    drivers.unlink(missing_ok=True)
    swap_link(output / "scores.parquet", kept)
    if kept.with_name(DRIVERS).exists():
        swap_link(drivers, kept.with_name(DRIVERS))


def write_scores(chunks: Iterable[pd.DataFrame], drafts: Sequence[Path]) -> None:
    """Write scores as Parquet or CSV by the endings of the names that the drafts will have.

    Parameters
    ----------
    chunks : frames of the same columns; the first decides the types.
    drafts : files that are not there yet.
    """
    with ExitStack() as stack:
        sheaves = [stack.enter_context(_sheaf(draft)) for draft in drafts]
        for scores in chunks:
            for sheaf in sheaves:
                sheaf.add(scores)


def ensure_no_source(out: Path | None, sources: Sequence[str]) -> None:
    """Raise a UsageError where scores would replace a file that the config reads.

    Examples
    --------
    >>> ensure_no_source(Path("scores.csv"), ["orders.csv", "book.xlsx::Orders", "parts/*.parquet"])
    >>> ensure_no_source(Path("parts/a.parquet"), ["parts/*.parquet"])
    Traceback (most recent call last):
    goodwill.errors.UsageError: --out parts/a.parquet is read by the config, and scores would replace it. ...
    """
    places = [str(Path(source.partition("::")[0]).resolve()) for source in sources]
    if out is not None and any(fnmatch(str(out.resolve()), place) for place in places):
        raise UsageError(
            f"--out {out} is read by the config, and scores would replace it. Name another file."
        )


def read_scores(place: Path) -> Iterator[pd.DataFrame]:
    """Yield the scores of a Parquet file, or of a folder of them, a part at a time."""
    for part in sorted(place.glob("*.parquet")) if place.is_dir() else [place]:
        file = pq.ParquetFile(part)
        for group in range(file.num_row_groups):
            yield file.read_row_group(group).to_pandas()


@contextmanager
def _sheaf(draft: Path) -> Iterator[_Sheaf]:
    if meant_by(draft).suffix == ".csv":
        yield _Csv(draft)
        return
    sheaf = _Parquet(draft)
    try:
        yield sheaf
    finally:
        sheaf.close()


class _Csv:
    def __init__(self, draft: Path) -> None:
        self._draft = draft

    def add(self, scores: pd.DataFrame) -> None:
        with reported(self._draft):
            scores.to_csv(self._draft, index=False, header=not self._draft.exists(), mode="a")


class _Parquet:
    def __init__(self, draft: Path) -> None:
        self._draft = draft
        self._writer: pq.ParquetWriter | None = None

    def add(self, scores: pd.DataFrame) -> None:
        with reported(self._draft):
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._draft, _schema(scores), write_page_checksum=True)
            self._writer.write_table(
                pa.Table.from_pandas(scores, schema=self._writer.schema, preserve_index=False)
            )

    def close(self) -> None:
        with reported(self._draft):
            if self._writer is not None:
                self._writer.close()


def _schema(scores: pd.DataFrame) -> pa.Schema:
    """Return the types of the scores; a column without any value may hold text in a later chunk."""
    schema = pa.Schema.from_pandas(scores, preserve_index=False)
    for place, field in enumerate(schema):
        if pa.types.is_null(field.type):
            schema = schema.set(place, pa.field(field.name, pa.string()))
    return schema

"""The log of a scoring: whom the tables hold, whom it scored and refused and why, and that these agree."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from goodwill.errors import OutsideError
from goodwill.files import write_json
from goodwill.pipeline.kept import LOG
from goodwill.pipeline.score_summary import Scored, Tally

Counts = dict[str, object]


def counted(tally: Tally, chunks: Iterable[Scored], n_known: int) -> Iterator[pd.DataFrame]:
    """Yield the scores of each chunk once they are counted; raise at the end if somebody is missing.

    Parameters
    ----------
    n_known : customers the tables hold, counted apart from the features.

    Raises
    ------
    OutsideError
        If not as many customers come out as are known, or one of them lacks the row of a horizon.
    """
    yield from tally.counting(chunks)
    counts = counts_of(tally, n_known)
    n_rows, n_horizons = int(tally.groups["n"].sum()), len(tally.groups.index.unique("horizon_days"))
    if counts["customers_out"] != n_known or n_rows != n_known * n_horizons:
        raise OutsideError(
            f"{n_known:,} customers went in and {tally.n_customers:,} came out ({n_rows:,} rows over "
            f"{n_horizons} horizons). The sources changed while they were read; run again. Nothing was kept."
        )


def counts_of(tally: Tally, n_known: int) -> Counts:
    """Return customers in and out: scored, and refused by reason; they add up.

    Examples
    --------
    >>> tally = Tally()
    >>> row = {"customer_id": "a", "status": "prospect", "horizon_days": 30, "segment": "x"}
    >>> tally.add(Scored(pd.DataFrame([row]), {}))
    >>> counts_of(tally, 1)
    {'customers_in': 1, 'customers_out': 1, 'scored': 0, 'refused': {'prospect': 1}}
    """
    n_horizons = max(len(tally.groups.index.unique("horizon_days")), 1)
    by_status = tally.groups["n"].groupby("status").sum() // n_horizons
    found = {str(status): int(n) for status, n in by_status.items()}
    refused = {status: n for status, n in found.items() if status != "scored"}
    out = {"customers_in": n_known, "customers_out": sum(found.values())}
    return {**out, "scored": found.get("scored", 0), "refused": refused}


def write_log(kept: Path, facts: Mapping[str, str | bool | None], counts: Counts) -> None:
    """Write the log beside the kept scores: facts of the scoring, such as its day, and the counts."""
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    content = {**facts, "finished_at": finished, **counts}
    write_json(kept.with_name(LOG), content)

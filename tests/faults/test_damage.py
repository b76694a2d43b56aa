"""One byte of a stored predictor turned: nobody is scored, and the file is named."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Command = Callable[..., Any]
OFFERS = "offers=[{name: mail, cost: 1, channel: email, assumed_save_rate: 0.5}]"


def turned(file: Path) -> None:
    """Turn the bits of the byte in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def turned_in(column: str, file: Path) -> None:
    """Turn the bits of a byte in the middle of a column of a table."""
    rows = pq.ParquetFile(file).metadata.row_group(0)
    columns = [rows.column(place) for place in range(rows.num_columns)]
    (held,) = [one for one in columns if one.path_in_schema == column]
    end = (held.dictionary_page_offset or held.data_page_offset) + held.total_compressed_size
    content = bytearray(file.read_bytes())
    content[(held.data_page_offset + end) // 2] ^= 0xFF
    file.write_bytes(content)


def cut(file: Path) -> None:
    """Leave the first two thirds of a file."""
    content = file.read_bytes()
    file.write_bytes(content[: 2 * len(content) // 3])


def test_a_byte_turned_in_any_file_of_a_predictor_scores_nobody(command: Command, shop: Path) -> None:
    files, asked = sorted(Path("out/predictor").iterdir()), ["score", shop, "--as-of", "2024-01-14"]
    for file in files:
        whole = file.read_bytes()
        turned(file)
        answer = command(*asked)
        assert answer.status == 2
        assert file.name in answer.said.splitlines()[-1]
        file.write_bytes(whole)
    assert len(files) > 5
    assert not list(Path("out").rglob("as_of=2024-01-14"))
    assert command(*asked).status == 0


@pytest.mark.parametrize(
    ("job", "file", "spoil"),
    [
        (["report"], "scores.parquet", partial(turned_in, "clv")),
        (["monitor"], "scores.parquet", partial(turned_in, "clv")),
        (["plan", "--budget", "9", "--set", OFFERS], "scores.parquet", partial(turned_in, "clv")),
        (["customer", "c1"], "scores.parquet", partial(turned_in, "clv")),
        (["score", "--as-of", "2024-01-14"], "scores.parquet", partial(turned_in, "clv")),
        (["report"], "totals.json", cut),
        (["report"], "drivers.json", turned),
        (["report"], "metrics.json", cut),
        (["customer", "c1"], "evidence.json", turned),
    ],
)
def test_a_damaged_result_is_named_by_whatever_reads_it(
    command: Command, shop: Path, job: list[str], file: str, spoil: Callable[[Path], None]
) -> None:
    (place,) = [one for one in Path("out").rglob(file) if one.is_file() and not one.is_symlink()]
    spoil(place)
    answer = command(job[0], shop, *job[1:])
    assert answer.status == 2
    assert f"{file} is damaged: it is not as a job wrote it. Remove it" in answer.said.splitlines()[-1]

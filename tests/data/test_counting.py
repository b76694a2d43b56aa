import ibis

from goodwill.data.counting import Counts, count_rows
from goodwill.data.types import Converted


def test_steps_drops_and_cells_are_counted_apart() -> None:
    source = ibis.memtable({"x": [1, 2, 3, 4]})
    rows = source.filter(source.x > 1)
    columns = {"x": Converted(rows.x, rejected=rows.x >= 3, zoned=rows.x == 2, unzoned=rows.x == 9)}
    counts = count_rows([("read", source), ("where", rows)], columns, {"null_ids": rows.x == 4})
    assert counts == Counts(
        rows_read=4, rows_kept=2, dropped={"where": 1, "null_ids": 1}, rejected={"x": 1}, zoned={"x": 1}
    )

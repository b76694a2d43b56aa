"""Small tables as rows of JSON."""

import json

import pandas as pd


def as_rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a small table of aggregates as plain JSON rows."""
    rows: list[dict[str, object]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return rows

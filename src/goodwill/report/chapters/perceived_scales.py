"""How well questions measured, and answers of several scales on one."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words


def outcome_scale(table: pd.DataFrame, figures: Sequence[str], words: Words) -> pd.DataFrame:
    """Return outcomes with shares on the scale of points and indices, items and units in words."""
    table = table.assign(item=table["label"].fillna(table["item"]))
    if "unit" not in table:
        return table
    scale = np.where(table["unit"] == "share", 100.0, 1.0)
    table[list(figures)] = table[list(figures)].astype(float).mul(scale, axis=0)
    return table.assign(unit=[words.code("units", unit) for unit in table["unit"]])


def reliability(survey: Json, words: Words) -> Exhibit | None:
    """Return how well the items of each dimension measure one thing."""
    table = pd.DataFrame(survey.get("reliability", {}).get("reliability", []))
    if table.empty:
        return None
    for name in ("dimension", "verdict"):
        table[name] = [words.code("survey", code) for code in table[name]]
    table["side"] = [words.code("survey_sides", code) for code in table["side"]]
    kinds: dict[str, Kind] = {"dimension": "text", "side": "text", "n_items": "count", "alpha": "measure"}
    kinds |= {"alpha_low": "measure", "alpha_high": "measure", "omega": "measure", "verdict": "text"}
    title, how = words("perceived.reliability"), words("perceived.reliability_how")
    return Exhibit("perceived-reliability", title, how, table_of(table, kinds, words))

"""Perceived value beside behaviour: what the survey adds to what is foretold, and how value tiers feel."""

import pandas as pd

from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_CODES = ("target", "customers", "verdict")


def gain(survey: Json, words: Words) -> Exhibit | None:
    """Return how much survey facts change the losses of churn and value, out of time."""
    table = pd.DataFrame(survey.get("behaviour", {}).get("differences", []))
    if table.empty or "verdict" not in table:
        return None
    told = {name: [words.code("survey_gain", code) for code in table[name]] for name in _CODES}
    table = table.assign(**told).rename(columns={"mean": "difference", "customers": "judged"})
    points = [
        words(
            "perceived.gain_says",
            target=row["target"],
            judged=row["judged"],
            verdict=row["verdict"],
            relative=_signed(row["relative"], words),
        )
        for row in table.to_dict("records")
    ]
    kinds: dict[str, Kind] = {"target": "text", "judged": "text", "n_customers": "count"}
    kinds |= {"difference": "measure", "low": "measure", "high": "measure"}
    kinds |= {"relative": "share", "verdict": "text"}
    first = table.iloc[0]
    how = words("perceived.gain_how", days=first["horizon_days"], day=first["as_of"])
    numbers, notes = table_of(table, kinds, words), [words("perceived.beside_association")]
    return Exhibit("perceived-gain", words("perceived.gain"), how, numbers, notes=notes, points=points)


def _signed(share: float | None, words: Words) -> str:
    told = words.share(share)
    return f"+{told}" if share is not None and share > 0 else told


def tiers(survey: Json, words: Words) -> Exhibit | None:
    """Return perceived value by value tier, the highest first."""
    table = pd.DataFrame(survey.get("behaviour", {}).get("by_tier", []))
    if table.empty or "side" not in table:
        return None
    side, day = words.code("survey_gain", table["side"].iloc[0]), table["as_of"].iloc[0]
    table["tier"] = [
        words.known_code("survey_gain", words.known_code("tier", code)) for code in table["tier"]
    ]
    table = table.rename(columns={"mean": "answers_mean"})
    series = [Series("answers_mean", words.column("answers_mean"), "low", "high")]
    figure = rows(table, Axis("tier", ""), Axis("answers_mean", "", "number"), series)
    kinds: dict[str, Kind] = {"tier": "text", "n_customers": "count", "answers_mean": "number"}
    kinds |= {"low": "number", "high": "number", "surveyed_share": "share"}
    title, how = words("perceived.tiers"), words("perceived.tiers_how", side=side, day=day)
    said = words("perceived.beside_association")
    return Exhibit("perceived-tiers", title, how, table_of(table, kinds, words), figure, said, [said])

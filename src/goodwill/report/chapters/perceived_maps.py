"""Maps of perceived value: what matters and how well it is done, Kano, and rivals."""

from collections import Counter

import pandas as pd

from goodwill.report.charts import Axis, Series, key_to_points, points, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.plotted import numbers
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST = 30


def priorities(survey: Json, words: Words) -> Exhibit | None:
    """Return importance against performance."""
    table = _labelled(survey.get("importance_performance", []))
    if table.empty:
        return None
    wanted = table.loc[table["quadrant"] == "concentrate_here", "name"].tolist()
    table["quadrant"] = [words.code("survey", code) for code in table["quadrant"]]
    across, up = Axis("performance", words.column("performance"), "number"), _axis("importance", words)
    figure = points(table, across, up, "name")
    figure["layout"]["shapes"] = _cross(table["performance_cut"].iloc[0], table["importance_cut"].iloc[0])
    listed = words.texts["page"]["comma"].join(wanted) or words("perceived.nothing")
    said = words("perceived.map_says", items=listed)
    kinds: dict[str, Kind] = {"item": "text", "n": "count", "importance": "number", "performance": "number"}
    return Exhibit(
        "perceived-map", words("perceived.map"), words("perceived.map_how"),
        table_of(table.assign(item=table["name"]), kinds | {"quadrant": "text"}, words), figure, said,
        [said, key_to_points(table, "name")],
    )  # fmt: skip


def kano(survey: Json, words: Words) -> Exhibit | None:
    """Return what having or lacking each feature does to satisfaction."""
    table = _labelled(survey.get("kano", {}).get("features", []))
    if table.empty:
        return None
    counts = Counter(words.code("survey", code) for code in table["category"])
    table["category"] = [words.code("survey", code) for code in table["category"]]
    # Figures that nobody could tell come back from JSON without a number.
    table[["better", "worse"]] = table[["better", "worse"]].astype(float)
    table["lacking"] = -table["worse"]
    figure = points(
        table, Axis("lacking", words.column("worse"), "share"), _axis("better", words, "share"), "name"
    )
    figure["layout"]["shapes"] = _cross(0.5, 0.5)
    listed = words.texts["page"]["comma"].join(f"{n} {name}" for name, n in counts.most_common())
    said = words("perceived.kano_says", n=len(table), counts=listed)
    kinds: dict[str, Kind] = {
        "item": "text",
        "n": "count",
        "category": "text",
        "better": "share",
        "worse": "share",
    }
    shares = ("must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable")
    kinds |= dict.fromkeys(shares, "share")
    return Exhibit(
        "perceived-kano", words("perceived.kano"), words("perceived.kano_how"),
        table_of(table.assign(item=table["name"]), kinds, words), figure, said,
        [said, key_to_points(table, "name")],
    )  # fmt: skip


def rivals(survey: Json, words: Words) -> Exhibit | None:
    """Return the value map of brands."""
    table = pd.DataFrame(survey.get("rivals", {}).get("map", []))
    if table.empty:
        return None
    if "relative_price" not in table or table["relative_price"].isna().all():
        return _benefits(table, words)
    first = table.sort_values("surplus", ascending=False)["brand"].iloc[0] if "surplus" in table else ""
    across = _axis("relative_price", words)
    figure = points(table, across, _axis("relative_benefit", words), "brand")
    if "fair_benefit" in table:
        figure["data"].append(_fair_value(table, words))
    said = words("perceived.rivals_says", first=first)
    names = ("brand", "n", "relative_benefit", "relative_price", "fair_benefit", "surplus")
    kinds: dict[str, Kind] = {name: "measure" for name in names if name in table}
    kinds |= {"brand": "text", "n": "count"}
    return Exhibit(
        "perceived-rivals", words("perceived.rivals"), words("perceived.rivals_how"),
        table_of(table, kinds, words), figure, said, [said],
    )  # fmt: skip


def _benefits(table: pd.DataFrame, words: Words) -> Exhibit:
    """Return the benefit of brands whose prices nobody was asked for: there is no map without them."""
    table = table.sort_values("relative_benefit", ascending=False)
    name = words.column("relative_benefit")
    series = [Series("relative_benefit", name, "relative_benefit_low", "relative_benefit_high")]
    figure = rows(table, Axis("brand", ""), Axis("relative_benefit", name, "number"), series)
    said = words("perceived.benefits_says", first=table["brand"].iloc[0])
    kinds: dict[str, Kind] = {"brand": "text", "n": "count", "relative_benefit": "measure"}
    title, how = words("perceived.benefits"), words("perceived.benefits_how")
    return Exhibit("perceived-rivals", title, how, table_of(table, kinds, words), figure, said, [said])


def leads(survey: Json, words: Words) -> Exhibit | None:
    """Return where we lead or lag, the largest differences first."""
    table = _labelled(survey.get("rivals", {}).get("leads", []))
    if table.empty:
        return None
    table["name"] = table["rival"].astype(str) + ": " + table["name"]
    table = table.loc[table["lead"].abs().sort_values(ascending=False).index]
    table["verdict"] = [words.code("survey", code) for code in table["verdict"]]
    series = [Series("lead", words.column("lead"), "low", "high")]
    figure = rows(table[:_MOST], Axis("name", ""), Axis("lead", "", "number"), series)
    kinds: dict[str, Kind] = {"item": "text", "n": "count", "ours": "number", "theirs": "number"}
    kinds |= {"lead": "number", "low": "number", "high": "number", "verdict": "text"}
    title, how = words("perceived.leads"), words("perceived.leads_how")
    return Exhibit(
        "perceived-leads", title, how, table_of(table.assign(item=table["name"]), kinds, words), figure, how
    )


def _fair_value(table: pd.DataFrame, words: Words) -> dict[str, object]:
    """Return the line of what a brand of a price would have to give."""
    along = table.dropna(subset=["relative_price", "fair_benefit"]).sort_values("relative_price")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": numbers(along["relative_price"]),
        "y": numbers(along["fair_benefit"]),
        "line": {"dash": "dash", "width": 1.5},
        "name": words.column("fair_benefit"),
        "hovertemplate": words.column("fair_benefit") + ": %{y:.3f}<extra></extra>",
        "meta": {"colour": 1},
    }


def _labelled(rows_told: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows_told)
    if table.empty:
        return table
    return table.assign(name=table["label"].fillna(table["item"]) if "label" in table else table["item"])


def _axis(column: str, words: Words, kind: Kind = "number") -> Axis:
    return Axis(column, words.column(column), kind)


def _cross(x: float, y: float) -> list[dict[str, object]]:
    """Return the cross-hairs of a map."""
    return [
        {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "meta": "cross"},
        {"type": "line", "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1, "meta": "cross"},
    ]

"""Perceived value in motion: how value responds to each dimension, and what changes from wave to wave."""

import pandas as pd

from goodwill.report.charts import Axis, Series, lines
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST_LINES, _TWO = 6, 2


def response(survey: Json, words: Words) -> Exhibit | None:
    """Return how the outcome rises with each dimension, and up to where more of it pays."""
    told = survey.get("utility", {})
    table = pd.DataFrame(told.get("curves", []))
    if table.empty:
        return None
    table["name"] = [words.code("survey", code) for code in table["dimension"]]
    shown = table.pivot_table("response", "score", "name").reset_index()
    series = [Series(name, name) for name in dict.fromkeys(table["name"])]
    is_share = bool(table["response"].between(0, 1).all())
    kind: Kind = "share" if is_share else "number"
    up = Axis("", words("perceived.response_share" if is_share else "perceived.response_up"), kind)
    figure = lines(shown, Axis("score", words.column("score"), "number"), up, series)
    for line in figure["data"]:
        line["connectgaps"] = True
    said = [_limit(limit, words) for limit in told.get("limits", [])]
    kinds: dict[str, Kind] = {"dimension": "text", "score": "number", "response": kind}
    kinds |= {"low": kind, "high": kind}
    title, how = words("perceived.response"), words("perceived.response_how")
    joint = str(words.texts["page"]["list_joint"])
    numbers = table_of(table.assign(dimension=table["name"]), kinds, words)
    return Exhibit("perceived-response", title, how, numbers, figure, joint.join(said), points=said)


def index_course(survey: Json, words: Words) -> Exhibit | None:
    """Return the index of perceived value, wave by wave."""
    table = pd.DataFrame(survey.get("value", {}).get("value_by_wave", []))
    if table.empty or "index" not in set(table["figure"]):
        return None
    table = table[table["figure"] == "index"]
    # Of a handful of respondents the interval would leave the scale.
    table[["low", "high"]] = table[["low", "high"]].clip(0.0, 100.0)
    series = [Series("mean", words("perceived.index"), "low", "high")]
    figure = lines(table, Axis("wave", ""), Axis("mean", "", "number"), series)
    kinds: dict[str, Kind] = {
        "wave": "text",
        "n": "count",
        "mean": "number",
        "low": "number",
        "high": "number",
    }
    first, last = table.iloc[0], table.iloc[-1]
    said = words(
        "perceived.index_course_says",
        first=first["wave"],
        before=words.number(first["mean"]),
        last=last["wave"],
        after=words.number(last["mean"]),
    )
    title, how = words("perceived.index_course"), words("perceived.index_course_how")
    return Exhibit("perceived-index", title, how, table_of(table, kinds, words), figure, said, [said])


def theme_course(survey: Json, words: Words) -> Exhibit | None:
    """Return the share of each theme in the comments of each wave."""
    table = pd.DataFrame(survey.get("needs", {}).get("themes", []))
    if table.empty:
        return None
    table["name"] = table["theme"].astype(str)
    return _course(("themes", "theme"), table, "share", "share", words)


def need_course(survey: Json, words: Words) -> Exhibit | None:
    """Return what to mend first, wave by wave: importance times shortfall of each dimension."""
    table = pd.DataFrame(survey.get("needs", {}).get("dimensions", []))
    if table.empty or table["priority"].isna().all():
        return None
    table["name"] = [words.code("survey", code) for code in table["dimension"]]
    return _course(("needs", "dimension"), table.dropna(subset=["priority"]), "priority", "number", words)


def _course(
    of: tuple[str, str], table: pd.DataFrame, column: str, kind: Kind, words: Words
) -> Exhibit | None:
    """Return how a figure moves from wave to wave; `of` is the exhibit and the column of its lines."""
    key, head = of
    waves = list(dict.fromkeys(table["wave"]))
    if len(waves) < _TWO:
        return None
    foremost = table.groupby("name")[column].mean().nlargest(_MOST_LINES).index
    shown = table.pivot_table(column, "wave", "name").reindex(waves)[list(foremost)].reset_index()
    series = [Series(name, name) for name in foremost]
    last = shown.iloc[-1][list(foremost)].astype(float)
    said = words(f"perceived.{key}_course_says", first=last.idxmax(), wave=waves[-1])
    figure = lines(shown, Axis("wave", ""), Axis(column, words.column(column), kind), series)
    kinds: dict[str, Kind] = {"wave": "text", head: "text", column: kind}
    numbers = table_of(table.assign(**{head: table["name"]}), kinds, words)
    title, how = words(f"perceived.{key}_course"), words(f"perceived.{key}_course_how")
    return Exhibit(f"perceived-{key}-course", title, how, numbers, figure, said, [said])


def _limit(limit: Json, words: Words) -> str:
    """Return up to which score more of a dimension pays; a cost, or what may be chance, does not."""
    name, score = words.code("survey", limit["dimension"]), limit["pays_up_to"]
    rise, low, high = (limit.get(key) for key in ("rise", "rise_low", "rise_high"))
    if rise == 0 or (low is not None and high is not None and low <= 0 <= high):
        return words("perceived.response_unclear", name=name)
    if rise is not None and rise < 0:
        return words("perceived.response_cost", name=name)
    if score is None:
        return words("perceived.response_on", name=name)
    return words("perceived.response_limit", name=name, score=words.number(score))

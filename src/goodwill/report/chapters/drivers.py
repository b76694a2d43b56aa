"""What the predictions rest on: the reasons most often named for customers."""

import re
from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters.classes import UNKNOWN
from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST = 15
# How much a reason weighs for one customer, in brackets at its end: "(churn +19.0 points, clv -4.23)".
_EFFECT = r"\s*[(（][^()（）]*[)）]$"
# Digits beside a letter are part of a name, as in B12; those beside a Chinese sign are not.
_NUMBER = re.compile(r"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_][-./])\d[\d,.]*(?!-?[A-Za-z0-9_])")


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return how often each kind of reason was named, and how much each column matters overall."""
    found = _themes(material.findings.get("drivers", {}), words)
    columns = [name for name in ("reason_1", "reason_2", "reason_3") if material.has_scores(name)]
    if columns:
        counts = reason_counts(material.scored, columns)
        found += [_reasons(counts, words)] if len(counts) else []
    importance = material.evidence.get("importance", pd.DataFrame())
    if len(importance):
        found.append(_importance(importance, words))
    return found


def _themes(told: Json, words: Words) -> list[Exhibit]:
    """Return how much of what sets customers apart each theme accounts for, with its interval."""
    table = pd.DataFrame(told.get("importance", []))
    if table.empty:
        return []
    table["name"] = [_theme(str(theme), words) for theme in table["theme"]]
    table = table.sort_values("importance", ascending=False)
    series = [Series("importance", words.column("importance"), "low", "high")]
    figure = rows(table, Axis("name", ""), Axis("importance", "", "share"), series)
    first = table.iloc[0]
    said = words("drivers.themes_says", first=first["name"], share=words.share(float(first["importance"])))
    kinds: dict[str, Kind] = {"name": "text", "importance": "share", "low": "share", "high": "share"}
    title, how = words("drivers.themes"), words("drivers.themes_how")
    return [Exhibit("drivers-themes", title, how, table_of(table, kinds, words), figure, said, [said])]


def _theme(name: str, words: Words) -> str:
    """Return a theme in words; one that is a column of the customers' own goes by the column's."""
    return words.code("themes", name) if words.has(f"codes.themes.{name}") else words.column(name)


def reason_counts(scored: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return how many customers each kind of reason was named for, whatever its figures and its weight.

    Examples
    --------
    >>> scored = pd.DataFrame({"reason_1": ["no order for 84 days (clv -4.2)", "no order for 9 days", None]})
    >>> reason_counts(scored, ["reason_1"]).to_numpy().tolist()
    [['no order for … days', 2, 0.6666666666666666]]
    >>> branches = pd.DataFrame({"reason_1": ["branch: B1", "branch: B2"]})
    >>> reason_counts(branches, ["reason_1"])["reason"].tolist()
    ['branch: B1', 'branch: B2']
    """
    named = pd.concat([scored[name].dropna().astype("str").value_counts() for name in columns])
    named = named.drop(UNKNOWN, errors="ignore")
    named.index = named.index.str.replace(_EFFECT, "", regex=True)
    kinds = named.groupby([_kind(text) for text in named.index]).sum()
    kinds = kinds.sort_values(ascending=False)[:_MOST]
    table = pd.DataFrame({"reason": kinds.index, "customers": kinds.to_numpy()})
    return table.assign(customers_share=table["customers"] / max(len(scored), 1))


def _kind(text: str) -> str:
    """Return a reason without its figures; a level of a column, as in "branch: North 2", stays whole."""
    column, _, value = _parted(text)
    is_level = column and not value.lstrip("-")[:1].isdigit()
    return text if is_level else _NUMBER.sub("…", text)


def _reasons(counts: pd.DataFrame, words: Words) -> Exhibit:
    counts = counts.assign(reason=[_reason(text, words) for text in counts["reason"]])
    first = counts.iloc[0]
    said = words("drivers.says", reason=first["reason"], share=words.share(float(first["customers_share"])))
    series = [Series("customers_share", words.column("customers_share"))]
    figure = rows(counts, Axis("reason", ""), Axis("customers_share", "", "share"), series)
    table = table_of(counts, {"reason": "text", "customers": "count", "customers_share": "share"}, words)
    return Exhibit(
        "drivers-reasons", words("drivers.reasons"), words("drivers.how"), table, figure, said, [said]
    )


def _reason(text: str, words: Words) -> str:
    """Return a reason; one that begins with a column, as "branch_id: north" does, with the column's words."""
    column, colon, value = _parted(text)
    return f"{words.column(column)}{colon}{value}" if column else text


def _parted(text: str) -> tuple[str, str, str]:
    """Return column, colon and value of a reason that begins with a column; no column for any other."""
    column, colon, value = text.partition("：" if "：" in text else ": ")
    return (column, colon, value) if value and column.isidentifier() else ("", "", text)


def _importance(importance: pd.DataFrame, words: Words) -> Exhibit:
    top = importance.sort_values("importance", ascending=False)[:_MOST]
    top = top.assign(column=[words.column(name) for name in top["column"]])
    series = [Series("importance", words.column("importance"))]
    figure = rows(top, Axis("column", ""), Axis("importance", "", "share"), series)
    table = table_of(top, {"column": "text", "importance": "share"}, words)
    return Exhibit(
        "drivers-importance", words("drivers.importance"), words("drivers.importance_how"), table, figure
    )

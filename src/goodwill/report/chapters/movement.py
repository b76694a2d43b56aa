"""Who moved: classes of the same customers on two days, with newcomers and leavers."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters.classes import DIMENSIONS, UNKNOWN, order_of
from goodwill.report.charts import Axis, heat
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import table_of
from goodwill.report.words import Words
from goodwill.value.migration import LEFT, NEWCOMER, Migration, migration

_SHOWN = ("tier", "lifecycle", "segment")


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return who moved between the classes of the first dimensions that both days have."""
    if not len(material.scored_earlier) or not material.has_scores("customer_id"):
        return []
    both = set(material.scored.columns) & set(material.scored_earlier.columns)
    present = [name for name in (*_SHOWN, *DIMENSIONS) if name in both]
    return [_exhibit(material, words, name) for name in list(dict.fromkeys(present))[:2]]


def flows(moved: Migration) -> pd.DataFrame:
    """Return a row per pair of classes: came_from, went_to, customers, share of those who were in came_from.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": ["a", "b"], "tier": ["gold", "gold"]})
    >>> after = pd.DataFrame({"customer_id": ["a", "c"], "tier": ["lead", "gold"]})
    >>> flows(migration(before, after, "tier")).sort_values(["came_from", "went_to"]).to_numpy().tolist()
    [['gold', 'lead', 1, 0.5], ['gold', 'left', 1, 0.5], ['newcomer', 'gold', 1, 1.0]]
    """
    found = moved.flows.rename(columns={"from": "came_from", "to": "went_to"})
    found = found[["came_from", "went_to", "customers"]]
    return found.assign(share=found["customers"] / found.groupby("came_from")["customers"].transform("sum"))


def _watched(moved: Migration, words: Words) -> list[str]:
    """Return whom to look at, in words."""
    return [
        words(
            "movement.watch" if row["value_at_stake"] > 0 else "movement.watch_up",
            came_from=_name(words, moved.dimension, row["from"]),
            went_to=_name(words, moved.dimension, row["to"]),
            n=words.count(row["customers"]),
            value=words.money(row["value_at_stake"]),
        )
        for row in moved.watch_list.to_dict("records")
    ]


def _of_one_horizon(before: pd.DataFrame, after: pd.DataFrame) -> bool:
    """Say whether both days tell values over equally many days; other values do not compare."""
    spans = [
        set(rows["horizon_days"].dropna()) if "horizon_days" in rows else set() for rows in (before, after)
    ]
    return spans[0] == spans[1]


def _exhibit(material: Material, words: Words, column: str) -> Exhibit:
    before, after = material.scored_earlier, material.scored
    told = ("customer_id", column, *(["clv"] if _of_one_horizon(before, after) else []))
    wanted = [name for name in told if name in before and name in after]
    moved = migration(_coded(before[wanted], column), _coded(after[wanted], column), column)
    found = flows(moved)
    order = [*order_of(words, column), *sorted({*found["came_from"], *found["went_to"]})]
    order = [code for code in dict.fromkeys(order) if code not in {NEWCOMER, LEFT, UNKNOWN}]
    order += [UNKNOWN, NEWCOMER, LEFT]
    place = {code: i for i, code in enumerate(order)}
    found = found.sort_values(["came_from", "went_to"], key=lambda codes: codes.map(place))
    named = found.assign(
        **{side: [_name(words, column, code) for code in found[side]] for side in ("came_from", "went_to")}
    )
    full = _grid(named, [_name(words, column, code) for code in order])
    kinds = {"came_from": "text", "went_to": "text", "customers": "count", "share": "share"}
    stayed = found[found["came_from"] == found["went_to"]]["customers"].sum()
    known = found[~found["came_from"].isin([NEWCOMER]) & ~found["went_to"].isin([LEFT])]["customers"].sum()
    said = words("movement.says", share=words.share(stayed / known if known else None))
    days = {
        side: pd.Timestamp(rows["as_of"].iloc[0]).date()
        for side, rows in (("before", before), ("after", after))
    }
    figure = heat(
        full,
        Axis("went_to", words("movement.then", day=days["after"])),
        Axis("came_from", words("movement.first", day=days["before"])),
        Axis("share", "", "share"),
    )
    return Exhibit(
        f"movement-{column}",
        words("movement.between", dimension=words.code("dimensions", column), **days),
        words("movement.how"),
        table_of(named, kinds, words),  # type: ignore[arg-type] # the literals are kinds
        figure, said, [said], points=_watched(moved, words),
    )  # fmt: skip


def _coded(scores: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return scores whose codes are text, so that the order of a file's levels plays no part."""
    return scores.assign(**{column: scores[column].astype("str").fillna(UNKNOWN)})


def _name(words: Words, dimension: str, code: str) -> str:
    return words(f"movement.{code}") if code in {NEWCOMER, LEFT} else words.code(dimension, code)


def _grid(flows: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Return every pair of a row and a column that there is, empty cells at 0."""
    sides = [[name for name in order if name in set(flows[side])] for side in ("came_from", "went_to")]
    pairs = pd.MultiIndex.from_product(sides, names=["came_from", "went_to"])
    return flows.set_index(["came_from", "went_to"])["share"].reindex(pairs, fill_value=0.0).reset_index()

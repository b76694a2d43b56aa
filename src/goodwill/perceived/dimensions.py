"""Items joined to dimensions: scores on a common scale, a respondent's mean per dimension."""

from collections.abc import Collection

import pandas as pd

from goodwill.perceived.survey import Survey

RATED = ("perception", "performance", "score")


def dimensions_of(survey: Survey) -> pd.DataFrame:
    """Return the dimensions of the item list, in its order: `kind` and `n_items`."""
    items = survey.items[survey.items["dimension"].notna()]
    grouped = items.groupby("dimension", sort=False)
    return grouped.agg(kind=("kind", "first"), n_items=("kind", "size"))


def without_dimension(survey: Survey) -> tuple[str, ...]:
    """Return the rated items that are in no dimension and measure no outcome: they enter no score.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("a", "quality", columns={"score": "A"}), Item("b", columns={"score": "B"})]
    >>> without_dimension(read_wide(pd.DataFrame({"A": [1, 2], "B": [3, 4]}), asked))
    ('b',)
    """
    asked = {item for side in RATED for item in survey.items_of(side)}
    is_bare = survey.items["dimension"].isna() & survey.items["measure"].isna()
    return tuple(name for name in survey.items.index[is_bare] if name in asked)


def by_dimension(values: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """Return each respondent's mean over the items of each dimension that they answered.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("a", "quality", columns={"score": "A"}), Item("b", "quality", columns={"score": "B"})]
    >>> survey = read_wide(pd.DataFrame({"A": [1, 2], "B": [3, None]}), asked)
    >>> by_dimension(survey.wide("score"), survey)["quality"].tolist()
    [2.0, 2.0]
    """
    names = survey.items["dimension"].reindex(values.columns)
    found = {name: values.loc[:, (names == name).to_numpy()].mean(axis=1) for name in names.dropna().unique()}
    return pd.DataFrame(found, index=values.index)


def rated_sides(survey: Survey) -> pd.Series:
    """Return the side that says how we are felt to be, by item: perception, else performance, else score.

    The items of a dimension share one, the first that any of them was answered on. Items in no dimension
    have the first that any dimension was rated on.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("a", "quality", columns={"performance": "A"}),
    ...          Item("b", "price", columns={"score": "B"})]
    >>> rated_sides(read_wide(pd.DataFrame({"A": [1, 2], "B": [3, 4]}), asked)).to_dict()
    {'a': 'performance', 'b': 'score'}
    """
    dimensions = survey.items["dimension"]
    asked = {side: dimensions.index.isin(survey.items_of(side)) for side in RATED}
    rated = {side: set(dimensions[rows].dropna()) for side, rows in asked.items()}
    usual = next((side for side, names in rated.items() if names), RATED[0])
    own = {name: side for side, names in reversed(rated.items()) for name in names}
    return pd.Series([own.get(name, usual) for name in dimensions], dimensions.index, name="side")


def rated_answers(survey: Survey, *, brand: str | None = None, wave: str | None = None) -> pd.DataFrame:
    """Return what says how we are felt to be, respondent × item: each item on its side of `rated_sides`.

    `brand` and `wave` are those of `Survey.wide`.
    """
    sides = rated_sides(survey)
    parts = {side: survey.wide(side, brand=brand, wave=wave) for side in sides.unique()}
    if len(parts) == 1:
        return parts[sides.iloc[0]]
    kept = [part.loc[:, (sides[part.columns] == side).to_numpy()] for side, part in parts.items()]
    found = pd.concat(kept, axis=1)
    return found[[item for item in survey.items.index if item in found]].rename_axis(columns="item")


def rated_otherwise(survey: Survey) -> tuple[str, ...]:
    """Return the items that were rated, but not on the side their dimension is rated on: they enter no score.

    Items that measure an outcome are told of elsewhere.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> sides = {"a": "performance", "b": "score"}
    >>> asked = [Item(name, "quality", columns={side: name}) for name, side in sides.items()]
    >>> rated_otherwise(read_wide(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), asked))
    ('b',)
    """
    sides, asked = rated_sides(survey), {side: set(survey.items_of(side)) for side in RATED}
    in_dimension = sides[survey.items["dimension"].notna() & survey.items["measure"].isna()]
    anywhere = set().union(*asked.values())
    return tuple(item for item, side in in_dimension.items() if item in anywhere - asked[side])


def on_index(values: pd.DataFrame, survey: Survey) -> pd.DataFrame:
    """Return answers as places on their scales, 0 the lowest answer and 100 the highest.

    An item without a declared scale is placed between the lowest and the highest answer it got on any side.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> survey = read_wide(pd.DataFrame({"Q": [1, 4]}), [Item("q", scale=(1, 7), columns={"score": "Q"})])
    >>> on_index(survey.wide("score"), survey)["q"].tolist()
    [0.0, 50.0]
    """
    low, high = scale_ends(values.columns, survey)
    return 100 * (values - low) / (high - low).where(high > low)


def on_one_scale(values: pd.DataFrame, survey: Survey, among: Collection[str]) -> pd.DataFrame:
    """Return answers as they are where items share a scale, else as places on their scales, 0 to 100.

    Parameters
    ----------
    among : the items that are compared, whose declared scales decide.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> ends = {"a": (1, 5), "b": (0, 10)}
    >>> asked = [Item(name, scale=scale, columns={"score": name}) for name, scale in ends.items()]
    >>> survey = read_wide(pd.DataFrame({"a": [4], "b": [6]}), asked)
    >>> on_one_scale(survey.wide("score"), survey, ["a", "b"]).iloc[0].tolist()
    [75.0, 60.0]
    """
    known = survey.items.loc[list(among), ["scale_low", "scale_high"]].dropna()
    return on_index(values, survey) if len(known.drop_duplicates()) > 1 else values


def cost_dimensions(survey: Survey) -> set[str]:
    """Return the dimensions of which less is better."""
    kinds = dimensions_of(survey)["kind"]
    return set(kinds.index[kinds == "cost"])


def scale_ends(items: pd.Index, survey: Survey) -> tuple[pd.Series, pd.Series]:
    """Return the ends of each item's scale: declared, else the lowest and the highest answer of anybody."""
    known = survey.items.reindex(items)
    low = known["scale_low"].fillna(known["lowest_answer"])
    return low, known["scale_high"].fillna(known["highest_answer"])

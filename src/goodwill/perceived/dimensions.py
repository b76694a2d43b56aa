"""Items joined to dimensions: scores on a common scale, a respondent's mean per dimension."""

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


def rated_side(survey: Survey) -> str:
    """Return the side that says how we are felt to be: perception, else performance, else score."""
    items = survey.items.index[survey.items["dimension"].notna()]
    asked = (side for side in RATED if set(survey.items_of(side)) & set(items))
    return next(asked, "perception")


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


def cost_dimensions(survey: Survey) -> set[str]:
    """Return the dimensions of which less is better."""
    kinds = dimensions_of(survey)["kind"]
    return set(kinds.index[kinds == "cost"])


def scale_ends(items: pd.Index, survey: Survey) -> tuple[pd.Series, pd.Series]:
    """Return the ends of each item's scale: declared, else the lowest and the highest answer of anybody."""
    known = survey.items.reindex(items)
    low = known["scale_low"].fillna(known["lowest_answer"])
    return low, known["scale_high"].fillna(known["highest_answer"])

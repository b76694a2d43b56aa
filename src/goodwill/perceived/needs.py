"""What each customer needs, from what they said: a pain, a concern or an expectation."""

import pandas as pd

from goodwill.errors import TableError

NEEDS = ("pain", "concern", "expectation")


def needs(comments: pd.DataFrame, customers: pd.Index | None = None) -> pd.DataFrame:
    """Return each customer's need: the kind that most of their comments are, at a tie the latest.

    Parameters
    ----------
    comments : a row per comment: `customer_id` (or `respondent`) and `kind` as of `kinds_of`, with `time` if
        known. Praise is no need.
    customers : whom to tell about; by default those who commented.

    Returns
    -------
    A row per customer: `customer_id`, `need` (pain, concern, expectation, unknown).

    Raises
    ------
    TableError : `customer_id` or `kind` is missing.

    Examples
    --------
    >>> said = pd.DataFrame({"customer_id": ["a", "a", "b"], "kind": ["pain", "concern", "praise"]})
    >>> needs(said, pd.Index(["a", "b", "c"]))["need"].tolist()
    ['concern', 'unknown', 'unknown']
    """
    who = "customer_id" if "customer_id" in comments else "respondent"
    if not {who, "kind"} <= set(comments.columns):
        raise TableError(
            f"comments has the columns {', '.join(map(str, comments.columns))}; needs want customer_id and "
            "kind. Call voices(...) and pass its `comments`."
        )
    known = comments.dropna(subset=[who])
    asked = pd.Index(known[who].unique()) if customers is None else customers
    told = known[known["kind"].isin(NEEDS)]
    if "time" in told:
        told = told.sort_values("time", kind="stable", na_position="first")
    counted = (
        told.assign(place=range(len(told)))
        .groupby([who, "kind"], observed=True)["place"]
        .agg(["size", "max"])
    )
    ordered = counted.sort_values(["size", "max"], ascending=False).reset_index()
    first = ordered.drop_duplicates(who).set_index(who)["kind"]
    need = first.reindex(asked).fillna("unknown").astype(str)
    return pd.DataFrame({"customer_id": asked, "need": need.to_numpy()})

"""What customers contribute in data, beside the records of the whole base."""

import pandas as pd

from goodwill.data.tables import Tables
from goodwill.engine import fetch
from goodwill.features.population import features
from goodwill.pipeline.question import Question
from goodwill.value.contribution import Records, counts_in, data_contribution

_INDEX = "data_index"


def records_of(tables: Tables, question: Question) -> Records:
    """Return the records of all customers known at `question.as_of`, counted by the engine."""
    known = features(tables.before(question.as_of), question.active_days, question.churn)
    names = counts_in(known.columns)
    sums = known.aggregate(n_customers=known.count(), **{name: known[name].sum() for name in names})
    (row,) = fetch(sums).to_pylist()
    return Records({name: float(row[name] or 0) for name in names}, int(row["n_customers"]))


def with_data_index(scores: pd.DataFrame, X: pd.DataFrame, base: Records | None) -> pd.DataFrame:
    """Add `data_index`, 100 being the average customer, where the records of the base are asked for.

    Parameters
    ----------
    scores, X : row by row.
    """
    if base is None:
        return scores
    return scores.assign(**{_INDEX: data_contribution(X, base)[_INDEX].to_numpy()})


def data_indices(X: pd.DataFrame, base: Records) -> dict[str, float]:
    """Return a customer's index in all, as `all`, and of each kind of data; empty where there are no data.

    Parameters
    ----------
    X : the features of one customer, a single row.
    """
    if not any(base.totals.values()):
        return {}
    told = data_contribution(X, base).iloc[0]
    kinds = {name.removeprefix("data_share_"): name for name in told.index if name.startswith("data_share_")}
    by_kind = {kind: 100 * base.n_customers * float(told[name]) for kind, name in kinds.items()}
    return {"all": float(told[_INDEX]), **by_kind}

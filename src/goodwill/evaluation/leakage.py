"""Whether a single column of a ready-made table gives the answer away: mostly a fact learned afterwards."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.tree import DecisionTreeRegressor

from goodwill.evaluation.findings import Finding
from goodwill.evaluation.metrics import churn_metrics
from goodwill.evaluation.ranking import FloatArray

Rows = npt.NDArray[np.intp]

_FOLDS, _MOST_ROWS, _SUSPICIOUS, _LEAST_ROWS = 5, 20_000, 0.95, 20
_LARGEST = 1e30  # trees hold single precision, which ends at 3e38


def leakage_screen(X: pd.DataFrame, y: npt.ArrayLike, seed: int = 0) -> list[Finding]:
    """Return a finding for each column that alone predicts the label too well, or one that says none does.

    Parameters
    ----------
    X : (n_customers, n_features) ready-made features, any types; at most 20,000 rows are used.
    y : (n_customers,) the label: churned (two values) or money.

    Returns
    -------
    Findings with the column's name in the text and, as value, its area under the ROC curve (two values) or
    its share of explained variance (money), each for rows that a small tree, or the mean per category, had
    not seen. Above .95 is a problem.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> churned = rng.random(200) < 0.5
    >>> X = pd.DataFrame({"age": rng.normal(size=200), "months_since_goodbye": churned * 3.0})
    >>> [(finding.level, finding.value) for finding in leakage_screen(X, churned)]
    [('problem', 1.0)]
    """
    scores = column_scores(X, y, seed)
    what = "area under the ROC curve" if _is_binary(y) else "share of variance explained"
    suspicious = scores[scores > _SUSPICIOUS]
    if len(suspicious):
        found = [
            (float(score), _warning(str(name), float(score), what)) for name, score in suspicious.items()
        ]
        return [Finding("leakage", "problem", score, text) for score, text in found]
    if scores.empty:
        text = "The columns could not be screened: too few labelled customers, or labels that are all equal."
        return [Finding("leakage", "warning", None, text)]
    strongest = f"{scores.index[0]} ({what} {scores.iloc[0]:.2f})"
    text = f"No single column gives the label away; the strongest is {strongest}."
    return [Finding("leakage", "ok", float(scores.iloc[0]), text)]


def column_scores(X: pd.DataFrame, y: npt.ArrayLike, seed: int = 0) -> "pd.Series[float]":
    """Return how well each column alone predicts the label, the strongest first.

    Empty where there are fewer than 20 customers, all labels are equal, or one of two is rarer than 5.
    """
    label = np.asarray(y, dtype=float)
    if len(label) > _MOST_ROWS:
        chosen = np.random.default_rng(seed).choice(len(label), _MOST_ROWS, replace=False)
        X, label = X.iloc[chosen], label[chosen]
    counts = np.unique(label, return_counts=True)[1]
    is_rare = len(counts) == 2 and counts.min() < _FOLDS  # noqa: PLR2004 (yes and no)
    if len(label) < _LEAST_ROWS or len(counts) == 1 or is_rare:
        return pd.Series(dtype=float)
    scores = {str(name): _score(X[name], label, seed) for name in X}
    return pd.Series(scores, dtype=float).sort_values(ascending=False, kind="stable")


def _score(column: pd.Series, label: FloatArray, seed: int) -> float:
    is_yes_or_no = _is_binary(label)
    folds = (StratifiedKFold if is_yes_or_no else KFold)(_FOLDS, shuffle=True, random_state=seed)
    predicted = np.empty(len(label))
    predict = _by_tree if _is_ordered(column) else _by_level
    for seen, unseen in folds.split(label, label):
        predicted[unseen] = predict(column, label, seen, unseen)
    if is_yes_or_no:
        p = np.clip((predicted - label.min()) / np.ptp(label), 0, 1)
        return float(churn_metrics(label == label.max(), p)["roc_auc"] or 0.0)
    return float(1 - np.mean((label - predicted) ** 2) / np.var(label))


def _by_tree(column: pd.Series, label: FloatArray, seen: Rows, unseen: Rows) -> FloatArray:
    numbers = column.astype("int64").where(column.notna()) if _is_time(column) else column
    values = numbers.to_numpy(dtype=float, na_value=np.nan, copy=True)[:, None]
    values[np.isinf(values)] = np.nan
    values = np.clip(values, -_LARGEST, _LARGEST)
    tree = DecisionTreeRegressor(max_depth=4, min_samples_leaf=max(2, len(label) // 200), random_state=0)
    return tree.fit(values[seen], label[seen]).predict(values[unseen])


def _by_level(column: pd.Series, label: FloatArray, seen: Rows, unseen: Rows) -> FloatArray:
    codes = pd.factorize(column.astype(object), use_na_sentinel=False)[0]
    means = pd.Series(label[seen]).groupby(codes[seen]).mean()
    return np.asarray(means.reindex(codes[unseen]).fillna(label[seen].mean()), dtype=float)


def _is_ordered(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) or _is_time(column)


def _is_time(column: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column)


def _is_binary(y: npt.ArrayLike) -> bool:
    return len(np.unique(np.asarray(y, dtype=float))) <= 2  # noqa: PLR2004 (yes and no)


def _warning(name: str, score: float, what: str) -> str:
    return (
        f"{name} alone predicts the label almost perfectly ({what} {score:.3f}), probably as it was recorded "
        f"after the outcome: leave it out with `drop: [{name}]` unless it is known when scoring."
    )

"""Whether a model of a ready-made table makes sense, asked of customers told by models without them."""

import pandas as pd

from goodwill.modeling.profiles.columns import ProfileColumns
from goodwill.modeling.profiles.comparison import Judgement
from goodwill.monitoring.calibration import calibration_by, deciles, large
from goodwill.monitoring.column_groups import strongest_groups
from goodwill.monitoring.fold_sanity import fold_findings, plain_findings
from goodwill.monitoring.levels import level_findings
from goodwill.monitoring.sanity import Sanity

_SAID = {"churned": ("p_churn",), "value": ("clv", "clv_low", "clv_high")}


def profile_sanity(
    X: pd.DataFrame,
    y: pd.DataFrame,
    judgement: Judgement,
    columns: ProfileColumns,
    *,
    currency: str = "",
    level: float = 0.8,
) -> Sanity:
    """Return what held-out predictions say about the model of a ready-made table.

    Predicted beside actual by decile and by the groups of the columns by which predictions differ most,
    what the intervals hold, how much folds differ, and what a plain model would cost.

    Parameters
    ----------
    X, y : the table and its labels, as in `ProfileModel.fit`.
    judgement : of the same rows. columns : which columns are features.
    currency : of the money in the sentences.
    level : share of values that the intervals were asked to hold.

    Examples
    --------
    >>> import numpy as np
    >>> from goodwill.modeling.profiles.comparison import compared
    >>> from goodwill.modeling.profiles import ProfileModel
    >>> months = np.random.default_rng(0).integers(1, 60, 300)
    >>> X = pd.DataFrame({"months": months})
    >>> y = pd.DataFrame({"churned": np.random.default_rng(1).random(300) < 10 / (10 + months)})
    >>> judgement = compared(X, y, ProfileModel(), repeats=1)
    >>> report = profile_sanity(X, y, judgement, ProfileColumns.fit(X))
    >>> [finding.name for finding in report.findings][:3]
    ['churn_by_decile', 'churn_by_column', 'churn_between_folds']
    """
    found, tables = [], dict[str, pd.DataFrame]()
    for label, what in (("churned", "churn"), ("value", "value")):
        if label in y:
            own = _tables(label, X, y, judgement, columns)
            found += level_findings(own, y[[label]].dropna(), currency, level=level)
            tables |= {by if by != "column" else f"{what} by column": table for by, table in own.items()}
    found += [*fold_findings(y, judgement), *plain_findings(y, judgement)]
    return Sanity(tuple(found), tables)


def _tables(
    label: str, X: pd.DataFrame, y: pd.DataFrame, judgement: Judgement, columns: ProfileColumns
) -> dict[str, pd.DataFrame]:
    """Return predicted beside actual by decile and by column, of the customers that have the label.

    The first repetition tells: a mean over several would flatter a model that is fitted once.
    """
    known, said = y[label].notna().to_numpy(), judgement.served.repeats[0]
    scores = pd.DataFrame({name: getattr(said, name) for name in _SAID[label]})[known].dropna(axis=1)
    true = y.loc[known, [label]].astype(float)
    score = scores.iloc[:, 0]
    groups = strongest_groups(columns, X[known], score.to_numpy(float))
    by_column = [large(calibration_by(group, scores, true)) for group in groups.values()]
    tables = {f"decile of {score.name}": calibration_by(deciles(score), scores, true)}
    return tables | ({"column": pd.concat(by_column, ignore_index=True)} if by_column else {})

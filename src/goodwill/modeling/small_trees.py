"""Small trees of XGBoost on a few numbers per row, for what is learned beside the model of value."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from goodwill.modeling.boosting import BINS

_SETTINGS: Mapping[str, object] = {
    "subsample": 0.7,
    "max_bin": BINS,
    "reg_lambda": 5.0,
    "tree_method": "hist",
    "nthread": 1,  # threads would wait for each other longer than they work
}


def small_trees(
    design: npt.NDArray[np.float32], y: npt.ArrayLike, own: Mapping[str, object], *, n: int, seed: int
) -> xgb.Booster:
    """Return trees fitted to `y` (n_rows,) by a few numbers per row.

    Parameters
    ----------
    design : (n_rows, n_columns), missing where nothing is known.
    own : the objective, and what else XGBoost needs beside the settings that all small trees share.
    n : how many trees.

    Examples
    --------
    >>> design = np.arange(40, dtype=np.float32)[:, None]
    >>> trees = small_trees(design, design[:, 0] > 19, {"objective": "binary:logistic"}, n=9, seed=0)
    >>> trees.inplace_predict(design[[0, 39]]).round().tolist()
    [0.0, 1.0]
    """
    rows = xgb.QuantileDMatrix(design, label=y, max_bin=BINS)
    return xgb.train({**_SETTINGS, **own, "seed": seed}, rows, n)

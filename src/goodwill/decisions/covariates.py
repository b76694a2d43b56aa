"""What was known before treatment, as standardised numbers without gaps."""

import numpy as np
import pandas as pd

from goodwill.modeling.encoding import Encoding


def covariate_columns(known: pd.DataFrame) -> pd.DataFrame:
    """Return covariates as columns of mean 0 and variance 1.

    Text becomes a column per frequent level; a gap becomes the median, with a column that says so; what never
    varies is left out. Who was treated plays no part.

    Parameters
    ----------
    known : (n, k) raw columns, numbers or text.

    Examples
    --------
    >>> known = pd.DataFrame({"age": [20.0, None, 40.0, 30.0], "city": ["y", "n", "y", "n"], "land": "UK"})
    >>> covariate_columns(known).round(2).to_dict("list")
    {'age': [-1.41, 0.0, 1.41, 0.0], 'city=n': [-1.0, 1.0, -1.0, 1.0], 'age?': [-0.58, 1.73, -0.58, -0.58]}
    """
    plain = known.reset_index(drop=True)
    if plain.empty or not len(plain.columns):
        return pd.DataFrame(index=plain.index)
    encoded = Encoding.fit(plain).encode(plain)
    gaps = encoded.isna().astype(float).rename(columns=lambda name: f"{name}?")
    filled = pd.concat([encoded.fillna(encoded.median()), gaps], axis=1)
    spread = filled.std(ddof=0)
    varied = filled.loc[:, spread > 0]
    return _distinct((varied - varied.mean()) / spread[spread > 0])


def _distinct(columns: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns that say what an earlier one says, straight or reversed."""
    kept: dict[bytes, str] = {}
    for name in columns:
        values = np.round(columns[name].to_numpy(), 9) + 0.0
        code = (values * np.sign(values[np.flatnonzero(values)[0]]) + 0.0).tobytes()
        kept.setdefault(code, str(name))
    return columns[list(kept.values())]

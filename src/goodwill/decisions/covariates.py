"""What was known before treatment, as standardised numbers without gaps."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from goodwill.modeling.encoding import OTHER, Encoding


@dataclass(frozen=True)
class Covariates:
    """How raw columns become numbers of mean 0 and variance 1, fixed where it was fitted.

    Text becomes a column per frequent level; a gap becomes the median, with a column that says so; what never
    varies, or says what an earlier column says, is left out. Who was treated plays no part.

    Parameters
    ----------
    encoding : which columns are numbers, and which levels have columns of their own.
    medians, means, spreads : by column; `spreads` names the columns that are kept, in order.

    Examples
    --------
    >>> known = pd.DataFrame({"age": [20.0, None, 40.0, 30.0], "city": ["y", "n", "y", "n"], "land": "UK"})
    >>> fitted = Covariates.fit(known)
    >>> fitted.transform(known).round(2).to_dict("list")
    {'age': [-1.41, 0.0, 1.41, 0.0], 'city=n': [-1.0, 1.0, -1.0, 1.0], 'age?': [-0.58, 1.73, -0.58, -0.58]}
    >>> fitted.transform(pd.DataFrame({"age": [30.0]})).round(2).to_dict("list")
    {'age': [0.0], 'city=n': [-1.0], 'age?': [-0.58]}
    >>> fitted.source_of
    ('age', 'city', 'age')
    """

    encoding: Encoding
    medians: pd.Series
    means: pd.Series
    spreads: pd.Series

    @property
    def source_of(self) -> tuple[str, ...]:
        """The raw column that each standardised one comes from."""
        plain = {name: name for name in self.encoding.numbers}
        for name, levels in self.encoding.levels.items():
            plain |= {f"{name}={level}": name for level in (*levels, OTHER)}
        gaps = {f"{name}?": owner for name, owner in plain.items()}
        return tuple({**gaps, **plain}[str(name)] for name in self.spreads.index)

    @classmethod
    def fit(cls, known: pd.DataFrame) -> Self:
        """Fit to raw columns, (n, k) of numbers or text."""
        encoding = Encoding.fit(known.reset_index(drop=True))
        encoded = encoding.encode(known)
        medians = encoded.median()
        filled = _filled(encoded, medians)
        spread = filled.std(ddof=0)
        varied = filled.loc[:, spread > 0]
        kept = _distinct((varied - varied.mean()) / spread[spread > 0])
        return cls(encoding, medians, filled.mean()[kept], spread[kept])

    def transform(self, known: pd.DataFrame) -> pd.DataFrame:
        """Return (n, k) standardised columns; the index counts from 0."""
        encoded = self.encoding.encode(known.reset_index(drop=True))
        filled = _filled(encoded, self.medians)[list(self.spreads.index)]
        return (filled - self.means) / self.spreads


def covariate_columns(known: pd.DataFrame) -> pd.DataFrame:
    """Return covariates as standardised columns without gaps; none of them for none.

    Examples
    --------
    >>> covariate_columns(pd.DataFrame({"age": [20.0, 40.0]})).to_dict("list")
    {'age': [-1.0, 1.0]}
    """
    if not len(known.columns):
        return pd.DataFrame(index=range(len(known)))
    return Covariates.fit(known).transform(known)


def _filled(encoded: pd.DataFrame, medians: pd.Series) -> pd.DataFrame:
    gaps = encoded.isna().astype(float).rename(columns=lambda name: f"{name}?")
    return pd.concat([encoded.fillna(medians), gaps], axis=1)


def _distinct(columns: pd.DataFrame) -> list[str]:
    """Leave out columns that say what an earlier one says, straight or reversed."""
    kept: dict[bytes, str] = {}
    for name in columns:
        values = np.round(columns[name].to_numpy(), 9) + 0.0
        code = (values * np.sign(values[np.flatnonzero(values)[0]]) + 0.0).tobytes()
        kept.setdefault(code, str(name))
    return list(kept.values())

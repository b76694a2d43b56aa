"""Whether a population still looks as it did: bins and levels of then, shares and distances of now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

Stored = dict[str, Any]  # JSON as it comes
F = NDArray[np.float64]
N_BINS = 10
MOST_LEVELS = 20
PSI_LIMIT = 0.2
DISTANCE_LIMIT = 0.1
MISSING_LIMIT = 0.05
_CHANCE = 0.001
# The Kolmogorov-Smirnov statistic exceeds so many standard errors in one of a thousand samples.
_KS_OF_CHANCE = 1.95


@dataclass(frozen=True)
class ColumnProfile:
    """How one column was spread: shares of its bins or levels, with no value of any one row.

    Parameters
    ----------
    edges : upper edges of all bins but the last, of a number.
    levels : of a text; further ones count as one more.
    shares : of the rows with a value, by bin or level.
    missing_share : of all rows.
    """

    edges: tuple[float, ...]
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    missing_share: float


@dataclass(frozen=True)
class Profile:
    """How the columns of a frame were spread, to compare later frames with.

    Parameters
    ----------
    columns : by name.
    n_customers : whom it was learned from; chance limits follow from it.

    Examples
    --------
    >>> then = pd.DataFrame({"age": range(20, 70), "plan": ["a", "b"] * 25})
    >>> profile = Profile.fit(then)
    >>> found = drift(profile, then.assign(age=then["age"] + 40, plan="a"))
    >>> found[["column", "is_drifted"]].to_numpy().tolist()
    [['age', True], ['plan', True]]
    """

    columns: Mapping[str, ColumnProfile]
    n_customers: int

    @classmethod
    def fit(cls, frame: pd.DataFrame, n_customers: int | None = None) -> Self:
        """Learn bins, levels and shares; columns that never hold a value are left out."""
        known = [str(name) for name in frame.columns if frame[name].notna().any()]
        return cls({name: _profile(frame[name]) for name in known}, n_customers or len(frame))

    def to_dict(self) -> Stored:
        """Return plain JSON values."""
        columns = {name: asdict(column) for name, column in self.columns.items()}
        return {"columns": columns, "n_customers": self.n_customers}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return a stored profile."""
        columns = {
            name: ColumnProfile(
                tuple(column["edges"]),
                tuple(column["levels"]),
                tuple(column["shares"]),
                column["missing_share"],
            )
            for name, column in stored["columns"].items()
        }
        return cls(columns, int(stored["n_customers"]))


def drift(
    profile: Profile,
    frame: pd.DataFrame,
    *,
    psi_limit: float = PSI_LIMIT,
    distance_limit: float = DISTANCE_LIMIT,
) -> pd.DataFrame:
    """Return how far each column has moved, and whether further than chance and the limits allow.

    The population stability index is the sum of (now - then) * ln(now / then) over bins; without any change
    it is about (1/n + 1/m) times a chi-squared variable with bins - 1 degrees of freedom (Yurdakul and
    Naranjo 2020), so in small samples its limit rises with what chance brings once in a thousand columns. The
    distance is the largest difference of the cumulative shares (Kolmogorov and Smirnov) for numbers and half
    the sum of differences (total variation) for levels. A column has drifted if both exceed their limits.

    Parameters
    ----------
    profile : of the frame that was learned from.
    frame : (n, ...) of now; a column absent from it counts as missing.
    psi_limit, distance_limit : the least that counts, in samples of any size.

    Returns
    -------
    A row per column, most drifted first: `column, psi, psi_limit, distance, distance_limit,
    missing_share_then, missing_share, is_drifted, is_missing_more`.
    """
    rows = []
    for name, then in profile.columns.items():
        values = frame[name] if name in frame else pd.Series(np.nan, frame.index)
        # Shares are of the rows with a value, and so is what chance makes of them.
        n, m = profile.n_customers * (1 - then.missing_share), max(int(values.notna().sum()), 1)
        shares, missing = _shares(values, then), float(values.isna().mean()) if len(values) else 0.0
        psi, distance = _psi(then, shares, n, m), _distance(then, shares)
        limits = _limits(len(then.shares), n, m, psi_limit, distance_limit)
        rows.append((name, psi, limits[0], distance, limits[1], then.missing_share, missing))
    columns = ["column", "psi", "psi_limit", "distance", "distance_limit", "missing_share_then"]
    found = pd.DataFrame(rows, columns=[*columns, "missing_share"])
    n_rows = max(len(frame), 1)
    chance = 3 * np.sqrt(found["missing_share_then"] * (1 - found["missing_share_then"]) / n_rows)
    found["is_drifted"] = (found["psi"] > found["psi_limit"]) & (found["distance"] > found["distance_limit"])
    found["is_missing_more"] = found["missing_share"] > found["missing_share_then"] + np.maximum(
        chance, MISSING_LIMIT
    )
    return found.sort_values("psi", ascending=False, kind="stable", ignore_index=True)


def _profile(values: pd.Series) -> ColumnProfile:
    known = values.dropna()
    missing = float(values.isna().mean())
    if not pd.api.types.is_numeric_dtype(values):
        frequent = known.astype(str).value_counts().head(MOST_LEVELS)
        levels = tuple(sorted(frequent.index))
        described = ColumnProfile((), levels, (), missing)
    else:
        cuts = np.quantile(known.to_numpy(float), np.linspace(0, 1, N_BINS + 1)[1:-1])
        described = ColumnProfile(tuple(np.unique(cuts).tolist()), (), (), missing)
    shares = _shares(values, described)
    return ColumnProfile(described.edges, described.levels, tuple(shares.tolist()), missing)


def _shares(values: pd.Series, then: ColumnProfile) -> F:
    """Return the share of each bin or level among rows with a value; zeros where there is none."""
    known = values.dropna()
    if then.levels:
        places = {level: place for place, level in enumerate(then.levels)}
        found = known.astype(str).map(places).fillna(len(places)).to_numpy(int)
        n_bins = len(places) + 1
    else:
        numbers = pd.to_numeric(known, errors="coerce").dropna().to_numpy(float)
        found = np.searchsorted(np.array(then.edges), numbers, side="left")
        n_bins = len(then.edges) + 1
    return np.bincount(found, minlength=n_bins) / max(len(found), 1)


def _psi(then: ColumnProfile, now: F, n: float, m: int) -> float:
    """Return the index with half a customer added to each bin, so that an empty one is not infinite."""
    before, after = np.array(then.shares), now
    bins = len(before)
    before, after = (before * n + 0.5) / (n + 0.5 * bins), (after * m + 0.5) / (m + 0.5 * bins)
    return float(((after - before) * np.log(after / before)).sum())


def _distance(then: ColumnProfile, now: F) -> float:
    difference = now - np.array(then.shares)
    if then.levels:
        return float(np.abs(difference).sum() / 2)
    return float(np.abs(np.cumsum(difference)).max())


def _limits(bins: int, n: float, m: int, psi_limit: float, distance_limit: float) -> tuple[float, float]:
    size = 1 / n + 1 / m
    of_chance = float(chi2.ppf(1 - _CHANCE, max(bins - 1, 1))) * size
    return max(psi_limit, of_chance), max(distance_limit, _KS_OF_CHANCE * float(np.sqrt(size)))

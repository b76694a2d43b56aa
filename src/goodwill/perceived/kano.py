"""What each feature does to satisfaction: Kano's categories, their certainty, better and worse."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import random_table

from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.estimates import F
from goodwill.perceived.families import Correction, adjusted
from goodwill.perceived.kano_pairs import pair_counts
from goodwill.perceived.respondents import grouped
from goodwill.perceived.survey import Survey

CATEGORIES = ("must_be", "one_dimensional", "attractive", "indifferent", "reverse", "questionable")
_M, _O, _A, _I, _R, _Q = range(6)
# Berger et al. (1993), Center for Quality Management Journal 2(4): rows answer "if it is there", columns "if
# it is not", both in the order of KANO_ANSWERS.
EVALUATION = np.array(
    [
        [_Q, _A, _A, _A, _O],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _I, _I, _I, _M],
        [_R, _R, _R, _R, _Q],
    ],
    dtype=np.int8,
)
NOT_COMPUTABLE = "not_computable"
# The constant of Fong's test (1996, Center for Quality Management Journal 5(3)): 90 % confidence.
FONG = 1.65
_HALF = 0.5
_DRAWS = 2_000
_ROUNDING = 1e-9
Who = npt.NDArray[np.bool_]


def kano(
    survey: Survey, *, level: float = 0.95, seed: int = 0, wave: str | None = None, who: Who | None = None
) -> pd.DataFrame:
    """Return the Kano category of each feature asked from both sides.

    Parameters
    ----------
    survey : with the sides `functional` and `dysfunctional`.
    level : coverage of the intervals.
    seed : of their draws.
    wave : answers of one wave; by default the latest of each respondent.
    who : (n_respondents,); those to count, by default all.

    Returns
    -------
    A row per feature:

    - `n` pairs of answers, `n_effective` (what weights leave of them), and the share of each of `CATEGORIES`;
    - `category`, the most frequent (of equal ones the more demanding: must-be, one-dimensional, attractive,
      indifferent), and `certainty`, the share of draws in which it stays so;
    - `blauth_category`: the most frequent among must-be, one-dimensional and attractive where these together
      outnumber the others, else among the others (Berger et al. 1993);
    - `is_clear_winner`: whether the most frequent category differs from the second (Fong 1996);
    - `category_strength`, the share of the first less that of the second, and `total_strength`, the share of
      must-be, one-dimensional and attractive together (Lee and Newcomb 1997);
    - `better` = (A + O) / (A + O + M + I) and `worse` = −(O + M) / (A + O + M + I), with intervals, and
      `timko_category`, the quadrant of the two cut at one half (Timko, in Berger et al. 1993).

    Notes
    -----
    Intervals: draws of the shares from a Dirichlet distribution around the counts, the Bayesian bootstrap
    (Rubin 1981) smoothed by half an answer per category (Jeffreys), so that a share of 0 is not certain.
    With weights, counts are those of the effective number of answers.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> app = Item("app", columns={"functional": "F", "dysfunctional": "D"})
    >>> export = pd.DataFrame({"F": ["like", "like"], "D": ["dislike", "neutral"]})
    >>> found = kano(read_wide(export, [app]))
    >>> found.loc["app", ["one_dimensional", "better", "worse"]].astype(float).tolist()
    [0.5, 1.0, -0.5]
    """
    ensure_level(level)
    pairs = pair_counts(survey, wave=wave, who=who)
    is_in = np.equal(EVALUATION, np.arange(len(CATEGORIES))[:, None, None])
    counts = np.einsum("fij,cij->fc", pairs.cells, is_in.astype(float))
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
    drawn = _drawn(counts, seed)
    table = pd.DataFrame(shares, columns=list(CATEGORIES), index=pd.Index(pairs.features, name="item"))
    table.insert(0, "n", pairs.n)
    table.insert(1, "n_effective", total[:, 0])
    table = table.assign(**_winners(counts, drawn), **_coefficients(shares, drawn, level))
    undecided = table["n"] == 0
    words = ("category", "blauth_category", "timko_category")
    return table.assign(**{name: table[name].mask(undecided, NOT_COMPUTABLE) for name in words})


def kano_by_group(
    survey: Survey, groups: pd.Series, *, level: float = 0.95, seed: int = 0, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return `kano` for each group of respondents, with `group` and `item` as columns.

    Parameters
    ----------
    groups : index respondent; who belongs to none (missing) counts in none.

    Notes
    -----
    `p_value` and `p_adjusted` (over features) say of each feature whether groups see it differently: χ² of
    the effective counts of categories, judged by tables drawn with the same margins (Patefield 1981, Applied
    Statistics 30), which holds for small groups too.
    """
    of = grouped(groups, survey.respondents)
    parts = [
        kano(survey, level=level, seed=seed, who=(of == name).to_numpy(dtype=bool))
        .reset_index()
        .assign(group=name)
        for name in sorted(of.dropna().unique())
    ]
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    counted = table.groupby("item", sort=False)[["n_effective", *CATEGORIES]]
    chances = counted.apply(lambda own: _alike(own, seed))
    found = pd.DataFrame({"p_value": chances, "p_adjusted": adjusted(chances, correction)})
    return table.join(found, on="item")


def _alike(own: pd.DataFrame, seed: int) -> float:
    """Return how likely groups that see a feature alike differ as much as these."""
    counts = np.rint(own[list(CATEGORIES)].mul(own["n_effective"], axis=0).fillna(0).to_numpy()).astype(int)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    rows, columns, counts = rows[rows > 0], columns[columns > 0], counts[rows > 0][:, columns > 0]
    if min(counts.shape) < 2:  # noqa: PLR2004 - fewer cannot differ
        return np.nan
    expected = np.outer(rows, columns) / rows.sum()
    drawn = random_table(rows, columns, seed=seed).rvs(_DRAWS)
    distance = (((drawn - expected) ** 2) / expected).sum(axis=(1, 2))
    own_distance = (((counts - expected) ** 2) / expected).sum()
    return float((1 + (distance >= own_distance - _ROUNDING).sum()) / (1 + _DRAWS))


def _drawn(counts: F, seed: int) -> F:
    """Return (draws, features, categories) shares."""
    rng = np.random.default_rng(seed)
    gammas = rng.standard_gamma(counts + _HALF, size=(_DRAWS, *counts.shape))
    return gammas / gammas.sum(axis=2, keepdims=True)


def _winners(counts: F, drawn: F) -> dict[str, npt.NDArray[np.generic]]:
    names = np.array(CATEGORIES)
    first = counts.argmax(axis=1)
    ranked = np.sort(counts, axis=1)
    a, b, n = ranked[:, -1], ranked[:, -2], counts.sum(axis=1)
    wanted, others = counts[:, :_I], counts[:, _I:]
    is_wanted = wanted.sum(axis=1) > others.sum(axis=1)
    noise = np.sqrt((a + b) * (2 * n - a - b) / np.maximum(2 * n, 1))
    total = np.where(n > 0, n, np.nan)
    return {
        "category": names[first],
        "certainty": (drawn.argmax(axis=2) == first).mean(axis=0),
        "blauth_category": names[np.where(is_wanted, wanted.argmax(axis=1), others.argmax(axis=1) + _I)],
        "is_clear_winner": (a - b >= FONG * noise) & (n > 0),
        "category_strength": (a - b) / total,
        "total_strength": wanted.sum(axis=1) / total,
    }


def _coefficients(shares: F, drawn: F, level: float) -> dict[str, npt.NDArray[np.generic]]:
    better, worse = _better(shares), _worse(shares)
    edges = [(1 - level) / 2, (1 + level) / 2]
    # Draws never reach the ends of the scale, shares do.
    low, high = np.quantile(_better(drawn), edges, axis=0)
    low, high = np.fmin(low, better), np.fmax(high, better)
    worse_low, worse_high = np.quantile(_worse(drawn), edges, axis=0)
    worse_low, worse_high = np.fmin(worse_low, worse), np.fmax(worse_high, worse)
    place = 2 * (better >= _HALF) + (-worse >= _HALF)
    return {
        "better": better, "better_low": low, "better_high": high,
        "worse": worse, "worse_low": worse_low, "worse_high": worse_high,
        "timko_category": np.array(["indifferent", "must_be", "attractive", "one_dimensional"])[place],
    }  # fmt: skip


def _better(shares: F) -> F:
    return _ratio(shares[..., _A] + shares[..., _O], shares)


def _worse(shares: F) -> F:
    return -_ratio(shares[..., _O] + shares[..., _M], shares)


def _ratio(part: F, shares: F) -> F:
    whole = shares[..., : _I + 1].sum(axis=-1)
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)

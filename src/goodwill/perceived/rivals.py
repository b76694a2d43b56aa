"""Where we stand among brands: benefit against price, and where we lead or lag."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.dimensions import on_index, rated_answers
from goodwill.perceived.estimates import F, influence, p_values, t_quantile, weighted_means
from goodwill.perceived.families import Correction, adjusted
from goodwill.perceived.items import COSTS
from goodwill.perceived.survey import Survey

_DRAWS = 2_000
_LEAST_FOR_A_LINE = 3


def value_map(
    survey: Survey, prices: Mapping[str, float] | None = None, *, level: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Return each brand's relative perceived benefit and relative price, and its place on the value map.

    Parameters
    ----------
    survey : with answers about several brands.
    prices : brand → price in money; by default the answers to the items that measure price.
    level : coverage of the intervals.
    seed : of their draws.

    Returns
    -------
    A row per brand: `n`, `benefit` (mean over the benefit items, 0 to 100), `relative_benefit` (by the mean
    of all brands, 1 is average) and `relative_price` with intervals, `fair_benefit`, what the fair-value line
    gives for the price, and `surplus`, the relative benefit above it, with its interval. Prices missing: NaN.

    Notes
    -----
    Gale (1994), Managing Customer Value. The fair-value line is fitted by least squares to the brands, with a
    slope of at least 0; with fewer than three brands it runs through (1, 1) with slope 1, equal benefit per
    price. Draws: normal with the joint covariance of the means over respondents, who rate several brands.

    Raises
    ------
    UsageError
        If fewer than two brands were rated.
    """
    ensure_level(level)
    brands = survey.brands
    if len(brands) < 2:  # noqa: PLR2004 - a comparison needs two
        raise UsageError(f"{len(brands)} brand in the survey; a comparison needs two. Map `brand`.")
    benefit = pd.DataFrame({brand: _benefit(survey, brand) for brand in brands})
    price = pd.DataFrame({brand: _price(survey, brand) for brand in brands})
    weights = survey.weights()
    found = {name: weighted_means(part, weights) for name, part in (("benefit", benefit), ("price", price))}
    drawn = _drawn([benefit, price], weights.to_numpy(), seed)
    means = [found["benefit"]["mean"].to_numpy(), found["price"]["mean"].to_numpy()]
    if prices is not None:
        means[1] = np.array([prices.get(brand, np.nan) for brand in brands])
        drawn[1] = np.broadcast_to(means[1], drawn[0].shape)
    table = pd.DataFrame(
        {"n": found["benefit"]["n"], "benefit": means[0]}, index=pd.Index(brands, name="brand")
    )
    whole = _map_of(means[0][None], means[1][None])
    edges = [(1 - level) / 2, (1 + level) / 2]
    # pandas says nothing where a brand has no price.
    limits = {name: pd.DataFrame(part).quantile(edges).to_numpy() for name, part in _map_of(*drawn).items()}
    for name, part in whole.items():
        table[name] = part[0]
        if name != "fair_benefit":
            table[f"{name}_low"], table[f"{name}_high"] = limits[name]
    return table


def leads(survey: Survey, *, level: float = 0.95, correction: Correction = "holm") -> pd.DataFrame:
    """Return where our brand leads or lags each rival, item by item.

    Returns
    -------
    A row per rival and item rated for both: `rival`, `item`, `n`, `ours`, `theirs`, `lead` (ours less theirs,
    in answers of the scale; a higher cost is no lead) with its interval, `p_value`, `p_adjusted` over all
    rows, `verdict`: lead, lag, level or not_computable.

    Raises
    ------
    UsageError
        If the survey does not say which brand is ours.

    Notes
    -----
    Who rated both brands counts once: the variance is that of the respondents' influence on the difference.
    """
    ensure_level(level)
    own = survey.own_brand
    if own is None or own not in survey.brands:
        named = ", ".join(survey.brands) or "none"
        raise UsageError(f"own brand {own!r} is not among the brands ({named}). Set `surveys.brand`.")
    ours, weights = _rated(survey, own), survey.weights()
    parts = [_against(ours, _rated(survey, rival), weights, level).assign(rival=rival)
             for rival in survey.brands if rival != own]  # fmt: skip
    table = pd.concat(parts).rename_axis("item").reset_index()
    table = table.assign(p_adjusted=adjusted(table["p_value"], correction))
    is_cost = ((survey.items["kind"] == "cost") | (survey.items["measure"] == "price")).reindex(table["item"])
    ahead = np.where(is_cost.to_numpy(dtype=bool), -1.0, 1.0) * table["lead"].to_numpy() > 0
    is_clear = (table["p_adjusted"] < 1 - level).to_numpy()
    words = np.where(~is_clear, "level", np.where(ahead, "lead", "lag"))
    return table.assign(verdict=np.where(table["p_value"].isna(), "not_computable", words))


def _rated(survey: Survey, brand: str) -> pd.DataFrame:
    found = rated_answers(survey, brand=brand)
    asked = survey.wide("score", brand=brand)
    return found.join(asked[[name for name in _priced(survey) if name in asked and name not in found]])


def _against(ours: pd.DataFrame, theirs: pd.DataFrame, weights: pd.Series, level: float) -> pd.DataFrame:
    both = ours.columns.intersection(theirs.columns, sort=False)
    first, second = weighted_means(ours[both], weights), weighted_means(theirs[both], weights)
    w = weights.to_numpy()
    moved = influence(ours[both].to_numpy(), w) - influence(theirs[both].to_numpy(), w)
    n = first["n_effective"].clip(upper=second["n_effective"])
    se = pd.Series(np.sqrt((moved**2).sum(axis=0)), index=both).where(n > 1)
    lead = first["mean"] - second["mean"]
    half = se * t_quantile(n, level)
    return pd.DataFrame({
        "n": first["n"].clip(upper=second["n"]), "ours": first["mean"], "theirs": second["mean"],
        "lead": lead,
        "low": lead - half, "high": lead + half, "p_value": p_values(lead, se, n),
    })  # fmt: skip


def _benefit(survey: Survey, brand: str) -> pd.Series:
    """Return each respondent's mean over the benefit items, on scales from 0 to 100."""
    found = rated_answers(survey, brand=brand)
    kinds = survey.items.loc[found.columns]
    is_benefit = (kinds["kind"] == "benefit") & ~kinds["dimension"].isin(COSTS) & kinds["measure"].isna()
    return on_index(found, survey).loc[:, is_benefit.to_numpy()].mean(axis=1)


def _price(survey: Survey, brand: str) -> pd.Series:
    found = survey.wide("score", brand=brand).reindex(columns=_priced(survey))
    return found.mean(axis=1)


def _priced(survey: Survey) -> list[str]:
    return [str(name) for name in survey.items.index[survey.items["measure"] == "price"]]


def _drawn(values: list[pd.DataFrame], weights: F, seed: int) -> list[F]:
    """Return the means of the brands drawn from their joint distribution, benefit and price."""
    joined = np.column_stack([part.to_numpy(dtype=float) for part in values])
    moved = influence(joined, weights)
    means = np.concatenate([weighted_means(part, weights)["mean"].to_numpy() for part in values])
    rng = np.random.default_rng(seed)
    noise = rng.multivariate_normal(np.zeros(len(means)), moved.T @ moved, size=_DRAWS, method="eigh")
    return np.split(means + noise, 2, axis=1)


def _map_of(benefit: F, price: F) -> dict[str, F]:
    """Return (draws, brands) relative benefit and price, the fair benefit of the price, and the surplus."""
    x = price / price.mean(axis=1, keepdims=True)
    y = benefit / benefit.mean(axis=1, keepdims=True)
    apart = x - 1
    spread = (apart**2).sum(axis=1, keepdims=True)
    covaried = (apart * (y - 1)).sum(axis=1, keepdims=True)
    slope = np.divide(covaried, spread, out=np.zeros_like(spread), where=spread > 0)
    slope = np.maximum(slope, 0.0) if x.shape[1] >= _LEAST_FOR_A_LINE else np.ones_like(spread)
    fair = 1 + slope * apart
    return {"relative_benefit": y, "relative_price": x, "fair_benefit": fair, "surplus": y - fair}

"""What drives the scores: over all customers, by segment and tier, and in ready-made tables row by row."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from goodwill.config import Config
from goodwill.files import write_json
from goodwill.modeling.reasons import contributions
from goodwill.modeling.reasons.columns import NONE, REASONS, ReasonRule, told
from goodwill.modeling.reasons.profiles import profile_contributions
from goodwill.modeling.reasons.words import as_it_stands
from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.rows import as_rows
from goodwill.predictor import CustomerValuePredictor, ProfilePredictor
from goodwill.value.drivers import drivers, importance

Drivers = Mapping[str, Any]  # JSON
DRIVERS = "drivers.json"
GROUPS = ("segment", "tier")
MOST = 20_000
_SHOWN, _STRONGEST = 8, 3


def drivers_of(
    predictor: CustomerValuePredictor, X: pd.DataFrame, scores: pd.DataFrame, seed: int
) -> Drivers:
    """Return the importance of themes, and what sets each segment and tier apart, by approximate SHAP values.

    Themes that nothing rests on are left out.

    Parameters
    ----------
    X, scores : features and scores of the same rows; of more than 20,000 scored ones, a random part counts.
    """
    is_asked = (scores["status"] == "scored") & (scores["horizon_days"] == scores["horizon_days"].max())
    rows = np.flatnonzero(is_asked.to_numpy())
    if not len(rows):
        return {}
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST])
    parts = contributions(
        predictor.model_, predictor.inputs_.completed(X.iloc[rows]).frame(), approximate=True
    )
    found = importance(parts, seed=seed)
    # The model of renewals, for one, uses a few themes alone.
    used = found[found["importance"] > 0]
    if used.empty:
        return {}
    apart = {name: drivers(parts, scores[name].iloc[rows]) for name in GROUPS}
    by = {name: as_rows(table[table["theme"].isin(used["theme"])]) for name, table in apart.items()}
    return {"customers": len(rows), "importance": as_rows(used), "by": by}


def with_profile_reasons(
    config: Config, predictor: ProfilePredictor, X: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """Return the scores of a ready-made table with `reason_1..3`, each a column told as it stands."""
    if config.score.reasons == "off":
        return scores
    rule, rows = ReasonRule(config.score.reasons, config.language), X.reset_index(drop=True)
    mode = rule.used(len(rows))
    if mode == "off":
        return scores.assign(**dict.fromkeys(REASONS, NONE))
    why = profile_contributions(predictor.model_, rows, approximate=mode == "approximate")
    reasons = told(why, rows, rule.language, say=as_it_stands)
    return pd.concat([scores, reasons.set_axis(scores.index)], axis=1)


def keep_drivers(kept: Path, found: Drivers) -> None:
    """Write `drivers.json` beside kept scores; none where none were asked for."""
    if found:
        write_json(kept.with_name(DRIVERS), found)


def drivers_sheets(found: Drivers, currency: str) -> list[Sheet]:
    """Return the most important themes, and the strongest of each group."""
    if not found:
        return []
    whole = [
        (
            str(one["theme"]),
            f"{one['importance']:.1%}",
            f"{one['low']:.1%} to {one['high']:.1%}",
            f"{one['place_share']:.0%}",
        )
        for one in found["importance"][:_SHOWN]
    ]
    sheets = [Sheet("Drivers", ("theme", "importance", "90% interval", "keeps its place"), whole)]
    for name, rows in found["by"].items():
        heads = (name, "theme", "churn (points)", f"clv ({currency})")
        sheets.append(Sheet(f"Drivers by {name}", heads, _strongest(rows)))
    return sheets


def _strongest(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    table = pd.DataFrame(rows).groupby("group", sort=False).head(_STRONGEST)
    return [
        (str(one["group"]), str(one["theme"]), f"{100 * one['points']:+z.1f}", f"{one['money']:+z,.2f}")
        for one in table.to_dict("records")
    ]

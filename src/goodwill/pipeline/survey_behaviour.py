"""Perceived value beside behaviour: what survey facts add out of time, and value by value tier."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from goodwill.config import Config
from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import PairedDifference
from goodwill.features.snapshot import Snapshot
from goodwill.perceived.behaviour import survey_gain, value_by_class
from goodwill.pipeline.kept import kept_rows
from goodwill.pipeline.outcome import Progress
from goodwill.pipeline.question import question_of
from goodwill.pipeline.survey_groups import FEWEST_RESPONDENTS
from goodwill.pipeline.survey_utility import Frames
from goodwill.pipeline.tables import open_tables
from goodwill.value.matrix import TIERS

SIDES = ("perception", "performance", "score")
QUARTERS = ("quarter_4_lowest", "quarter_3", "quarter_2", "quarter_1_highest")


def behaviour_frames(config: Config, progress: Progress) -> Frames:
    """Return what surveys add to churn and value in the latest matured window, and value by tier.

    Raises
    ------
    UsageError
        If the config has no orders and no contracts.
    TableError, HistoryError, FitError
        If nobody judged was surveyed, or the history cannot answer.
    """
    if config.tables.transactions is None and config.tables.contracts is None:
        raise UsageError("surveys.behaviour needs transactions or contracts beside the survey. Map them.")
    progress("Comparing models with and without surveys")
    tables = open_tables(config).tables
    question = question_of(config, tables)
    window = question.backtest(tables)
    train = question.training(tables, window.as_of, window.horizon_days)
    return measured(train, question.snapshot(tables, window), _tiers(config), config.seed)


def measured(train: Snapshot, test: Snapshot, tiers: pd.Series | None, seed: int) -> Frames:
    """Return the gain by survey facts, and perceived value by tier.

    Parameters
    ----------
    tiers : class by customer; None for quarters of what customers paid in the window before.

    Returns
    -------
    `survey_gain`: how well each model foretells. `survey_gain_differences`: what the survey facts change, the
    `verdict` on it (helps, harms, no_clear_gain), and the window that was judged (`as_of`, `horizon_days`).
    `value_by_tier`: the mean of the `side` that was rated, known before `as_of`, the highest tier
    first and none of fewer than five; absent where none was rated.
    """
    gain = survey_gain(train, test, seed=seed)
    differences = [
        {"target": target, "customers": group, **asdict(difference), "verdict": _verdict(difference)}
        for target, by_group in (("churn", gain.churn), ("value", gain.value))
        for group, difference in by_group.items()
    ]
    known = test.scored.X.set_index("customer_id")
    known.index = known.index.astype(str)
    day, days = known["as_of"].iloc[0].date().isoformat(), int(known["horizon_days"].iloc[0])
    classes = _quarters(known["spend_past_window"]) if tiers is None else tiers.reindex(known.index).dropna()
    rated = [side for side in SIDES if f"survey_{side}_mean" in known]
    by_tier = {"value_by_tier": _by_tier(known, classes, rated[0]).assign(as_of=day)} if rated else {}
    return {
        "survey_gain": gain.metrics.assign(surveyed_share=gain.surveyed_share),
        "survey_gain_differences": pd.DataFrame(differences).assign(as_of=day, horizon_days=days),
    } | by_tier


def _by_tier(known: pd.DataFrame, classes: pd.Series, side: str) -> pd.DataFrame:
    table = value_by_class(known[f"survey_{side}_mean"], classes).rename_axis("tier").reset_index()
    table = table[table["n_customers"] >= FEWEST_RESPONDENTS]
    place = {name: n for n, name in enumerate([*TIERS, *reversed(QUARTERS)])}
    ordered = table.sort_values("tier", key=lambda names: names.map(place), kind="stable")
    return ordered.assign(side=side).reset_index(drop=True)


def _verdict(difference: PairedDifference) -> str:
    if difference.low <= 0 <= difference.high:
        return "no_clear_gain"
    return "helps" if difference.high < 0 else "harms"


def _quarters(paid: pd.Series) -> pd.Series:
    place = np.ceil(4 * paid.rank(method="first").to_numpy() / max(len(paid), 1)).astype(int) - 1
    return pd.Series(np.array(QUARTERS, dtype=object)[place], index=paid.index)


def _tiers(config: Config) -> pd.Series | None:
    """Return the value tiers of the latest scores, where customers were scored and classed."""
    place = config.output_dir / "scores.parquet"
    if not place.exists():
        return None
    scores = kept_rows(place).to_pandas()
    if "tier" not in scores:
        return None
    return scores.drop_duplicates("customer_id").set_index("customer_id")["tier"].dropna()

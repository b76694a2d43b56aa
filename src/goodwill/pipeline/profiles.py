"""Ready-made tables in a config: features and labels read, screened, and models judged on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from ibis.expr import types as ir

from goodwill.config import Config
from goodwill.config.tables import LabelColumn, ProfilesSection
from goodwill.data.expressions import nearest
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import TableError, UsageError
from goodwill.evaluation.findings import Finding
from goodwill.evaluation.leakage import leakage_screen
from goodwill.modeling.profile_comparison import Judgement, compared
from goodwill.modeling.profiles import ProfileModel
from goodwill.pipeline.outcome import Progress, silent

KEY = "customer_id"
_TRUTH = {"yes": "True", "true": "True", "1": "True", "no": "False", "false": "False", "0": "False"}
_SIGNS = {"rises": 1, "falls": -1}
_FEW_LEVELS = 8
_LONG_LEVEL = 30


@dataclass(frozen=True)
class Profiles:
    """A ready-made table with its labels.

    Parameters
    ----------
    X : (n, ...) `customer_id` and the features, as they come.
    y : (n, 1 or 2) `churned` (bool), `value` (money) or both.
    n_unlabelled : rows left out for want of a label.
    leakage : what to do about a column that gives a label away.
    notes : sentences for people.
    """

    X: pd.DataFrame
    y: pd.DataFrame
    n_unlabelled: int = 0
    leakage: Literal["warn", "error", "ignore"] = "warn"
    notes: tuple[str, ...] = ()


def read_profiles(config: Config, tables: Tables) -> Profiles:
    """Return features and labels of a ready-made table; customers without a label are left out and counted.

    Raises
    ------
    UsageError
        If the config names no label.
    TableError
        If a column is missing, a label cannot be read, or the positive value never occurs.
    """
    section, table = _section(config, tables)
    if section.churn is None and section.value is None:
        raise UsageError(
            "tables.profiles: training needs a label. Add `churn: {column: ..., positive: ...}`, "
            "`value: {column: ...}`, or both."
        )
    frame = to_frame(table)
    labels = pd.DataFrame(index=frame.index)
    if section.churn is not None:
        labels["churned"] = _churned(frame[section.churn.column], section.churn)
    if section.value is not None:
        labels["value"] = _money(frame[section.value.column], section.value.column)
    known = labels.notna().all(axis=1)
    if not known.any():
        raise TableError(f"profiles: none of {len(frame)} customers has a label. Check the label's column.")
    y = labels[known].astype({name: bool for name in labels if name == "churned"}).reset_index(drop=True)
    n_out = int((~known).sum())
    notes = (f"{n_out:,} of {len(frame):,} customers have no label and were left out.",) if n_out else ()
    return Profiles(_features(frame, section)[known].reset_index(drop=True), y, n_out, section.leakage, notes)


def read_features(config: Config, tables: Tables) -> pd.DataFrame:
    """Return `customer_id` and the features of every customer, for scoring; labels need not be there."""
    section, table = _section(config, tables, needs_labels=False)
    return _features(to_frame(table), section)


def profile_findings(profiles: Profiles) -> tuple[Finding, ...]:
    """Return whether a single column gives a label away; nothing where the config says to ignore it."""
    if profiles.leakage == "ignore":
        return ()
    X = profiles.X.drop(columns=KEY)
    return tuple(
        found for name in profiles.y for found in leakage_screen(X, profiles.y[name].to_numpy(float))
    )


def refuse_leakage(profiles: Profiles) -> tuple[str, ...]:
    """Return the warnings of the leakage screen.

    Raises
    ------
    TableError
        If the config says `leakage: error` and a column gives a label away.
    """
    found = tuple(finding.text for finding in profile_findings(profiles) if finding.level == "problem")
    if found and profiles.leakage == "error":
        raise TableError("profiles: " + " ".join(found))
    return found


def profile_model(config: Config, served_by: Mapping[str, str] | None = None) -> ProfileModel:
    """Return the unfitted model that a config describes."""
    section = config.tables.profiles
    labels = {} if section is None else {"churn": section.churn, "clv": section.value}
    monotone = {
        target: {name: _SIGNS[direction] for name, direction in label.monotone.items()}
        for target, label in labels.items()
        if label is not None
    }
    return ProfileModel(
        monotone=monotone, served_by=served_by, level=config.intervals.level, seed=config.seed
    )


def judge_profiles(
    profiles: Profiles, model: ProfileModel, *, repeats: int | None = None, progress: Progress = silent
) -> Judgement:
    """Judge a model by repeated stratified cross-validation, beside plain models on the same folds.

    The metrics have the layout of `metrics.json`.

    Parameters
    ----------
    model : its settings are the recipe, its seed deals the folds.
    repeats : how often customers are dealt into folds; by the number of customers when None.
    """
    return compared(profiles.X, profiles.y, model, repeats=repeats, progress=progress)


def _section(
    config: Config, tables: Tables, *, needs_labels: bool = True
) -> tuple[ProfilesSection, ir.Table]:
    section, table = config.tables.profiles, tables.profiles
    if section is None or table is None:
        raise UsageError("tables.profiles: the config has no ready-made table. Add it, or use snapshots.")
    named = {f"drop[{position}]": name for position, name in enumerate(section.drop)}
    named |= {} if section.churn is None else {"churn.column": section.churn.column}
    named |= {} if section.value is None else {"value.column": section.value.column}
    missing = {key: name for key, name in named.items() if needs_labels and name not in table.columns}
    for key, name in missing.items():
        hint = nearest(name, table.columns)
        raise TableError(
            f"profiles: the table has no column {name!r}, named by tables.profiles.{key}. {hint}"
        )
    return section, table


def _features(frame: pd.DataFrame, section: ProfilesSection) -> pd.DataFrame:
    labels = [label.column for label in (section.churn, section.value) if label is not None]
    return frame.drop(columns=[name for name in (*labels, *section.drop) if name in frame and name != KEY])


def _churned(column: pd.Series, label: LabelColumn) -> "pd.Series[float]":
    """Return 1 for churned, 0 for not, missing where the cell is."""
    text = column[column.notna()].map(_label_text)
    text = text[text != ""]
    wanted = label.positive
    if pd.api.types.is_bool_dtype(column):
        wanted = _TRUTH.get(wanted.casefold(), wanted)
    if not (text == wanted).any():
        seen = sorted(set(text))
        is_short = len(seen) <= _FEW_LEVELS and all(len(level) <= _LONG_LEVEL for level in seen)
        known = (
            f"It holds: {', '.join(seen) or 'nothing'}."
            if is_short
            else f"It holds {len(seen)} other values."
        )
        raise TableError(
            f"profiles.{label.column}: no customer has the value {label.positive!r}, which means churned. "
            f"{known} Set `churn.positive` to the one that does."
        )
    return (text == wanted).astype(float).reindex(column.index)


def _label_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _money(column: pd.Series, name: str) -> "pd.Series[float]":
    """Return money, missing where the cell is or is blank."""
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.astype(float)
    else:
        text = column.astype("object").where(column.notna(), "").astype(str).str.strip()
        numbers = pd.to_numeric(text, errors="coerce")
        n_odd = int((numbers.isna() & (text != "")).sum())
        if n_odd:
            raise TableError(
                f"profiles.{name}: {n_odd} of {len(column)} values are not numbers. Take signs away with "
                f"`columns: {{{name}: \"REPLACE({name}, ',', '')\"}}`, or name another column as value."
            )
    n_infinite = int(np.isinf(numbers).sum())
    if n_infinite:
        raise TableError(
            f"profiles.{name}: {n_infinite} of {len(column)} values are infinite. Mend them, or leave those "
            "rows out with `where`."
        )
    return numbers

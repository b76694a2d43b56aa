"""Ready-made tables in a config: features and labels read, and models judged on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from ibis.expr import types as ir

from goodwill.config import Config
from goodwill.config.tables import ProfilesSection
from goodwill.data.expressions import nearest
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import TableError, UsageError
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.comparison import Judgement, compared
from goodwill.modeling.profiles.judging import Retune
from goodwill.pipeline.outcome import Progress, silent
from goodwill.pipeline.profile_labels import churned_of, money_of
from goodwill.predictor import ProfilePredictor

KEY = "customer_id"
_MOST_NAMED = 10
_SIGNS = {"rises": 1, "falls": -1}


@dataclass(frozen=True)
class Profiles:
    """A ready-made table with its labels.

    Parameters
    ----------
    X : (n, ...) `customer_id` and the features, as they come.
    y : (n, 1 or 2) `churned` (bool; 1, 0 and missing where some lack it), `value` (money) or both.
    n_unlabelled : rows left out for want of any label.
    leakage : what to do about a column that gives a label away.
    notes : sentences for people.
    """

    X: pd.DataFrame
    y: pd.DataFrame
    n_unlabelled: int = 0
    leakage: Literal["warn", "error", "ignore"] = "warn"
    notes: tuple[str, ...] = ()


def read_profiles(config: Config, tables: Tables) -> Profiles:
    """Return features and labels of a ready-made table; customers without any are left out and counted.

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
    frame, notes = _single_valued(table, section)
    labels = pd.DataFrame(index=frame.index)
    if section.churn is not None:
        labels["churned"] = churned_of(frame[section.churn.column], section.churn)
    if section.value is not None:
        labels["value"] = money_of(frame[section.value.column], section.value.column)
    known = labels.notna().any(axis=1)
    if not known.any():
        raise TableError(f"profiles: none of {len(frame)} customers has a label. Check the label's column.")
    y = labels[known].reset_index(drop=True)
    if "churned" in y and y["churned"].notna().all():
        y = y.astype({"churned": bool})
    n_out = int((~known).sum())
    notes += _labelled(labels, section)
    return Profiles(_features(frame, section)[known].reset_index(drop=True), y, n_out, section.leakage, notes)


def read_features(config: Config, tables: Tables) -> pd.DataFrame:
    """Return `customer_id` and the features of every customer, for scoring; labels need not be there."""
    section, table = _section(config, tables, needs_labels=False)
    return _features(_single_valued(table, section)[0], section)


def absent_columns(config: Config, predictor: ProfilePredictor, X: pd.DataFrame) -> list[str]:
    """Return the columns that a predictor reads and the table lacks; those that `drop` leaves out are others.

    Parameters
    ----------
    X : (n, ...) features, as `read_features` returns them.

    Raises
    ------
    TableError
        If `X` lacks all that the predictor reads.
    """
    known, section = predictor.model_.columns_.names, config.tables.profiles
    dropped = [name for name in known if section is not None and name in section.drop]
    absent = [name for name in known if name not in X and name not in dropped]
    if dropped and len(absent) + len(dropped) == len(known):
        others = f", and the table lacks the others ({', '.join(absent[:_MOST_NAMED])})" if absent else ""
        raise TableError(
            f"profiles: `drop` leaves out {', '.join(dropped[:_MOST_NAMED])} of the {len(known)} columns "
            f"that the model reads{others}: take them off `drop`, or score with a model that learned without "
            "them."
        )
    if len(absent) == len(known):
        raise TableError(
            f"profiles: none of the {len(known)} columns that the model reads is in the table "
            f"({', '.join(known[:_MOST_NAMED])}). Name the table they are in, or map them with `columns`."
        )
    return absent


def profile_model(config: Config) -> ProfileModel:
    """Return the unfitted model that a config describes."""
    section = config.tables.profiles
    labels = {} if section is None else {"churn": section.churn, "clv": section.value}
    monotone = {
        target: {name: _SIGNS[direction] for name, direction in label.monotone.items()}
        for target, label in labels.items()
        if label is not None
    }
    return ProfileModel(monotone=monotone, level=config.intervals.level, seed=config.seed)


def judge_profiles(
    profiles: Profiles,
    model: ProfileModel,
    *,
    repeats: int | None = None,
    progress: Progress = silent,
    retuned: Mapping[str, Retune] | None = None,
) -> Judgement:
    """Judge a model by repeated stratified cross-validation, beside plain models on the same folds.

    The metrics have the layout of `metrics.json`.

    Parameters
    ----------
    model : its settings are the recipe, its seed deals the folds.
    repeats, retuned : as in `compared`.
    """
    return compared(profiles.X, profiles.y, model, repeats=repeats, progress=progress, retuned=retuned)


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
    mapped = {theirs: ours for ours, theirs in section.columns.items()}
    for key, name in missing.items():
        if key.startswith("drop") and name in mapped:
            raise TableError(
                f"profiles: {key} leaves out {name!r}, which `columns` maps to {mapped[name]!r}: take it off "
                "one of the two."
            )
        hint = nearest(name, table.columns)
        raise TableError(
            f"profiles: the table has no column {name!r}, named by tables.profiles.{key}. {hint}"
        )
    return section, table


def _single_valued(table: ir.Table, section: ProfilesSection) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the table without columns of lists, which no model reads, and a sentence that names those."""
    skipped = {*_labels(section), *section.drop}
    nested = [name for name, kind in table.schema().items() if kind.is_nested() and name not in skipped]
    return to_frame(table.drop(*nested)), no_features(dict.fromkeys(nested, "its cells hold lists"))


def no_features(left_out: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each reason that columns were left out for.

    Examples
    --------
    >>> no_features({"mail": "every value is different", "phone": "every value is different"})
    ('No feature, as every value is different (2): mail, phone.',)
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        by_reason.setdefault(reason, []).append(name)
    return tuple(
        f"No feature, as {reason} ({len(names)}): {', '.join(names[:_MOST_NAMED])}"
        f"{', …' if len(names) > _MOST_NAMED else ''}."
        for reason, names in by_reason.items()
    )


def _labelled(labels: pd.DataFrame, section: ProfilesSection) -> tuple[str, ...]:
    """Tell how many rows teach what where some lack a label; nothing where none does."""
    known, n = labels.notna(), len(labels)
    n_out = int((~known.any(axis=1)).sum())
    left_out = (f"{n_out:,} of {n:,} customers have no label and were left out.",) if n_out else ()
    if section.churn is None or section.value is None or known.to_numpy().all():
        return left_out
    n_churn, n_value, n_both = (
        int(known["churned"].sum()),
        int(known["value"].sum()),
        int(known.all(axis=1).sum()),
    )
    taught = (
        f"Of {n:,} customers, {n_churn:,} taught churn ({section.churn.column}) and {n_value:,} value "
        f"({section.value.column}), {n_both:,} of them both."
    )
    is_of_stayers = not labels.loc[labels["churned"] == 1, "value"].notna().any()
    of_stayers = (
        f"No customer who churned has a value ({section.value.column}), so clv is what those who stay bring, "
        "and what churned customers bring is taken for nothing."
    )
    return (taught, *((of_stayers,) if is_of_stayers else ()), *left_out)


def _labels(section: ProfilesSection) -> list[str]:
    return [label.column for label in (section.churn, section.value) if label is not None]


def _features(frame: pd.DataFrame, section: ProfilesSection) -> pd.DataFrame:
    dropped = (*_labels(section), *section.drop)
    return frame.drop(columns=[name for name in dropped if name in frame and name != KEY])

"""Parts of a survey report once more for each group: segments, tiers and whatever else respondents are."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.satisfaction import satisfaction_by_wave
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_parts import PARTS, Cut, Wanted
from goodwill.pipeline.survey_utility import Frames
from goodwill.pipeline.survey_value import value_in, value_over_waves

# So many say the same of every group as millions would.
MOST_RESPONDENTS = 200_000
# Fewer could be recognised by what is told of them.
FEWEST_RESPONDENTS = 5
_NAMED_GROUPS = 8


def with_told_groups(survey: Survey) -> tuple[Survey, dict[str, int]]:
    """Return a survey whose groups are texts, and how many groups are too small to be told of.

    Who belongs to a group of fewer than 5 respondents belongs to none.
    """
    if survey.groups is None:
        return survey, {}
    named = {str(name): _texts(survey.groups[name]) for name in survey.groups}
    sizes = {name: of.value_counts() for name, of in named.items()}
    groups = {
        name: of.where(of.map(sizes[name]) >= FEWEST_RESPONDENTS).astype(object) for name, of in named.items()
    }
    small = {name: int((counted < FEWEST_RESPONDENTS).sum()) for name, counted in sizes.items()}
    told = replace(survey, groups=pd.DataFrame(groups, index=survey.groups.index))
    return told, {name: n for name, n in small.items() if n}


def told_cells(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table; of one by group only what 5 or more of the group answered."""
    if not name.endswith("_by_group") or "n" not in frame:
        return frame
    return frame[frame["n"] >= FEWEST_RESPONDENTS].reset_index(drop=True)


def _texts(names: pd.Series) -> pd.Series:
    """Return names as texts, whole numbers without a point."""
    codes, found = pd.factorize(names)
    texts = [str(int(name)) if isinstance(name, float) and name.is_integer() else str(name) for name in found]
    return pd.Series(np.array([*texts, None], dtype=object)[codes], index=names.index)


def group_frames(
    survey: Survey, wanted: Wanted, parts: Collection[str], groupings: Mapping[str, pd.Series]
) -> tuple[Frames, dict[str, str]]:
    """Return what is known of everybody for each group, and why some of it is missing.

    Parameters
    ----------
    parts : those that were computed of everybody.
    groupings : group of each respondent, by the grouping's name.

    Returns
    -------
    `<table>_by_group` with the columns of the table, `grouping` and `group`; of more than 200,000 respondents
    a random 200,000 are counted. The reasons name the groups that a part could not be computed for.
    """
    rows: dict[str, list[pd.DataFrame]] = {}
    left: dict[str, dict[str, list[str]]] = {}
    drawn = _drawn(survey, wanted.seed) if groupings else survey
    for grouping, of in groupings.items():
        names = of.reindex(drawn.respondents).to_numpy(dtype=object)
        for name in sorted({name for name in names if pd.notna(name)}):
            found, reasons = _told_of(Cut(drawn.among(names == name), wanted), parts)
            for table, frame in found.items():
                rows.setdefault(table, []).append(_flat(frame).assign(grouping=grouping, group=name))
            for part, reason in reasons.items():
                left.setdefault(part, {}).setdefault(reason, []).append(f"{grouping} {name}")
    frames = {f"{table}_by_group": pd.concat(found, ignore_index=True) for table, found in rows.items()}
    return frames, {f"{part}_by_group": _left_out(groups) for part, groups in left.items()}


def _told_of(cut: Cut, parts: Collection[str]) -> tuple[Frames, dict[str, str]]:
    """Return the tables of one group, and why parts of it are missing."""
    frames: Frames = {}
    missing: dict[str, str] = {}
    for part, compute in _PARTS.items():
        if part in parts:
            try:
                frames |= compute(cut)
            except (DataError, FitError, UsageError) as error:
                missing[part] = str(error)
    return frames, missing


def _drawn(survey: Survey, seed: int) -> Survey:
    n = len(survey.respondents)
    if n <= MOST_RESPONDENTS:
        return survey
    chosen = np.random.default_rng(seed).choice(n, MOST_RESPONDENTS, replace=False)
    return survey.among(np.isin(np.arange(n), chosen))


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index() if table.index.name else table


def _left_out(groups: Mapping[str, Sequence[str]]) -> str:
    """Return the groups left out, by reason."""
    return " ".join(
        f"left out {', '.join(names[:_NAMED_GROUPS])}"
        f"{f' … ({len(names)})' if len(names) > _NAMED_GROUPS else ''}: {reason}"
        for reason, names in groups.items()
    )


def _dimensions(cut: Cut) -> Frames:
    survey, wanted = cut.survey, cut.wanted
    found = {"dimensions": value_in(survey, wanted.weights, wanted.level).dimensions}
    if len(survey.waves) > 1:
        found["value_by_wave"] = value_over_waves(survey, wanted.weights, wanted.level)
    return found


def _satisfaction(cut: Cut) -> Frames:
    survey, level, correction = cut.survey, cut.wanted.level, cut.wanted.correction
    if len(survey.waves) <= 1:
        return {}
    return {"satisfaction_by_wave": satisfaction_by_wave(survey, level=level, correction=correction)}


# What else is told of a group is computed with everybody: groups are compared with the rest.
_PARTS: Mapping[str, Callable[[Cut], Frames]] = {
    "dimensions": _dimensions,
    "kano": lambda cut: {"kano_continuous": kano_continuous(cut.survey, level=cut.wanted.level)},
    "satisfaction": _satisfaction,
    **PARTS,
}

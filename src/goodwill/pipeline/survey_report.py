"""All that a survey tells, part by part; what it cannot tell is said, with the reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from goodwill.config.surveys import SurveysSection
from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.dimensions import RATED
from goodwill.perceived.kano import kano, kano_by_group
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.kano_pairs import pair_counts
from goodwill.perceived.outcomes import outcome_items
from goodwill.perceived.satisfaction import satisfaction, satisfaction_by_group, satisfaction_by_wave
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_groups import MOST_RESPONDENTS, group_frames, told_cells, with_told_groups
from goodwill.pipeline.survey_parts import PARTS, Cut, Wanted
from goodwill.pipeline.survey_utility import Frames
from goodwill.pipeline.survey_value import value_frames
from goodwill.pipeline.survey_voices import Heard, hear


@dataclass(frozen=True)
class SurveyReport:
    """Tables of aggregates by name, why parts are missing, what to beware of, and what people wrote.

    `small_groups` counts, by grouping, the groups of too few respondents to be told of.
    """

    survey: Survey
    frames: Frames = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    weights_from: str | None = None
    level: float = 0.95
    heard: Heard | None = None
    cautions: tuple[str, ...] = ()
    small_groups: dict[str, int] = field(default_factory=dict)


def survey_report(
    survey: Survey, section: SurveysSection, seed: int, comments: pd.DataFrame | None = None
) -> SurveyReport:
    """Compute every part that the survey's sides, and its comments, allow."""
    frames: Frames = {}
    survey, small_groups = with_told_groups(survey)
    asked = _Asked(survey, section, seed, comments)
    missing = asked.reasons()
    for name, part in _PARTS.items():
        if name not in missing:
            try:
                frames |= part(asked)
            except (DataError, FitError, UsageError) as error:
                missing[name] = str(error)
    computed = _PARTS.keys() - missing.keys()
    more, left = group_frames(survey, asked.cut.wanted, computed, _groupings(survey))
    frames = {name: told_cells(name, frame) for name, frame in (frames | more).items()}
    missing |= left
    found = SurveyReport(
        survey, frames, missing, asked.weights_from, section.level, asked.heard, small_groups=small_groups
    )
    return replace(found, cautions=_cautions(found, section))


def _cautions(found: SurveyReport, section: SurveysSection) -> tuple[str, ...]:
    """Return what a reader should know of choices that the answers left open, as codes."""
    wide = section.wide
    is_named_alone = wide is not None and wide.wave is not None and wide.time is None and not section.waves
    cautions = {
        "equal_weights": section.weights == "stated" and found.weights_from == "equal",
        "waves_by_name": is_named_alone and len(found.survey.waves) > 1,
        "comments_without_wave": found.heard is not None and found.heard.lacks_waves,
        "groups_sampled": bool(_groupings(found.survey)) and len(found.survey.respondents) > MOST_RESPONDENTS,
    }
    return tuple(code for code, is_due in cautions.items() if is_due)


@dataclass
class _Asked:
    """A survey, what is wanted of it, and where the weights came from once they are known."""

    survey: Survey
    section: SurveysSection
    seed: int
    comments: pd.DataFrame | None = None
    weights_from: str | None = None
    heard: Heard | None = None
    weights: dict[str, float] = field(default_factory=dict)

    @cached_property
    def cut(self) -> Cut:
        """Everybody; asked for when the weights, and what was said, are known."""
        section, said = self.section, None if self.heard is None else self.heard.said
        wanted = Wanted(section.level, section.correction, self.seed, section.prices, self.weights, said)
        return Cut(self.survey, wanted)

    def reasons(self) -> dict[str, str]:
        """Return the parts that cannot be computed of what was asked, and why."""
        sides, survey = set(self.survey.sides), self.survey
        has_dimensions = any(set(survey.items_of(side)) & set(_dimensioned(survey)) for side in RATED)
        has_outcome = len(outcome_items(survey)) > 0
        nowhere, unmeasured = "no answered item belongs to a dimension", "no item has a `measure`"
        if survey.items["measure"].notna().any():
            unmeasured = "no answer to an item with a `measure` counts"
        needs: Mapping[str, tuple[bool, str]] = {
            "dimensions": (has_dimensions, nowhere),
            "reliability": (has_dimensions, nowhere),
            "item_quality": (has_dimensions, nowhere),
            "gaps": (
                {"expectation", "perception"} <= sides,
                "no item was asked as expectation and as perception",
            ),
            "importance_performance": ("importance" in sides, "nobody was asked how important items are"),
            "kano": (bool({"functional", "dysfunctional"} & sides), "no Kano questions"),
            "satisfaction": (has_outcome, unmeasured),
            **dict.fromkeys(
                ("drivers", "utility", "penalty_reward", "interactions"),
                (has_dimensions and has_outcome, nowhere if has_outcome else unmeasured),
            ),
            "themes": (self.comments is not None, "no comments"),
            "needs_map": (
                {"expectation", "perception"} <= sides and _n_compared_waves(survey) > 1,
                "expectation and perception of dimensions were not asked in several waves",
            ),
            "rivals": (len(survey.brands) > 1, "fewer than two brands were rated"),
        }
        return {part: words for part, (is_given, words) in needs.items() if not is_given}


def _n_compared_waves(survey: Survey) -> int:
    """Return in how many waves both what was expected and what was perceived was asked."""
    is_either = survey.answers["side"].isin(["expectation", "perception"])
    both = survey.answers.loc[is_either, ["wave", "side"]].drop_duplicates()
    return int((both["wave"].value_counts() > 1).sum())


def _dimensioned(survey: Survey) -> pd.Index:
    return survey.items.index[survey.items["dimension"].notna()]


def _value(asked: _Asked) -> Frames:
    found, frames = value_frames(asked.survey, asked.section, asked.seed, _groupings(asked.survey))
    asked.weights_from, asked.weights = found.weights_from, found.weights
    return frames


def _kano(asked: _Asked) -> Frames:
    survey, level, seed = asked.survey, asked.section.level, asked.seed
    correction = asked.section.correction
    pairs = pair_counts(survey)
    if not pairs.features:
        raise DataError(
            f"{len(pairs.one_sided)} features were asked from one side only. A category needs both answers: "
            "if the feature is there, and if it is not."
        )
    parts = [
        kano_by_group(survey, of, level=level, seed=seed, correction=correction).assign(grouping=name)
        for name, of in _groupings(survey).items()
    ]
    by_group = {"kano_by_group": pd.concat(parts, ignore_index=True)} if parts else {}
    one_sided = pd.DataFrame({"item": list(pairs.one_sided)}).set_index("item")
    return {
        "kano": kano(survey, level=level, seed=seed),
        "kano_continuous": kano_continuous(survey, level=level),
        "kano_one_sided": one_sided,
    } | by_group


def _satisfaction(asked: _Asked) -> Frames:
    survey, level, correction = asked.survey, asked.section.level, asked.section.correction
    parts = [
        satisfaction_by_group(survey, of, level=level, correction=correction).assign(grouping=name)
        for name, of in _groupings(survey).items()
    ]
    found = {"satisfaction": satisfaction(survey, level=level)}
    if parts:
        found["satisfaction_by_group"] = pd.concat(parts, ignore_index=True)
    if len(survey.waves) > 1:
        found["satisfaction_by_wave"] = satisfaction_by_wave(survey, level=level, correction=correction)
    return found


def _themes(asked: _Asked) -> Frames:
    if asked.comments is None:
        return {}
    section = asked.section
    asked.heard = hear(asked.survey, asked.comments, section.wave, section.level, asked.seed)
    return asked.heard.frames


def _groupings(survey: Survey) -> dict[str, pd.Series]:
    groups = survey.groups
    if groups is None:
        return {}
    return {str(name): groups[name] for name in groups if groups[name].notna().any()}


def _shared(name: str) -> Callable[[_Asked], Frames]:
    return lambda asked: PARTS[name](asked.cut)


# Dimensions give the weights and themes what was said; the others build on both.
_PARTS: Mapping[str, Callable[[_Asked], Frames]] = {
    "dimensions": _value,
    "themes": _themes,
    "reliability": _shared("reliability"),
    "item_quality": _shared("item_quality"),
    "gaps": _shared("gaps"),
    "importance_performance": _shared("importance_performance"),
    "kano": _kano,
    "satisfaction": _satisfaction,
    "drivers": _shared("drivers"),
    "utility": _shared("utility"),
    "penalty_reward": _shared("penalty_reward"),
    "interactions": _shared("interactions"),
    "needs_map": _shared("needs_map"),
    "rivals": _shared("rivals"),
}

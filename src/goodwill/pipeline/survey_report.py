"""All that a survey tells, part by part; what it cannot tell is said, with the reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from goodwill.config.surveys import SurveysSection
from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.dimensions import rated_side
from goodwill.perceived.gaps import dimension_gaps, gap_changes, item_gaps
from goodwill.perceived.importance import relative_importance
from goodwill.perceived.importance_performance import importance_performance
from goodwill.perceived.kano import kano, kano_by_group
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.kano_pairs import pair_counts
from goodwill.perceived.outcomes import outcome_items
from goodwill.perceived.reliability import item_quality, reliability
from goodwill.perceived.rivals import leads, value_map
from goodwill.perceived.satisfaction import satisfaction, satisfaction_by_group, satisfaction_by_wave
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_groups import Wanted, group_frames
from goodwill.pipeline.survey_utility import Utility, chief_outcome, dimension_scores, utility_of
from goodwill.pipeline.survey_value import value_frames
from goodwill.pipeline.survey_voices import Heard, hear, needs_over_waves

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class SurveyReport:
    """Tables of aggregates by name, why parts are missing, what to beware of, and what people wrote."""

    survey: Survey
    frames: Frames = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    weights_from: str | None = None
    level: float = 0.95
    heard: Heard | None = None
    cautions: tuple[str, ...] = ()


def survey_report(
    survey: Survey, section: SurveysSection, seed: int, comments: pd.DataFrame | None = None
) -> SurveyReport:
    """Compute every part that the survey's sides, and its comments, allow."""
    frames: Frames = {}
    missing: dict[str, str] = {}
    asked = _Asked(survey, section, seed, comments)
    for name, part in _PARTS.items():
        reason = asked.reason(name)
        if reason is not None:
            missing[name] = reason
            continue
        try:
            frames |= part(asked)
        except (DataError, FitError, UsageError) as error:
            missing[name] = str(error)
    wanted = Wanted(section.level, section.correction, seed, section.prices or None)
    more, left = group_frames(survey, wanted, frames, _groupings(survey))
    frames, missing = frames | more, missing | left
    found = SurveyReport(survey, frames, missing, asked.weights_from, section.level, asked.heard)
    return replace(found, cautions=_cautions(found, section))


def _cautions(found: SurveyReport, section: SurveysSection) -> tuple[str, ...]:
    """Return what a reader should know of choices that the answers left open, as codes."""
    wide = section.wide
    is_named_alone = wide is not None and wide.wave is not None and wide.time is None and not section.waves
    cautions = {
        "equal_weights": section.weights == "stated" and found.weights_from == "equal",
        "waves_by_name": is_named_alone and len(found.survey.waves) > 1,
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
    def utility(self) -> Utility:
        """The sample from which responses are learned."""
        scores, outcome = dimension_scores(self.survey), chief_outcome(self.survey)
        return utility_of(self.survey, scores, outcome, self.section.level, self.seed)

    def reason(self, part: str) -> str | None:
        """Return why a part cannot be computed; None where it can."""
        sides, survey = set(self.survey.sides), self.survey
        has_dimensions = bool(set(survey.items_of(rated_side(survey))) & set(_dimensioned(survey)))
        has_outcome = len(outcome_items(survey)) > 0
        nowhere, unmeasured = "no answered item belongs to a dimension", "no item has a `measure`"
        needs: Mapping[str, tuple[bool, str]] = {
            "dimensions": (has_dimensions, nowhere),
            "reliability": (has_dimensions, nowhere),
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
                {"expectation", "perception"} <= sides and len(survey.waves) > 1,
                "expectation and perception were not asked in several waves",
            ),
            "rivals": (len(survey.brands) > 1, "fewer than two brands were rated"),
        }
        is_given, words = needs[part]
        return None if is_given else words


def _dimensioned(survey: Survey) -> pd.Index:
    return survey.items.index[survey.items["dimension"].notna()]


def _value(asked: _Asked) -> Frames:
    found, frames = value_frames(asked.survey, asked.section, asked.seed, _groupings(asked.survey))
    asked.weights_from = found.weights_from
    asked.weights = {str(name): float(weight) for name, weight in found.dimensions["weight"].items()}
    return frames


def _reliability(asked: _Asked) -> Frames:
    survey, level = asked.survey, asked.section.level
    sides = [side for side in ("expectation", "perception", "performance", "score") if side in survey.sides]
    blocks = [reliability(survey, side, level=level).reset_index().assign(side=side) for side in sides]
    return {"reliability": pd.concat(blocks, ignore_index=True), "items": item_quality(survey)}


def _gaps(asked: _Asked) -> Frames:
    level, correction = asked.section.level, asked.section.correction
    found = {
        "gaps": item_gaps(asked.survey, level=level, correction=correction),
        "dimension_gaps": dimension_gaps(asked.survey, level=level, correction=correction),
    }
    if len(asked.survey.waves) > 1:
        found["gap_changes"] = gap_changes(asked.survey, level=level, correction=correction)
    return found


def _map(asked: _Asked) -> Frames:
    level, seed = asked.section.level, asked.seed
    return {"importance_performance": importance_performance(asked.survey, level=level, seed=seed)}


def _kano(asked: _Asked) -> Frames:
    survey, level, seed = asked.survey, asked.section.level, asked.seed
    pairs = pair_counts(survey)
    if not pairs.features:
        raise DataError(
            f"{len(pairs.one_sided)} features were asked from one side only. A category needs both answers: "
            "if the feature is there, and if it is not."
        )
    parts = [
        kano_by_group(survey, of, level=level, seed=seed).assign(grouping=name)
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


def _drivers(asked: _Asked) -> Frames:
    survey = asked.survey
    outcome = chief_outcome(survey)
    found = relative_importance(
        dimension_scores(survey),
        outcome,
        weights=survey.weights(),
        level=asked.section.level,
        seed=asked.seed,
    )
    return {"drivers": found.table.assign(outcome=str(outcome.name), r_squared=found.r_squared)}


def _themes(asked: _Asked) -> Frames:
    if asked.comments is None:
        return {}
    section = asked.section
    asked.heard = hear(asked.survey, asked.comments, section.wave, section.level, asked.seed)
    return asked.heard.frames


def _needs(asked: _Asked) -> Frames:
    said = None if asked.heard is None else asked.heard.said
    return needs_over_waves(asked.survey, asked.weights, said, asked.section.level)


def _rivals(asked: _Asked) -> Frames:
    survey, section = asked.survey, asked.section
    found = {"rivals": value_map(survey, section.prices or None, level=section.level, seed=asked.seed)}
    if survey.own_brand is not None:
        found["leads"] = leads(survey, level=section.level, correction=section.correction)
    return found


def _groupings(survey: Survey) -> dict[str, pd.Series]:
    groups = survey.groups
    return {} if groups is None else {str(name): groups[name] for name in groups}


_PARTS: Mapping[str, Callable[[_Asked], Frames]] = {
    "dimensions": _value,
    "reliability": _reliability,
    "gaps": _gaps,
    "importance_performance": _map,
    "kano": _kano,
    "satisfaction": _satisfaction,
    "drivers": _drivers,
    "utility": lambda asked: asked.utility.curves(),
    "penalty_reward": lambda asked: asked.utility.contrasts(),
    "interactions": lambda asked: asked.utility.pairs(),
    "themes": _themes,
    "needs_map": _needs,
    "rivals": _rivals,
}

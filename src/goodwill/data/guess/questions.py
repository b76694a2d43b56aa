"""What the columns of a survey's file ask: ratings, on which scale and side, about what."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from goodwill.data.guess.facts import Facts
from goodwill.data.guess.words import survey_words

# A number, or one with its label: 5, "5 - very satisfied", "5分", "good (4)".
_RATING = re.compile(
    r"(\d{1,2})(?:\.0+)?(?: *(?:分|星|stars?|points?|[-–—:=.)、(（][^0-9]+))?|[^0-9]+[(（](\d{1,2}) *分?[)）]"
)
_TOPS = (5, 7, 10)
# Fewer answers may not hold the ends of their scale; none above this are a code such as yes and no.
_FEWEST_ANSWERS, _YES_OR_NO = 20, 2
_LIKELY = (0, 10)
Scale = tuple[int, int]


@dataclass(frozen=True)
class Question:
    """One question of a survey.

    Parameters
    ----------
    name : made of its header, without the side. header : of its first column, as it stands in the file.
    dimension, measure : empty where its words tell none.
    scale : lowest and highest answer. has_zero : 0 was answered below the scale, and may mean no answer.
    columns : side → the name of its column.
    """

    name: str
    header: str
    dimension: str
    measure: str
    scale: Scale
    has_zero: bool
    columns: Mapping[str, str]


def questions_of(facts: Sequence[Facts]) -> list[Question]:
    """Return the questions that the columns of a file ask, in their order; the sides of one stand together.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.guess.facts import read_facts
    >>> answers = {"Friendly staff": [1, 4, 5, 5], "NPS": [0, 9, 10, 7], "Age group": [1, 2, 3, 3]}
    >>> found = questions_of(read_facts(ibis.memtable(answers)))
    >>> [(one.name, one.dimension, one.measure, one.scale) for one in found]
    [('friendly_staff', 'service', '', (1, 5)), ('nps', '', 'nps', (0, 10))]
    """
    rated = [(column, numbers) for column in facts if (numbers := _ratings(column))]
    widest = max((top for _, numbers in rated if (top := max(numbers)) <= _TOPS[1]), default=_TOPS[0])
    headers = {column.header for column, _ in rated}
    found: dict[str, Question] = {}
    for column, numbers in rated:
        stem, side = _stem_and_side(column.header, headers)
        least = widest if column.n_filled < _FEWEST_ANSWERS else 0
        question = _question(column, stem, side, max(*numbers, least), min(numbers))
        former = found.get(question.name)
        if former is not None and side not in former.columns:
            question = replace(former, columns={**former.columns, **question.columns})
        elif former is not None:
            question = replace(question, name=f"{question.name}_{len(found)}")
        found[question.name] = question
    return _each_measured_once(found.values())


def usual_scale(questions: Collection[Question]) -> Scale:
    """Return the scale that most questions have, outcomes apart where there are others."""
    plain = [one.scale for one in questions if not one.measure] or [one.scale for one in questions]
    return Counter(plain).most_common(1)[0][0]


def _ratings(column: Facts) -> set[int]:
    """Return the numbers that a column's answers are; nothing where it rates nothing."""
    words = survey_words()
    if any(words[key][key].fullmatch(column.header) for key in ("respondent", "weight", "wave")):
        return set()
    if words["people"]["people"].search(column.header):
        return set()
    told = [_RATING.fullmatch(value) for value in column.values]
    numbers = {int(found[1] or found[2]) for found in told if found}
    is_rating = len(numbers) > 1 and _YES_OR_NO < max(numbers) <= _TOPS[-1]
    return numbers if is_rating and len(numbers) == len(column.values) else set()


def _stem_and_side(header: str, headers: Collection[str]) -> tuple[str, str]:
    """Return the question that a header asks, and on which side: `score` where the header names none."""
    for side, words in survey_words()["sides"].items():
        stem = " ".join(words.sub(" ", header).split())
        if stem and stem != header and any(other != header and stem in other for other in headers):
            return stem, side
    return header, "score"


def _question(column: Facts, stem: str, side: str, top: int, low: int) -> Question:
    words = survey_words()
    measure = next((name for name, asked in words["measures"].items() if asked.fullmatch(stem)), "")
    about = next((name for name, asked in words["dimensions"].items() if asked.search(stem)), "")
    if measure == "nps":
        measure = "nps" if top > _TOPS[1] or low == 0 else "recommend"
    is_likely = measure == "nps" or (low == 0 and top > _TOPS[1])
    scale = _LIKELY if is_likely else (1, next(one for one in _TOPS if top <= one))
    name = stem.replace(" ", "_")
    has_zero = low == 0 and scale[0] == 1
    return Question(
        name, column.name, "" if measure else about, measure, scale, has_zero, {side: column.name}
    )


def _each_measured_once(questions: Collection[Question]) -> list[Question]:
    """Return the questions, of which the first alone measures an outcome that several seem to."""
    told: set[str] = set()
    found = []
    for one in questions:
        is_again = bool(one.measure) and (one.measure in told or set(one.columns) != {"score"})
        told.add(one.measure)
        found.append(replace(one, measure="") if is_again else one)
    return found

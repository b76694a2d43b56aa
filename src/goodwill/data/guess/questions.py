"""What the columns of a survey's file ask: ratings, on which scale and side, about what."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from goodwill.data.guess.facts import Facts
from goodwill.data.guess.text import scalar
from goodwill.data.guess.wordings import Wording, wordings_of
from goodwill.data.guess.words import plain, survey_words

# A number, or one with its label: 5, 4.5, "5 - very satisfied", "5分", "good (4)".
_RATING = re.compile(
    r"(-?\d{1,3}(?:\.[05]0*)?)(?: *(?:分|星|stars?|points?|[-–—:=.)、(（][^0-9]+))?"
    r"|[^0-9]+[(（](\d{1,2}) *分?[)）]"
)
# What survey tools write for no answer, beyond any scale; 8 and 9 are that only beside a whole shorter scale.
_CODES = {77, 88, 97, 98, 99, 777, 888, 997, 998, 999, -1, -2, -8, -9, -88, -97, -98, -99, -999}
_BESIDE = {4: {8, 9}, 5: {8, 9}, 7: {9}}
_BRACKETS = re.compile(r"[\[【(（]([^\]】)）]*)[\]】)）]")
_KANO = ("functional", "dysfunctional")
_MOST_VALUES = 40
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
    columns : side → the name of its column. marks : answers that mean none, such as 99, as YAML has them.
    numbers : wording → the number that it means, where answers are words.
    """

    name: str
    header: str
    dimension: str
    measure: str
    scale: Scale
    has_zero: bool
    columns: Mapping[str, str]
    marks: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_kano(self) -> bool:
        """Whether it asks how people feel with something and without it."""
        return bool(set(self.columns) & set(_KANO))


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
    worded = wordings_of(facts)
    rated = [(column, *answers) for column in facts if (answers := _answers(column, worded))[0]]
    widest = max((top for _, numbers, _ in rated if (top := max(numbers)) <= _TOPS[1]), default=_TOPS[0])
    texts = _texts([column for column, _, _ in rated])
    sides = _sides(texts.values())
    found: dict[str, Question] = {}
    for column, numbers, marks in rated:
        stem, side = sides[texts[column.name]]
        is_open = column.n_filled < _FEWEST_ANSWERS or min(numbers) == 0
        question = _question(column, stem, side, {*numbers, widest} if is_open else numbers)
        question = replace(question, marks=tuple(marks))
        if column.name in worded:
            wording = worded[column.name]
            question = replace(question, scale=(1, wording.top), has_zero=False, numbers=wording.numbers)
        former = found.get(question.name)
        if former is not None and side not in former.columns:
            question = _together(former, question)
        elif former is not None:
            question = replace(question, name=f"{question.name}_{len(found)}")
        found[question.name] = question
    return _each_measured_once(found.values())


def usual_scale(questions: Collection[Question]) -> Scale:
    """Return the scale that most questions have, outcomes apart where there are others."""
    plain = [one.scale for one in questions if not one.measure] or [one.scale for one in questions]
    return Counter(plain).most_common(1)[0][0]


def _answers(column: Facts, worded: Mapping[str, Wording]) -> tuple[set[float], list[str]]:
    """Return the numbers that a column's answers are, and those that mean no answer; nothing of no rating."""
    words, nothing = survey_words(), (set[float](), list[str]())
    if any(words[key][key].fullmatch(column.header) for key in ("respondent", "weight", "wave", "brand")):
        return nothing
    if words["people"]["people"].search(column.header) or len(column.values) > _MOST_VALUES:
        return nothing
    said = [value for value in column.values if words["no_answer"]["no_answer"].fullmatch(plain(value))]
    if column.name in worded:
        meant = worded[column.name].numbers
        return {float(number) for number in meant.values()}, _as_yaml(
            word for word in said if word not in meant
        )
    told = [_RATING.fullmatch(value) for value in column.values if value not in said]
    given = {float(found[1] or found[2]) for found in told if found}
    codes = _codes(given)
    numbers = given - codes
    is_rating = len(numbers) > 1 and _YES_OR_NO < max(numbers) <= _TOPS[-1]
    marks = [*(f"{code:g}" for code in sorted(codes)), *_as_yaml(said)]
    return (numbers, marks) if is_rating and all(told) else nothing


def _as_yaml(words: Iterable[str]) -> list[str]:
    return [scalar(word, in_list=True) for word in words]


def _codes(numbers: set[float]) -> set[float]:
    """Return the numbers that stand apart from the others, as codes of no answer do."""
    near = numbers - _CODES - {0}
    top = max(near - {8, 9}, default=0)
    is_whole = near >= set(range(1, int(top) + 1))
    beyond = {number for number in near if number > top}
    return (numbers & _CODES) | (beyond if is_whole and beyond <= _BESIDE.get(int(top), set()) else set())


def _texts(columns: Sequence[Facts]) -> Mapping[str, str]:
    """Return what each column asks: its header, and what brackets hold where headers are alike without."""
    headers = Counter(column.header for column in columns)
    inner = {one.name: plain(found[-1]) for one in columns if (found := _BRACKETS.findall(one.title))}
    n_inner = Counter(inner.values())
    texts = {}
    for one in columns:
        own = inner.get(one.name, "")
        whole = plain(_BRACKETS.sub(r" \1 ", one.title))
        is_side = any(words.fullmatch(own) for words in survey_words()["sides"].values())
        alike = own if n_inner[own] == 1 and not is_side else whole
        texts[one.name] = one.header if headers[one.header] == 1 else alike
    return texts


def _sides(texts: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Return the question that each text asks, and on which side: `score` where no other asks the same."""
    told = {
        text: [
            (stem, side)
            for side, words in survey_words()["sides"].items()
            if (stem := " ".join(words.sub(" ", text).split())) and stem != text
        ]
        for text in texts
    }
    asked = Counter(stem for text in told for stem in {text, *(stem for stem, _ in told[text])})
    return {text: next((one for one in told[text] if asked[one[0]] > 1), (text, "score")) for text in told}


def _together(former: Question, question: Question) -> Question:
    marks = tuple(dict.fromkeys([*former.marks, *question.marks]))
    scale = max(former.scale, question.scale, key=lambda one: one[1])
    has_zero = former.has_zero or question.has_zero
    columns = {**former.columns, **question.columns}
    numbers = {**former.numbers, **question.numbers}
    return replace(question, columns=columns, marks=marks, scale=scale, has_zero=has_zero, numbers=numbers)


def _question(column: Facts, stem: str, side: str, numbers: Collection[float]) -> Question:
    words, top, low = survey_words(), max(numbers), min(numbers)
    measure = next((name for name, asked in words["measures"].items() if asked.fullmatch(stem)), "")
    about = next((name for name, asked in words["dimensions"].items() if asked.search(stem)), "")
    if measure == "nps":
        is_named = words["named_nps"]["named_nps"].search(stem)
        measure = "nps" if is_named or top > _TOPS[1] or low == 0 else "recommend"
    is_likely = measure == "nps" or (low == 0 and top > _TOPS[1])
    from_zero = low == 0 and top + 1 in _TOPS[:2]
    usual = (0, int(top)) if from_zero else (1, next(one for one in _TOPS if top <= one))
    scale = _LIKELY if is_likely else usual
    name = f"item_{stem}" if stem.isdigit() else stem.replace(" ", "_")
    has_zero = low == 0 and scale[0] == 1
    return Question(
        name, column.title, "" if measure else about, measure, scale, has_zero, {side: column.name}
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

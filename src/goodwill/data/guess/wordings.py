"""What answers in words mean: the numbers of the scales whose wordings we know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodwill.data.guess.facts import Facts
from goodwill.data.guess.words import answer_scales, plain, survey_words

_FEWEST, _MOST = 3, 12  # values of a column whose wordings are taken for a scale
_MIDDLE, _FIVE = 2, 5
_Levels = Mapping[str, int]


@dataclass(frozen=True)
class Wording:
    """What the wordings of a column mean.

    Parameters
    ----------
    numbers : wording as it stands in the file → number from 1. top : highest number of their scale.
    """

    numbers: Mapping[str, int]
    top: int


def wordings_of(facts: Sequence[Facts]) -> Mapping[str, Wording]:
    """Return what the wordings of columns mean, for the columns whose answers are all of one known scale.

    Where a column fits several scales, the one that fits most columns counts.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.guess.facts import read_facts
    >>> answers = {"Fair": ["Agree", "Disagree", "Strongly agree"], "Shop": ["Ulm", "Bonn", "Ulm"]}
    >>> wordings_of(read_facts(ibis.memtable(answers)))
    {'Fair': Wording(numbers={'Agree': 4, 'Disagree': 2, 'Strongly agree': 5}, top=5)}
    """
    fitting = [
        {one.name: levels for one in facts if (levels := _levels(one, scale))} for scale in range(_n_scales())
    ]
    found: dict[str, Wording] = {}
    for place in sorted(range(_n_scales()), key=lambda place: -len(fitting[place])):
        found = {**_numbered(fitting[place], len(answer_scales()[place])), **found}
    return {one.name: found[one.name] for one in facts if one.name in found}


def _n_scales() -> int:
    return len(answer_scales())


def _levels(column: Facts, place: int) -> _Levels:
    """Return each wording's level on a scale, from 0; nothing where one has none, or two have the same."""
    if not _FEWEST <= len(column.values) <= _MOST:
        return {}
    no_answer = survey_words()["no_answer"]["no_answer"]
    levels = {
        value: [level for level, words in enumerate(answer_scales()[place]) if words.fullmatch(plain(value))]
        for value in column.values
    }
    said = {value: found for value, found in levels.items() if found or not no_answer.fullmatch(plain(value))}
    told = {value: found[0] for value, found in said.items() if found}
    is_scale = len(told) >= _FEWEST and len(told) == len(said) == len(set(told.values()))
    return told if is_scale else {}


def _numbered(columns: Mapping[str, _Levels], length: int) -> Mapping[str, Wording]:
    """Return the numbers of levels; five of which the middle was never offered are four."""
    seen = {level for levels in columns.values() for level in levels.values()}
    is_even = length == _FIVE and seen == {0, 1, 3, 4}
    return {
        name: Wording(
            {value: level + 1 - (is_even and level > _MIDDLE) for value, level in levels.items()},
            length - is_even,
        )
        for name, levels in columns.items()
    }

"""From a survey's file, with a row per respondent, to the text of a config."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from statistics import mean

from goodwill.data.expressions import read_condition
from goodwill.data.guess.facts import Facts, read_facts
from goodwill.data.guess.header_rows import HeaderRows, header_rows
from goodwill.data.guess.kinds import Cast, is_wordy
from goodwill.data.guess.questions import Question, questions_of, usual_scale
from goodwill.data.guess.reading import reference
from goodwill.data.guess.seen import Seen
from goodwill.data.guess.text import flow, scalar
from goodwill.data.guess.words import plain, survey_words

# Ratings that make a survey of a file that might be orders, and of one that is no table of ours.
_FEWEST, _FEWEST_OF_NO_TABLE = 3, 2
_GROUPS = range(2, 13)
_HEAD = "# Written by `goodwill init`: a guess. Read the comments, then run `goodwill survey` on this file."
_OPEN = "no word of these headers tells what they are about; add `dimension:`, such as quality or service: {}"
_GOOD = (
    "a high answer is taken to be good; where it is not, say `reversed: true`, or `kind: cost` of a burden"
)
_ZERO = "0 was answered too, and is taken to mean: does not apply; where it is the lowest answer, correct it"
_FROM_ZERO = (
    "0 is taken for the lowest answer: {}; where it means no answer, correct scale and `not_applicable`"
)
_MARKS = "answers that stand apart from the scale, such as 99, are taken to mean: does not apply"
_BURDEN = "sounds like a burden, or like the opposite of good: {}"
_BATTERIES = "E and P before a number are taken for what was expected and what was perceived"
_KANO = "which number means what is a guess: turn them round where 5 is `like`"
_KANO_NUMBERS = "{like: ['1'], must_be: ['2'], neutral: ['3'], live_with: ['4'], dislike: ['5']}"
_BRAND = "  # most is told of your brand alone: say which it is, `brand: name`, under `surveys`"
_PERSONAL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+|\d{1,3}(?:\.\d{1,3}){3}\b.*", re.IGNORECASE)
_UNUSED = "not used: {}; what wordings of answers mean says `surveys.numbers`"
_HAN = re.compile(r"[\u4e00-\u9fff]")


def survey_text(seen: Seen, name: str, language: str) -> str | None:
    """Return the text of a config for a file of answers, a row per respondent; None where it is no survey.

    Parameters
    ----------
    name : of the config. language : in which people read; empty where it is the usual one.
    """
    told = header_rows(seen.rows)
    if told is not None:
        seen = _answers_alone(seen, told)
    is_of_orders = seen.table == "transactions" and seen.cast.parts["customer_id"].repeats
    if is_of_orders or seen.table in {"profiles", "contracts"}:
        return None
    questions = questions_of(seen.facts)
    is_told = any(one.dimension or one.measure or len(one.columns) > 1 for one in questions)
    if len(questions) < (_FEWEST if seen.table or not is_told else _FEWEST_OF_NO_TABLE):
        return None
    asked = {column for one in questions for column in one.columns.values()}
    rest = [column for column in seen.facts if column.name not in asked and column.n_filled]
    keys = _keys(rest)
    groups = [column for column in rest if column not in keys.values() and _divides(column)]
    rest = [column for column in rest if column not in groups and column not in keys.values()]
    wordy = [one for one in rest if "respondent" in keys and is_wordy(one) and not _is_personal(one)]
    said = max(wordy, key=lambda one: mean(map(len, one.values)), default=None)
    unused = [column.name for column in rest if column != said]
    where = [f"    where: {scalar(told.where)}"] if told else []
    lines = [
        _HEAD,
        f"name: {scalar(name)}",
        *([f"language: {language}"] if language else []),
        *(_comment_lines(seen.source, keys["respondent"], said, where) if said else []),
        *("surveys:", "  wide:", f"    source: {scalar(seen.source)}"),
        *where,
        *(f"    {key}: {scalar(_read(key, column))}" for key, column in keys.items()),
        *([_BRAND] if "brand" in keys else []),
        *_question_lines(questions, groups),
        *([f"  # {_UNUSED.format(', '.join(unused))}"] if unused else []),
    ]
    return "\n".join(lines) + "\n"


def _answers_alone(seen: Seen, told: HeaderRows) -> Seen:
    """Return a file without the rows that say what its columns ask; each column is called by its question."""
    rows = seen.rows.filter(read_condition(seen.rows, told.where, seen.source))
    facts = [
        replace(one, header=plain(told.asked.get(one.name) or one.name), asked=told.asked.get(one.name, ""))
        for one in read_facts(rows)
    ]
    return Seen(seen.source, rows, facts, Cast("", {}))


def _keys(columns: Sequence[Facts]) -> Mapping[str, Facts]:
    """Return the columns that say who answered, when, in which wave, and for how many."""
    words = survey_words()
    found: dict[str, Facts] = {}
    for key, fits in _KEYS.items():
        named = [one for one in columns if key == "time" or words[key][key].fullmatch(one.header)]
        fitting = [one for one in named if fits(one) and one not in found.values()]
        found |= {key: fitting[0]} if fitting else {}
    return found


_KEYS: Mapping[str, Callable[[Facts], bool]] = {
    "respondent": lambda column: column.names_things,
    "time": lambda column: bool(column.reading.as_time),
    "wave": lambda column: column.repeats,
    "weight": lambda column: bool(column.reading.as_number),
    "brand": lambda column: column.repeats and len(column.values) > 1,
}


def _read(key: str, column: Facts) -> str:
    as_read = {"time": column.reading.as_time, "weight": column.reading.as_number}
    return as_read.get(key) or reference(column.name)


def _divides(column: Facts) -> bool:
    """Tell whether a column's values are few, and each stands for several respondents."""
    is_unfit = bool(column.reading.as_time) or _is_personal(column)
    return not is_unfit and len(column.values) in _GROUPS and 2 * len(column.values) <= column.n_filled


def _is_personal(column: Facts) -> bool:
    """Tell whether a column holds names, addresses and the like, which no group and no comment may be."""
    is_named = survey_words()["personal"]["personal"].search(column.header)
    return bool(is_named) or any(_PERSONAL.fullmatch(value) for value in column.values)


def _comment_lines(source: str, respondent: Facts, said: Facts, where: Sequence[str]) -> list[str]:
    columns = {"respondent": reference(respondent.name), "text": reference(said.name)}
    lines = ["tables:", "  comments:", f"    source: {scalar(source)}", f"    columns: {flow(columns)}"]
    return [*lines, *where]


def _question_lines(questions: Sequence[Question], groups: Sequence[Facts]) -> list[str]:
    usual = usual_scale(questions)
    meant = _usual_numbers(questions)
    told = ", ".join(
        f"{scalar(word, in_list=True)}: {number}" for word, number in sorted(meant.items(), key=itemgetter(1))
    )
    named = {column.header.replace(" ", "_") or column.name: reference(column.name) for column in groups}
    return [
        f"  scale: [{usual[0]}, {usual[1]}]",
        *([f"  numbers: {{{told}}}"] if meant else []),
        *(["  groups:"] if named else []),
        *(f"    {scalar(group)}: {scalar(column)}" for group, column in named.items()),
        *([f"  # {_KANO}", f"  answers: {_KANO_NUMBERS}"] if any(one.is_kano for one in questions) else []),
        "  items:",
        *(f"    {line}" for line in _item_lines(questions, usual, meant)),
    ]


def _usual_numbers(questions: Sequence[Question]) -> Mapping[str, int]:
    """Return what wordings mean, as the question says that is the first to have them."""
    meant: dict[str, int] = {}
    for one in questions:
        meant = {**one.numbers, **meant}
    return meant


def _item_lines(
    questions: Sequence[Question], usual: tuple[int, int], meant: Mapping[str, int]
) -> Iterator[str]:
    yield from (f"# {note}" for note in _notes(questions))
    for one in questions:
        facts = {"item": scalar(one.name, in_list=True)}
        facts |= {key: value for key in ("dimension", "measure") if (value := getattr(one, key))}
        is_own = one.scale != usual and not one.is_kano
        facts |= {"scale": f"[{one.scale[0]}, {one.scale[1]}]"} if is_own else {}
        if any(meant[word] != number for word, number in one.numbers.items()):
            own = (f"{scalar(word, in_list=True)}: {number}" for word, number in one.numbers.items())
            facts["numbers"] = "{" + ", ".join(own) + "}"
        marks = [*(["0"] if one.has_zero else []), *one.marks]
        facts |= {"not_applicable": f"[{', '.join(marks)}]"} if marks else {}
        places = {side: scalar(reference(name), in_list=True) for side, name in one.columns.items()}
        if set(places) == {"score"}:
            facts["column"] = places["score"]
            facts |= _label(one)
        else:
            facts["columns"] = "{" + ", ".join(f"{side}: {place}" for side, place in places.items()) + "}"
        yield "- {" + ", ".join(f"{key}: {value}" for key, value in facts.items()) + "}"


def _notes(questions: Sequence[Question]) -> Iterator[str]:
    """Return what a person should look at before the answers are believed."""
    yield _GOOD
    burden = survey_words()["burden"]["burden"]
    heavy = [one.name for one in questions if burden.search(one.name.replace("_", " "))]
    if heavy:
        yield _BURDEN.format(", ".join(heavy))
    bare = [one.name for one in questions if not (one.dimension or one.measure or one.is_kano)]
    if bare:
        yield _OPEN.format(", ".join(bare))
    if any(one.has_zero for one in questions):
        yield _ZERO
    from_zero = [one.name for one in questions if one.scale[0] == 0 and one.measure != "nps"]
    if from_zero:
        yield _FROM_ZERO.format(", ".join(from_zero))
    if any(one.marks for one in questions):
        yield _MARKS
    if any(one.name.startswith("item_") and "expectation" in one.columns for one in questions):
        yield _BATTERIES


def _label(question: Question) -> Mapping[str, str]:
    """Return what people read of a question: its header, where that says more than its name."""
    if question.header.casefold() == question.name:
        return {}
    label = scalar(question.header.strip(), in_list=True)
    return {"label": label} | ({"label_zh": label} if _HAN.search(label) else {})

"""Cells that are no answers: impossible codes, "does not apply", straight lines; counted, then left out."""

import numpy as np
import pandas as pd

from goodwill.errors import TableError
from goodwill.perceived.cells import RawAnswers
from goodwill.perceived.items import Item, items_frame
from goodwill.perceived.respondents import ReadingRules
from goodwill.perceived.survey import KANO_SIDES, REVERSIBLE, SIDES, Survey, SurveyQuality

# Fewer equal answers happen to attentive people.
STRAIGHT_ANSWERS = 6
COLUMNS = ("respondent", "item", "side", "value", "answer", "weight", "wave", "brand", "instrument")
RATED_SIDES = (*REVERSIBLE, "importance")


def cleaned(
    raw: RawAnswers, items: tuple[Item, ...], rules: ReadingRules, groups: pd.DataFrame | None
) -> Survey:
    """Return the survey without what is not an answer, and count what that was.

    Raises
    ------
    TableError
        If nothing is left, or answers are impossible and `rules.impossible` is "error".
    """
    undeclared = _undeclared(raw.rows, items)
    everyone = (*items, *(Item(name) for name in undeclared))
    is_na = raw.is_not_applicable | _by_code(raw.rows, everyone)
    is_impossible = ~is_na & _impossible(raw.rows, everyone)
    by_item = raw.rows["item"][is_impossible].value_counts()
    found = {str(name): int(n) for name, n in by_item[by_item > 0].items()}
    _refuse(found, len(raw.rows), rules)
    answers = raw.rows[~is_na & ~is_impossible]
    lines = straight_liners(answers)
    answers, left_out = _without(raw.rows, answers, is_impossible, lines, rules)
    if answers.empty:
        raise TableError(_nothing_left(raw, is_na, found, left_out))
    frame = items_frame(items, undeclared)
    given = answers.groupby("item", observed=True)["value"]
    frame = frame.assign(lowest_answer=given.min(), highest_answer=given.max())
    asked = set(answers["item"].unique())
    quality = SurveyQuality(
        n_respondents=len(answers["respondent"].cat.categories),
        n_answers=len(answers),
        n_missing=raw.n_asked - len(raw.rows),
        n_not_applicable=int(is_na.sum()),
        n_impossible=int(is_impossible.sum()),
        impossible_by_item=found,
        n_duplicated=raw.n_duplicated,
        n_straight_liners=len(lines),
        left_out=_repeats(raw, rules) | left_out,
        undeclared=undeclared,
        unanswered=tuple(name for name in frame.index if name not in asked),
    )
    return Survey(_in_time(answers), frame, _people(answers, groups), rules.own_brand, quality)


def _nothing_left(raw: RawAnswers, is_na: np.ndarray, found: dict[str, int], left_out: dict[str, int]) -> str:
    """Return why no answer counts: how many of which kind."""
    n_blank = raw.n_asked - len(raw.rows)
    kinds = {
        "blank": f"{n_blank:,}" if n_blank else "",
        "outside their scale or unknown words": f"{sum(found.values()):,}, in {with_counts(found)}"
        if found
        else "",
        "not applicable": f"{int(is_na.sum()):,}" if is_na.any() else "",
        "respondents left out": ", ".join(f"{n:,} {reason}" for reason, n in left_out.items()),
    }
    told = "; ".join(f"{kind}: {counted}" for kind, counted in kinds.items() if counted)
    return (
        f"surveys: no answer is left of {raw.n_asked:,} cells ({told}). "
        "Check `scale`, `numbers`, `not_applicable`, `answers` and what is left out."
    )


def straight_liners(answers: pd.DataFrame) -> np.ndarray:
    """Return the codes of respondents whose ratings never vary, on any side with enough answers.

    A side counts from `STRAIGHT_ANSWERS` answers about one brand on; reversed items are compared as they were
    answered.
    """
    is_rated = answers["side"].isin(RATED_SIDES).to_numpy()
    brands = answers["brand"].cat
    shape = (len(answers["respondent"].cat.categories), len(SIDES) * (1 + len(brands.categories)))
    key = answers["respondent"].cat.codes.to_numpy()[is_rated].astype(np.int64) * shape[1]
    key += answers["side"].cat.codes.to_numpy()[is_rated] + len(SIDES) * (
        brands.codes.to_numpy()[is_rated] + 1
    )
    values = answers["value"].to_numpy()[is_rated]
    low, high = np.full(shape[0] * shape[1], np.inf), np.full(shape[0] * shape[1], -np.inf)
    np.minimum.at(low, key, values)
    np.maximum.at(high, key, values)
    is_enough = np.bincount(key, minlength=len(low)) >= STRAIGHT_ANSWERS
    varies = (is_enough & (low < high)).reshape(shape).any(axis=1)
    return np.flatnonzero(is_enough.reshape(shape).any(axis=1) & ~varies)


def _undeclared(rows: pd.DataFrame, items: tuple[Item, ...]) -> tuple[str, ...]:
    known = {item.item for item in items}
    return tuple(name for name in rows["item"].cat.categories if name not in known)


def _by_code(rows: pd.DataFrame, items: tuple[Item, ...]) -> np.ndarray:
    """Return where an answer is a number that means "does not apply" to the item."""
    codes, values = rows["item"].cat.codes.to_numpy(), rows["value"].to_numpy()
    names = list(rows["item"].cat.categories)
    is_na = np.zeros(len(rows), dtype=bool)
    marks = {mark for item in items for mark in item.not_applicable if not isinstance(mark, str)}
    for mark in marks:
        marked = {item.item for item in items if mark in item.not_applicable}
        is_na |= np.array([name in marked for name in names])[codes] & (values == mark)
    return is_na


def _impossible(rows: pd.DataFrame, items: tuple[Item, ...]) -> np.ndarray:
    by_name = {item.item: item for item in items}
    names = list(rows["item"].cat.categories)
    scales = [[by_name[name].scale_of(side) or (-np.inf, np.inf) for side in SIDES] for name in names]
    low, high = np.moveaxis(np.array(scales, dtype=float), 2, 0)
    place = (rows["item"].cat.codes.to_numpy(), rows["side"].cat.codes.to_numpy())
    values = rows["value"].to_numpy()
    is_word = np.isin(SIDES, KANO_SIDES)[place[1]]
    is_rating = (values >= low[place]) & (values <= high[place])
    return np.where(is_word, rows["answer"].isna().to_numpy(), ~is_rating)


def _refuse(found: dict[str, int], n_rows: int, rules: ReadingRules) -> None:
    if rules.impossible == "error" and found:
        worst = with_counts(found)
        raise TableError(
            f"surveys: {sum(found.values()):,} of {n_rows:,} answers are outside their scale or unknown "
            f"words: {worst}. Correct the scale, add the wording to `numbers` (of Kano to `answers`), or set "
            "`impossible: missing`."
        )


def with_counts(found: dict[str, int]) -> str:
    """Return the items with the most odd answers, and how many each has.

    Examples
    --------
    >>> with_counts({"speed": 1200, "looks": 3})
    'speed (1,200), looks (3)'
    """
    return ", ".join(f"{name} ({n:,})" for name, n in list(found.items())[:5])


def _without(
    raw: pd.DataFrame,
    answers: pd.DataFrame,
    is_impossible: np.ndarray,
    lines: np.ndarray,
    rules: ReadingRules,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Leave out the respondents that the rules name; whoever is left keeps all answers."""
    odd = np.unique(raw["respondent"].cat.codes.to_numpy()[is_impossible])
    named = {
        "impossible": odd if rules.impossible == "drop" else odd[:0],
        "straight_liners": lines if rules.straight_liners == "drop" else lines[:0],
    }
    gone = np.unique(np.concatenate(list(named.values())))
    if not len(gone):
        return answers, {}
    everyone = answers["respondent"].cat.categories
    kept = answers[~answers["respondent"].isin(everyone[gone])]
    left = kept.assign(respondent=kept["respondent"].cat.remove_categories(everyone[gone]))
    return left, {reason: len(codes) for reason, codes in named.items() if len(codes)}


def _repeats(raw: RawAnswers, rules: ReadingRules) -> dict[str, int]:
    return {"duplicated": raw.n_duplicated} if rules.duplicates == "drop" and raw.n_duplicated else {}


def _in_time(answers: pd.DataFrame) -> pd.DataFrame:
    waves = answers["wave"].cat.codes.to_numpy()
    is_sorted = len(waves) < 2 or bool((np.diff(waves) >= 0).all())  # noqa: PLR2004 - one row is in order
    ordered = answers if is_sorted else answers.iloc[np.argsort(waves, kind="stable")]
    return ordered[list(COLUMNS)].reset_index(drop=True)


def _people(answers: pd.DataFrame, groups: pd.DataFrame | None) -> pd.DataFrame | None:
    if groups is None:
        return None
    index = pd.Index(answers["respondent"].cat.categories, name="respondent")
    return groups[~groups.index.duplicated(keep="last")].reindex(index)

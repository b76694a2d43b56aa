"""Names of segments, read off what sets their centres apart: the same centres give the same names, always."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from goodwill.evaluation.ranking import FloatArray
from goodwill.modeling.segments.columns import slug

# What is said of few and of much, in the order in which a name says it.
WORDS = {
    "days_since_first_order": ("new", "long_standing"),
    "days_since_last_order": ("recent", "lapsed"),
    "n_order_days": ("rare", "frequent"),
    "n_orders": ("rare", "frequent"),
    "spend_total": ("small_spenders", "big_spenders"),
    "spend_mean": ("small_baskets", "large_baskets"),
    "gap_mean_days": ("quick_rhythm", "slow_rhythm"),
    "contract_period_days": ("short_terms", "long_terms"),
    "days_since_first_contract": ("new_subscribers", "long_held"),
    "days_since_last_contract": ("just_signed", "signed_long_ago"),
    "n_renewals": ("seldom_renewed", "often_renewed"),
    "n_periods": ("few_payments", "many_payments"),
    "n_contracts": ("few_contracts", "many_contracts"),
    "n_contracts_running": ("few_running", "several_running"),
    "n_contracts_announced": ("none_to_start", "one_to_start"),
    "contract_price_total": ("low_price", "high_price"),
    "value_past_window": ("little_value_lately", "much_value_lately"),
    "days_to_next_payment": ("payment_due_soon", "payment_far_off"),
    "days_to_end": ("ending_soon", "ending_late"),
    "n_contracts_cancelled": ("no_notice", "notice_given"),
    "days_since_cancellation": ("notice_recent", "notice_long_ago"),
}
_YES = ("yes", "y", "true", "1", "1.0")
ALL_CUSTOMERS, TYPICAL = "all_customers", "typical_customers"
_ORDINALS = ("lowest", "second_lowest", "third_lowest", "fourth", "fifth", "sixth", "seventh", "highest")
_CONTACTS = re.compile(
    r"n_interactions(?:_(\D\w*?))??(?:_\d+d)?|days_since_last_interaction|days_since_interaction_(\w+)"
)
_USUAL_WORDS, _TELLING_SHARE, _TELLING_SD, _SECOND_GAP = 3, 0.1, 0.25, 0.6
_KEPT_OVERLAP = 0.5

Levels = npt.NDArray[np.int8]
# Minus the strength (what is strongest sorts first), the place in a name, the word.
Word = tuple[float, int, str]


def names_of(labels: Sequence[str], centres: FloatArray, shares: FloatArray) -> list[str]:
    """Return a unique name per segment.

    Parameters
    ----------
    labels : what each encoded column is called.
    centres : (n_segments, n_columns), in standard deviations from the mean of all customers.
    shares : (n_segments,) share of customers.

    Notes
    -----
    In each column that tells segments apart, the centres fall into low and high at their widest gap (low,
    middle and high if a second gap is nearly as wide). A name takes up to three words, those at least half
    as strong as its strongest, and further ones only to become unique.

    Examples
    --------
    >>> labels = ["days_since_last_order", "spend_total"]
    >>> names_of(labels, np.array([[-1.0, 1.2], [1.0, -1.2]]), shares=np.array([0.5, 0.5]))
    ['recent_big_spenders', 'lapsed_small_spenders']
    >>> names_of(["age"], np.array([[0.0]]), np.ones(1))
    ['all_customers']
    """
    if len(centres) == 1:
        return [ALL_CUSTOMERS]
    phrases = _phrases(_in_order(labels, centres, shares), len(centres))
    lengths = [_usual_length(phrase) for phrase in phrases]
    while True:
        names = [_phrased(phrase, n) for phrase, n in zip(phrases, lengths, strict=True)]
        counts = Counter(names)
        longer = [
            n + 1 if counts[name] > 1 and n < len(phrase) else n
            for name, phrase, n in zip(names, phrases, lengths, strict=True)
        ]
        if longer == lengths:
            return _told_apart(names, labels, centres)
        lengths = longer


def kept_names(names: list[str], codes: npt.NDArray[np.intp], earlier: npt.NDArray[np.object_]) -> list[str]:
    """Return the names, replaced by the earlier name where mostly the same customers are meant.

    Parameters
    ----------
    codes : (n_customers,) place of each one's name. earlier : (n_customers,) names they had.
    """
    before, earlier_codes = np.unique(earlier.astype(str), return_inverse=True)
    shared = np.zeros((len(names), len(before)))
    np.add.at(shared, (codes, earlier_codes), 1)
    either = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0) - shared
    overlap = shared / np.maximum(either, 1)
    kept = {
        int(i): str(before[j])
        for i, j in zip(*linear_sum_assignment(-overlap), strict=True)
        if overlap[i, j] >= _KEPT_OVERLAP
    }
    # A name that meant others before may not silently change its meaning.
    taken = set(before)
    return [kept.get(i, f"new_{name}" if name in taken else name) for i, name in enumerate(names)]


def _phrases(columns: Sequence[tuple[str, FloatArray]], n_segments: int) -> list[list[Word]]:
    """Return what can be said of each segment, the strongest first."""
    phrases: list[list[Word]] = [[] for _ in range(n_segments)]
    if not columns:
        return phrases
    strongest = np.abs([column for _, column in columns]).argmax(axis=0)
    for place, (label, column) in enumerate(columns):
        low, high = WORDS.get(_column(label)) or _plain_words(label)
        for i, level in enumerate(_levels(column)):
            # What sets a segment apart most is said even where others go further.
            said = int(np.sign(column[i])) if strongest[i] == place else int(level)
            text = {-1: low, 0: "", 1: high}[said]
            if text:
                phrases[i].append((round(-abs(float(column[i])), 6), place, text))
    subjects = [_subject(label) for label, _ in columns]
    return [_said_once(sorted(phrase), subjects) for phrase in phrases]


def _said_once(phrase: list[Word], subjects: Sequence[str]) -> list[Word]:
    """Leave out what says once more of a subject what a stronger word has said."""
    firsts = {subjects[word[1]]: word for word in reversed(phrase)}
    return [word for word in phrase if firsts[subjects[word[1]]] == word]


def _subject(label: str) -> str:
    """Return what a column is about: of contacts of one kind their number in any window, and their age.

    Examples
    --------
    >>> _subject("n_interactions_complaint_30d"), _subject("days_since_interaction_complaint")
    ('interaction complaint', 'interaction complaint')
    >>> _subject("n_interactions_365d"), _subject("days_since_last_interaction"), _subject("n_orders_365d")
    ('interaction', 'interaction', 'n_orders_365d')
    """
    found = _CONTACTS.fullmatch(label)
    return label if found is None else " ".join(filter(None, ("interaction", *found.groups())))


def _usual_length(phrase: list[Word]) -> int:
    return sum(strength <= phrase[0][0] / 2 for strength, _, _ in phrase[:_USUAL_WORDS])


def _phrased(phrase: list[Word], n: int) -> str:
    """Return the n strongest words, said in the usual order."""
    return "_".join(word for _, _, word in sorted(phrase[:n], key=lambda word: word[1])) or TYPICAL


def _in_order(labels: Sequence[str], centres: FloatArray, shares: FloatArray) -> list[tuple[str, FloatArray]]:
    """Return the columns that tell segments apart: known ones in order, the rest by how much they tell."""
    told = shares @ centres**2
    known = {label: i for i, label in enumerate(WORDS)}
    telling = [i for i in range(len(labels)) if told[i] >= _TELLING_SHARE]
    telling.sort(
        key=lambda i: (known.get(_column(labels[i]), len(known)), -round(float(told[i]), 6), labels[i])
    )
    return [(labels[i], centres[:, i]) for i in telling]


def _column(label: str) -> str:
    """Return the column where a label tells much of it or yes, else the label."""
    name, _, level = label.partition(" = ")
    return name if level.lower() in _YES else label


def _plain_words(label: str) -> tuple[str, str]:
    """Return what to say of little and much of a column without words of its own.

    Examples
    --------
    >>> _plain_words("MonthlyCharges"), _plain_words("Contract = Two year"), _plain_words("Partner = Yes")
    (('low_monthly_charges', 'high_monthly_charges'), ('', 'contract_two_year'), ('no_partner', 'partner'))
    """
    name, _, level = label.partition(" = ")
    if not level:
        return f"low_{slug(name)}", f"high_{slug(name)}"
    if level.lower() in _YES:
        return f"no_{slug(name)}", slug(name)
    return "", slug(f"{name} {level}")


def _levels(column: FloatArray) -> Levels:
    """Return −1, 0 or 1 per segment: below, within or above the widest gaps between the centres."""
    ordered = np.sort(column)
    gaps = np.diff(ordered)
    widest = np.argsort(-gaps, kind="stable")
    is_second_wide = len(gaps) > 1 and gaps[widest[1]] >= _SECOND_GAP * gaps[widest[0]]
    cuts = np.sort(widest[:2] if is_second_wide else widest[:1])
    is_low = (column <= ordered[cuts[0]]) & (column < -_TELLING_SD)
    is_high = (column > ordered[cuts[-1]]) & (column > _TELLING_SD)
    return is_high.astype(np.int8) - is_low.astype(np.int8)


def _told_apart(names: list[str], labels: Sequence[str], centres: FloatArray) -> list[str]:
    """Return names made unique by the rank of the centre in the column that differs most among namesakes."""
    unique = list(names)
    for name, count in Counter(names).items():
        if count == 1:
            continue
        namesakes = [i for i, other in enumerate(names) if other == name]
        column = int(np.ptp(centres[namesakes], axis=0).argmax())
        ranks = np.argsort(np.argsort(centres[namesakes, column], kind="stable"))
        for i, rank in zip(namesakes, ranks, strict=True):
            place = _ORDINALS[-1] if rank == count - 1 else _ORDINALS[int(rank)]
            unique[i] = f"{name}_{place}_{slug(labels[column])}"
    return unique

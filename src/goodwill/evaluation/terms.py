"""What models take for granted about contracts: that some have ended, that each row is one that was held."""

from collections.abc import Mapping

from goodwill.evaluation.findings import Finding

_ODD = {
    "repeats": (
        "{n:,} of {whole:,} contracts are in every column like an earlier row, and each counts as one more "
        "contract. Set `duplicates: drop` for this table where they are the same, or leave them out "
        "with `where:`."
    ),
    "overlaps": (
        "{n:,} of {whole:,} contracts start while one of the same customer and plan runs, and both count as "
        "held and paid. Where one follows the other, let the earlier end at its start."
    ),
    "zero_days": (
        "{n:,} of {whole:,} contracts end at their very start: they count as contracts, and nobody held them "
        "for a day. Correct the end, or leave them out with `where:`."
    ),
    "early_notices": (
        "{n:,} of {whole:,} contracts were cancelled before they started, so that their end counts as known "
        "from the first day, as a model would never know it. Correct `cancelled_at`, or leave them out "
        "with `where:`."
    ),
    "late_notices": (
        "{n:,} of {whole:,} contracts have a notice that comes after their end, so that their end counts as "
        "a surprise. If `cancelled_at` is the day it was recorded, map the day the customer gave notice."
    ),
}

_RARELY_PAID = (
    "{n:,} of {whole:,} contracts that run are paid less than once in the horizon of {horizon} days: what "
    "they bring in it, and the value classes of those who hold them, hang on whether a payment falls due. A "
    "horizon of {longest} days holds a payment of each."
)
_FEW = 0.05


def contract_findings(counts: Mapping[str, int], *, horizon_days: int) -> list[Finding]:
    """Return whether there are ends to learn from, then a warning for each kind of odd contracts there is.

    Parameters
    ----------
    counts : as `term_counts` returns them. horizon_days : of the outcome window.

    Examples
    --------
    >>> counts = dict.fromkeys(("ended", "overlaps", "zero_days", "early_notices", "late_notices"), 0)
    >>> counts |= {"paying": 900, "rarely_paid": 9, "longest_period": 365}
    >>> for found in contract_findings({"all": 1419, "repeats": 29, **counts}, horizon_days=90):
    ...     found.name, found.level, round(found.value, 3)
    ('contract_ends', 'problem', 0.0)
    ('contract_repeats', 'warning', 0.02)
    """
    whole = counts["all"]
    odd = [
        Finding(f"contract_{name}", "warning", n / whole, text.format(n=n, whole=whole))
        for name, text in _ODD.items()
        if (n := counts[name])
    ]
    return [_ends(counts["ended"], whole), *odd, *_rarely_paid(counts, horizon_days)]


def _rarely_paid(counts: Mapping[str, int], horizon_days: int) -> list[Finding]:
    n, whole = counts["rarely_paid"], counts["paying"]
    if n <= _FEW * whole:
        return []
    told = {"n": n, "whole": whole, "horizon": horizon_days, "longest": counts["longest_period"]}
    return [Finding("contract_rarely_paid", "warning", n / whole, _RARELY_PAID.format(**told))]


def _ends(n_ended: int, whole: int) -> Finding:
    share = n_ended / whole
    if n_ended:
        text = f"{n_ended:,} of {whole:,} contracts have ended. There are ends to learn from."
        return Finding("contract_ends", "ok", share, text)
    text = (
        f"None of {whole:,} contracts has ended before `as_of`, so that nothing tells who leaves and "
        "training will refuse. Add the contracts that have ended, or map `end`."
    )
    return Finding("contract_ends", "problem", share, text)

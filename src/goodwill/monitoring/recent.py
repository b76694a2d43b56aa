"""Whether the tables still are what they were: two stretches of the same length, held side by side."""

from collections.abc import Mapping

from goodwill.data.tables import Future
from goodwill.engine import fetch
from goodwill.monitoring.verdict import Evidence

Facts = Mapping[str, float]
MISSING_LIMIT = 0.05
REFUND_LIMIT = 0.05
VOLUME_LIMIT = 2.0
COLLAPSE = 10.0


def stretch_facts(stretch: Future) -> dict[str, float]:
    """Return facts of the transactions of a stretch of time, by one aggregate in the engine.

    Returns
    -------
    `n_lines`, `n_customers`, `amount_mean` (of lines above 0; 0 where there are none), `refund_share` (of
    lines), and `missing:<column>` shares.
    """
    lines = stretch.tables.present["transactions"]
    n = lines.count()
    optional = [name for name in lines.columns if name not in {"customer_id", "time", "known_at"}]
    asked = {
        "n_lines": n,
        "n_customers": lines.customer_id.nunique(),
        "amount_mean": lines.amount.mean(where=lines.amount > 0).cast("float64").fill_null(0.0),
        "n_refunds": (lines.amount < 0).sum().fill_null(0),
        **{f"missing:{name}": lines[name].isnull().sum().fill_null(0) for name in optional},
    }
    row = fetch(lines.aggregate(**asked)).to_pylist()[0]
    total = max(int(row["n_lines"]), 1)
    shares = {name: int(row[name]) / total for name in asked if name.startswith("missing:")}
    return {
        "n_lines": float(row["n_lines"]),
        "n_customers": float(row["n_customers"]),
        "amount_mean": float(row["amount_mean"]),
        "refund_share": int(row["n_refunds"]) / total,
        **shares,
    }


def recent_evidence(before: Facts, now: Facts, days: int) -> list[Evidence]:
    """Return whether the recent stretch looks like the one before it.

    Ten times more or fewer lines, or money per line (as where cents are taken for dollars), or more missing
    values or refunds, are wrong data until somebody knows better; twice as many or half may be a season.

    Parameters
    ----------
    before, now : as `stretch_facts` returns them, of stretches of `days` days.

    Examples
    --------
    >>> then = {"n_lines": 100.0, "n_customers": 50.0, "amount_mean": 9.0, "missing:channel": 0.0}
    >>> found = recent_evidence(then, {**then, "n_lines": 4.0, "missing:channel": 0.4}, days=30)
    >>> [(one.name, one.cause) for one in found if one.is_alarm]
    [('n_lines', 'data'), ('missing:channel', 'data')]
    """
    evidence = [_volume(name, before[name], now[name], days) for name in ("n_lines", "n_customers")]
    if before["amount_mean"] and now["amount_mean"]:
        evidence.append(_money(before["amount_mean"], now["amount_mean"], days))
    for name, share in now.items():
        if name == "refund_share" or name.startswith("missing:"):
            limit = before[name] + (REFUND_LIMIT if name == "refund_share" else MISSING_LIMIT)
            what = "are refunds" if name == "refund_share" else f"lack {name.partition(':')[2]}"
            text = f"{share:.1%} of transactions {what}; {before[name]:.1%} in the {days} days before."
            evidence.append(Evidence("data", name, share, limit, share > limit, text))
    return evidence


def _volume(name: str, before: float, now: float, days: int) -> Evidence:
    text = f"{now:,.0f} {name.removeprefix('n_')} in the last {days} days, {before:,.0f} in those before."
    return _beside(name, before, now, text)


def _money(before: float, now: float, days: int) -> Evidence:
    text = (
        f"A transaction brought {now:,.2f} on average in the last {days} days, {before:,.2f} in those before."
    )
    return _beside("amount_mean", before, now, text)


def _beside(name: str, before: float, now: float, text: str) -> Evidence:
    low, high = sorted((before, now))
    ratio = now / before if before else None
    has_collapsed = high > COLLAPSE * low
    cause, limit = ("data", COLLAPSE) if has_collapsed else ("drift", VOLUME_LIMIT)
    return Evidence("data" if cause == "data" else "drift", name, ratio, limit, high > limit * low, text)

"""What scoring tells: how many customers were scored, what they are worth, in which segments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from goodwill.pipeline.class_report import ClassRows
from goodwill.pipeline.classes import scored_sheet, strategy_sheet
from goodwill.pipeline.found_model import FoundModel
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.pipeline.score_drivers import Drivers, drivers_sheets
from goodwill.pipeline.score_totals import ALL
from goodwill.value.sizes import Sizes, class_sizes

Language = Literal["en", "zh"]
_MOST_NAMED = 10


@dataclass(frozen=True)
class Scored:
    """Scores of some customers, rows with levels unknown to the model, what classes and drivers tell of.

    `parts` are the sums that totals are made of, as `total_parts` returns them; `absent` are columns that the
    model reads and the table lacks.
    """

    scores: pd.DataFrame
    unseen: Mapping[str, int]
    told: ClassRows | None = None
    drivers: Drivers = field(default_factory=dict)
    parts: pd.DataFrame | None = None
    absent: Sequence[str] = ()


class Tally:
    """What is counted of scores while they are written, a chunk of customers at a time.

    Attributes
    ----------
    n_customers : customers seen. unseen : rows with unknown levels, by column. classes : sizes by dimension.
    groups : rows, and sums of p_churn and clv, by horizon (0 for none), status and segment.
    drivers : of the chunk that was first.
    told : what `class_report` needs, chunk by chunk.
    parts : sums of clv and its variance by group; empty where no variance is known.
    absent : columns that the model reads and the table lacks.
    """

    def __init__(self) -> None:
        self.n_customers = 0
        self.unseen: Counter[str] = Counter()
        self.classes: dict[str, Counter[str]] = {}
        self.groups = pd.DataFrame()
        self.drivers: Drivers = {}
        self.told: list[ClassRows] = []
        self.parts = pd.DataFrame()
        self.absent: Sequence[str] = ()

    @property
    def sizes(self) -> Sizes:
        """Customers by dimension and class, the largest first."""
        return {name: dict(counts.most_common()) for name, counts in self.classes.items()}

    def counting(self, chunks: Iterable[Scored]) -> Iterator[pd.DataFrame]:
        """Yield the scores of each chunk once they are counted."""
        for chunk in chunks:
            self.add(chunk)
            yield chunk.scores

    def add(self, chunk: Scored) -> None:
        """Count a chunk; no customer may be in two."""
        # A class does not depend on the horizon: each customer counts once.
        once = chunk.scores.drop_duplicates("customer_id")
        self.n_customers += len(once)
        self.unseen.update(chunk.unseen)
        self.drivers, self.absent = self.drivers or chunk.drivers, self.absent or chunk.absent
        for name, sizes in class_sizes(once).items():
            self.classes.setdefault(name, Counter()).update(sizes)
        self.told += [] if chunk.told is None else [chunk.told]
        if chunk.parts is not None:
            self.parts = chunk.parts if self.parts.empty else self.parts.add(chunk.parts, fill_value=0)
        found = _grouped(chunk.scores)
        self.groups = found if self.groups.empty else self.groups.add(found, fill_value=0)


def _grouped(scores: pd.DataFrame) -> pd.DataFrame:
    money = {"p_churn_sum": ("p_churn", "sum"), "clv_sum": ("clv", "sum")}
    sums = {name: rule for name, rule in money.items() if rule[0] in scores}
    rows = scores.assign(horizon_days=scores["horizon_days"].fillna(0).astype(int))
    return rows.groupby(["horizon_days", "status", "segment"]).agg(n=("customer_id", "size"), **sums)


def summary_of(
    tally: Tally,
    model: FoundModel,
    places: Sequence[str],
    currency: str,
    ranges: pd.DataFrame,
    language: Language = "en",
) -> Outcome:
    """Return counts, totals and segments of the scores; with several horizons, of each on its own.

    `ranges` are the totals with their intervals, as `totals_of` returns them; may be empty.

    Means and totals are of the customers scored over one horizon: those of different horizons overlap in time
    and are never added.
    """
    by_status = tally.groups["n"].groupby("status").sum().sort_values(ascending=False)
    statuses = {str(name): int(n) for name, n in by_status.items()}
    known = tally.groups[tally.groups.index.get_level_values("status") == "scored"].droplevel("status")
    horizons = [(int(days), known.loc[days]) for days in sorted(set(known.index.get_level_values(0)))]
    data: dict[str, object] = {
        "customers": tally.n_customers,
        "status": statuses,
        "model_version": model.version,
        "horizons": [
            {"horizon_days": days or None, **_totals(rows), **_range(ranges, days)} for days, rows in horizons
        ],
        "unseen_levels": dict(tally.unseen),
        "absent_columns": list(tally.absent),
        "drivers": tally.drivers,
        "files": list(places),
    }
    refused = ", ".join(f"{n:,} {name}" for name, n in statuses.items() if name != "scored") or "none"
    n_rows = sum(statuses.values())
    counted = f"{n_rows:,} rows: {statuses.get('scored', 0):,} scored, not scored: {refused}."
    told = [counted, *_in_all(ranges, currency), f"Model version {model.version}."]
    told += model.notes(currency)
    sizes = tally.sizes
    sheets = [_segments(days or None, rows, currency) for days, rows in horizons]
    notes = [*told, *_absent(tally), *_unseen(tally, n_rows), *places]
    limits = model.predictor.class_limits_
    strategies = strategy_sheet(sizes, limits.rules, language)
    sheets += [scored_sheet(sizes, limits.unknown), *([strategies] if strategies.rows else [])]
    sheets += drivers_sheets(tally.drivers, currency)
    return Outcome({**data, "classes": sizes}, sheets, notes)


def _totals(rows: pd.DataFrame) -> dict[str, float]:
    n_rows = rows["n"].sum()
    totals = {"p_churn_mean": float(rows["p_churn_sum"].sum() / n_rows)} if "p_churn_sum" in rows else {}
    return totals | ({"clv_total": float(rows["clv_sum"].sum())} if "clv_sum" in rows else {})


def _in_all(ranges: pd.DataFrame, currency: str) -> list[str]:
    everyone = ranges[ranges["by"] == ALL] if len(ranges) else ranges
    return [
        f"Expected in all over {row['horizon_days']} days: {row['clv_total']:z,.0f} {currency}; likely range "
        f"{row['total_low']:z,.0f} to {row['total_high']:z,.0f}."
        for row in everyone.to_dict("records")
    ]


def _range(ranges: pd.DataFrame, days: int) -> dict[str, float]:
    if ranges.empty:
        return {}
    found = ranges[(ranges["by"] == ALL) & (ranges["horizon_days"] == days)]
    ends = ("total_low", "total_high")
    return {end.replace("total", "clv_total"): float(found[end].iloc[0]) for end in ends}


def _segments(days: int | None, rows: pd.DataFrame, currency: str) -> Sheet:
    columns = {"customers": rows["n"].astype(int).map("{:,}".format)}
    if "p_churn_sum" in rows:
        columns["mean p_churn"] = (rows["p_churn_sum"] / rows["n"]).map("{:.3f}".format)
    if "clv_sum" in rows:
        columns[f"clv total ({currency})"] = rows["clv_sum"].map("{:z,.2f}".format)
    table = pd.DataFrame(columns).reset_index()
    title = "Scores" if days is None else f"Scores over {days} days"
    return Sheet(title, list(table.columns), table.astype(str).to_numpy().tolist())


def _absent(tally: Tally) -> list[str]:
    names = tally.absent
    if not names:
        return []
    shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
    return [f"Columns that the model reads and the table lacks count as missing ({len(names)}): {shown}."]


def _unseen(tally: Tally, n: int) -> list[str]:
    return [
        f"{name}: {count:,} of {n:,} rows hold a level rare or unknown in training; it counts as 'other'."
        for name, count in tally.unseen.items()
    ]

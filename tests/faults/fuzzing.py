"""Odd tables, configs and REST bodies, drawn by Hypothesis: an answer or a refusal may come of them.

Whatever is no answer must be one of goodwill's own errors that names the table or the key; any other
exception leaves `judge` as it is, for it would be exit status 70.
"""

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import goodwill as gw
from goodwill.config import read_config
from goodwill.errors import ArtefactError, GoodwillError
from goodwill.features import windows
from goodwill.features.snapshot import score_frame
from goodwill.modeling import boosting
from goodwill.serving import RefusedRequest, ServedPredictor

Judge = Callable[[Any], str]
DONE, REFUSED = "done", "refused"

BASE: dict[str, Any] = {
    "name": "fuzzed",
    "tables": {"transactions": {"source": "orders.csv"}},
    "snapshot": {"as_of": "2024-01-13", "horizon_days": 3},
    "tuning": {"trials": 0},
    "output": "out",
    "tracking": {"uri": "sqlite:///store/mlflow.db"},
}
_ODD: list[Any] = [
    *(
        None,
        "",
        " ",
        "x",
        "none",
        "../../etc/passwd",
        "${HOME}",
        "$(id)",
        "a;b",
        "日本",
        "\u202e",
        "!!python/x",
    ),
    *(
        True,
        False,
        0,
        1,
        -1,
        2,
        3.5,
        1e308,
        -0.0,
        math.inf,
        math.nan,
        10**30,
        "1e9",
        "2024-13-01",
        "2024-02-30",
    ),
    *([], [1], ["x"], [None], {}, {"x": 1}, {"k": {"k": {}}}, [[]], "[]", "{}", "2024-01-13", "2024-01-05"),
]
_PLACES = [
    *("name", "engine", "currency", "language", "seed", "tables", "snapshot", "output", "score", "report"),
    *("churn.kind", "value.margin_rate", "value.annual_discount_rate", "value.order_cost", "segments.k"),
    *("value.lifetime_years", "train.max_customers", "tuning.trials", "tuning.timeout_seconds"),
    *("intervals.level", "score.reasons", "score.carry", "tracking.uri", "tracking.model", "classes.adjust"),
    *("snapshot.as_of", "snapshot.horizon_days", "snapshot.active_days", "engine_options.memory_limit"),
    *("tables.transactions", "tables.transactions.source", "tables.transactions.columns", "tables.orders"),
    *("tables.transactions.where", "tables.transactions.refunds", "tables.transactions.occasion", "valeu"),
    *("tables.transactions.encoding", "tables.transactions.time_zone", "campaigns", "offers", "playbook"),
]
# Ranges and not values, for of few good configs thousands of cases cannot be drawn: none is drawn twice.
_GOOD: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("seed", st.integers(0, 2**32 - 1)),
    ("language", st.sampled_from(["en", "zh"])),
    ("churn.kind", st.sampled_from(["auto", "silence"])),
    ("snapshot.horizon_days", st.integers(1, 36_525)),
    ("value.margin_rate", st.floats(0.001, 1)),
    ("value.annual_discount_rate", st.floats(0, 9.9)),
    ("intervals.level", st.floats(0.5, 0.99)),
    ("segments.k", st.integers(2, 12)),
    ("score.reasons", st.sampled_from(["auto", "off", "exact"])),
    ("train.max_customers", st.integers(1, 10**9)),
    ("tables.transactions.refunds", st.sampled_from(["net", "drop", "error"])),
    ("tables.transactions.where", st.integers(-100, 100).map("amount > {}".format)),
]
_good = st.sampled_from(_GOOD).flatmap(lambda one: st.tuples(st.just(one[0]), one[1]))
_odd = st.tuples(st.sampled_from(_PLACES), st.sampled_from(_ODD))
configs = st.tuples(
    st.lists(_good, max_size=3), st.one_of(st.just([]), st.lists(_odd, min_size=1, max_size=1))
).map(lambda parts: [*parts[0], *parts[1]])


def config_judge(folder: Path) -> Judge:
    """Return what reads a config with some values changed."""

    def judge(changes: list[tuple[str, Any]]) -> str:
        config = json.loads(json.dumps(BASE))
        for place, value in changes:
            _put(config, place.split("."), value)
        path = folder / "fuzzed.yaml"
        path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        names = {part for place, _ in changes for part in place.split(".")} | {"fuzzed.yaml"}
        return _tried(lambda: read_config(path), names)

    return judge


def _put(config: dict[str, Any], place: list[str], value: object) -> None:
    for part in place[:-1]:
        inner = config.setdefault(part, {})
        config[part] = config = inner if isinstance(inner, dict) else {}
    config[place[-1]] = value


_IDS = st.sampled_from(["a", "b", "c", "00123", "17850.0", "é", "a b", "'; --", ""])
_TIMES = st.sampled_from(["2024-01-01", "2024-01-05", "2024-01-09 10:00", "2024-01-12", "2024-02-01"])
_AMOUNTS = st.one_of(st.integers(-20, 100), st.sampled_from([0.01, 19.99, 1e9, -5.5]))
_BAD_CELLS = st.sampled_from(
    ["", "x", "inf", "nan", "1e400", "2024-13-01", "2024-01-05T10:00+02:00", '"', "9" * 40]
)
_WHERE = st.sampled_from(
    [
        *("amount > 0", "amount between 1 and 50", "lower(customer_id) <> 'a'", "amount >", "no_such > 1"),
        *("1; drop table x", "(select 1)", "customer_id in (select customer_id from transactions)"),
        *("read_text('x') is null", "getenv('HOME') = 'x'", "amount > 'x'", "coalesce(amount, 0) >= 0"),
    ]
)
_SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "refunds": st.sampled_from(["net", "drop", "error"]),
        "null_ids": st.sampled_from(["error", "drop"]),
        "duplicates": st.sampled_from(["keep", "drop"]),
        "occasion": st.sampled_from(["day", "order"]),
        "where": _WHERE,
        "time_zone": st.sampled_from(["Europe/Paris", "Nowhere/City"]),
    },
)
tables = st.fixed_dictionaries(
    {
        "rows": st.lists(st.tuples(_IDS.filter(bool), _TIMES, _AMOUNTS), min_size=1, max_size=12),
        "spoilt": st.one_of(
            st.just([]), st.just([]), st.tuples(st.tuples(st.integers(0, 11), st.integers(0, 2), _BAD_CELLS))
        ),
        "section": st.one_of(st.just({}), st.just({}), _SECTIONS),
        "columns": st.sampled_from([["customer_id", "time", "amount"]] * 12 + [["id", "time", "amount"]]),
        "as_of": st.sampled_from([*["2024-01-13"] * 4, "2024-01-06", "latest", "2020-01-01", "2030-01-01"]),
    }
)


def table_judge(folder: Path) -> Judge:
    """Return what reads a file of orders and looks at the customers of a day."""

    def judge(case: dict[str, Any]) -> str:
        cells = [[str(cell) for cell in row] for row in case["rows"]]
        for row, column, value in case["spoilt"]:
            if row < len(cells):
                cells[row][column] = value
        lines = [",".join(row) for row in [case["columns"], *cells]]
        (folder / "orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        section = {"source": str(folder / "orders.csv"), **case["section"]}
        config = BASE | {"tables": {"transactions": section}, "output": str(folder / "out")}
        path = folder / "fuzzed.yaml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        names = {"transactions", "as_of", "orders.csv", "horizon_days"}
        return _tried(lambda: _look(path, case["as_of"]), names)

    return judge


def _look(config: Path, as_of: str) -> None:
    read = gw.read_tables(config)
    day = "2024-01-13" if as_of == "latest" else as_of
    X = score_frame(read, as_of=day, horizons=[2])
    assert X["customer_id"].is_unique
    assert np.isfinite(X["spend_total"]).all()


_HISTORY = {
    "n_orders": 4.0,
    "n_order_days": 4.0,
    "days_since_first_order": 200.0,
    "days_since_last_order": 20.0,
    "spend_mean": 25.0,
    "spend_first": 20.0,
}
_NUMBERS = st.one_of(
    st.none(),
    st.integers(0, 400),
    st.floats(0, 1e6),
    st.sampled_from([-1, 1e300, "3", "x", [1], {}, True, ""]),
)
_TEXT = st.sampled_from([None, "web", "telepathy", "", 7, 1.5, ["web"], "日本", "x" * 300])
_ORDER = st.fixed_dictionaries(
    {"time": st.sampled_from(["2024-11-05", "2024-12-01T10:00", "2026-01-01", "x", None, 7])},
    optional={"amount": st.one_of(st.floats(-50, 500), st.sampled_from(["x", None, 1e300]))},
)
_GOOD_ORDER = st.fixed_dictionaries(
    {"time": st.sampled_from(["2024-11-05", "2024-12-01T10:00"]), "amount": st.floats(1, 500)}
)
_EXTRA = st.dictionaries(
    st.sampled_from(["horizon_days", "as_of", "status", "n_orders_30d", "spend_max", "unknown", "gap_cv"]),
    _NUMBERS,
    max_size=1,
)
rows = st.one_of(
    st.tuples(st.just(_HISTORY), _EXTRA).map(lambda parts: parts[0] | parts[1]),
    st.tuples(st.just(_HISTORY), st.sampled_from(list(_HISTORY)), _NUMBERS).map(
        lambda parts: parts[0] | {parts[1]: parts[2]}
    ),
    st.tuples(st.just(_HISTORY), _TEXT).map(lambda parts: parts[0] | {"channel_last": parts[1]}),
    st.just(_HISTORY),
    st.fixed_dictionaries(
        {
            "orders": st.one_of(
                st.lists(_GOOD_ORDER, max_size=4), st.lists(_ORDER, max_size=2), st.sampled_from(["x", 7])
            )
        },
        optional={"as_of": st.sampled_from(["2025-01-01", "2025-01-01", "x", None, 7])},
    ),
)
bodies = st.lists(rows, min_size=1, max_size=3)


def small_predictor(folder: Path) -> Path:
    """Train and store a predictor of few dates and trees."""
    before = windows.MAX_DATES, boosting.TREES
    windows.MAX_DATES, boosting.TREES = 2, 10
    try:
        simulated = gw.simulate(customers=150, seed=0)
        train = gw.snapshots(simulated, until="2025-01-01", horizon_days=90)
        gw.CustomerValuePredictor(segments=2).fit(train).save(folder / "predictor")
    finally:
        windows.MAX_DATES, boosting.TREES = before
    return folder / "predictor"


def body_judge(predictor: Path) -> Judge:
    """Return what a served model makes of the rows of a request."""
    served = ServedPredictor()
    served.load_context(SimpleNamespace(artifacts={"predictor": str(predictor)}))
    names = {*served._predictor.input_schema, "orders", "request", "as_of"}  # noqa: SLF001 - what it reads

    def judge(sent: list[dict[str, Any]]) -> str:
        try:
            scores = served.predict(None, pd.DataFrame(sent))
        except RefusedRequest as error:
            _ensure_named(str(error), names)
            return REFUSED
        assert len(scores) == len(sent)
        json.dumps(scores.to_dict(orient="records"), allow_nan=False, default=str)
        return DONE

    return judge


def _tried(work: Callable[[], object], names: set[str]) -> str:
    try:
        work()
    except GoodwillError as error:
        is_narrow = type(error) not in {GoodwillError, ArtefactError}
        assert is_narrow, f"too broad: {error!r}"  # noqa: PT017 - the judge of a refusal
        _ensure_named(str(error), names)
        return REFUSED
    return DONE


def _ensure_named(message: str, names: set[str]) -> None:
    assert any(name in message for name in names), f"names no table or key: {message}"


def fuzzed(cases: Any, judge: Judge, n: int) -> Counter[str]:  # noqa: ANN401 - a strategy of any cases
    """Judge `n` cases, the same each time, and count what came of them."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=n,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def each(case: object) -> None:
        seen[judge(case)] += 1

    each()
    return seen

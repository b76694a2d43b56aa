"""From data files to the text of a config."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ibis.expr import types as ir

from goodwill.data.checks import find_problems
from goodwill.data.contracts import CONTRACTS
from goodwill.data.encodings import detect_encoding
from goodwill.data.guess.facts import Facts
from goodwill.data.guess.reading import quoted
from goodwill.data.guess.rhythm import (
    GAPS,
    SHARE,
    Rhythm,
    as_of,
    horizon_days,
    rhythm_of_contracts,
    rhythm_of_orders,
)
from goodwill.data.guess.sections import Section, section_of
from goodwill.data.guess.seen import MAIN, Said, Seen, look
from goodwill.data.guess.survey import survey_text
from goodwill.data.guess.text import config_text, scalar, snapshot_lines
from goodwill.data.mapping import Rules, map_table
from goodwill.data.sources import DELIMITED
from goodwill.engine import connect, fetch
from goodwill.errors import UsageError
from goodwill.wording import of_one

_NEEDED = (
    "Needed is one of: orders or payments (customer id, time, and amount or price times quantity); contracts "
    "(customer id, start, end, price); a row per customer with a label such as churn. Say which column is "
    "which (ours=theirs), such as --column customer_id=shop, or --column churn=Exited for a row per "
    "customer; or write the config by hand. A survey, with a row per respondent, needs questions answered by "
    "numbers, such as 1 to 5: name others in `surveys.items` of a config by hand."
)
_NO_HISTORY = (
    "all rows begin on one day, {day}: there is no history to choose dates from, nor to learn from; add "
    "older rows, then choose an as_of and a horizon that lie within it"
)
_AHEAD = (
    "contracts that start after {last}, the last day with a notice or an end, are taken to be booked ahead: "
    "{n}; leave them out with `where:` before you ask for `latest`"
)
_FAR = (
    "{n} rows stand at or after {since}, far beyond all others, a slip it seems: correct their dates, or "
    "leave them out with `where:`, before you ask for `latest`"
)
_CURRENCIES = {
    "GBP": "£|gbp", "EUR": "€|eur", "CNY": "￥|元|人民币|cny|rmb", "JPY": "円|jpy", "KRW": "₩|원|krw",
    "INR": "₹|inr", "USD": r"\$|usd",
}  # fmt: skip
_USUAL_NAME, _SHOWN, _WINDOW_DAYS = "shop", 5, 60
# Silences after which customers are lost: so many usual gaps, a year at least.
_GAPS_LOST, _YEAR_DAYS = 2, 365
_HAN, _KANA_OR_HANGUL = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def guess_config(files: Sequence[Path], *, otherwise: str = _USUAL_NAME, said: Said = ()) -> str:
    r"""Return the text of a config for data files, with comments where a person should look.

    Column names in several languages and the columns' values decide which of our tables each file is and
    how it maps. The horizon follows from the length of the history and the median time between purchases
    (`goodwill.data.guess.rhythm.horizon_days`); `as_of` leaves one horizon at the end to judge the models on.

    Parameters
    ----------
    files : CSV, Parquet or Excel files; several become several tables of the same customers.
    otherwise : what the config is named after where the main file is called like one of our tables; else it
        is named after that file.
    said : what a person says of columns, each as (ours, theirs); the rest is guessed.

    Raises
    ------
    UsageError : where no file is orders, contracts or labelled profiles; the message lists the columns seen.
    SourceError : where a file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "ages.csv"
    ...     _ = file.write_text("id,age\n1,31\n2,44\n")
    ...     guess_config([file])
    Traceback (most recent call last):
    goodwill.errors.UsageError: There is no table to predict from. ages.csv has id, age. To be orders it ...
    """
    seen = look(connect(), files, said)
    if len(seen) == 1 and (
        asked := survey_text(seen[0], _name(seen[0].source, otherwise), _language(seen[0].facts))
    ):
        return asked
    if not seen or seen[0].table not in MAIN:
        lacks = " ".join(one.lack for one in seen)
        raise UsageError(f"There is no table to predict from. {lacks} {_NEEDED}")
    main = seen[0]
    used = [one for one in seen if one.table and (main.table != "profiles" or one is main)]
    checked = [_checked(one) for one in used]
    tail = [] if main.table == "profiles" else _snapshot(main, checked[0][1])
    tail += _campaigns(checked)
    tail += [f"# not used: {one.columns}" for one in seen if one not in used]
    sections = [section for section, _ in checked]
    return config_text(_name(main.source, otherwise), sections, _settings(main), tail)


def _checked(one: Seen) -> tuple[Section, ir.Table]:
    """Return a table's section with what its rows ask for, and the table as the section maps it."""
    section, contract = section_of(one.source, one.cast, one.facts), CONTRACTS[one.table]
    options, notes = dict(section.options), list(section.notes)
    if further := _further_lines(one):
        blank = [one.cast.parts[role].name for role in ("time", "amount")]
        rules = [*([section.where] if section.where else []), f"{quoted(blank[1])} IS NOT NULL"]
        section = replace(section, where=" AND ".join(rules))
        notes.append(
            f"{further} rows hold neither {blank[0]} nor {blank[1]}, as further lines of an order do, "
            "and are left out"
        )
    asked = Rules(where=section.where, time_zone=section.time_zone, null_ids="drop")
    mapped, counts = map_table(one.rows, contract, section.columns, asked)
    if without := counts.dropped.get("null_ids"):
        options["null_ids"] = "drop"
        notes.append(f"{without} of {counts.rows_read} rows name no customer and are left out")
    if encoding := _encoding(one.source):
        options["encoding"] = encoding
    problems = find_problems(mapped, contract, counts, asked)
    notes += [f"goodwill check will say: {problem.column}: {problem.text}" for problem in problems]
    return replace(section, options=options, notes=notes), mapped


def _further_lines(one: Seen) -> int:
    """Return how many rows of orders hold neither time nor amount, and all of what they lack is both."""
    if one.table != "transactions" or not {"time", "amount"} <= set(one.cast.parts):
        return 0
    time, amount = (one.rows[one.cast.parts[role].name] for role in ("time", "amount"))
    counts = one.rows.aggregate(
        either=(time.isnull() | amount.isnull()).sum(), both=(time.isnull() & amount.isnull()).sum()
    )
    found = fetch(counts).to_pylist()[0]
    return int(found["both"] or 0) if found["both"] == found["either"] else 0


def _encoding(source: str) -> str:
    """Return a text file's encoding where it is not UTF-8, so that it need not be detected again."""
    path = Path(source)
    if path.suffix.lower() not in DELIMITED or not path.is_file():
        return ""
    found = detect_encoding(path)
    return "" if found.startswith("utf-8") else found


def _snapshot(main: Seen, mapped: ir.Table) -> list[str]:
    rhythm = rhythm_of_orders(mapped) if main.table == "transactions" else rhythm_of_contracts(mapped)
    if rhythm is None:
        raise UsageError(
            f"{main.source}: no row has a time and an amount above zero, so there is no history."
        )
    horizon = horizon_days(rhythm)
    if rhythm.first == rhythm.last:
        return snapshot_lines("latest", horizon, [_NO_HISTORY.format(day=rhythm.first)])
    return snapshot_lines(as_of(rhythm, horizon), horizon, _reasons(rhythm)) + _classes(main, rhythm)


def _classes(main: Seen, rhythm: Rhythm) -> list[str]:
    """Return from which silence customers are lost, where the usual year is shorter than two gaps."""
    if main.table != "transactions" or rhythm.gap_days is None or _GAPS_LOST * rhythm.gap_days <= _YEAR_DAYS:
        return []
    days = round(_GAPS_LOST * rhythm.gap_days)
    silence = f"{{measures: {{silence: {{limits: {{absolute: [{days}]}}}}}}}}"
    return [
        "classes:",
        f"  # {rhythm.gap}: a silent year says little, so that customers are called lost after {days} days",
        "  dimensions:",
        *(f"    {dimension}: {silence}" for dimension in ("lifecycle", "loyalty")),
    ]


def _campaigns(checked: Sequence[tuple[Section, ir.Table]]) -> list[str]:
    """Return what to add so that campaigns are measured: their names are known, and no more than that."""
    treated = [table for section, table in checked if section.table == "treatments"]
    if not treated or "campaign" not in treated[0].columns:
        return []
    names = fetch(treated[0].select("campaign").distinct()).to_pydict()["campaign"]
    shown = [scalar(name, in_list=True) for name in sorted(filter(None, names))[:_SHOWN]]
    told = "# what a campaign caused, in the days after treatment that count, says `goodwill measure`:"
    return [told, "# campaigns:", *(f"#   - {{name: {name}, window_days: {_WINDOW_DAYS}}}" for name in shown)]


def _reasons(rhythm: Rhythm) -> list[str]:
    ahead = _AHEAD.format(n=rhythm.n_later, last=rhythm.last)
    far = rhythm.far
    return [
        f"history from {rhythm.first} to {rhythm.last}, {rhythm.gap}",
        *([ahead] if rhythm.n_later else []),
        *([of_one(_FAR.format(n=far.n_rows, since=far.since))] if far else []),
        f"horizon: a round number of days, at most {GAPS} times that and 1/{SHARE} of the history",
        "as_of: leaves one horizon to judge the models on; `latest` looks from the last day instead",
    ]


def _settings(main: Seen) -> Mapping[str, str]:
    """Return currency and language where headers or amounts show them."""
    parts = main.cast.parts
    money = [parts[role] for role in ("amount", "price") if role in parts]
    texts = [text for column in money for text in (column.name, *column.values[:20])]
    shown, language = " ".join(texts).casefold(), _language(parts.values())
    found = next((code for code, signs in _CURRENCIES.items() if re.search(signs, shown)), "")
    currency = found or ("CNY" if language == "zh" else "")
    return {"currency": currency, "language": language}


def _language(columns: Iterable[Facts]) -> str:
    """Return the language of headers where it is one that people can read reports in, and not the usual."""
    headers = "".join(column.name for column in columns)
    return "zh" if _HAN.search(headers) and not _KANA_OR_HANGUL.search(headers) else ""


def _name(source: str, otherwise: str) -> str:
    """Return a config's name made of a file's: letters, digits and signs that a folder may have."""
    plain = _plain_name(Path(source).stem.replace("*", ""))
    return plain if plain and plain not in CONTRACTS else _plain_name(otherwise) or _USUAL_NAME


def _plain_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-._").lower()

"""A guessed config as YAML text, with a comment wherever a person should look."""

from collections.abc import Mapping, Sequence
from datetime import date

import yaml

from goodwill.data.guess.sections import Section, Value

_USUAL_CURRENCY = "USD"
_WIDTH = 100  # a mapping is written on one line up to here


def config_text(
    name: str, sections: Sequence[Section], settings: Mapping[str, str], tail: Sequence[str]
) -> str:
    """Return a config.

    Parameters
    ----------
    name : of the config. sections : of its tables, the main one first.
    settings : further top-level keys before the tables; empty ones are left out.
    tail : finished lines after the tables.
    """
    head = [
        "# Written by `goodwill init`: a guess. Read the comments, then run `goodwill check` on this file."
    ]
    keys = {"name": name, **{key: value for key, value in settings.items() if value}}
    told = [f"{key}: {scalar(value)}" for key, value in keys.items()]
    if "currency" in settings and not settings["currency"]:
        told.append(f"currency: {_USUAL_CURRENCY}    # no file says which; it stands beside every amount")
    lines = [*head, *told, "tables:"]
    for section in sections:
        lines += _section_lines(section)
    return "\n".join([*lines, *tail]) + "\n"


def snapshot_lines(as_of: date | str, horizon_days: int, notes: Sequence[str]) -> list[str]:
    """Return the lines of the config's snapshot."""
    comments = [f"  # {note}" for note in notes]
    return ["snapshot:", *comments, f"  as_of: {as_of}", f"  horizon_days: {horizon_days}"]


def scalar(text: str, *, in_list: bool = False) -> str:
    r"""Return a text as YAML, in quotes only where it needs them.

    Parameters
    ----------
    in_list : it stands between brackets or braces, where a comma would end it.

    Examples
    --------
    >>> scalar("InvoiceDate"), scalar("Yes"), scalar("客户号"), scalar("replace(a, ',', '')")
    ('InvoiceDate', "'Yes'", '客户号', "replace(a, ',', '')")
    >>> scalar("replace(a, ',', '')", in_list=True)
    '"replace(a, \',\', \'\')"'
    """
    frame = "[{}]" if in_list else "- {}"
    doubled = text.replace("'", "''")
    forms = (text, f"'{text}'", f'"{text}"', f"'{doubled}'")
    return next(form for form in forms if _read(frame.replace("{}", form)) == [text])


def _read(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _section_lines(section: Section) -> list[str]:
    notes = [f"    # {note}" for note in section.notes]
    lines = [
        f"  {section.table}:",
        *notes,
        f"    source: {scalar(section.source)}",
        *_mapping_lines(section.columns),
    ]
    chosen = {"where": section.where, "time_zone": section.time_zone, **section.options}
    lines += [f"    {key}: {flow(value)}" for key, value in chosen.items() if value is not None]
    suggested = [] if section.suggested is None else _section_lines(section.suggested)
    return lines + [f"  # {line.removeprefix('  ')}" for line in suggested]


def _mapping_lines(columns: Mapping[str, str]) -> list[str]:
    line = f"    columns: {flow(columns)}"
    if len(line) <= _WIDTH and "(" not in line:
        return [line]
    return ["    columns:", *(f"      {scalar(ours)}: {scalar(theirs)}" for ours, theirs in columns.items())]


def flow(value: Value) -> str:
    """Return a value on one line, as it stands after a key."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        pairs = (f"{scalar(key)}: {scalar(item, in_list=True)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(scalar(item, in_list=True) for item in value) + "]"

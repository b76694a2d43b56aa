"""A guessed config as YAML text, with a comment wherever a person should look."""

from collections.abc import Mapping, Sequence
from datetime import date

import yaml

from goodwill.data.guess.sections import Section, Value

_WIDTH = 100  # a mapping is written on one line up to here


def config_text(
    name: str, sections: Sequence[Section], settings: Mapping[str, str], tail: Sequence[str]
) -> str:
    """Return a config.

    Parameters
    ----------
    name : of the config. sections : of its tables, the main one first.
    settings : further top-level keys before the tables; empty ones are left out. tail : finished lines after the tables.
    """
    head = [
        "# Written by `goodwill init`: a guess. Read the comments, then run `goodwill check` on this file."
    ]
    lines = [
        *head,
        f"name: {scalar(name)}",
        *(f"{key}: {scalar(value)}" for key, value in settings.items() if value),
    ]
    lines.append("tables:")
    for section in sections:
        lines += _section_lines(section)
    return "\n".join([*lines, *tail]) + "\n"


def snapshot_lines(as_of: date, horizon_days: int, notes: Sequence[str]) -> list[str]:
    """Return the lines of the config's snapshot."""
    comments = [f"  # {note}" for note in notes]
    return ["snapshot:", *comments, f"  as_of: {as_of}", f"  horizon_days: {horizon_days}"]


def scalar(value: str) -> str:
    """Return a text as YAML, in quotes only where it needs them.

    Examples
    --------
    >>> scalar("InvoiceDate"), scalar("Yes"), scalar("客户号"), scalar("a: b")
    ('InvoiceDate', "'Yes'", '客户号', "'a: b'")
    """
    text = yaml.safe_dump([value], allow_unicode=True, default_flow_style=True, width=float("inf"))
    return text.strip()[1:-1]


def _section_lines(section: Section) -> list[str]:
    notes = [f"    # {note}" for note in section.notes]
    lines = [
        f"  {section.table}:",
        *notes,
        f"    source: {scalar(section.source)}",
        *_mapping_lines(section.columns),
    ]
    chosen = {"where": section.where, "time_zone": section.time_zone, **section.options}
    return lines + [f"    {key}: {_flow(value)}" for key, value in chosen.items() if value is not None]


def _mapping_lines(columns: Mapping[str, str]) -> list[str]:
    flow = f"    columns: {_flow(columns)}"
    if len(flow) <= _WIDTH:
        return [flow]
    return ["    columns:", *(f"      {scalar(ours)}: {scalar(theirs)}" for ours, theirs in columns.items())]


def _flow(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {scalar(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(scalar(item) for item in value) + "]"

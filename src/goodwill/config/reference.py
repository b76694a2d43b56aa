"""The reference of the config and of the tables as Markdown, read off their declarations."""

import json
from collections.abc import Iterable, Iterator
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from goodwill.config.model import Config
from goodwill.config.tables import TableSection, TablesSection
from goodwill.data.contracts import CONTRACTS


def config_reference() -> str:
    """Return a Markdown table of every key of the config: key, default, meaning and the values it may have.

    Examples
    --------
    >>> print(config_reference().splitlines()[2])
    | `name` | required | Experiment and registered model. |
    """
    rows = [(f"`{key}`", default, meaning) for key, default, meaning in _keys(Config)]
    return _markdown(("key", "default", "meaning"), rows)


def tables_reference() -> str:
    """Return a Markdown table of the columns of every table.

    Examples
    --------
    >>> print(tables_reference().splitlines()[4])
    | `interactions` | customer_id, time, kind | product_id, value, cost |
    """
    rows = []
    for contract in CONTRACTS.values():
        optional = [column.name for column in contract.columns if not column.required]
        open_end = ["any others, by their own names"] if contract.is_open else []
        one_of = [f"({' or '.join(group)})" for group in contract.either]
        required = [*contract.required, *one_of]
        rows.append((f"`{contract.name}`", ", ".join(required), ", ".join([*optional, *open_end])))
    return _markdown(("table", "required columns", "optional columns"), rows)


def _keys(section: type[BaseModel], path: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in section.model_fields.items():
        inner, key = _section(field), f"{path}{name}"
        if inner is TablesSection:
            yield from _keys(TableSection, "tables.<table>.")
            yield from _keys_of_tables()
        elif inner is None:
            yield key, _default(field), _meaning(field)
        else:
            yield from _keys(inner, f"{key}.")


def _keys_of_tables() -> Iterator[tuple[str, str, str]]:
    """Yield what single tables have beyond what all tables have."""
    for name, field in TablesSection.model_fields.items():
        inner = _section(field)
        known = set() if inner is None else {f"tables.{name}.{key}" for key in TableSection.model_fields}
        yield from (row for row in _keys(inner or TableSection, f"tables.{name}.") if row[0] not in known)


def _section(field: FieldInfo) -> type[BaseModel] | None:
    """Return the section class inside `Section` or `Section | None`, if there is one."""
    options = (field.annotation, *get_args(field.annotation))
    found = (option for option in options if isinstance(option, type) and issubclass(option, BaseModel))
    return next(found, None)


def _meaning(field: FieldInfo) -> str:
    options = (field.annotation, *get_args(field.annotation))
    words = [str(word) for option in options if get_origin(option) is Literal for word in get_args(option)]
    return f"{field.description or ''} {' | '.join(words)}".replace("|", r"\|").strip()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{json.dumps(default, ensure_ascii=False)}`" if default != "" else ""


def _markdown(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

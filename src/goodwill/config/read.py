"""Reading a config file: YAML, overrides, environment variables, and errors a person can act on."""

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import yaml
from pydantic import BaseModel, ValidationError

from goodwill.config.model import Config
from goodwill.errors import ConfigError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
# The password of an address, and a % in it that encodes nothing.
_PASSWORD = re.compile(r"(?<=:)\$\{(\w+)\}(?=@)")
_BARE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SHOWN = 8


def read_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Return the validated config of a YAML file.

    Parameters
    ----------
    path : the file.
    overrides : `key=value` pairs with dotted keys, such as `tuning.trials=0`; values are YAML.

    Raises
    ------
    ConfigError
        If the file cannot be read, a key is unknown (the nearest valid key is named), a value is
        wrong, or `${VAR}` stands for a variable that is not set.
    """
    values = _load(Path(path))
    for override in overrides:
        values = _overridden(values, override)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explained(error)}") from None
    for where, text in _places_of_variables(config):
        expand_variables(text, where=where)
    return config


def expand_variables(text: str, *, where: str = "config") -> str:
    """Return `text` with each `${VAR}` replaced by the environment's value.

    In the place of an address's password, what an address reserves, such as @ and /, is encoded.

    Raises
    ------
    ConfigError
        If a variable is not set.

    Examples
    --------
    >>> expand_variables("orders.parquet")
    'orders.parquet'
    >>> expand_variables("${NO_SUCH_FOLDER}/orders.parquet", where="tables.transactions.source")
    Traceback (most recent call last):
    goodwill.errors.ConfigError: tables.transactions.source: the environment variable NO_SUCH_FOLDER ...
    """
    unset = [name for name in _VARIABLE.findall(text) if name not in os.environ]
    if unset:
        raise ConfigError(
            f"{where}: the environment variable {unset[0]} is not set. "
            f"Set it, or write the path without ${{{unset[0]}}}."
        )
    if "://" in text:
        text = _PASSWORD.sub(lambda match: _encoded(os.environ[match[1]]), text)
    return _VARIABLE.sub(lambda match: os.environ[match[1]], text)


def _encoded(password: str) -> str:
    return quote(_BARE.sub("%25", password), safe="%")


def _places_of_variables(config: Config) -> Iterable[tuple[str, str]]:
    yield "engine", config.engine
    yield "tracking.uri", config.tracking.uri
    for name, table in config.tables.present.items():
        yield f"tables.{name}.source", table.source
    for name, part in (("wide", config.surveys.wide), ("respondents", config.surveys.respondents)):
        yield f"surveys.{name}.source", part.source if part else ""
    for place, campaign in enumerate(config.campaigns):
        yield f"campaigns.{place}.source", campaign.source or ""


def _load(path: Path) -> dict[str, object]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file. `goodwill init FILE` writes a config for your data."
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path}: is a folder. Name one of the files in it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({type(error).__name__}).") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not valid YAML: {_flat(error)}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected keys and values, found {_kind(values)}. Start with `name:`.")
    return values


def _overridden(values: Mapping[str, object], override: str) -> dict[str, object]:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {override}: expected key=value, such as tuning.trials=0.")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {override}: the value is not valid YAML: {_flat(error)}") from None
    return _replaced(values, key.split("."), value)


def _replaced(values: Mapping[str, object], path: Sequence[str], value: object) -> dict[str, object]:
    first, *rest = path
    if not rest:
        return {**values, first: value}
    inner = values.get(first)
    return {**values, first: _replaced(inner if isinstance(inner, Mapping) else {}, rest, value)}


def _explained(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    lines = [_problem(dict(problem)) for problem in problems[:_SHOWN]]
    more = [f"and {len(problems) - _SHOWN} more problems"] if len(problems) > _SHOWN else []
    said = "; ".join(lines + more)
    return said if said.endswith("?") else f"{said}."


def _problem(problem: Mapping[str, object]) -> str:
    location = problem["loc"]
    path = (
        [str(part) for part in location if part != "function-before[_as_text(), str]"]
        if isinstance(location, tuple)
        else []
    )
    where = ".".join(path) or "config"
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown key{_nearest(path)}"
    if problem["type"] == "missing":
        return f"{where}: is required"
    said = str(problem["msg"]).removeprefix("Value error, ")
    return (
        f"{where}: {said}"
        if problem["type"] == "value_error"
        else f"{where}: {said} (found {_shown(problem['input'])})"
    )


def _nearest(path: Sequence[str]) -> str:
    valid = _keys_at(path[:-1])
    close = difflib.get_close_matches(path[-1], valid, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; valid keys are {', '.join(valid)}"


def _keys_at(path: Iterable[str]) -> list[str]:
    model: type[BaseModel] = Config
    for part in (part for part in path if not part.isdecimal()):
        # What is no field is a key of a mapping, or the name of a class among several.
        if part in model.model_fields:
            model = _section(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _section(annotation: object) -> type[BaseModel] | None:
    """Return the section class inside `Section`, `Section | None` or a mapping to sections."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for option in get_args(annotation) if (found := _section(option))), None)


def _shown(value: object) -> str:
    return repr(value) if isinstance(value, str | int | float | bool) else _kind(value)


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _flat(error: yaml.YAMLError) -> str:
    """Say what and where, without quoting the text, which may hold a secret."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark and problem else type(error).__name__

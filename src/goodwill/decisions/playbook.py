"""Strategies per class as data, and the action each customer is recommended, with its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from goodwill.decisions.budget_limits import is_barred
from goodwill.decisions.offers import Allowed, holds
from goodwill.errors import ConfigError
from goodwill.value.rules import NOT_COMPUTABLE

Industry = Literal["retail", "bank", "subscription"]
Language = Literal["en", "zh"]
Naming = Callable[[str, str], str]
ACTION_COLUMNS = ("customer_id", "strategy", "action", "channel", "reason")
NO_STRATEGY = "none"


@dataclass(frozen=True)
class Strategy:
    """What to do with customers of some classes.

    Parameters
    ----------
    name : a code, as programs read it.
    action : what to do, by language.
    when : columns of the scores to allowed codes, or to a range, as an offer's `eligible`; all must hold.
    channel : how the customer is contacted; None where the action needs no contact.
    """

    name: str
    action: Mapping[str, str]
    when: Mapping[str, Allowed] = field(default_factory=dict)
    channel: str | None = None


def playbook(source: Industry | Path = "retail") -> tuple[Strategy, ...]:
    """Return the strategies of an industry, or of a YAML file of the same layout, in their order.

    Raises
    ------
    ConfigError
        If the file cannot be read, a strategy lacks a name or an action or has a key that none has, two have
        one name, or a condition is neither a list nor a range of numbers.

    Examples
    --------
    >>> [strategy.name for strategy in playbook("bank")][:3]
    ['save_the_best', 'leave_in_peace', 'mend_the_pain']
    """
    if isinstance(source, Path):
        place, text = str(source), _text(source)
    else:
        file = resources.files("goodwill.decisions") / "playbooks" / f"{source}.yaml"
        place, text = f"{source}.yaml", file.read_text(encoding="utf-8")
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{place}: this is not YAML ({error}).") from error
    entries = content.get("strategies") if isinstance(content, Mapping) else None
    if not entries:
        raise ConfigError(f"{place}: there are no `strategies`. List them with name, when, channel, action.")
    strategies = tuple(_strategy(place, entry) for entry in entries)
    names = [strategy.name for strategy in strategies]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"{place}: two strategies are called {twice!r}. Give each a name of its own.")
    return strategies


def as_stored(column: str, value: str) -> str:
    """Return a fact of the scores by the names it is stored under."""
    return f"{column} {value}"


def recommended(
    scores: pd.DataFrame,
    strategies: Sequence[Strategy],
    *,
    barred: pd.DataFrame | None = None,
    language: Language = "en",
    named: Naming = as_stored,
) -> pd.DataFrame:
    """Return the action recommended for each customer, with its reason.

    Strategies stand in the order of precedence: a customer gets the first whose conditions hold and whose
    channel is not barred (by opt-out or by contacts so far). A condition on a column that the scores lack
    holds for nobody.

    Parameters
    ----------
    scores : (n, ...) with `customer_id`, classes and predictions.
    barred : `customer_id` and `channel`, as `barred_contacts` returns it.
    named : what the reason calls a column and its value; as they are stored when left out.

    Returns
    -------
    (n, 5) frame of `customer_id, strategy, action, channel` (missing: no contact) and `reason`: the classes
    and numbers that decided, then `reason_1` of the scores where there is one.

    Examples
    --------
    >>> scores = pd.DataFrame({"customer_id": ["1", "2"], "tier": ["platinum", "lead"]})
    >>> found = recommended(scores.assign(p_churn=[0.8, 0.1]), playbook("retail"))
    >>> found[["strategy", "reason"]].values.tolist()
    [['save_the_best', 'tier platinum, p_churn 0.80'], ['keep', '']]
    """
    n = len(scores)
    taken = np.full(n, len(strategies))
    for place, strategy in reversed(list(enumerate(strategies))):
        fits = _fits(scores, strategy)
        if strategy.channel is not None:
            fits &= ~is_barred(scores["customer_id"], strategy.channel, barred)
        taken[fits] = place
    names = [*(one.name for one in strategies), NO_STRATEGY]
    actions = [*(one.action.get(language, one.action.get("en", "")) for one in strategies), ""]
    channels = [*(one.channel for one in strategies), None]
    columns = (
        scores["customer_id"].to_numpy(),
        *(np.array(told, dtype=object)[taken] for told in (names, actions, channels)),
        _reasons(scores, strategies, taken, named),
    )
    found = pd.DataFrame(dict(zip(ACTION_COLUMNS, columns, strict=True)))
    return found.astype(dict.fromkeys(ACTION_COLUMNS, "str"))


def _fits(scores: pd.DataFrame, strategy: Strategy) -> NDArray[np.bool_]:
    fits = np.ones(len(scores), dtype=bool)
    for column, condition in strategy.when.items():
        fits &= holds(scores[column], condition) if column in scores else np.zeros(len(scores), dtype=bool)
    return fits


def _reasons(
    scores: pd.DataFrame, strategies: Sequence[Strategy], taken: NDArray[np.int64], named: Naming
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return the facts that decided, and the first reason of the scores."""
    reasons = np.full(len(scores), "", dtype=object)
    for place, strategy in enumerate(strategies):
        rows = np.flatnonzero(taken == place)
        if not len(rows):
            continue
        facts = [_told(scores[column].iloc[rows], column, named) for column in strategy.when]
        reasons[rows] = [", ".join(row) for row in zip(*facts, strict=True)] if facts else ""
    if "reason_1" not in scores:
        return reasons
    pairs = zip(reasons.tolist(), scores["reason_1"].tolist(), strict=True)
    joined = [
        "; ".join(part for part in pair if isinstance(part, str) and part not in {"", NOT_COMPUTABLE})
        for pair in pairs
    ]
    return np.array(joined, dtype=object)


def _told(values: pd.Series, column: str, named: Naming) -> list[str]:
    is_number = pd.api.types.is_numeric_dtype(values)
    return [named(column, f"{value:z,.2f}" if is_number else str(value)) for value in values.tolist()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"playbook: {path} cannot be read ({error}). Name a YAML file in UTF-8.") from error


def _strategy(place: str, entry: object) -> Strategy:
    known = {"name", "when", "channel", "action"}
    given = dict(entry) if isinstance(entry, Mapping) else {}
    strange = sorted(map(str, set(given) - known))
    if strange or not {"name", "action"} <= set(given):
        raise ConfigError(
            f"{place}: strategy {given.get('name', entry)!r} has {', '.join(strange) or 'no unknown key'}; "
            "it needs name and action, and may have when and channel."
        )
    for column, condition in dict(given.get("when") or {}).items():
        if not _is_condition(condition):
            raise ConfigError(
                f"{place}: strategy {given['name']!r} has `{column}: {condition}` in `when`; write a "
                "list, such as [gold], or a range, such as {min: 0.3, max: 0.6}."
            )
    action = given["action"]
    said = dict(action) if isinstance(action, Mapping) else {"en": str(action), "zh": str(action)}
    return Strategy(str(given["name"]), said, dict(given.get("when") or {}), given.get("channel"))


def _is_condition(condition: object) -> bool:
    """Tell whether a condition is a list of values, or a range of numbers with an end at least."""
    if not isinstance(condition, Mapping):
        return isinstance(condition, list)
    ends = condition.values()
    return (
        bool(ends) and set(condition) <= {"min", "max"} and all(isinstance(end, int | float) for end in ends)
    )

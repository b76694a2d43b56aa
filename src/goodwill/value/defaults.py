"""The rules an industry starts from, and what a user changes in them."""

from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources
from typing import get_args

import yaml
from pydantic import ValidationError

from goodwill.arguments import ensure_choice
from goodwill.data.expressions import nearest
from goodwill.errors import ConfigError
from goodwill.value.rules import DIMENSIONS, Industry, Rules

INDUSTRIES: tuple[Industry, ...] = get_args(Industry)
_PLACE = "classes.dimensions"


def rules_of(industry: Industry, changes: Mapping[str, object] | None = None) -> Rules:
    """Return the rules of an industry with a user's changes.

    Parameters
    ----------
    industry : the rules to start from; they lie in `goodwill/value/defaults/`.
    changes : what differs, by dimension, in the layout of those files; `limits` and `when` are replaced as a
        whole, anything else key by key, and null takes a key away.

    Raises
    ------
    ConfigError
        If a dimension is unknown, limits are out of order, or classes overlap or leave a gap.
    UsageError
        If there is no such industry.

    Examples
    --------
    >>> tighter = {"tier": {"measures": {"value": {"limits": {"share": [0.2, 0.5, 0.9]}}}}}
    >>> rules_of("retail", tighter).dimensions["tier"].measures["value"].limits.share
    (0.2, 0.5, 0.9)
    >>> rules_of("retail", {"teir": {}})
    Traceback (most recent call last):
    goodwill.errors.ConfigError: classes.dimensions.teir: no such dimension. Did you mean 'tier'?
    """
    ensure_choice("industry", industry, INDUSTRIES)
    changed = dict(changes or {})
    unknown = next((name for name in changed if name not in DIMENSIONS), None)
    if unknown is not None:
        raise ConfigError(f"{_PLACE}.{unknown}: no such dimension. {nearest(unknown, DIMENSIONS)}")
    dimensions = _merged(_defaults(industry), changed)
    try:
        return Rules.model_validate({"industry": industry, "dimensions": dimensions})
    except ValidationError as error:
        raise ConfigError(_told(error)) from None


def industry_of(columns: Collection[str]) -> Industry:
    """Return the industry that features speak of: bank (balances), subscription (contracts alone), retail.

    Examples
    --------
    >>> industry_of(["n_orders", "spend_total"]), industry_of(["n_contracts"]), industry_of(["balance_total"])
    ('retail', 'subscription', 'bank')
    """
    if "balance_total" in columns:
        return "bank"
    return "subscription" if "n_contracts" in columns and "n_orders" not in columns else "retail"


def _defaults(industry: Industry) -> dict[str, object]:
    retail = _file("retail")
    return retail if industry == "retail" else _merged(retail, _file(industry))


@cache
def _file(industry: Industry) -> dict[str, object]:
    file = resources.files("goodwill.value") / "defaults" / f"{industry}.yaml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def _merged(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    merged = dict(old)
    for key, value in new.items():
        inner = old.get(key)
        if isinstance(inner, Mapping) and isinstance(value, Mapping) and key != "limits":
            merged[key] = _merged(inner, value)
        else:
            merged[key] = value
    return {key: value for key, value in merged.items() if value is not None}


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in ("classes", *first["loc"]))
    said = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    more = f" (and {error.error_count() - 1} more problems)" if error.error_count() > 1 else ""
    return f"{place}: {said}.{more}"

"""In which currencies earlier jobs read amounts, where the config now says another: nothing is converted."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from goodwill.config import Config
from goodwill.pipeline.kept import LOG, day_of, reading
from goodwill.pipeline.runs import currency_of, run_in_force

_MOST_NAMED = 10


def scored_in(latest: Path) -> str | None:
    """Return the currency of the latest scores, None where their log does not tell."""
    place = latest.resolve().with_name(LOG)
    if not place.is_file():
        return None
    with reading(place):
        found: str | None = json.loads(place.read_text(encoding="utf-8")).get("currency")
    return found


def others_than(now: str, then: Iterable[str | None]) -> str | None:
    """Return the known currencies that are not the one of now, each once; None where there are none.

    Examples
    --------
    >>> others_than("CNY", ["EUR", None, "CNY", "USD", "EUR"])
    'EUR, USD'
    """
    return ", ".join(dict.fromkeys(one for one in then if one not in {None, now} and one)) or None


def currency_doubts(config: Config, trained: str | None = None) -> list[str]:
    """Return what to know where a model or the latest scores hold amounts in another currency.

    Parameters
    ----------
    trained : currency of the model that counts; that of the run in force when None.
    """
    run = run_in_force(config.output_dir)
    trained = currency_of(run) if trained is None and run is not None else trained
    others = others_than(config.currency, [scored_in(config.output_dir / "scores.parquet"), trained])
    if others is None:
        return []
    told = (
        f"Amounts were in {others} when the model was trained or the customers were scored, and the config "
        f"now says {config.currency}: nothing is converted. "
    )
    return [f"{told}Train and score again, or set `currency` as it was."]


def kept_doubts(config: Config, files: Iterable[Path]) -> list[str]:
    """Return what to know where kept scores hold amounts in another currency; of the latest, others tell.

    Parameters
    ----------
    files : kept scores, by day.
    """
    latest = (config.output_dir / "scores.parquet").resolve()
    then = {day_of(file): scored_in(file) for file in files if file.resolve() != latest}
    others = others_than(config.currency, then.values())
    if others is None:
        return []
    days = ", ".join(_shown([day for day, one in then.items() if one not in {None, config.currency}]))
    told = (
        f"Kept scores of {days} are in {others}, and the config now says {config.currency}: nothing is "
        "converted, so their value is not comparable. "
    )
    return [f"{told}Score these days again, or set `currency` as it was."]


def _shown(days: Sequence[str]) -> list[str]:
    return [*days[:_MOST_NAMED], *(["…"] if len(days) > _MOST_NAMED else [])]

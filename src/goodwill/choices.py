"""Names out of a closed set, such as a kind or a method: refused in one manner where they are none of it."""

from collections.abc import Collection

from goodwill.errors import GoodwillError, UsageError


def ensure_choice(
    name: str, given: object, known: Collection[str], error: type[GoodwillError] = UsageError
) -> None:
    """Raise where what was given is none of the names there are.

    Parameters
    ----------
    name : what the caller calls it.
    error : what is raised; UsageError by default.

    Examples
    --------
    >>> ensure_choice("unit", "week", ("month", "year"))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: unit: 'week' is none of month, year. Choose one of them.
    """
    if not isinstance(given, str) or given not in known:
        raise error(f"{name}: {given!r} is none of {', '.join(known)}. Choose one of them.")

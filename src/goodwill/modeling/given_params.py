"""Parameters that somebody writes down in place of a fit."""

from collections.abc import Mapping

from goodwill.arguments import ensure_numbers
from goodwill.errors import UsageError


def check_params(model: str, names: Mapping[str, bool], given: Mapping[str, float]) -> None:
    """Refuse parameters of which one is missing, unknown or impossible.

    Parameters
    ----------
    names : the parameters of the model; True where one must be above 0.

    Examples
    --------
    >>> check_params("Curve", {"alpha": True, "beta": True}, {"alpha": -1.0, "gamma": 2.0})
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: Curve takes the parameters alpha, beta; missing: beta; unknown: gamma; ...
    """
    ensure_numbers(**given)
    known = {name: value for name, value in given.items() if name in names}
    faults = {
        "missing": [name for name in names if name not in given],
        "unknown": [name for name in given if name not in names],
        "not above 0": [name for name, value in known.items() if names[name] and value <= 0],
    }
    said = [f"{fault}: {', '.join(found)}" for fault, found in faults.items() if found]
    if said:
        raise UsageError(
            f"{model} takes the parameters {', '.join(names)}; {'; '.join(said)}. Give each one."
        )

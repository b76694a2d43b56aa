"""Persuadable, sure thing, lost cause, do not disturb: customers by what a treatment changes."""

import numpy as np
from numpy.typing import NDArray

from goodwill.decisions.campaign import F

CLASSES = ("persuadable", "sure_thing", "lost_cause", "do_not_disturb")


def uplift_classes(effect: F, untreated: F, least: float) -> NDArray[np.str_]:
    """Return each customer's class, (n,).

    `persuadable`: the effect is above `least`; `do_not_disturb`: it is below `-least`; between them treatment
    changes little, and the customer is a `sure_thing` where more than the mean is expected anyway, else a
    `lost_cause`.

    Parameters
    ----------
    effect : (n,) effect of the treatment.
    untreated : (n,) outcome expected without it.
    least : the smallest effect that is worth the treatment, such as its cost divided by the margin rate.

    Examples
    --------
    >>> uplift_classes(np.array([0.3, 0.0, 0.0, -0.3]), np.array([0.2, 0.9, 0.1, 0.5]), least=0.05).tolist()
    ['persuadable', 'sure_thing', 'lost_cause', 'do_not_disturb']
    """
    is_high = untreated > untreated.mean()
    calm = np.where(is_high, "sure_thing", "lost_cause")
    return np.where(effect > least, "persuadable", np.where(effect < -least, "do_not_disturb", calm))

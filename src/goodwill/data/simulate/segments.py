"""A ready-made table of features in which planted segments overlap."""

import numpy as np
import pyarrow as pa

from goodwill.data.simulate.columns import coded
from goodwill.data.simulate.programme import Segments
from goodwill.data.simulate.scene import Scene

_MEDIANS = {"orders_per_year": 6.0, "order_value": 48.0, "tenure_days": 420.0, "visits_per_year": 14.0}
_LOG_SPREAD = 0.6


def centres(planted: Segments) -> np.ndarray:
    """Return the segments' centres in standard deviations of the log features, (n_segments, 4).

    Examples
    --------
    >>> from goodwill.data.simulate.programme import Segments
    >>> found = centres(Segments(separation=3.0))
    >>> float(np.linalg.norm(found[0] - found[1]).round(9))
    3.0
    """
    places = np.arange(len(planted.groups))
    found = np.zeros((len(places), len(_MEDIANS)))
    found[places, places % len(_MEDIANS)] = np.where(places < len(_MEDIANS), 1, -1)
    return found * planted.separation / np.sqrt(2)


def draw_profiles(scene: Scene, planted: Segments) -> tuple[pa.Table, pa.Table]:
    """Return the features per customer, and each customer's segment (the truth)."""
    people, rng = scene.people, scene.stream("segments")
    scores = centres(planted)[people.segment] + rng.standard_normal((len(people), len(_MEDIANS)))
    features = np.exp(_LOG_SPREAD * scores) * np.array(list(_MEDIANS.values()))
    named = {name: np.round(features[:, place], 2) for place, name in enumerate(_MEDIANS)}
    idle = {
        "shoe_size": np.round(rng.normal(40, 2.5, len(people)), 1),
        "letters_in_name": rng.poisson(13, len(people)),
    }
    truth = pa.table({
        "customer_id": people.ids,
        "segment": coded(people.segment, [group.name for group in planted.groups]),
    })  # fmt: skip
    return pa.table({"customer_id": people.ids, **named, **idle}), truth

"""Columns of a ready-made table that a config leaves out, and a model that is in use reads all the same."""

from goodwill.config import Config
from goodwill.predictor import Predictor, ProfilePredictor

_MOST_NAMED = 10


def dropped_yet_read(config: Config, predictor: Predictor | None) -> tuple[str, ...]:
    """Return a warning where a model learned from columns that the config's `drop` leaves out; else nothing.

    Such a model is asked without what it leans on most, as when it learned from a column that gives the label
    away: it then says nearly the same of everybody.

    Parameters
    ----------
    predictor : the model that scores, or that served before a training; None where there is none.
    """
    section = config.tables.profiles
    if section is None or not isinstance(predictor, ProfilePredictor):
        return ()
    names = [name for name in predictor.model_.columns_.names if name in section.drop]
    if not names:
        return ()
    shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
    text = (
        f"The model in use reads columns that `drop` leaves out ({len(names)}): {shown}. Without them its "
        "scores are not to be trusted. Put one in its place that learned without them: `goodwill promote`."
    )
    return (text,)

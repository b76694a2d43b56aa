"""How features and scores were spread on the day of training, which monitoring compares later ones with."""

import json
from collections.abc import Mapping

import pandas as pd

from goodwill.evaluation.drift import Profile
from goodwill.predictor.inputs import KEYS

Profiles = Mapping[str, Profile]
_MOST_ROWS = 200_000


def profiles_of(X: pd.DataFrame, scores: pd.DataFrame) -> Profiles:
    """Return the spread of `features` and `scores` on the day of training.

    Of earlier windows, which taught as well, it would tell that customers have grown older since, on that
    day and ever after. Bins and shares follow from 200,000 rows at most.
    """
    drawn = X if len(X) <= _MOST_ROWS else X.sample(_MOST_ROWS, random_state=0)
    features = drawn.drop(columns=[name for name in KEYS if name in drawn])
    return {"features": Profile.fit(features, len(X)), "scores": Profile.fit(scores)}


def stored_profiles(files: Mapping[str, bytes]) -> Profiles:
    """Return the profiles that a predictor's folder holds."""
    stored = json.loads(files["profiles.json"])
    return {name: Profile.from_dict(profile) for name, profile in stored.items()}

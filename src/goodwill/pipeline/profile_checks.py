"""What a ready-made table must be before anything is learned from it."""

from goodwill.errors import TableError
from goodwill.evaluation.findings import Finding
from goodwill.evaluation.leakage import leakage_screen
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.judging import dealt_folds
from goodwill.pipeline.profiles import KEY, Profiles


def profile_findings(profiles: Profiles) -> tuple[Finding, ...]:
    """Return whether a single column gives a label away; nothing where the config says to ignore it."""
    if profiles.leakage == "ignore":
        return ()
    X = profiles.X.drop(columns=KEY)
    known = {name: label.dropna() for name, label in profiles.y.items()}
    return tuple(
        found
        for label in known.values()
        for found in leakage_screen(X.loc[label.index], label.to_numpy(float))
    )


def refuse_leakage(profiles: Profiles) -> tuple[str, ...]:
    """Return the warnings of the leakage screen.

    Raises
    ------
    TableError
        If the config says `leakage: error` and a column gives a label away.
    """
    found = tuple(finding.text for finding in profile_findings(profiles) if finding.level == "problem")
    if found and profiles.leakage == "error":
        raise TableError("profiles: " + " ".join(found))
    return found


def ensure_learnable(profiles: Profiles, model: ProfileModel) -> None:
    """Refuse what training would, before any tree grows.

    Raises
    ------
    FitError
        If labels teach nothing, or too little to judge a model, or no column can be a feature.
    UsageError
        If a column held to one direction is not a number.
    """
    model.lessons(profiles.X, profiles.y)
    dealt_folds(profiles.y, seed=model.seed)

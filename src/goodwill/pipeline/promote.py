"""Moving the champion by hand, for instance to roll back."""

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.config import Config, expand_variables
from goodwill.pipeline.outcome import Outcome


def promote_version(config: Config, version: int) -> Outcome:
    """Make a registered version the champion, whatever the gate said of it.

    Raises
    ------
    UsageError
        If there is no such version.
    ArtefactError
        If its predictor is damaged: what cannot be loaded does not serve.
    """
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    before = tracking.champion(uri, config.model_name)
    wanted = tracking.find(uri, f"models:/{config.model_name}/{version}")
    read_directory(wanted.directory)
    tracking.set_alias(uri, config.model_name, "champion", wanted.version)
    tracking.tag_version(uri, config.model_name, wanted.version, {"goodwill.gate": "promoted by hand"})
    former = None if before is None else before.version
    data = {"model": config.model_name, "champion": wanted.version, "former": former}
    return Outcome(
        data, notes=[f"{config.model_name}: version {version} is now @champion (was {former or 'none'})."]
    )

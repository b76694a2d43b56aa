"""Moving the champion by hand, for instance to roll back."""

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.config import Config, expand_variables
from goodwill.pipeline.kept import version_of
from goodwill.pipeline.outcome import Outcome
from goodwill.pipeline.runs import HASH_LETTERS, put_in_force, run_of


def promote_version(config: Config, version: int) -> Outcome:
    """Make a registered version the champion, whatever the gate said of it, and its run the one in force.

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
    manifest, _ = read_directory(wanted.directory)
    tracking.set_alias(uri, config.model_name, "champion", wanted.version)
    tracking.tag_version(uri, config.model_name, wanted.version, {"goodwill.gate": "promoted by hand"})
    run = run_of(config.output_dir, str(manifest["hash"]))
    if run is not None:
        put_in_force(config.output_dir, run)
    former = None if before is None else before.version
    data = {"model": config.model_name, "champion": wanted.version, "former": former}
    notes = [f"{config.model_name}: version {version} is now @champion (was {former or 'none'})."]
    if run is None:
        notes.append(f"{config.output_dir} holds no run of it: the report goes on telling of the former run.")
    scored_by = version_of(config.output_dir / "scores.parquet")
    if scored_by is not None and scored_by not in {wanted.version, str(manifest["hash"])[:HASH_LETTERS]}:
        notes.append(
            f"The latest scores are those of version {scored_by}: run `goodwill score` for new ones."
        )
    return Outcome(data, notes=notes)

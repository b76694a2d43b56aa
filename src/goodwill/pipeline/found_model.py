"""Which stored model a config means: by address, the champion, or the latest run."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.config import Config, expand_variables
from goodwill.errors import ArtefactError, UsageError
from goodwill.pipeline.runs import CURRENCY_TAG, HASH_LETTERS, currency_of, run_of
from goodwill.predictor import CustomerValuePredictor, Predictor, ProfilePredictor, load_predictor

_P = TypeVar("_P", CustomerValuePredictor, ProfilePredictor)


@dataclass(frozen=True)
class FoundModel:
    """A loaded model, the version its scores are kept under, and what a person should know of the choice.

    Parameters
    ----------
    version : of the registry, with its name where that is another model's than the config's; else the first
        letters of the hash.
    hash : of the predictor's content.
    currency : that it was trained with; None where neither the registry nor the output folder tells.
    """

    predictor: Predictor
    version: str
    hash: str
    notice: str | None = None
    currency: str | None = None

    def notes(self, currency: str) -> list[str]:
        """Return what a person who reads amounts of this model as `currency` should know."""
        found = [] if self.notice is None else [self.notice]
        if self.currency not in {None, currency}:
            found.append(
                f"The model was trained with amounts in {self.currency}, and the config now says {currency}: "
                "nothing is converted. Train again on amounts of one currency, or set `currency` as it was."
            )
        return found


def find_model(config: Config, address: str | None) -> FoundModel:
    """Return the model to score with: the one asked for, else the champion, else the latest with a notice.

    Raises
    ------
    UsageError
        If there is none.
    ArtefactError
        If it is damaged.
    """
    found = _found(config, address)
    run = run_of(config.output_dir, found.hash) if found.currency is None else None
    return found if run is None else replace(found, currency=currency_of(run.path))


def former_predictor(config: Config, kind: type[_P]) -> tuple[_P | None, tuple[str, ...]]:
    """Return the predictor before a training, and a sentence where there is one that cannot be read."""
    try:
        found = find_model(config, None).predictor
    except UsageError:
        return None, ()
    except ArtefactError as error:
        return None, (f"The former predictor is left out of account; limits and names are new. {error}",)
    return (found if isinstance(found, kind) else None), ()


def _found(config: Config, address: str | None) -> FoundModel:
    uri = tracking.address(expand_variables(config.tracking.uri, where="tracking.uri"))
    if address is None:
        champion = tracking.champion(uri, config.model_name)
        return _latest(config) if champion is None else _registered(champion, champion.version)
    if address.startswith("models:/"):
        found = tracking.find(uri, address)
        is_own = found.name == config.model_name
        return _registered(found, found.version if is_own else f"{found.name}-{found.version}")
    return _loaded(tracking.load_directory(address, uri))


def _registered(found: tracking.ModelVersion, version: str) -> FoundModel:
    return replace(_loaded(found.directory, version), currency=found.tags.get(CURRENCY_TAG))


def _latest(config: Config) -> FoundModel:
    directory = config.output_dir / "predictor"
    if not directory.is_dir():
        raise UsageError(
            f"models:/{config.model_name} has no champion and {directory} holds no predictor. "
            "Run `goodwill train` first, or name one with --model."
        )
    notice = f"models:/{config.model_name} has no champion; scored with {directory}."
    return _loaded(directory, notice=notice)


def _loaded(directory: Path, version: str | None = None, notice: str | None = None) -> FoundModel:
    """Return the model of a folder; one that has no registered version is named by its content."""
    content = str(read_directory(directory)[0]["hash"])
    return FoundModel(load_predictor(directory), version or content[:HASH_LETTERS], content, notice)

"""Named worlds: fixed with their size and seed in a file, before anything is measured on them."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from goodwill.data.simulate.world import World, described
from goodwill.errors import ConfigError


class NamedWorld(BaseModel):
    """A world with its size, and why it is not an easy one.

    Parameters
    ----------
    customers, seed : the simulation's size and seed.
    noise : what hides the truth in this world.
    naive : the plain method that fails here, and how.
    world : the parameters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    customers: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0)] = 0
    noise: str
    naive: str
    world: World = World()


def read_worlds(path: Path) -> dict[str, NamedWorld]:
    """Return the worlds of a YAML file by name.

    Raises
    ------
    ConfigError : a world that is not understood; the message names it.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: _named(name, entry) for name, entry in entries.items()}


def _named(name: str, entry: object) -> NamedWorld:
    try:
        return NamedWorld.model_validate(entry)
    except ValidationError as error:
        message = f"{name}: {described(error)}"
        raise ConfigError(message) from error

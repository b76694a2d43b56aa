"""Worlds: what their parameters allow, and the named ones that studies use."""

from pathlib import Path

import pytest

from goodwill.data.simulate import World, read_worlds, simulate_frames, world_from
from goodwill.errors import ConfigError

WORLDS = Path(__file__).parents[2] / "worlds.yaml"


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(ConfigError, match=r"purchases\.order_per_year: Extra inputs are not permitted"):
        world_from({"purchases": {"order_per_year": 3}})


def test_an_inverse_gamma_without_a_mean_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"customer_shape is 0.9; an inverse gamma has a mean above 1"):
        world_from({"spend": {"customer_shape": 0.9}})


def test_campaigns_need_poisson_orders() -> None:
    with pytest.raises(ConfigError, match=r"they need `purchases` with `regularity: 1`"):
        world_from({"campaigns": [{}], "purchases": {"regularity": 2}})


def test_campaigns_end_before_the_history_does() -> None:
    with pytest.raises(ConfigError, match=r"\['spring'\] end after the history of 700 days"):
        world_from({"campaigns": [{}], "days": 700})


def test_weights_of_dimensions_add_to_one() -> None:
    with pytest.raises(ConfigError, match=r"weights add to 0\.5000, not to 1"):
        world_from({"surveys": {"dimensions": [{"name": "quality", "weight": 0.5}]}})


def test_a_world_survives_its_own_json() -> None:
    world = world_from({"contracts": {}, "surveys": {}, "campaigns": [{}]})
    assert World.model_validate_json(world.model_dump_json()) == world


def test_every_named_world_can_be_simulated() -> None:
    for named in read_worlds(WORLDS).values():
        simulated = simulate_frames(customers=60, seed=named.seed, world=named.world)
        assert len(simulated.truth["customers"]) == 60


def test_named_worlds_say_what_fails() -> None:
    worlds = read_worlds(WORLDS)
    assert min(len(named.naive) for named in worlds.values()) > 40
    assert worlds["quickstart"].world == World()


def test_a_named_world_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "worlds.yaml"
    path.write_text("flat: {customers: 0, noise: none, naive: none}")
    with pytest.raises(
        ConfigError, match=r"flat: customers: Input should be greater than or equal to 1 \(got 0\)"
    ):
        read_worlds(path)

"""Worlds with known truth: tables as a firm would hold them, beside what only the simulator knows."""

from goodwill.data.simulate.truth import expected_value
from goodwill.data.simulate.world import World, read_worlds, world_from
from goodwill.data.simulate.write import Simulated, simulate_frames, write_simulation

__all__ = [
    "Simulated",
    "World",
    "expected_value",
    "read_worlds",
    "simulate_frames",
    "world_from",
    "write_simulation",
]

"""Worlds with known truth: tables as a firm would hold them, beside what only the simulator knows."""

from goodwill.data.simulate.futures import draw_future
from goodwill.data.simulate.named import NamedWorld, read_worlds
from goodwill.data.simulate.subscriptions import contract_survival, expected_contract_value
from goodwill.data.simulate.truth import expected_value, read_truth
from goodwill.data.simulate.world import World, world_from
from goodwill.data.simulate.write import Simulated, simulate_frames, write_simulation

__all__ = [
    "NamedWorld",
    "Simulated",
    "World",
    "contract_survival",
    "draw_future",
    "expected_contract_value",
    "expected_value",
    "read_truth",
    "read_worlds",
    "simulate_frames",
    "world_from",
    "write_simulation",
]

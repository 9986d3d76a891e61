"""The simulated market: tables of the contract with a known truth beside them."""

from training.world.published import marginals, write_marginals
from training.world.simulation import World, simulate, write_world

__all__ = ["World", "marginals", "simulate", "write_marginals", "write_world"]

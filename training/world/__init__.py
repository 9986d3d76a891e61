"""The simulated market: tables of the contract with a known truth beside them."""

from training.world.simulation import World, simulate, write_world

__all__ = ["World", "simulate", "write_world"]

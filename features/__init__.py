"""Validated tables, features as of a moment, and the contract that they read."""

"""Batch scores, the registry, and the command line."""

"""Momentum: is this creator"s influence growing, steady or fading, against its own past."""

from __future__ import annotations

from features.momentum import attention, growth, presence, trend

__all__ = ["attention", "growth", "presence", "trend"]

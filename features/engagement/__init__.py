"""Engagement: what people do in answer to this creator, and the creator in answer to them."""

from __future__ import annotations

from features.engagement import (
    community,
    conversation,
    criticism,
    invitation,
    reciprocity,
    response,
)

__all__ = ["community", "conversation", "criticism", "invitation", "reciprocity", "response"]

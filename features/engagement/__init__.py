"""Engagement: what people do in answer to this creator, and the creator in answer to them."""

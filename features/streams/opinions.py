"""What others say to and of a creator, where it is in a language whose polarity is known."""

from __future__ import annotations

from features.streams.spec import StreamSpec, events_of

STREAMS: dict[str, StreamSpec] = {
    "opinions": StreamSpec(
        f"SELECT * FROM ({events_of('heard')}) WHERE polarity IS NOT NULL",
        {"comment": "kind = 'comment'", "mention": "kind = 'mention'"},
        {"polarity": "polarity", "polarity_squared": "polarity * polarity"},
    ),
}

"""Reputation: what a creator's word is worth, and whether a person stands behind it or a display.

Past campaigns, credentials and what others say; what is original and what repeats, what is sold,
the manner of writing, who stands behind the account, and whether its audience came by itself.
"""

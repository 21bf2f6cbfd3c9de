"""The texts of messages: full, short, digests."""

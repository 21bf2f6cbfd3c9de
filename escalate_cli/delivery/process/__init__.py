"""The processes that load Apprise and make attempts, and the pipes to them."""

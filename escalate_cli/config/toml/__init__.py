"""TOML texts, with the place of every key."""

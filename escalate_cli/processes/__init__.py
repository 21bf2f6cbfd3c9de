"""Processes of our own beside this one: the pipes to them, and what bounds them."""

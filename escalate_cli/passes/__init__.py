"""Passes: once, or for ever."""

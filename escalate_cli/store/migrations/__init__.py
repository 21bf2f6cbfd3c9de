"""Readers of what older versions stored, each run once."""

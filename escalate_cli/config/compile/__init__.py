"""Checked tables become the catalog, once, and are kept compiled."""

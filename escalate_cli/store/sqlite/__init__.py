"""The SQLite file: opening, copying, restoring it, and what its failures mean."""

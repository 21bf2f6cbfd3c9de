"""One incident with everything around it, and its record."""

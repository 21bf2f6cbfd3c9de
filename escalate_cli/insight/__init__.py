"""After the night: records, figures, lessons."""

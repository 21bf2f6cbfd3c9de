"""escalate: the right people know in time."""

__version__ = "0.1.0"

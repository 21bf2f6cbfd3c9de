"""What the tool does for its own health."""

"""What comes from other tools."""

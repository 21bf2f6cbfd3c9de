"""A past kept elsewhere, as records."""

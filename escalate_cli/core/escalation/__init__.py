"""What has to happen for an incident at an instant, level by level, and why."""

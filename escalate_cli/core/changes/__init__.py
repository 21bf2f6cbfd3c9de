"""What people do to an incident, and what follows at once."""

"""What monitors say, and what of it becomes an incident, changes one, or ends it."""

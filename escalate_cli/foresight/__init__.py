"""Before the night: who will be woken, and what would change it."""

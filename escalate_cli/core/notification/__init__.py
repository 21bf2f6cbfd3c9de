"""From targets to notifications: who is meant, by which addresses, and what follows from an attempt."""

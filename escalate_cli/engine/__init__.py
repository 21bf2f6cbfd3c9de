"""What time does: plan, claim, send, record."""

"""What monitors send, read: a kind a file. What becomes of it is decided in `core.alerts`."""

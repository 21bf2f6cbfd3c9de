"""What monitors send, as the kinds of alerts read it."""

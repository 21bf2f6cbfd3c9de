"""What the record says should be changed."""

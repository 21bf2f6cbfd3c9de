"""What is said, and how: sentences are written here and read back by nobody."""

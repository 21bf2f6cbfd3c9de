"""What the records of many incidents come to."""

"""What people do, from wherever."""

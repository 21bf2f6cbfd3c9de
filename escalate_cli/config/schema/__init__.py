"""What may be written: tables, keys and the values they take."""

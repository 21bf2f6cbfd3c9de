"""The only SQL: incidents, what goes out, what is remembered."""

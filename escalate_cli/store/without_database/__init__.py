"""What is kept beside the database, for when it cannot be used."""

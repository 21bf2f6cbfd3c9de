"""What the configuration describes: the catalog, its policies, its zones and turns."""

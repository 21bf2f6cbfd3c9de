"""Changes to configuration files that keep what people wrote."""

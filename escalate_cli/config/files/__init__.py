"""Which files a configuration consists of, and reading them."""

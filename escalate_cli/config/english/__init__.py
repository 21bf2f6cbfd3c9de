"""What is known of English beside any catalog: what expressions hint at, and in what company words stand."""

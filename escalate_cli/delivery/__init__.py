"""Delivery: the only room that knows Apprise. `sender.Sender` is its door."""

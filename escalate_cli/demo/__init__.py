"""The demonstration: an invented organisation, an inbox on loopback, and a story that the real
engine plays in a scratch place.
"""

"""PURE: who is paged when, and why. No I/O, no clock, no random, no logging."""

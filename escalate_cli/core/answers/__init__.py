"""What people send back to a page or a nudge: codes, words, and how a text is read."""

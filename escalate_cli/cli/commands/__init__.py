"""One function a command; a file for commands that belong together."""

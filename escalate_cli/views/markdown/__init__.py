"""Answers as Markdown, to be read in a review or a pull request: a module an answer."""

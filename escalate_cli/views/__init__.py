"""Answers as data and as pages, for whoever asks: a terminal, a file, the web. No Typer, no Rich."""

from typing import Any

Data = dict[str, Any]
"""an object of JSON"""

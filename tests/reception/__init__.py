"""Readers of answers, against real servers."""

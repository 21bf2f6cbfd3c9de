"""Durations, moments, hours, rotas: time as the organisation writes it."""

"""Judging predictions and assumptions: pure functions of arrays, no data access."""

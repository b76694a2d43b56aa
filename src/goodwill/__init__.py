"""Measure, predict and raise the value of customers."""

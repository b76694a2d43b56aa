"""Guessing a config from data files: which table each is, what its columns mean, when to look from."""

from goodwill.data.guess.config import guess_config

__all__ = ["guess_config"]

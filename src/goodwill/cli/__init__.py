"""The command line: `goodwill COMMAND CONFIG`."""

from goodwill.cli.main import main

__all__ = ["main"]

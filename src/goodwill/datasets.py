"""Public tables to try goodwill on: `goodwill.datasets.fetch("cdnow")`."""

from goodwill.data.datasets import fetch, folder, names

__all__ = ["fetch", "folder", "names"]

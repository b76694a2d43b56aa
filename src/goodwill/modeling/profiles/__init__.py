"""Models of ready-made tables: a row per customer, any columns, no time axis."""

from goodwill.modeling.profiles.model import ProfileModel

__all__ = ["ProfileModel"]

"""Segments: groups of alike customers, how they are found, and what they are called."""

from goodwill.modeling.segments.segmenter import Segmenter, segment_model

__all__ = ["Segmenter", "segment_model"]

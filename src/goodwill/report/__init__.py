"""What people look at: one page about the customer base, one about a single customer."""

from goodwill.report.chapters.classes import DIMENSIONS
from goodwill.report.material import Material
from goodwill.report.page import report_page

__all__ = ["DIMENSIONS", "Material", "report_page"]

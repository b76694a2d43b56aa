"""What people look at: one page about the customer base, one about a single customer."""

from goodwill.report.case import Case, Similar
from goodwill.report.case_facts import data_facts, outcome_facts
from goodwill.report.chapters.classes import DIMENSIONS
from goodwill.report.dossier import advice_of, classes_of, dossier_page, reasons_of
from goodwill.report.material import Material
from goodwill.report.page import report_page
from goodwill.report.words import words_of

__all__ = [
    "DIMENSIONS",
    "Case",
    "Material",
    "Similar",
    "advice_of",
    "classes_of",
    "data_facts",
    "dossier_page",
    "outcome_facts",
    "reasons_of",
    "report_page",
    "words_of",
]

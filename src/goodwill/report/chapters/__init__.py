"""The chapters of the report, one question each, in small functions from material to exhibits."""

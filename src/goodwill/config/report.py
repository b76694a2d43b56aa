"""What the report may show."""

from pydantic import Field

from goodwill.config.tables import Section


class ReportSection(Section):
    """The page that people look at."""

    identifiers: bool = Field(default=False, description="Whether the report may name customers.")

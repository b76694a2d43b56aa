"""When monitoring calls a change a change."""

from pydantic import Field

from goodwill.config.tables import Section


class MonitoringSection(Section):
    """Limits of drift; small samples need more than these to count."""

    psi_limit: float = Field(
        default=0.2, gt=0, description="Population stability index that counts as drift."
    )
    distance_limit: float = Field(
        default=0.1,
        gt=0,
        lt=1,
        description="Difference of cumulative shares that counts as drift.",
    )
    max_customers: int = Field(default=200_000, ge=1, description="Customers looked at, at most.")

"""The tables of a config: where each comes from and how its columns map to ours."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from goodwill.data.contracts import CONTRACTS


def _as_text(value: object) -> object:
    """YAML reads `Yes` as true and `1` as a number; a label's value is text."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class Section(BaseModel):
    """A part of the config: unknown keys are errors, values cannot be changed after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, str_strip_whitespace=True)


class TableSection(Section):
    """Where a table comes from and how its columns map to ours."""

    source: str = Field(
        description="File, glob, folder, `file.duckdb::table`, or `table:NAME` of the engine."
    )
    columns: dict[str, Text] = Field(
        default={}, description="Ours: theirs, a column or a SQL expression; empty where the names are ours."
    )
    where: str | None = Field(
        default=None, description="Rows to keep, a SQL condition on the source's columns."
    )
    time_zone: str | None = Field(
        default=None, description="Zone whose local time the table's aware times become."
    )
    known_at: str | None = Field(default=None, description="Column or expression: when a row was learned.")
    encoding: str | None = Field(default=None, description="Encoding of a CSV file; detected when absent.")
    duplicates: Literal["keep", "drop"] = Field(default="keep", description="What to do with identical rows.")
    null_ids: Literal["error", "drop"] = Field(
        default="error", description="What to do with rows without an id."
    )


class TransactionsSection(TableSection):
    """Orders, lines or payments: who, when, how much."""

    occasion: Literal["day", "order"] = Field(default="day", description="What counts as one purchase.")
    refunds: Literal["net", "drop", "error"] = Field(default="net", description="What negative amounts do.")


class CustomersSection(TableSection):
    """One row per customer, with what was known at sign-up."""

    known_at_signup: tuple[str, ...] = Field(
        default=(), description="Attributes known at sign-up; only these may be features."
    )


class ContractsSection(TableSection):
    """Subscriptions: start, end, price per period."""

    fixed_term: bool = Field(default=False, description="True where the end is agreed at the start.")


Direction = Literal["rises", "falls"]


class LabelColumn(Section):
    """The column of a ready-made table that says who churned."""

    column: str
    positive: Text = Field(default="Yes", description="The value that means: churned.")
    monotone: dict[str, Direction] = Field(
        default={}, description="Numbers with which the chance of churn only rises, or only falls."
    )


class ValueColumn(Section):
    """The column of a ready-made table that holds the value to predict."""

    column: str
    monotone: dict[str, Direction] = Field(
        default={}, description="Numbers with which value only rises, or only falls."
    )


class ProfilesSection(TableSection):
    """A ready-made table, a row per customer, with its labels and no time axis."""

    churn: LabelColumn | None = None
    value: ValueColumn | None = None
    drop: tuple[str, ...] = Field(default=(), description="Columns that are not features.")
    leakage: Literal["warn", "error", "ignore"] = Field(
        default="warn", description="What to do about a column that gives the label away."
    )


class TablesSection(Section):
    """The tables of the customer base."""

    transactions: TransactionsSection | None = None
    customers: CustomersSection | None = None
    interactions: TableSection | None = None
    contracts: ContractsSection | None = None
    balances: TableSection | None = None
    surveys: TableSection | None = None
    comments: TableSection | None = None
    treatments: TableSection | None = None
    referrals: TableSection | None = None
    products: TableSection | None = None
    contact_rules: TableSection | None = None
    profiles: ProfilesSection | None = None

    @model_validator(mode="after")
    def _profiles_stand_alone(self) -> "TablesSection":
        if self.profiles and len(self.present) > 1:
            msg = "tables.profiles has no time axis and stands alone; remove the other tables or profiles"
            raise ValueError(msg)
        return self

    @property
    def has_main(self) -> bool:
        """Whether there is a table that says who the customers are and what they bring."""
        return bool(self.transactions or self.contracts or self.profiles)

    @property
    def present(self) -> dict[str, TableSection]:
        """The tables that are configured, by name."""
        found: dict[str, TableSection | None] = {name: getattr(self, name) for name in CONTRACTS}
        return {name: table for name, table in found.items() if table is not None}

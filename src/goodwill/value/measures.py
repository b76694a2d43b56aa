"""Measures as data: a number per customer, the levels it is cut into, and where their limits come from."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Part(BaseModel):
    """A part of the rules: unknown keys are errors, values cannot be changed after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Limits(Part):
    """Where the limits between the levels of a measure come from: one of four ways.

    Parameters
    ----------
    absolute : the limits themselves, rising.
    quantile : shares of the customers below each limit, rising.
    share : shares of the measure's total that the customers above each limit bring, rising, the highest
        limit first: [0.2, 0.5] ends with "the customers who bring the first 20 %".
    natural : number of limits, where the squared distance within levels is least (Fisher 1958; Jenks 1967).

    Examples
    --------
    >>> Limits(absolute=(1, 2)).n_limits
    2
    >>> Limits(quantile=(0.8, 0.5))
    Traceback (most recent call last):
    pydantic_core._pydantic_core.ValidationError: 1 validation error for Limits
    ...
    """

    absolute: tuple[Annotated[float, Field(allow_inf_nan=False)], ...] | None = None
    quantile: tuple[Annotated[float, Field(gt=0, lt=1)], ...] | None = None
    share: tuple[Annotated[float, Field(gt=0, lt=1)], ...] | None = None
    natural: Annotated[int, Field(ge=1, le=8)] | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> "Limits":
        given = [name for name in ("absolute", "quantile", "share", "natural") if getattr(self, name)]
        if len(given) != 1:
            msg = f"give one of absolute, quantile, share, natural (found {', '.join(given) or 'none'})"
            raise ValueError(msg)
        values = self.absolute or self.quantile or self.share or ()
        if any(low >= high for low, high in pairwise(values)):
            msg = f"the limits {list(values)} are out of order; write them rising, each once"
            raise ValueError(msg)
        return self

    @property
    def n_limits(self) -> int:
        """Number of limits, one less than levels."""
        return self.natural or len(self.absolute or self.quantile or self.share or ())


class Measure(Part):
    """A number per customer and the levels it is cut into.

    Parameters
    ----------
    columns : of features, scores and the facts `is_inactive`, `is_prospect` and `n_uses_90d` (contacts of
        so many days but those for help and complaints); absent ones are passed over.
    combine : of the columns that are there, the first known value, or the sum, least or greatest of them.
    levels : names, from low to high; a value at a limit belongs to the level above it.
    limits : where the limits come from.
    above : limits are fitted on values above this one alone, such as those of repeat buyers.
    missing : the level of a customer without a value; without it such a customer's class is not computable.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    combine: Literal["first", "sum", "min", "max"] = "first"
    levels: Annotated[tuple[str, ...], Field(min_length=2)]
    limits: Limits
    above: float | None = None
    missing: str | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Measure":
        if len(set(self.levels)) < len(self.levels) or self.limits.n_limits != len(self.levels) - 1:
            msg = (
                f"{len(self.levels)} levels need different names and {len(self.levels) - 1} limits "
                f"(found {self.limits.n_limits})"
            )
            raise ValueError(msg)
        if self.missing is not None and self.missing not in self.levels:
            msg = f"missing: {self.missing!r} is no level ({', '.join(self.levels)})"
            raise ValueError(msg)
        return self

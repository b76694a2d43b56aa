"""What a job returns: one object for programs, tables and sentences for people, and the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Progress(Protocol):
    """Told about each step of a job; `done` of `total` where a step can count."""

    def __call__(self, step: str, done: int | None = None, total: int | None = None) -> None:
        """Show that `step` has begun, or how far it is."""


def silent(step: str, done: int | None = None, total: int | None = None) -> None:
    """Show nothing: the progress of a job nobody watches."""


@dataclass(frozen=True)
class Sheet:
    """A small table for people: a title, column heads and rows of ready text."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Outcome:
    """The result of a job.

    Parameters
    ----------
    data : one JSON object, for programs; holds no customer's row.
    sheets : tables for people.
    notes : sentences for people, after the tables.
    is_no : True where the job is done and the answer is no (exit status 1).
    """

    data: Mapping[str, object]
    sheets: Sequence[Sheet] = ()
    notes: Sequence[str] = ()
    is_no: bool = field(default=False)

"""Errors on their way from a process that works beside ours."""

import pickle
from datetime import date

import pytest

from goodwill import errors
from goodwill.data.checks import ContractError, Problem
from goodwill.errors import GoodwillError, UnfinishedError

PLAIN = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GoodwillError) and kind is not UnfinishedError
]
OWN = [UnfinishedError("wait", date(2024, 5, 30)), ContractError((Problem("orders.amount", "is text", 3),))]


@pytest.mark.parametrize("error", [*(kind("said") for kind in PLAIN), *OWN], ids=type)
def test_an_error_survives_pickling(error: GoodwillError) -> None:
    error.add_note("while orders were read")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))

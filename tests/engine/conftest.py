"""A throw-away PostgreSQL server by its address; where there is none its tests are skipped with a reason."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def postgres(postgres_server: Any) -> str:  # noqa: ANN401 - a class of the conftest above
    """Return the address of a running server."""
    return str(postgres_server.address)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goodwill.errors import ConfigError
from goodwill.pipeline.tables import open_tables

if TYPE_CHECKING:
    from conftest import Shop


def test_a_sign_up_fact_that_customers_do_not_have_is_refused(untrained: Shop) -> None:
    config = untrained.config("tables.customers.known_at_signup=[branch]")
    with pytest.raises(
        ConfigError, match=r"known_at_signup: 'branch' is no column .* Did you mean 'branch_id'"
    ):
        open_tables(config)

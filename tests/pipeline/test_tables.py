from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goodwill.errors import ConfigError
from goodwill.pipeline.tables import open_tables

if TYPE_CHECKING:
    from conftest import Shop


def test_a_column_to_carry_that_customers_do_not_have_is_refused_before_training(untrained: Shop) -> None:
    with pytest.raises(ConfigError, match=r"score.carry: 'shoe_size' is no column of tables.customers"):
        open_tables(untrained.config("score.carry=[shoe_size]"))


def test_a_sign_up_fact_that_customers_do_not_have_is_refused(untrained: Shop) -> None:
    config = untrained.config("tables.customers.known_at_signup=[branch]")
    with pytest.raises(
        ConfigError, match=r"known_at_signup: 'branch' is no column .* Did you mean 'branch_id'"
    ):
        open_tables(config)

"""What is told where the config says another margin or cost than the model learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goodwill.pipeline.found_model import find_model
from goodwill.pipeline.monitor import monitor_model
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.value_settings import value_doubts
from goodwill.wording import told

if TYPE_CHECKING:
    from conftest import Shop

SAID = (
    "The model learned value by margin_rate 1, order_cost 0, and the config now says margin_rate 0.4, "
    "order_cost 2.5: its clv stays as it was. Train again, or set `value` as it was."
)
MOVED = ("value.margin_rate=0.4", "value.order_cost=2.5", "score.reasons=off")


@pytest.mark.no_cover
def test_scores_tell_that_value_was_learned_by_other_settings(copied: Shop) -> None:
    assert SAID in score_customers(copied.config(*MOVED), Request()).notes
    assert SAID in monitor_model(copied.config(*MOVED)).notes


def test_a_model_is_doubted_where_value_is_counted_in_another_way(copied: Shop) -> None:
    config = copied.config(*MOVED)
    assert value_doubts(config, find_model(config, None)) == [SAID]


def test_the_settings_of_training_raise_no_doubt(copied: Shop) -> None:
    config = copied.config()
    assert value_doubts(config, find_model(config, None)) == []


def test_it_is_told_in_chinese() -> None:
    assert told(SAID, "zh").startswith("模型学习价值时的设置为 margin_rate 1, order_cost 0，而配置现在写的是")
    assert told(SAID, "zh").endswith("请重新训练，或将 `value` 改回原值。")

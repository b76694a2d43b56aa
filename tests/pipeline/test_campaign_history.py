import pandas as pd

from goodwill.pipeline.campaign_history import with_history


def test_without_orders_history_expects_nothing() -> None:
    known = pd.DataFrame({"customer_id": ["1"], "status": "scored", "n_contracts": 1})
    assert with_history(known).equals(known)

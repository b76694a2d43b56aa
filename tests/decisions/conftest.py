import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def scores() -> pd.DataFrame:
    """Six scored customers with value at risk of 60, 50, … 10, and one prospect."""
    n = 6
    known = pd.DataFrame({
        "customer_id": [f"0{i}" for i in range(n)],
        "status": "scored",
        "as_of": pd.Timestamp("2025-01-01"),
        "p_churn": np.linspace(0.8, 0.3, n),
        "clv": np.linspace(20.0, 120.0, n),
        "clv_low": np.linspace(10.0, 60.0, n),
        "clv_high": np.linspace(40.0, 240.0, n),
        "value_at_risk": np.linspace(60.0, 10.0, n),
        "tier": ["gold", "gold", "iron", "iron", "lead", None],
    })  # fmt: skip
    prospect = pd.DataFrame({"customer_id": ["99"], "status": "prospect"})
    return pd.concat([known, prospect], ignore_index=True)

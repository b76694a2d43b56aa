"""Contracts beside scikit-survival: who will leave, predicted from what was known before a day.

usage: python tests/benchmarks/contract_peers_study.py [--survival PYTHON]

where PYTHON is an interpreter that has scikit-survival. The worlds are those of `contracts_study.py`; their
latent hazards, which no table shows, are the truth. Goodwill learns with its defaults from all its snapshots.
scikit-survival gets goodwill's features as its users would take them: of one day, as long before as is
foreseen, with how long each subscriber then stayed, in steps of 30 days. Nothing at or after `as_of` is given
to anyone. `curve` is the mean absolute error of the mean survival curve, `customer` that of each customer's;
`brier` is the Brier score integrated over the steps, on what really came.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from contracts_study import HORIZON_DAYS, QUESTIONS, STEPS, tables_of
from peers_scripts import SURVIVAL
from peers_study import F, processor_seconds, run
from sklearn.metrics import log_loss, roc_auc_score

from goodwill.data.simulate import NamedWorld, expected_contract_value, read_worlds, simulate_frames
from goodwill.data.tables import Tables
from goodwill.features.snapshot import Snapshot, snapshot, snapshots
from goodwill.modeling.retention import ContractModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--survival", help="an interpreter that has scikit-survival")
    options = parser.parse_args()
    worlds = read_worlds(Path(__file__).parents[1] / "worlds.yaml")
    for name, as_of in QUESTIONS:
        for row in peers(worlds[name], as_of, options.survival):
            cells = [f"{value:.4f}" if isinstance(value, float) else str(value) for value in row.values()]
            sys.stdout.write(f"| {name} {as_of} | {' | '.join(cells)} |\n")
            sys.stdout.flush()


def peers(named: NamedWorld, as_of: date, survival: str | None) -> Iterator[dict[str, object]]:
    """Judge everyone in one world."""
    simulated = simulate_frames(customers=named.customers, seed=named.seed, world=named.world)
    tables = tables_of(simulated)
    past, held = tables.before(as_of).tables, [stepped(tables, as_of, day) for day in STEPS]
    X = held[-1].X
    truths = [expected_contract_value(simulated.truth, as_of, day).set_index("customer_id") for day in STEPS]
    is_known = X["customer_id"].isin(truths[-1].index).to_numpy()
    X = X[is_known].reset_index(drop=True)
    truth = np.column_stack([1 - of.loc[X["customer_id"], "p_churn"] for of in truths])
    stayed = np.column_stack([~of.y["churned"].to_numpy(bool)[is_known] for of in held])

    start = processor_seconds()
    train = snapshots(past, until=as_of, horizon_days=HORIZON_DAYS).scored
    model = ContractModel().fit(train.X, train.y)
    seconds = processor_seconds() - start
    yield judged("goodwill", model.survival(X, list(STEPS)), truth, stayed, seconds)
    if survival is None:
        return
    back = as_of - timedelta(days=HORIZON_DAYS)
    learned = [stepped(past, back, day, until=as_of) for day in STEPS]
    left = np.column_stack([of.y["churned"].to_numpy(bool) for of in learned])
    is_gone = left.any(axis=1)
    lasted = np.where(is_gone, np.array(STEPS)[left.argmax(axis=1)], STEPS[-1])
    columns = [name for name in X.columns if name not in ("customer_id", "as_of", "horizon_days", "status")]
    files = {"X": learned[-1].X[columns], "now": X[columns]}
    files["y"] = pd.DataFrame({"is_gone": is_gone, "days": lasted})
    for peer, spent, said in run(survival, SURVIVAL, files, steps=list(STEPS)):
        curve = np.column_stack([said[f"alive_{day}"] for day in STEPS])
        yield judged(peer, curve, truth, stayed, spent)


def stepped(tables: Tables, as_of: date, days: int, until: date | None = None) -> Snapshot:
    """Return who was held on a day, and who had left so many days later."""
    return snapshot(tables, as_of=as_of, horizon_days=days, complete_until=until).scored


def judged(peer: str, curve: F, truth: F, stayed: F, seconds: float) -> dict[str, object]:
    """Return a row of the table."""
    p_churn, left = np.clip(1 - curve[:, -1], 1e-6, 1 - 1e-6), ~stayed[:, -1]
    return {
        "peer": peer,
        "auc": float(roc_auc_score(left, p_churn)),
        "log_loss": float(log_loss(left, p_churn)),
        "brier": float(np.mean((curve - stayed) ** 2)),
        "curve": float(np.abs(curve.mean(axis=0) - truth.mean(axis=0)).mean()),
        "customer": float(np.abs(curve - truth).mean()),
        "seconds": f"{seconds:.1f} s",
    }


if __name__ == "__main__":
    main()

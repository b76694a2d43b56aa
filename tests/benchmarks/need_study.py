"""How often the class `need` is the planted one: `python tests/benchmarks/need_study.py`.

Customers who were in no survey, by what their comments before `as_of` were planted to be: the kind that most
are, at a tie the latest. The words alone judge, in English and in Chinese; three draws each.
"""

import sys

import pandas as pd

from goodwill.data.simulate import World, simulate_frames
from goodwill.data.simulate.voice_world import Comments
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory, to_frame
from goodwill.features.population import features
from goodwill.perceived.needs import needs
from goodwill.value.classify import classify
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import fit_classes


def judged(world: World, seed: int) -> pd.DataFrame:
    """Return customers by planted and found need."""
    simulated = simulate_frames(customers=3_000, seed=seed, world=world)
    engine = connect(threads=1)
    frames = {name: simulated.tables[name] for name in ("transactions", "comments")}
    tables = Tables(
        **{
            name: in_memory(frame.assign(known_at=frame["time"]), engine, name)
            for name, frame in frames.items()
        }
    )
    day = frames["transactions"]["time"].max().date()
    X = to_frame(features(tables.before(day))).assign(clv=1.0)
    found = classify(X, X, fit_classes(X, X, rules_of("retail")))["need"].astype(str)
    said = simulated.truth["comments"].assign(time=frames["comments"]["time"].to_numpy())
    said = said[said["time"] < pd.Timestamp(day)].astype({"kind": str, "customer_id": str})
    planted = needs(said, pd.Index(X["customer_id"]))["need"]
    return pd.crosstab(planted.to_numpy(), found.to_numpy())


def main() -> None:
    """Print every number."""
    for world in (World(comments=Comments()), World(comments=Comments(language="zh"))):
        told = sum(judged(world, seed).to_numpy() for seed in (101, 102, 103))
        table = judged(world, 101)
        counts = pd.DataFrame(told, index=table.index, columns=table.columns)
        known = counts.drop(index="unknown")
        right = sum(known.loc[name, name] for name in known.index)
        called = known.drop(columns="unknown").to_numpy().sum()
        sys.stdout.write(f"{world.comments}\n{counts.to_string()}\n")
        sys.stdout.write(
            f"named {called / known.to_numpy().sum():.3f}, of these right {right / called:.3f}\n"
        )


if __name__ == "__main__":
    main()

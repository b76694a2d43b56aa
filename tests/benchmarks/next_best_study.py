"""Next best products on Online Retail: what was bought for the first time in the last 90 days.

usage: python tests/benchmarks/next_best_study.py          (needs GOODWILL_DATA)
"""

import sys
import time
from pathlib import Path

import pandas as pd

import goodwill as gw
from goodwill.decisions.next_best import NextBestRule, next_best_offers
from goodwill.decisions.next_best_judging import next_best_report

CONFIG = Path(__file__).parents[2] / "configs/online_retail.yaml"
AS_OF = "2011-09-10"


def main() -> None:
    """Print recall at 10 and the share of customers with a hit, and what a list looks like."""
    tables = gw.read_tables(CONFIG)
    began = time.monotonic()
    report = pd.DataFrame(next_best_report(tables, as_of=AS_OF)).T
    report["times popularity"] = report["recall"] / report.loc["popularity", "recall"]
    sys.stdout.write(f"{report.round(4).to_string()}\n{time.monotonic() - began:.1f} s\n")
    for ranking in ("chance", "margin"):
        found = next_best_offers(tables, as_of=AS_OF, rule=NextBestRule(n=10, rank_by=ranking))
        mean = found[["p_buy", "expected_margin"]].mean()
        sys.stdout.write(f"by {ranking}: mean chance {mean.p_buy:.4f}, margin {mean.expected_margin:.3f}\n")


if __name__ == "__main__":
    main()

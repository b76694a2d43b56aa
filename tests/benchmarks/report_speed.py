"""How long the report of a million scored customers takes, how large it is, and how fast a browser opens it.

Run with: python tests/benchmarks/report_speed.py [customers]
Limits: 20 s, 8 MB, 2 s (the last where Chromium and selenium are installed).
"""

import resource
import shutil
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from goodwill.config import Config
from goodwill.pipeline.report import write_report

DIMENSIONS = {
    "tier": ("platinum", "gold", "iron", "lead"),
    "matrix": ("high_high", "high_low", "low_high", "low_low"),
    "lifecycle": ("potential", "first_purchase", "repeat", "lost"),
    "loyalty": ("loyal", "occasional", "lost"),
    "spending": ("high", "mid", "low"),
    "behaviour": ("high_frequency", "low_frequency", "promising"),
    "segment": ("recent_frequent_big_spenders", "lapsed_rare", "new_small_baskets", "slow_rhythm"),
}


def scores_of(n: int, as_of: str, seed: int) -> pd.DataFrame:
    """Return scores with classes, reasons and a branch."""
    rng = np.random.default_rng(seed)
    p_churn, clv = rng.beta(2, 2, n), rng.lognormal(3, 1.5, n)
    silence = rng.integers(1, 400, n)
    columns: dict[str, object] = {
        "customer_id": np.arange(n).astype(str),
        "status": "scored",
        "as_of": pd.Timestamp(as_of),
        "horizon_days": 180.0,
        "p_churn": p_churn,
        "clv": clv,
        "clv_low": clv * 0.2,
        "clv_high": clv * 2,
        "value_at_risk": p_churn * clv,
        **{name: rng.choice(codes, n) for name, codes in DIMENSIONS.items()},
        "reason_1": np.char.add(np.char.add("no order for ", silence.astype(str)), " days; usually every 21"),
        "branch_id": rng.choice([f"branch {i}" for i in range(40)], n),
    }
    return pd.DataFrame(columns)


def opened_seconds(page: Path) -> tuple[float, float] | None:
    """Return the seconds until the page is loaded, and until every chart is drawn; the best of three."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None or find_spec("selenium") is None:
        return None
    from selenium import webdriver  # noqa: PLC0415 - only where there is a browser
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415 - as above
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - as above

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    is_ready = "return document.documentElement.dataset.ready === 'yes'"
    chrome, found = webdriver.Chrome(options=options, service=Service(driver)), []
    for _ in range(3):
        began = time.perf_counter()
        chrome.get(page.as_uri())
        loaded = time.perf_counter() - began
        WebDriverWait(chrome, 60, 0.02).until(lambda page: page.execute_script(is_ready))
        found.append((loaded, time.perf_counter() - began))
    chrome.quit()
    return min(found)


def main(n: int) -> None:
    """Print seconds, megabytes and peak memory."""
    folder = Path(tempfile.mkdtemp())
    for day, seed in (("2024-10-01", 1), ("2025-01-01", 2)):
        place = folder / "scores" / f"as_of={day}" / "version=1" / "scores.parquet"
        place.parent.mkdir(parents=True)
        scores_of(n, day, seed).to_parquet(place)
    (folder / "scores.parquet").symlink_to(place)
    config = Config(
        name="shop",
        tables={"transactions": {"source": "orders.parquet"}},
        snapshot={"as_of": "2025-01-01", "horizon_days": 180},
        score={"carry": ["branch_id"]},
        output=str(folder),
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    write_report(config)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    page = folder / "report.html"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(
        f"{n:,} customers: {seconds:.1f} s (processor {worked:.1f} s), {page.stat().st_size / 1e6:.2f} MB, "
        f"peak {peak / 2**20:.2f} GiB (before: {before / 2**20:.2f})\n"
    )
    opened = opened_seconds(page)
    if opened is not None:
        sys.stdout.write(f"opened in {opened[0]:.2f} s, every chart drawn after {opened[1]:.2f} s\n")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

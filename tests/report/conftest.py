"""A small base with everything a page can tell of, hostile names among it; and a real browser."""

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.gains import lift_table
from goodwill.evaluation.tables import calibration_table, decile_table, gains_table
from goodwill.report import Case, Material, Similar, dossier_page, report_page

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" & 'so'",
    "مرحبا بالعالم",
    "=1+1",
    "</script><!--",
    "%{x} <b>b</b>",
)


@pytest.fixture(scope="session")
def material() -> Material:
    """Return scores of two days, results of a training and hostile branch names."""
    scores = scores_of(400, "2025-01-01")
    rng = np.random.default_rng(1)
    churned, value = rng.random(300) < 0.4, rng.lognormal(3, 1, 300)
    p_churn, clv = np.clip(churned * 0.3 + rng.random(300) * 0.6, 0, 1), value * rng.lognormal(0, 0.5, 300)
    frames = {
        "calibration": calibration_table(churned, p_churn),
        "churn_gains": gains_table(churned, p_churn, points=20).assign(recency_rule=0.4),
        "churn_lift": lift_table(churned, p_churn),
        "clv_lift": lift_table(value, clv),
        "deciles": decile_table(value, clv),
        "clv_gains": gains_table(value, clv, points=20),
        "cohorts": pd.DataFrame(
            [("2024-01", 0, 10, 10, 99.0), ("2024-01", 1, 10, 4, 30.0), ("2024-02", 0, 5, 5, 50.0)],
            columns=["cohort", "months_since", "customers", "active", "spend"],
        ),
        "months": pd.DataFrame(
            [("2024-01", 10, 10, 12, 99.0), ("2024-02", 9, 5, 9, 80.0)],
            columns=["month", "n_customers", "n_new", "n_orders", "spend_total"],
        ),
        "segments": pd.DataFrame(
            [("recent_frequent", 200, 0.5, "n_orders +2.0 sd; plan = Gold +0.4 sd", 7.0, "web")],
            columns=["name", "size", "share", "distinguished_by", "mean_n_orders", "usual_channel"],
        ),
    }
    return Material(
        "shop <b>&</b>",
        scores=scores,
        earlier=scores_of(390, "2024-10-01", seed=2),
        totals=TOTALS,
        metrics=METRICS,
        evidence=frames,
        findings={
            "check": CHECK,
            "effects": EFFECTS,
            "drivers": DRIVERS,
            "classes": {"sellers": sold("product", kind="best", rank=1), "categories": sold("category")},
            **{name: told(name) for name in ("survey", "plan")},
        },
        carried=("branch_id",),
        facts={"model": "shop 1"},
    )


TOTALS = pd.DataFrame(
    [(180, "all", "all", 9_000.0, 11_000.0), (180, "tier", "gold", 900.0, 1_100.0)],
    columns=["horizon_days", "by", "group", "total_low", "total_high"],
)
METRICS = {
    "backtest": {"as_of": "2024-07-01", "horizon_days": 180, "n_customers": 300, "is_extrapolated": True},
    "churn": {"roc_auc": 0.8, "log_loss": 0.5, "ci": {"roc_auc": [0.78, 0.82]},
              "baselines": {"recency_rule": {"roc_auc": 0.7}}},
    "clv": {"ngini": 0.7, "bias": -0.1, "coverage": 0.81, "zero_share": 0.4, "ci": {"bias": [-0.2, 0.0]},
            "baselines": {"past_window": {"ngini": 0.6}}},
    "segments": {"k": 2, "stability": 0.93},
    "served_by": {"churn": "recency_rule", "clv": "model"},
    "holdout": {"churn": {"roc_auc": 0.79}},
    "training": {"drift_share": 0.1},
}  # fmt: skip
CHECK = {
    "tables": {"transactions": {"rows_read": 1000, "dropped": {"null id": 3}, "calendar": None}},
    "findings": [{"name": "whales", "level": "warning", "value": 0.3, "text": "The top 1 % bring 30 %."}],
}


DRIVERS = {
    "importance": [
        {"theme": "rhythm", "importance": 0.7, "low": 0.6, "high": 0.8},
        {"theme": "a column of their own", "importance": 0.3, "low": 0.2, "high": 0.4},
    ]
}
EFFECTS = {
    "effects": [
        {"campaign": "mail", "arm": "men", "outcome": "spend", "estimate": 0.7, "low": 0.4, "high": 1.0},
        {"campaign": "mail", "arm": "women", "outcome": "spend", "estimate": 0.4, "low": -0.1, "high": 0.9},
    ],
    "campaigns": {
        "mail": {
            "checks": [{"name": "balance: men", "value": 0.5, "p_value": 0.4, "is_passed": True}],
            "level": 0.95,
        }
    },
}


def sold(name: str, **more: object) -> list[dict[str, object]]:
    """Return what everybody and a tier buy, in hostile names."""
    figures = {"customers": 40, "spend_total": 9.0, "share": 1 / len(HOSTILE), "lift": 1.0, "is_clear": False}
    margins = {"margin_total": 3.0, "margin_share": 0.1, "margin_rate": 0.3, "margin_known_share": 1.0}
    whose = ("gold",) if more else ("all", "gold")
    return [{"class": of, name: one, **figures, **margins, **more} for of in whose for one in HOSTILE]


def told(job: str) -> dict[str, object]:
    """Return what a job left, in small."""
    return json.loads(Path(__file__).with_name(f"{job}.json").read_text(encoding="utf-8"))


def case() -> Case:
    """Return a case with everything a dossier tells of."""
    scores = pd.concat([scores_of(1, day) for day in ("2024-10-01", "2025-01-01")], ignore_index=True)
    days = pd.date_range("2024-01-01", periods=9, freq="30D")
    orders = pd.DataFrame({"day": days, "amount": range(10, 19), "is_occasion": True})
    events = pd.DataFrame({"time": days[:3], "table": "interactions", "kind": HOSTILE[:3], "figure": 1.0})
    outcomes = pd.DataFrame({"churned": [True, False] * 5, "n_orders": 1, "value": range(10)})
    similar = Similar(date(2024, 6, 1), 180, outcomes)
    return Case("id <b>", "shop", scores, date(2025, 1, 1), orders=orders, events=events, similar=similar)


def scores_of(n: int, as_of: str, seed: int = 0) -> pd.DataFrame:
    """Return simulated scores with every class dimension a page tells of."""
    rng = np.random.default_rng(seed)
    p_churn, clv = rng.random(n), rng.lognormal(3, 1.2, n)
    return pd.DataFrame(
        {
            "customer_id": [f"id-{i}" for i in range(n)],
            "status": "scored",
            "as_of": pd.Timestamp(as_of),
            "horizon_days": 180.0,
            "p_churn": p_churn,
            "clv": clv,
            "clv_low": clv * 0.2,
            "clv_high": clv * 2,
            "value_at_risk": p_churn * clv,
            "segment": rng.choice(["recent_frequent", "lapsed_rare"], n),
            "tier": rng.choice(["platinum", "gold", "iron", "lead"], n, p=[0.1, 0.2, 0.3, 0.4]),
            "matrix": rng.choice(["high_high", "high_low", "low_high", "low_low"], n),
            "lifecycle": rng.choice(["first_purchase", "repeat", "lost", "not_computable"], n),
            "reason_1": rng.choice(["no order for 84 days", "no order for 9 days", "spends more"], n),
            "branch_id": rng.choice(HOSTILE, n),
        }
    )


@pytest.fixture(scope="session")
def pages(material: Material, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the page in each language, and a dossier."""
    folder = tmp_path_factory.mktemp("pages")
    for language in ("en", "zh"):
        page = report_page(replace(material, language=language))
        (folder / f"{language}.html").write_text(page, encoding="utf-8")
    (folder / "case.html").write_text(dossier_page(case()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in ("en", "zh", "case")}


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Return the names that must do no harm."""
    return HOSTILE


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder the browser saves to."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def browser(downloads: Path) -> Iterator["Chrome"]:
    """Return a headless Chromium that may save files; skip where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if program is None or driver is None or importlib.util.find_spec("selenium") is None:
        pytest.skip("no Chromium with chromedriver and selenium here (Debian: chromium, chromium-driver)")
    from selenium import webdriver  # noqa: PLC0415 - only where there is a browser
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415 - as above

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.execute_cdp_cmd(
        "Browser.setDownloadBehavior",
        {"behavior": "allow", "downloadPath": str(downloads)},
    )
    yield chrome
    chrome.quit()


@pytest.fixture
def opened(browser: "Chrome", pages: dict[str, Path]) -> Callable[..., "Chrome"]:
    """Show a page at a width, in light or dark, its charts drawn; load it anew only if asked to."""
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - only where there is a browser

    def open_page(
        language: str = "en",
        *,
        width: int = 1100,
        scheme: str = "light",
        media: str = "",
        again: bool = False,
    ) -> "Chrome":
        chrome, place = browser, pages[language].as_uri()
        feature = {"name": "prefers-color-scheme", "value": scheme}
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [feature]})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        if again or chrome.current_url != place:
            chrome.get(place)
        is_ready = "return document.documentElement.dataset.ready === 'yes'"
        WebDriverWait(chrome, 60, 0.05).until(lambda page: page.execute_script(is_ready))
        return chrome

    return open_page

"""Bases that no shop plans for: every picture has finite axes and room, on a phone and on paper."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.report import Material, report_page

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = [pytest.mark.slow, pytest.mark.no_cover]
ODD: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "one_of_each_class": lambda scores: scores.drop_duplicates("tier"),
    "all_alike": lambda scores: scores.assign(clv=5.0, clv_low=5.0, clv_high=5.0, p_churn=0.5, segment="all"),
    "worth_nothing": lambda scores: scores.assign(
        clv=0.0, clv_low=0.0, clv_high=0.0, value_at_risk=0.0, p_churn=1.0
    ),
    "no_churners": lambda scores: scores.assign(p_churn=0.0, value_at_risk=0.0),
    "long_names": lambda scores: scores.assign(
        branch_id="没有停顿的很长很长的网点名称" * 4, reason_1="很长的原因" * 20
    ),
}
AXES = """return [...document.querySelectorAll('.chart')].flatMap((chart) => (
  ['xaxis', 'yaxis'].map((name) => [name, chart._fullLayout[name]]).map(([name, axis]) => (
    [chart.id, name, axis._length, ...axis.range.map((end) => axis.r2l(end))]
  ))
)).filter(([, , length, low, high]) => !(length > 80 && isFinite(low) && isFinite(high) && low !== high))"""


@pytest.mark.parametrize("base", ODD)
def test_an_odd_base_is_drawn_without_a_complaint(
    browser: "Chrome", material: Material, tmp_path: Path, base: str
) -> None:
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - only where there is a browser

    place = tmp_path / "odd.html"
    odd = replace(material, scores=ODD[base](material.scores), earlier=None, language="zh")
    place.write_text(report_page(odd), encoding="utf-8")
    browser.get_log("browser")
    laid_out(browser, 390, "")
    browser.get(place.as_uri())
    is_ready = "return document.documentElement.dataset.ready === 'yes'"
    WebDriverWait(browser, 60, 0.05).until(lambda page: page.execute_script(is_ready))
    assert browser.execute_script(AXES) == []
    laid_out(browser, 700, "print")
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(AXES) == []
    browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert browser.get_log("browser") == []


def laid_out(browser: "Chrome", width: int, media: str) -> None:
    """Give the page a width, on a screen or on paper."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": []})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

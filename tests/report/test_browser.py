"""A real browser opens the page: drawn, sorted, saved, printed, accessible, and nothing of the data runs."""

import base64
import csv
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.slow
Opened = Callable[..., "Chrome"]
LANGUAGES = ("en", "zh")
PAGES = (*LANGUAGES, "case")
LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"runOnly": ["color-contrast"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_without_a_complaint(opened: Opened, language: str) -> None:
    chrome = opened(language, again=True)
    assert chrome.get_log("browser") == []
    assert (
        chrome.execute_script("return document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
    )


@pytest.mark.parametrize("language", PAGES)
def test_every_chart_is_drawn(opened: Opened, language: str) -> None:
    chrome = opened(language)
    drawn = chrome.execute_script(
        "return [...document.querySelectorAll('.chart')].map(chart => chart.querySelectorAll("
        "'.point path, .scatterlayer path.js-line, .heatmaplayer image, .points path').length)"
    )
    assert len(drawn) >= {"en": 24, "zh": 24, "case": 4}[language]
    assert min(drawn) > 0


def test_names_from_the_data_are_shown_and_do_nothing(opened: Opened, hostile: tuple[str, ...]) -> None:
    chrome = opened()
    table = "document.querySelector('[data-table=\"group-branch_id\"]')"
    shown = chrome.execute_script(f"return [...{table}.tBodies[0].rows].map(row => row.cells[0].textContent)")
    assert sorted(shown) == sorted(hostile)
    drawn = chrome.execute_script("return document.querySelector('#chart-group-branch_id').textContent")
    assert "<script>alert(1)</script>" in drawn
    assert "<b>b</b>" in drawn
    assert chrome.execute_script("return document.querySelectorAll('main script, main b').length") == 0


def test_only_scripts_of_the_page_may_run(opened: Opened) -> None:
    chrome = opened(again=True)
    chrome.get_log("browser")
    chrome.execute_script(
        "const other = document.createElement('script'); other.textContent = 'window.wasRun = true';"
        "document.body.append(other)"
    )
    assert chrome.execute_script("return window.wasRun === undefined")
    assert "violates the following Content Security Policy" in chrome.get_log("browser")[0]["message"]


def test_a_click_sorts_a_table_and_another_turns_it(opened: Opened) -> None:
    chrome = opened(again=True)
    table = "document.querySelector('[data-table=\"class-tier\"]')"
    column = f"return [...{table}.tBodies[0].rows].map(row => parseInt(row.cells[1].textContent))"
    click = f"{table}.tHead.rows[0].cells[1].querySelector('button').click()"
    chrome.execute_script(click)
    down = chrome.execute_script(column)
    assert down == sorted(down, reverse=True)
    assert chrome.execute_script(f"return {table}.tHead.rows[0].cells[1].ariaSort") == "descending"
    chrome.execute_script(click)
    assert chrome.execute_script(column) == sorted(down)


def test_the_numbers_of_a_chart_are_saved_as_csv(opened: Opened, downloads: Path) -> None:
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 - only where there is a browser

    chrome = opened()
    chrome.execute_script("document.querySelector('[data-download=\"group-branch_id\"]').click()")
    saved = downloads / "group-branch_id.csv"
    WebDriverWait(chrome, 20, 0.05).until(lambda _: saved.is_file())
    rows = list(csv.reader(saved.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:3] == ["code", "customers", "clv_mean"]
    assert len(rows) == 7
    assert ["'=1+1" in row[0] for row in rows].count(True) == 1


@pytest.mark.parametrize("language", PAGES)
def test_a_phone_needs_no_sideways_scrolling(opened: Opened, language: str) -> None:
    chrome = opened(language, width=390, again=True)
    assert chrome.execute_script("return document.documentElement.scrollWidth") <= 390
    widths = "return Math.max(...[...document.querySelectorAll('.main-svg')].map(svg => svg.clientWidth))"
    assert chrome.execute_script(widths) <= 390


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_prints(opened: Opened, language: str) -> None:
    chrome = opened(language)
    printed = chrome.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") <= 40


def test_on_paper_charts_fit_and_buttons_are_gone(opened: Opened) -> None:
    chrome = opened(media="print", width=700, again=True)
    chrome.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    widths = "return Math.max(...[...document.querySelectorAll('.main-svg')].map(svg => svg.clientWidth))"
    assert chrome.execute_script(widths) <= 680
    shown = "return [...document.querySelectorAll('nav, .download')].filter(part => part.offsetParent).length"
    assert chrome.execute_script(shown) == 0
    chrome.execute_script("window.dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize(
    ("page", "scheme", "rules"),
    [("en", "light", LEVELS), ("zh", "light", LEVELS), ("case", "light", LEVELS), ("en", "dark", CONTRAST)],
)
def test_nothing_violates_accessibility_of_level_a_and_aa(
    opened: Opened, page: str, scheme: str, rules: dict[str, list[str]]
) -> None:
    found = importlib.util.find_spec("axe_core_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core-python is not installed (extra dev)")
    chrome = opened(page, scheme=scheme)
    chrome.execute_script("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    chrome.execute_script(Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    report = chrome.execute_async_script(
        "const done = arguments[1]; axe.run(document, arguments[0]).then(done)", rules
    )
    told = {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in report["violations"]}
    assert told == {}


def test_dark_is_dark(opened: Opened) -> None:
    chrome = opened(scheme="dark")
    ground = chrome.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(20, 23, 27)"

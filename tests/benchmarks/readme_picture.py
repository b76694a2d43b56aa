"""Draw the picture at the head of the README from a report, in headless Chromium.

usage: python tests/benchmarks/readme_picture.py models/quickstart/report.html .readme/report.png
(needs selenium, chromium and chromedriver)
"""

import base64
import shutil
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

SHOWN = ("worth-total", "worth-concentration", "class-tier", "class-matrix", "quality-deciles")
WIDTH, SCALE = 1240, 0.75
# Some exhibits of the page side by side, without what is there to click.
ARRANGED = """
const shown = arguments[0].map(key => document.getElementById(key));
document.querySelectorAll('nav, details, .download, h2').forEach(part => part.remove());
const main = document.querySelector('main');
main.replaceChildren(...shown);
document.body.style.maxWidth = 'none';
main.style.cssText = 'display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem;max-width:none;margin:0';
shown[0].style.gridColumn = '1 / -1';
shown.forEach(part => {
  part.style.minWidth = '0';
  part.querySelectorAll('ul').forEach(list => list.remove());
});
const charts = [...main.querySelectorAll('.chart')];
Promise.all(charts.map(chart => Plotly.Plots.resize(chart))).then(() => setTimeout(arguments[1], 500));
"""


def main(page: Path, picture: Path) -> None:
    """Open the page, leave the exhibits that are shown, and take their picture."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    chrome = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    size = {"width": WIDTH, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chrome.get(page.resolve().as_uri())
    is_ready = "return document.documentElement.dataset.ready === 'yes'"
    WebDriverWait(chrome, 60).until(lambda shown: shown.execute_script(is_ready))
    chrome.execute_async_script(ARRANGED, SHOWN)
    height = chrome.execute_script(
        "return document.querySelector('main').getBoundingClientRect().bottom + 20"
    )
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": SCALE}
    taken = chrome.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(base64.b64decode(taken["data"]))
    chrome.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

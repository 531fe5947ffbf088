"""The page in a real browser: it works, it is readable on a phone, and it asks the network for nothing."""

import json
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from mathml_jax import report as reports

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.skipif(not BROWSER, reason="no Chromium or Chrome is installed"),
    pytest.mark.skipif(not DRIVER, reason="no chromedriver is installed (Debian: chromium-driver)"),
]
FLAGS = (
    "headless=new",
    "no-sandbox",
    "disable-gpu",
    "disable-dev-shm-usage",
    "disable-background-networking",
    "no-first-run",
)


UNFOLD = """
for (const details of document.querySelectorAll("details")) details.open = true;
for (const card of document.querySelectorAll(".card")) card.style.contentVisibility = "visible";
"""


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, report, tmp_path):
    """The page, opened from its file."""
    path = reports.write(report, tmp_path / "report.html")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(path.as_uri())
    yield browser
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requested = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert path.as_uri() in requested
    assert {url.partition(":")[0] for url in requested} <= {"file", "data"}


def shown(page):
    return [c.get_attribute("id") for c in page.find_elements(By.CSS_SELECTOR, ".card") if c.is_displayed()]


def paper(page):
    return page.execute_script("return getComputedStyle(document.body).backgroundColor")


def resized(page, width):
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def test_filter(page):
    box, count = page.find_element(By.ID, "filter"), page.find_element(By.ID, "count")
    assert len(shown(page)) == 2
    assert count.text == "2 formulas"
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    page.switch_to.active_element.send_keys("SoftMax prob")
    assert shown(page) == ["nn.softmax"]
    assert count.text == "1 of 2"
    box.send_keys("zzz")
    assert shown(page) == []
    assert page.find_element(By.CSS_SELECTOR, ".nothing").is_displayed()
    box.send_keys(Keys.ESCAPE)
    assert len(shown(page)) == 2


def test_a_link_into_a_filtered_card_brings_it_back(page):
    page.find_element(By.ID, "filter").send_keys("hostile")
    assert "nn.softmax" not in shown(page)
    page.execute_script("location.hash = '#nn.softmax'")
    WebDriverWait(page, 5).until(lambda page: "nn.softmax" in shown(page))


def test_theme(page):
    before = paper(page)
    toggle = page.find_element(By.CSS_SELECTOR, ".theme")
    toggle.click()
    assert paper(page) != before
    toggle.click()
    assert paper(page) == before


def test_theme_follows_the_system(page):
    colours = []
    for theme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": theme}]
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        colours.append(paper(page))
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(set(colours)) == 2


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_horizontal_scrolling(page, width):
    resized(page, width)
    page.execute_script(UNFOLD)
    wide = page.execute_script("return document.documentElement.scrollWidth")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wide == width


def test_formulas_are_set_in_the_embedded_font(page):
    assert page.execute_async_script("document.fonts.ready.then(() => arguments[0](document.fonts.check('16px Math')))")
    heights = page.execute_script(
        "return [...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)"
    )
    assert len(heights) > 5
    assert any(height > 20 for height in heights)


def test_keyboard_reaches_the_formulas_first(page):
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the formulas"

"""The README's pictures, from the real page: ``python tests/browser/pictures.py``, into ``docs/images``.

A real JupyterLab runs lesson 03 and the playground; each picture is the lab and nothing else, at most 200 KB.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import driver
from playwright.sync_api import sync_playwright

LESSON, PLAYGROUND = "03_weights_and_consensus.ipynb", "playground.ipynb"
TARGET = driver.ROOT / "docs" / "images"
MOST = 200_000
EDGE = 12  # pixels of page around the lab


def take(page: driver.Page, name: str, part: str = ".btlab-page") -> None:
    """Keep a picture of the lab, without the strip of the bet."""
    page.settled()
    page.tab.wait_for_timeout(800)
    page.tab.mouse.move(0, 0)
    box = page.tab.locator(part).first.bounding_box()
    around = {"x": box["x"] - EDGE, "y": box["y"] - EDGE}
    size = {"width": box["width"] + 2 * EDGE, "height": box["height"] + 2 * EDGE}
    page.tab.screenshot(path=str(TARGET / name), clip={**around, **size})
    kept = (TARGET / name).stat().st_size
    print(name, kept, "bytes")
    if kept > MOST:
        sys.exit(f"{name} has {kept} bytes, more than {MOST}")


def play_once(page: driver.Page) -> None:
    """Stake 400 TAO in the playground and let two epochs pass."""
    page.open(PLAYGROUND)
    page.hide_sidebar()
    page.run_all()
    page.drawn(60_000)
    page.idle()
    page.tab.locator(".btlab-play").first.scroll_into_view_if_needed()
    page.tab.locator(".btlab .bl-dial input[inputmode]").first.fill("400")
    page.tab.get_by_role("button", name="Stake 400 τ on SN 3").click()
    for _ in range(2):
        page.tab.get_by_role("button", name="1 epoch").click()
        page.tab.wait_for_timeout(1500)
    take(page, "playground-light.png", ".btlab")
    page.close()


def main() -> None:
    """Take the four pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in (LESSON, PLAYGROUND):
            shutil.copy(driver.ROOT / "notebooks" / name, folder)
        with driver.jupyterlab(Path(folder)) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=driver.chromium(), args=driver.FLAGS)
            page = driver.Page(browser, address, 1280, 1400)
            page.open(LESSON)
            page.hide_sidebar()
            page.run_all()
            page.drawn(60_000)
            page.idle()
            page.tab.locator(".btlab-page").first.scroll_into_view_if_needed()
            take(page, "lesson03-light.png")
            page.theme("JupyterLab Dark")
            take(page, "lesson03-dark.png")
            page.theme("JupyterLab Light")
            page.tab.select_option(".btlab .bl-select", "cabal_256")
            take(page, "lesson03-heat.png")
            page.close()
            play_once(driver.Page(browser, address, 1440, 1400))
            browser.close()


if __name__ == "__main__":
    main()

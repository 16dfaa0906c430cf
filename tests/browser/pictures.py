"""The README's pictures, from the real page: ``python tests/browser/pictures.py``, into ``docs/images``.

A real JupyterLab runs lesson 03; each picture is the lab and nothing else, at most 200 KB.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import driver
from playwright.sync_api import sync_playwright

LESSON = "03_weights_and_consensus.ipynb"
TARGET = driver.ROOT / "docs" / "images"
MOST = 200_000
EDGE = 12  # pixels of page around the lab


def take(page: driver.Page, name: str) -> None:
    """Keep a picture of the lab, without the strip of the bet."""
    page.settled()
    page.tab.wait_for_timeout(800)
    page.tab.mouse.move(0, 0)
    box = page.tab.locator(".btlab-page").first.bounding_box()
    around = {"x": box["x"] - EDGE, "y": box["y"] - EDGE}
    size = {"width": box["width"] + 2 * EDGE, "height": box["height"] + 2 * EDGE}
    page.tab.screenshot(path=str(TARGET / name), clip={**around, **size})
    kept = (TARGET / name).stat().st_size
    print(name, kept, "bytes")
    if kept > MOST:
        sys.exit(f"{name} has {kept} bytes, more than {MOST}")


def main() -> None:
    """Take the three pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(driver.ROOT / "notebooks" / LESSON, folder)
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
            browser.close()


if __name__ == "__main__":
    main()

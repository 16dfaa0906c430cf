"""Play in a real browser: ``python tests/bench/browser_play.py [SECONDS]``, a minute if it is not said.

The playground runs at ten blocks a second with others acting. Ten times in that time the rate is read,
the memory of the kernel, and the heap of the page once its garbage is collected. Before and after, what one
does by hand: the milliseconds from the press of a button until the picture of it stands, 20 times each.
All of it goes into ``build/play.json``.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("browser_driver", HERE.parent / "browser" / "driver.py")
driver = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = driver
spec.loader.exec_module(driver)

READINGS, PRESSES = 10, 20
MEMORY = "import psutil; print(psutil.Process().memory_info().rss)"
PRESS = """(name) => new Promise((done) => {
    const button = [...document.querySelectorAll('.btlab button')].find((e) => e.innerText.startsWith(name));
    const picture = document.querySelector('.btlab .bl-picture'), before = picture.dataset.stamp;
    const start = performance.now();
    button.click();
    const look = () => {
        if (picture.dataset.stamp !== before) requestAnimationFrame(() => done(performance.now() - start));
        else if (performance.now() - start > 5000) done(-1);
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""


def block(page) -> int:
    return int(page.tab.locator(".btlab .bl-hero b").first.inner_text().replace("\u202f", ""))


def reading(page, heap) -> dict[str, float]:
    """MB of the kernel and of the page, garbage aside; and the block."""
    heap.send("HeapProfiler.collectGarbage")
    used = heap.send("Runtime.getHeapUsage")["usedSize"]
    kernel = int(page.execute(MEMORY))
    return {"block": block(page), "kernel_mb": round(kernel / 1e6, 1), "page_mb": round(used / 1e6, 1)}


def played(page, heap, seconds: float) -> list[dict[str, float]]:
    """Play, and look ten times."""
    page.tab.locator(".btlab .bl-bar select").first.select_option("10")
    page.tab.locator(".btlab .bl-bar input[type=checkbox]").check()
    page.tab.get_by_role("button", name="Play", exact=True).click()
    page.tab.wait_for_timeout(5_000)
    readings, start = [reading(page, heap)], time.perf_counter()
    for _ in range(READINGS):
        began, at = time.perf_counter(), block(page)
        page.tab.wait_for_timeout(1_000 * seconds / READINGS)
        rate = (block(page) - at) / (time.perf_counter() - began)
        readings.append({**reading(page, heap), "blocks_a_second": round(rate, 2)})
        print(round(time.perf_counter() - start), "s", readings[-1], flush=True)
    page.tab.get_by_role("button", name="Pause", exact=True).click()
    return readings


def pressed(page, name: str) -> dict[str, float]:
    """p50 and p95, ms, of a button."""
    times = []
    for _ in range(PRESSES):
        page.tab.wait_for_timeout(250)
        times.append(page.tab.evaluate(PRESS, name))
    ordered = sorted(time for time in times if time > 0)
    result = {"p50": round(statistics.median(ordered), 1), "p95": round(ordered[int(0.95 * len(ordered))], 1)}
    print(f"{name:12} {result}", flush=True)
    return result


def main() -> None:
    """Measure and write the file."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(driver.ROOT / "notebooks" / "playground.ipynb", folder)
        with driver.jupyterlab(Path(folder)) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=driver.chromium(), args=driver.FLAGS)
            page = driver.Page(browser, address, 1440, 1000)
            page.open("playground.ipynb")
            page.run_all()
            page.drawn(60_000)
            page.idle()
            heap = page.tab.context.new_cdp_session(page.tab)
            alone = {name: pressed(page, name) for name in ("1 block", "1 epoch", "Stake", "Undo")}
            readings = played(page, heap, seconds)
            others = {name: pressed(page, name) for name in ("1 block", "1 epoch")}
            browser.close()
    found = {"play": readings, "press_ms": alone, "press_with_others_ms": others}
    target = driver.ROOT / "build" / "play.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n")
    grown = {key: round(readings[-1][key] - readings[0][key], 1) for key in ("kernel_mb", "page_mb")}
    print(f"grown by {grown} in {seconds:.0f} s; written to {target.relative_to(driver.ROOT)}")


if __name__ == "__main__":
    main()

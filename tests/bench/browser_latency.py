"""Slider to pixels in a real browser: ``python tests/bench/browser_latency.py``, into ``build/latency.json``.

A step sets a control as a learner's hand does and stops the clock at the first paint after the picture
carries the *new* value's stamp (two animation frames later: the first may still be the frame before).
For every control of the lab, on the gauges and on the 64 × 256 heat map, 30 steps each: p50 and p95, ms.
Also the seconds from running the lab's cell in a fresh kernel to its first picture, with warm caches.
"""

from __future__ import annotations

import importlib.util
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("browser_driver", HERE.parent / "browser" / "driver.py")
driver = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = driver
spec.loader.exec_module(driver)

STEPS = 30
PRESETS = ("one_outlier", "cabal_12", "cabal_256")
STEP = """([selector, value]) => new Promise((done) => {
    const input = [...document.querySelectorAll(selector)].find((e) => e.offsetParent || e.type === 'radio');
    const sent = () => document.body.dataset.btlabSent || '0', before = sent(), start = performance.now();
    if (input.type === 'radio') input.click();
    else {
        input.value = value;
        input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
    }
    const wanted = sent();
    const look = () => {
        const shown = [...document.querySelectorAll('.btlab .bl-picture, .btlab .bl-heat')]
            .find((e) => e.offsetParent && e.dataset.stamp === wanted);
        if (shown && wanted !== before) requestAnimationFrame(() => done(performance.now() - start));
        else if (performance.now() - start > 3000) done(-1);
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""


def controls(page, preset: str) -> dict[str, list[tuple[str, str]]]:
    """Name of each control and the (selector, value) steps that move it."""
    labels = page.tab.eval_on_selector_all(
        ".btlab .bl-slider input",
        "es => es.filter(e => e.offsetParent).map(e => [e.getAttribute('aria-label'), e.min, e.max])",
    )
    steps = {}
    for label, low, high in labels:
        span, selector = float(high) - float(low), f'.btlab input[aria-label="{label}"]'
        steps[label] = [
            (selector, str(round(float(low) + span * (0.1 + 0.8 * (7 * k % STEPS) / STEPS), 3)))
            for k in range(STEPS)
        ]
    radio = "input[type=radio][value={}]".format
    steps["Consensus by"] = [
        (f".btlab {radio('mean' if k % 2 == 0 else 'median')}", "") for k in range(STEPS)
    ]
    if page.tab.locator(".btlab .bl-matrix input").count():
        steps["weights"] = [
            ('.btlab input[aria-label="weight of V4 on M6, percent"]', str(10 + k)) for k in range(STEPS)
        ]
    other = "honest_256" if preset.endswith("256") else "honest_crowd"
    steps["Preset"] = [(".btlab .bl-select", other if k % 2 == 0 else preset) for k in range(STEPS)]
    return steps


def measure(page, preset: str) -> dict[str, dict[str, float]]:
    """p50 and p95 in ms of each control on one preset."""
    if page.tab.locator(".btlab .bl-select").input_value() != preset:
        page.tab.select_option(".btlab .bl-select", preset)
        page.settled()
    page.tab.wait_for_timeout(1000)
    results = {}
    for name, steps in controls(page, preset).items():
        times = []
        for selector, value in steps:
            times.append(page.tab.evaluate(STEP, [selector, value]))
            page.tab.wait_for_timeout(60)
        assert min(times) > 0, f"{preset}, {name}: a step was never drawn"
        ordered = sorted(times)
        results[name] = {
            "p50": round(statistics.median(ordered), 1),
            "p95": round(ordered[int(0.95 * STEPS)], 1),
        }
        print(
            f"{preset:14} {name:36} p50 {results[name]['p50']:6.1f}  p95 {results[name]['p95']:6.1f}",
            flush=True,
        )
    return results


def first_picture(browser, address: str) -> float:
    """Seconds from running the cell in a fresh kernel to the picture."""
    page = driver.Page(browser, address, 1440, 1000)
    page.open("lab.ipynb")
    start = time.perf_counter()
    page.run_all()
    page.drawn(60_000)
    seconds = time.perf_counter() - start
    page.close()
    return round(seconds, 2)


def main() -> None:
    """Measure and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        cell = nbformat.v4.new_code_cell("from bittensor_lab import labs\nlabs.weights_and_consensus()")
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), Path(folder, "lab.ipynb"))
        with driver.jupyterlab(Path(folder)) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=driver.chromium(), args=driver.FLAGS)
            first = [first_picture(browser, address) for _ in range(4)][1:]
            page = driver.Page(browser, address, 1440, 1000)
            page.open("lab.ipynb")
            page.run_all()
            page.drawn(60_000)
            latency = {preset: measure(page, preset) for preset in (sys.argv[1:] or PRESETS)}
            page.close()
            browser.close()
    target = driver.ROOT / "build" / "latency.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        json.dumps({"first_picture_seconds": first, "slider_to_pixels_ms": latency}, indent=1) + "\n"
    )
    worst = max(c["p95"] for preset in latency.values() for c in preset.values())
    print(f"first picture {first} s; worst p95 {worst} ms; written to {target.relative_to(driver.ROOT)}")


if __name__ == "__main__":
    main()

"""Slider to pixels in a real browser: ``python tests/bench/browser_latency.py [LAB...]``.

A step sets a control as a learner's hand does and stops the clock at the first paint after the picture
carries the *new* value's stamp (two animation frames later: the first may still be the frame before).
For every lab and every control of it (the lab of lesson 03 also on its 64 × 256 heat map), 30 steps each: p50
and p95, ms. Also the seconds from running a lab's cell in a fresh kernel to its first picture, caches warm.
All of it goes into ``build/latency.json``.
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

from bittensor_lab import labs

HERE = Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("browser_driver", HERE.parent / "browser" / "driver.py")
driver = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = driver
spec.loader.exec_module(driver)

STEPS = 30
LARGE = {"weights_and_consensus": ("cabal_12", "cabal_256")}
"""presets to be measured besides the first one"""
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


def controls(page) -> dict[str, list[tuple[str, str]]]:
    """Name of each control that shows, and the (selector, value) steps that move it."""
    sliders = page.tab.eval_on_selector_all(
        ".btlab .bl-slider input",
        "es => es.filter(e => e.offsetParent).map(e => [e.getAttribute('aria-label'), e.min, e.max, e.step])",
    )
    steps = {}
    for label, low, high, step in sliders:
        span, selector = float(high) - float(low), f'.btlab input[aria-label="{label}"]'
        places = [float(low) + span * (0.1 + 0.8 * (7 * k % STEPS) / STEPS) for k in range(STEPS)]
        steps[label] = [(selector, str(_on_step(place, float(low), float(step)))) for place in places]
    choices = page.tab.eval_on_selector_all(
        ".btlab .bl-choice",
        "es => es.filter(e => e.offsetParent).map(e => [e.getAttribute('aria-label'),"
        " [...e.querySelectorAll('input')].map(i => i.value)])",
    )
    for label, values in choices:
        radio = f'.btlab [aria-label="{label}"] input[value="{{}}"]'.format
        steps[label] = [(radio(values[(k + 1) % len(values)]), "") for k in range(STEPS)]
    if page.tab.locator(".btlab .bl-matrix input").count():
        cell = '.btlab input[aria-label="weight of V4 on M6, percent"]'
        steps["weights"] = [(cell, str(10 + k)) for k in range(STEPS)]
    return steps


def _on_step(place: float, low: float, step: float) -> float:
    return round(low + step * round((place - low) / step), 6)


def measure(page, name: str) -> dict[str, dict[str, float]]:
    """p50 and p95 in ms of each control as the lab stands."""
    page.tab.wait_for_timeout(1000)
    results = {}
    for control, steps in controls(page).items():
        times = []
        for selector, value in steps:
            if _stands_so(page.tab.locator(selector).first, value):
                continue  # nothing would be drawn
            times.append(page.tab.evaluate(STEP, [selector, value]))
            page.tab.wait_for_timeout(60)
        ordered = sorted(time for time in times if time > 0)
        assert len(ordered) == len(times), f"{name}, {control}: a step was never drawn"
        p50, p95 = statistics.median(ordered), ordered[int(0.95 * len(ordered))]
        results[control] = {"p50": round(p50, 1), "p95": round(p95, 1)}
        print(f"{name:36} {control:44} p50 {p50:6.1f}  p95 {p95:6.1f}", flush=True)
    return results


def _stands_so(control, value: str) -> bool:
    return control.is_checked() if not value else float(control.input_value()) == float(value)


def opened(browser, address: str, name: str) -> tuple[float, object]:
    """Seconds from running the cell in a fresh kernel to the picture, and the page."""
    page = driver.Page(browser, address, 1440, 1000)
    page.open(f"{name}.ipynb")
    start = time.perf_counter()
    page.run_all()
    page.drawn(60_000)
    return round(time.perf_counter() - start, 2), page


def one_lab(browser, address: str, name: str) -> dict[str, object]:
    """First picture (the second fresh kernel's) and latencies of one lab."""
    opened(browser, address, name)[1].close()
    first, page = opened(browser, address, name)
    latency = {"": measure(page, name)}
    for preset in LARGE.get(name, ()):
        page.tab.select_option(".btlab .bl-select", preset)
        page.settled()
        latency[preset] = measure(page, f"{name} {preset}")
    page.close()
    return {"first_picture_seconds": first, "slider_to_pixels_ms": latency}


def main() -> None:
    """Measure and write the file."""
    others = ("warmup", "playground")
    names = sys.argv[1:] or [n for n in labs.__all__ if not n.startswith("bet_on") and n not in others]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            cell = nbformat.v4.new_code_cell(f"from bittensor_lab import labs\nlabs.{name}()")
            nbformat.write(
                nbformat.v4.new_notebook(cells=[cell], metadata=kernel), Path(folder, f"{name}.ipynb")
            )
        with driver.jupyterlab(Path(folder)) as address, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=driver.chromium(), args=driver.FLAGS)
            found = {name: one_lab(browser, address, name) for name in names}
            browser.close()
    target = driver.ROOT / "build" / "latency.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n")
    for name, lab in found.items():
        worst = max(c["p95"] for preset in lab["slider_to_pixels_ms"].values() for c in preset.values())
        print(f"{name:28} first picture {lab['first_picture_seconds']} s, worst p95 {worst} ms")
    print(f"written to {target.relative_to(driver.ROOT)}")


if __name__ == "__main__":
    main()

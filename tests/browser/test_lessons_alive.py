"""Lessons end to end, in a real JupyterLab: each runs, its lab answers keys and choices, and Reset."""

import pytest

SLIDER = ".btlab .bl-sliders input >> nth=0"
TITLE = ".btlab .bl-title"
LESSONS = {
    "00_start_here": ("Block 1006: 1 extrinsic, 1 τ into 3 subnets", 3, "another", "Block "),
    "01_issuance_and_halvings": ("0.5 τ a block until 15.75", 20, "late", "0.125 τ a block until 19.6875"),
    "02_work_and_scoring": ("The tempting rule ranks the spoofer first", 2, "images", "The tempting rule"),
    "05_weight_copying": ("One epoch late, copying costs", 3, "race", "One epoch late, copying costs"),
}
"""what the title says at first, presses of an arrow key, a preset, and how the title begins then"""


@pytest.fixture(params=LESSONS)
def lesson(request, page):
    page.open(f"{request.param}.ipynb")
    page.run_all()
    page.drawn(60_000)
    page.idle()
    page.tab.locator(".btlab").scroll_into_view_if_needed()
    page.tab.wait_for_function("() => document.querySelector('.btlab .bl-title').innerText !== ''")
    page.tab.wait_for_timeout(500)
    page.name = request.param
    return page


def title(page) -> str:
    return page.tab.locator(TITLE).inner_text().replace("\u00a0", " ")


def test_a_lesson_runs_and_its_lab_is_alive(lesson):
    first, keys, preset, then = LESSONS[lesson.name]
    before = lesson.fingerprint()
    assert title(lesson).startswith(first)
    lesson.shot(f"{lesson.name[:2]}-light-1440")

    slider = lesson.tab.locator(SLIDER)
    was = float(slider.input_value())
    slider.focus()
    for _ in range(keys):
        lesson.tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    assert float(slider.input_value()) > was

    after_keys = lesson.fingerprint()
    lesson.tab.locator(".btlab select").select_option(preset)
    lesson.changed(after_keys)
    lesson.settled()
    assert title(lesson).startswith(then)

    lesson.theme("JupyterLab Dark")
    lesson.tab.wait_for_timeout(800)
    lesson.shot(f"{lesson.name[:2]}-dark-1440")
    lesson.theme("JupyterLab Light")

    lesson.tab.get_by_text("Reset", exact=True).click()
    lesson.settled()
    assert title(lesson).startswith(then)

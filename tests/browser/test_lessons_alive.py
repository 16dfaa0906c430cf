"""Every lesson end to end, in a real JupyterLab: it runs; its lab answers, fits, follows the theme."""

import pytest

STDERR = "document.querySelectorAll('.jp-OutputArea-output[data-mime-type*=stderr]').length"
WIDGETS = "import ipywidgets; print(len(ipywidgets.widgets.widget._instances))"
RUNS = 20
LESSONS = {
    "00_start_here": ("Block 1006: 1 extrinsic, 1 τ into 3 subnets", 3, "another", "Block "),
    "01_issuance_and_halvings": ("0.5 τ a block until 15.75", 20, "late", "0.125 τ a block until 19.6875"),
    "02_work_and_scoring": ("The tempting rule ranks the spoofer first", 2, "images", "The tempting rule"),
    "03_weights_and_consensus": ("Validator 4’s outlier is clipped: 47 %", 30, "cabal", "Validators 4"),
    "04_bonds_and_dividends": ("Moving first earned V1 5", 3, "late", ""),
    "05_weight_copying": ("One epoch late, copying costs", 3, "race", "One epoch late, copying costs"),
    "06_stake_weight_and_permits": ("uid 5 misses its permit by 412", 3, "silent", "uid 2 has a permit"),
    "07_registration_and_pruning": ("uid 7 goes next, in 90", 2, "none", ""),
    "08_the_pool": ("100 τ moves the price 3.5", 20, "shallow", "100 τ moves the price 77.7"),
    "09_emission": ("The gate gives Forecasts 33 % of the block", 5, "leaving", "The user flow"),
    "10_staking": ("After a year: 21 % in alpha, 6 % after exit", 2, "yield", "After a year: 37 %"),
    "11_a_subnets_life": ("Deregistered in week 32: stakers got 26 %", 2, "clients", "Alive after 64 weeks"),
    "12_attacks_and_defences": ("The cabal pays from 50 % of the stake on", 5, "spoof", "The spoofer never"),
    "13_the_whole_network": ("2 subnets take half, 5 did a year ago", 2, "before", "5 subnets take half, 9"),
    "14_design_a_subnet": ("3 of 5 attacks blocked", 2, "speech", ""),
}
"""what the title says at first, presses of an arrow key, a preset, and how the title begins then"""


@pytest.fixture(params=LESSONS)
def lesson(request, page):
    page.lesson(request.param)
    page.name = request.param
    return page


def look(page, theme: str, width: int) -> None:
    """Keep a picture of the lab, and see that nothing is cut off."""
    page.tab.set_viewport_size({"width": width, "height": 1000})
    page.theme(f"JupyterLab {theme}")
    page.tab.wait_for_timeout(800)
    page.tab.locator(".btlab").first.scroll_into_view_if_needed()
    page.tab.wait_for_timeout(300)
    assert page.cut_off() == [], (theme, width)
    page.shot(f"{page.name[:2]}-{theme.lower()}-{width}", ".btlab")


def to_every_end(page) -> None:
    """Press End and Home on every slider, and take every choice."""
    sliders = page.tab.locator(".btlab .bl-sliders input:visible")
    for i in range(min(sliders.count(), 8)):
        for key in ("End", "Home"):
            sliders.nth(i).focus()
            page.tab.keyboard.press(key)
            page.settled()
    choices = page.tab.locator(".btlab .bl-choice label:visible")
    for i in range(choices.count()):
        choices.nth(i).click()
        page.settled()


def run_again_and_again(page) -> None:
    """Run the lab's cell twenty times, and scroll away and back: one lab is left, and no more widgets."""
    before = page.execute(WIDGETS)
    for _ in range(RUNS):
        page.run_lab_again()
    page.idle()
    page.drawn()
    assert page.execute(WIDGETS) == before
    page.tab.evaluate("() => document.querySelector('.jp-Cell').scrollIntoView()")
    page.tab.wait_for_timeout(300)
    page.drawn()
    assert page.tab.evaluate("() => document.querySelectorAll('.btlab').length") == 1
    assert page.tab.evaluate("() => document.querySelectorAll('.bl-picture canvas').length") == 1


def test_a_lesson_runs_and_its_lab_is_alive(lesson):
    first, keys, preset, then = LESSONS[lesson.name]
    assert lesson.tab.evaluate(STDERR) == 0
    lesson.begins(first)
    look(lesson, "Light", 1440)
    before = lesson.fingerprint()
    lesson.tab.locator(".btlab .bl-sliders input >> nth=0").focus()
    for _ in range(keys):
        lesson.tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    after_keys = lesson.fingerprint()
    lesson.tab.locator(".btlab select").first.select_option(preset)
    lesson.changed(after_keys)
    lesson.settled()
    lesson.begins(then)
    to_every_end(lesson)
    assert lesson.title()
    lesson.tab.get_by_text("Reset", exact=True).click()
    lesson.settled()
    lesson.begins(then)
    for theme, width in (("Dark", 1440), ("Dark", 780), ("Light", 780)):
        look(lesson, theme, width)
    run_again_and_again(lesson)

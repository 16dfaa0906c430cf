"""Lesson 04 end to end: a real JupyterLab, a real Chromium, a real kernel."""

import pytest

pytestmark = pytest.mark.xdist_group("lesson 04")  # one kernel serves them all
LESSON = "04_bonds_and_dividends"
MOVES = ".btlab .bl-tone-validator input >> nth=0"
PENALTY = ".btlab .bl-tone-active input >> nth=0"
PRESET = ".btlab .bl-select"


@pytest.fixture
def lesson(page):
    page.lesson(LESSON)
    return page


def test_a_move_and_the_penalty_change_title_and_picture(lesson):
    before, said = lesson.fingerprint(), lesson.title()
    assert said.startswith("Moving first earned V1 5") and "less than V3" in said
    errors = "document.querySelectorAll('.jp-OutputArea-output[data-mime-type*=stderr]').length"
    assert lesson.tab.evaluate(errors) == 0
    lesson.shot("lesson04-light-1440", ".btlab")

    lesson.tab.locator(MOVES).focus()
    for _ in range(5):
        lesson.tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    after_keys = lesson.fingerprint()
    assert lesson.tab.locator(MOVES).input_value() == "7"

    box = lesson.tab.locator(PENALTY).bounding_box()
    y = box["y"] + box["height"] / 2
    lesson.tab.mouse.move(box["x"] + box["width"] - 8, y)
    lesson.tab.mouse.down()
    for step in range(1, 21):
        lesson.tab.mouse.move(box["x"] + (box["width"] - 8) * (1 - step / 20), y)
    lesson.tab.mouse.up()
    lesson.changed(after_keys)
    lesson.settled()
    assert float(lesson.tab.locator(PENALTY).input_value()) == 0
    assert "more than V3" in lesson.title()

    lesson.tab.get_by_text("Reset", exact=True).click()
    lesson.settled()
    lesson.titled(said)


def test_presets_and_rules(lesson):
    for name in ("small_validator", "tiny_validator", "one_epoch", "late"):
        before = lesson.fingerprint()
        lesson.tab.select_option(PRESET, name)
        lesson.changed(before)
        lesson.settled()
    before = lesson.fingerprint()
    lesson.tab.locator(".bl-choice label", has_text="Liquid alpha").click()
    lesson.changed(before)
    lesson.settled()
    hidden = lesson.tab.locator(".btlab .bl-sliders-box", has_text="bonds_moving_average")
    assert not hidden.is_visible()
    lesson.shot("lesson04-liquid", ".btlab")


def test_the_code_line_makes_the_numbers_of_the_picture(lesson):
    lesson.tab.locator(MOVES).focus()
    lesson.tab.keyboard.press("ArrowRight")
    lesson.settled()
    lesson.tab.wait_for_function(
        "() => document.querySelector('.bl-code-text').textContent.includes('moves=(3')"
    )
    *setup, last = lesson.tab.locator(".bl-code-text").first.inner_text().splitlines()
    made = lesson.execute("\n".join([*setup, f"print({last}.dividends.round(6).tolist())"]))
    assert made.startswith("[0.2") and made == lesson.execute("print(lab.frame.dividends.round(6).tolist())")

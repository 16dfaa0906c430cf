"""Lesson 03 end to end: a real JupyterLab, a real Chromium, a real kernel."""

import pytest

pytestmark = pytest.mark.xdist_group("lesson 03")  # one kernel serves them all
LESSON = "03_weights_and_consensus"
STAKE = ".btlab .bl-sliders input >> nth=0"
KAPPA = ".btlab .bl-tone-active input"
PRESET = ".btlab .bl-select"
WIDGETS = "import ipywidgets; print(len(ipywidgets.widgets.widget._instances))"


@pytest.fixture
def lesson(page):
    page.lesson(LESSON)
    return page


def test_lesson_runs_and_answers_keyboard_and_drag(lesson):
    before, said = lesson.fingerprint(), lesson.title()
    assert "clipped: 47" in said
    lesson.shot("lesson03-light-1440")

    slider = lesson.tab.locator(STAKE)
    slider.focus()
    for _ in range(30):
        lesson.tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    after_keys = lesson.fingerprint()
    assert slider.input_value() == "65"

    box = lesson.tab.locator(KAPPA).bounding_box()
    x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2
    lesson.tab.mouse.move(x, y)
    lesson.tab.mouse.down()
    for step in range(1, 21):
        lesson.tab.mouse.move(x + step * box["width"] * 0.02, y)
    lesson.tab.mouse.up()
    lesson.changed(after_keys)
    lesson.settled()
    assert float(lesson.tab.locator(KAPPA).input_value()) > 0.8
    assert lesson.title() != said

    lesson.tab.get_by_text("Reset", exact=True).click()
    lesson.settled()
    lesson.titled(said)


def test_shortcuts_of_the_notebook_leave_the_controls_alone(lesson):
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = lesson.tab.evaluate(cells)
    lesson.tab.locator(STAKE).focus()
    for key in ("a", "b", "d", "d", "x", "m"):
        lesson.tab.keyboard.press(key)
    assert lesson.tab.evaluate(cells) == before


def test_weights_can_be_edited_and_a_row_comes_back_to_a_hundred(lesson):
    before = lesson.fingerprint()
    cell = lesson.tab.get_by_label("weight of V4 on M6, percent")
    cell.fill("5")
    lesson.changed(before)
    lesson.settled()
    cell.press("ArrowUp")
    lesson.settled()
    row = lesson.tab.locator(".bl-matrix tbody tr").nth(3).locator("input")
    assert sum(int(row.nth(j).input_value()) for j in range(6)) == 100


def test_presets_up_to_64_by_256(lesson):
    for name in ("cabal", "split_opinion", "cabal_12", "split_128", "cabal_256", "honest_256"):
        before = lesson.fingerprint()
        lesson.tab.select_option(PRESET, name)
        lesson.changed(before)
        lesson.settled()
    lesson.tab.locator("canvas.bl-heat").focus()
    for key in ("ArrowRight", "ArrowDown"):
        lesson.tab.keyboard.press(key)
    assert lesson.tab.locator(".bl-readout").inner_text().startswith("V2 gives M2")
    before = lesson.fingerprint()
    lesson.tab.locator(".bl-choice label", has_text="Mean").click()
    lesson.changed(before)
    lesson.settled()
    lesson.shot("lesson03-heat-256")


def test_theme_is_followed_live(lesson):
    corner = """() => { const c = document.querySelector('.btlab .bl-picture canvas');
        return c ? [...c.getContext('2d').getImageData(1, 1, 1, 1).data].slice(0, 3).join() : '' }"""
    assert lesson.tab.evaluate(corner) == "255,255,255"
    lesson.theme("JupyterLab Dark")
    lesson.tab.wait_for_function(f"() => ({corner})() === '17,17,17'", timeout=10_000)
    lesson.shot("lesson03-dark-1440")
    lesson.theme("JupyterLab Light")
    lesson.tab.wait_for_function(f"() => ({corner})() === '255,255,255'", timeout=10_000)


def test_the_code_line_is_copied_and_makes_the_numbers_of_the_picture(lesson):
    lesson.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lesson.tab.locator(STAKE).focus()
    lesson.tab.keyboard.press("ArrowRight")
    lesson.settled()
    lesson.tab.wait_for_function(
        "() => document.querySelector('.bl-code-text').textContent.includes('stake=')"
    )
    lesson.tab.get_by_text("Copy as code", exact=True).click()
    lesson.tab.get_by_text("Copied", exact=True).wait_for(timeout=5_000)
    *setup, last = lesson.tab.evaluate("() => navigator.clipboard.readText()").splitlines()
    made = lesson.execute("\n".join([*setup, f"print({last}.clipped.round(6).tolist())"]))
    assert made == lesson.execute("print(lab.frame.clipped.round(6).tolist())")
    assert made.startswith("[0.")


def test_the_bet_is_shared_by_both_its_places(lesson):
    lesson.execute("labs.bet_on_weights_and_consensus().value = 15.0")
    lesson.execute("labs.bet_on_weights_and_consensus().state = 'locked'")
    lesson.tab.wait_for_function(
        "() => document.querySelectorAll('.bl-bet[data-state=locked]').length >= 3", timeout=10_000
    )
    assert "You said 15" in lesson.tab.locator(".bl-verdict").first.inner_text()
    lesson.execute("labs.bet_on_weights_and_consensus().state = 'open'")


def test_the_keyboard_alone_completes_the_lesson(lesson):
    """Place and lock the bet, move a control, write an answer and run its check: keys only."""
    tab = lesson.tab
    bet = tab.locator(".bl-bet input").first
    bet.focus()
    for _ in range(15):
        tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Tab")
    assert tab.evaluate("() => document.activeElement.textContent") == "Lock my bet"
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => document.querySelectorAll('.bl-bet[data-state=locked]').length > 0")
    summary = "() => document.querySelector('.btlab .bl-summary').innerText"
    said, before = tab.evaluate(summary), lesson.fingerprint()
    tab.locator(STAKE).focus()
    for _ in range(30):
        tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    assert tab.evaluate(summary) != said
    tab.evaluate(
        """() => { const book = window.jupyterapp.shell.currentWidget.content;
        book.activeCellIndex = book.widgets.findIndex((cell) => cell.model.id === 'answer-2');
        book.activate(); }"""
    )
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("stake_of_v4 = 88")
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.press("Shift+Enter")
    tab.wait_for_function("() => document.body.innerText.includes('stake_of_v4: right')", timeout=20_000)
    lesson.execute("labs.bet_on_weights_and_consensus().state = 'open'")


def test_a_page_loaded_again_shows_the_same_lab(lesson):
    tab = lesson.tab
    tab.locator(STAKE).focus()
    before = lesson.fingerprint()
    tab.keyboard.press("ArrowRight")
    lesson.changed(before)
    lesson.settled()
    shown, said = lesson.fingerprint(), lesson.title()
    widgets = lesson.execute(WIDGETS)
    lesson.command("docmanager:save")
    tab.wait_for_timeout(1_000)
    tab.reload(wait_until="domcontentloaded")
    lesson.ready()
    lesson.drawn(60_000)
    tab.wait_for_function("() => document.querySelector('.btlab .bl-title').innerText !== ''")
    tab.wait_for_timeout(1_000)
    assert lesson.title() == said
    assert lesson.fingerprint() == shown and lesson.execute(WIDGETS) == widgets
    tab.locator(STAKE).focus()
    tab.keyboard.press("ArrowRight")
    lesson.changed(shown)
    lesson.settled()

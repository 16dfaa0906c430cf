"""The playground end to end: a real JupyterLab, a real Chromium, a real kernel."""

import pytest


@pytest.fixture
def lab(page):
    page.open("playground.ipynb")
    page.run_all()
    page.drawn(60_000)
    page.idle()
    page.tab.locator(".btlab").scroll_into_view_if_needed()
    page.tab.wait_for_function("() => document.querySelector('.btlab .bl-hero b').innerText !== ''")
    return page


def block(page):
    return int(page.tab.locator(".btlab .bl-hero b").inner_text().replace("\u2009", ""))


def press(page, name):
    page.tab.get_by_role("button", name=name, exact=True).click()


def reached(page, at_least):
    page.tab.wait_for_function(
        "(n) => Number(document.querySelector('.btlab .bl-hero b').innerText.replace('\\u2009', '')) >= n",
        arg=at_least,
    )


def test_one_stakes_waits_and_sees_emission_answer(lab):
    start, before = block(lab), lab.fingerprint()
    lab.tab.get_by_role("button", name="Stake 100 τ on SN 3").click()
    lab.changed(before)
    press(lab, "1 epoch")
    reached(lab, start + 1)
    lab.settled()
    title = lab.tab.locator(".btlab .bl-title").inner_text()
    assert title.startswith("Your trade lifts subnet 3 from")
    lab.tab.wait_for_function(
        "() => [...document.querySelectorAll('.btlab .bl-table')].pop().innerText.includes('StakeAdded')"
    )
    lab.shot("playground-light-1440")
    press(lab, "Undo")
    press(lab, "Undo")
    lab.tab.wait_for_function("() => !document.querySelector('.btlab .bl-title').innerText.includes('trade')")
    assert block(lab) == start


def test_play_and_pause(lab):
    start = block(lab)
    press(lab, "Play")
    reached(lab, start + 4)
    press(lab, "Pause")
    lab.tab.wait_for_timeout(600)
    stopped = block(lab)
    lab.tab.wait_for_timeout(900)
    assert block(lab) == stopped


def test_the_keyboard_alone_trades(lab):
    slider = lab.tab.locator(".btlab .bl-sliders-box input[type=range]")
    slider.focus()
    for _ in range(5):
        lab.tab.keyboard.press("ArrowRight")
    lab.tab.wait_for_function(
        "() => !document.querySelector('.btlab .bl-wide').innerText.startsWith('Stake 100 ')"
    )
    lab.tab.keyboard.press("Tab")
    assert lab.tab.evaluate("() => document.activeElement.innerText").startswith("Stake ")
    lab.tab.keyboard.press("Enter")
    lab.tab.wait_for_function("() => document.querySelector('.btlab .bl-title').innerText.includes('trade')")


@pytest.mark.parametrize("width", [1280, 780])
def test_no_width_cuts_anything_off(lab, width):
    lab.tab.set_viewport_size({"width": width, "height": 1400})
    if width < 1000:
        lab.hide_sidebar()
    lab.tab.wait_for_timeout(1000)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        lab.tab.wait_for_timeout(600)
        lab.shot(f"playground-{width}-{theme.split()[-1].lower()}")
    overflow = """() => { const lab = document.querySelector('.btlab');
        return [...lab.querySelectorAll('.bl')].filter(e => e.scrollWidth > e.clientWidth + 2).length }"""
    assert lab.tab.evaluate(overflow) == 0


def test_the_keyboard_alone_completes_a_trade(lab):
    tab = lab.tab
    tab.locator(".btlab .bl-slider input").first.focus()
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    before = lab.fingerprint()
    for _ in range(12):
        tab.keyboard.press("Tab")
        if tab.evaluate("() => document.activeElement.textContent").startswith("Stake"):
            break
    tab.keyboard.press("Enter")
    lab.changed(before)
    lab.settled()
    tab.wait_for_function("() => document.body.innerText.includes('StakeAdded')")

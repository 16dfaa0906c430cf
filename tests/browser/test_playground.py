"""The playground end to end: a real JupyterLab, a real Chromium, a real kernel."""

import os
import signal

import pytest

pytestmark = pytest.mark.xdist_group("playground")  # one kernel serves them all
LAB = ".btlab"
WIDGETS = "import ipywidgets; print(len(ipywidgets.widgets.widget._instances))"
LOOPS = """import asyncio, gc
tasks = [task for task in gc.get_objects() if isinstance(task, asyncio.Task) and not task.done()]
print(sum('_playing' in repr(task) for task in tasks))"""
NAMED = """() => { const e = document.activeElement;
    return e.getAttribute('aria-label') || e.innerText || e.value || '' }"""
OVERFLOW = """() => [...document.querySelectorAll('.btlab .bl')]
    .filter((e) => e.offsetParent && e.scrollWidth > e.clientWidth + 2).map((e) => e.className)"""
CROSSING = """() => [...document.querySelectorAll('.btlab-stack')].flatMap((stack) => {
    const right = stack.getBoundingClientRect().right + 2;
    return [...stack.querySelectorAll('*')]
        .filter((e) => e.offsetParent && e.getBoundingClientRect().right > right)
        .map((e) => `${e.className} ${e.innerText}`) })"""
"""what of a column stands in the next one"""
NOT_FOUND = "Error displaying widget: model not found"
"""JupyterLab's words"""
SAID_OF_THE_KERNEL = "() => getComputedStyle(document.querySelector('.btlab'), '::before').content"


@pytest.fixture
def lab(page):
    page.open("playground.ipynb")
    page.hide_sidebar()
    page.run_all()
    page.drawn(60_000)
    page.idle()
    page.tab.locator(LAB).scroll_into_view_if_needed()
    page.tab.wait_for_function("() => document.querySelector('.btlab .bl-hero b').innerText !== ''")
    return page


def block(page):
    return int(page.tab.locator(".btlab .bl-hero b").first.inner_text().replace("\u202f", ""))


def press(page, name):
    page.tab.get_by_role("button", name=name, exact=True).click()


def choose(page, mode):
    page.tab.locator(f".btlab .bl-deeds input[value={mode}]").check(force=True)
    page.settled()


def reached(page, at_least):
    page.tab.wait_for_function(
        "(n) => Number(document.querySelector('.btlab .bl-hero b').innerText.replace('\\u202f', '')) >= n",
        arg=at_least,
    )


def at(page, number):
    page.tab.wait_for_function(
        "(n) => Number(document.querySelector('.btlab .bl-hero b').innerText.replace('\\u202f', '')) === n",
        arg=number,
    )


def says(page, words):
    """Wait until the title does; it is sent after the picture."""
    page.tab.wait_for_function(
        "(words) => document.querySelector('.btlab .bl-title').innerText.includes(words)", arg=words
    )


def rests(page, name):
    """Wait until a button cannot be pressed; the bar is sent after the picture."""
    page.tab.wait_for_function(
        "(name) => [...document.querySelectorAll('.btlab button')]"
        ".some((button) => button.innerText.startsWith(name) && button.disabled)",
        arg=name,
    )


def test_one_stakes_waits_forks_and_sees_emission_answer(lab):
    start, before = block(lab), lab.fingerprint()
    words = lab.tab.locator(".btlab .bl-summary").inner_text()
    press(lab, "Stake 100 τ on SN 3")
    lab.changed(before)
    press(lab, "1 epoch")
    reached(lab, start + 1)
    says(lab, "Your trade lifts subnet 3 from")
    lab.settled()
    assert lab.tab.locator(".btlab .bl-summary").inner_text() != words
    assert lab.tab.locator(".btlab .bl-picture").get_attribute("aria-label").startswith("Block 1")
    assert "StakeAdded" in lab.tab.locator(".btlab .bl-events-box").inner_text()
    lab.shot("playground-light-1440")
    lab.tab.locator(".btlab .bl-bar input[type=checkbox]").check()
    lab.settled()
    press(lab, "Fork")
    lab.settled()
    choose(lab, "move")
    press(lab, "Swap 100 α to SN 2")
    lab.settled()
    press(lab, "1 epoch")
    lab.settled()
    says(lab, " of emission in fork, ")
    fork, main = lab.fingerprint(), lab.tab.locator(".btlab .bl-bar select").nth(1)
    main.select_option("main")
    lab.changed(fork)
    lab.settled()
    says(lab, " of emission in main, ")
    press(lab, "Drop the other")
    lab.settled()
    for _ in range(8):
        press(lab, "Undo")
        lab.settled()
    at(lab, start)
    lab.tab.wait_for_function("() => !document.querySelector('.btlab .bl-title').innerText.includes('trade')")
    rests(lab, "Undo")


def test_play_is_one_loop_whatever_is_done_to_the_page(lab):
    lab.tab.locator(".btlab .bl-bar select").first.select_option("10")
    press(lab, "Play")
    start = block(lab)
    reached(lab, start + 10)
    lab.tab.evaluate("() => document.querySelector('.jp-Cell').scrollIntoView()")
    lab.tab.wait_for_timeout(500)
    assert lab.execute(LOOPS).strip() == "1"
    lab.drawn()
    before = int(lab.execute(WIDGETS))
    for _ in range(20):
        lab.run_lab_again()
    lab.idle()
    lab.drawn()
    assert lab.execute(LOOPS).strip() == "0", "running the cell again ends play"
    assert abs(int(lab.execute(WIDGETS)) - before) <= 2
    assert lab.tab.evaluate("() => document.querySelectorAll('.btlab').length") == 1
    press(lab, "Play")
    reached(lab, start + 4)
    lab.command("docmanager:save")
    lab.tab.wait_for_timeout(1_500)
    lab.tab.reload(wait_until="domcontentloaded")
    lab.tab.wait_for_function("() => document.querySelector('.jp-Cell') !== null", timeout=60_000)
    lab.tab.wait_for_timeout(3_000)
    assert lab.execute(LOOPS).strip() in ("0", "1")


def test_play_and_pause(lab):
    start = block(lab)
    press(lab, "Play")
    reached(lab, start + 4)
    press(lab, "Pause")
    lab.tab.wait_for_timeout(600)
    stopped = block(lab)
    lab.tab.wait_for_timeout(900)
    assert block(lab) == stopped
    press(lab, "Undo")  # a time of play is one step
    at(lab, start)


def tab_to(page, name, most=60):
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        page.tab.keyboard.press("Tab")
        if str(page.tab.evaluate(NAMED)).startswith(name):
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_the_keyboard_alone_trades_and_lets_an_epoch_pass(lab):
    keys = lab.tab.keyboard
    lab.tab.locator(".btlab .bl-bar button").first.focus()
    tab_to(lab, "stake")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    lab.tab.wait_for_function("() => document.querySelector('.btlab .bl-wide').innerText.startsWith('Swap')")
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    tab_to(lab, "Amount")
    for _ in range(5):
        keys.press("ArrowRight")
    tab_to(lab, "Amount")
    for key in ("Control+a", "3", "0", "0", "Enter"):
        keys.press(key)
    lab.tab.wait_for_function(
        "() => document.querySelector('.btlab .bl-wide').innerText === 'Stake 300 τ on SN 3'"
    )
    tab_to(lab, "Stake 300 τ")
    keys.press("Enter")
    lab.tab.wait_for_function("() => document.querySelector('.btlab .bl-title').innerText.includes('trade')")
    assert str(lab.tab.evaluate(NAMED)).startswith("Stake 300"), "the focus stays on the button"
    for _ in range(40):
        keys.press("Shift+Tab")
        if lab.tab.evaluate(NAMED) == "1 epoch":
            break
    keys.press("Enter")
    lab.tab.wait_for_function("() => document.querySelector('.btlab .bl-title').innerText.includes('lifts')")


def test_a_refusal_says_what_to_do_and_the_button_rests(lab):
    lab.tab.locator(".btlab .bl-dial input[inputmode]").first.fill("99999")
    why = lab.tab.locator(".btlab .bl-why")
    why.wait_for(state="visible")
    assert "NotEnoughBalanceToStake" in why.inner_text() and "Ask for less" in why.inner_text()
    rests(lab, "Stake 99")


def test_a_game_is_saved_and_loaded(lab):
    start = block(lab)
    lab.tab.get_by_label("Name of the game").fill("by hand")
    press(lab, "Save")
    lab.tab.wait_for_function("() => document.querySelector('.bl-said').innerText.includes('by hand')")
    press(lab, "1 epoch")
    reached(lab, start + 1)
    press(lab, "Load")
    lab.tab.wait_for_function("() => document.querySelector('.bl-said').innerText.includes('is loaded')")
    at(lab, start)


@pytest.mark.skipif(os.name != "posix", reason="a kill without a warning is another thing there")
def test_a_killed_kernel_is_said_and_the_game_goes_on_when_all_is_run_again(lab):
    start = block(lab)
    lab.tab.get_by_label("Name of the game").fill("before the kill")
    press(lab, "Save")
    lab.tab.wait_for_function("() => document.querySelector('.bl-said').innerText.includes('the kill')")
    press(lab, "Play")
    reached(lab, start + 4)
    width = lab.tab.locator(".btlab-picture").bounding_box()["width"]
    os.kill(int(lab.execute("import os; print(os.getpid())")), signal.SIGKILL)
    lab.tab.locator(".jp-Dialog").get_by_text("It will restart automatically").wait_for()
    lab.tab.locator(".jp-Dialog .jp-mod-accept").click()
    lab.ready()
    assert "The kernel behind this has ended" in lab.tab.evaluate(SAID_OF_THE_KERNEL)
    assert lab.tab.locator(".btlab-picture").bounding_box()["width"] == pytest.approx(width, abs=2)
    lab.shot("playground-killed", LAB)
    stopped = block(lab)
    lab.command("docmanager:save")
    lab.tab.wait_for_timeout(1_000)
    assert block(lab) == stopped and lab.execute(LOOPS).strip() == "0"
    lab.tab.reload(wait_until="domcontentloaded")
    lab.ready()
    lab.tab.get_by_text(NOT_FOUND).first.wait_for()  # what was saved shows a widget of the ended kernel
    assert all("widget model not found" in said for said in lab.errors), lab.errors
    lab.errors.clear()
    lab.run_all()
    lab.drawn(60_000)
    lab.idle()
    at(lab, start)
    assert lab.tab.evaluate(SAID_OF_THE_KERNEL) == "none", "this one lives"
    assert lab.execute(LOOPS).strip() == "0", "nobody has pressed Play"
    press(lab, "1 epoch")
    reached(lab, start + 1)
    press(lab, "Load")
    lab.tab.wait_for_function("() => document.querySelector('.bl-said').innerText.includes('is loaded')")
    at(lab, start)


@pytest.mark.parametrize("width", [1440, 1100, 780])
def test_no_width_cuts_anything_off(lab, width):
    lab.tab.set_viewport_size({"width": width, "height": 1400})
    lab.tab.wait_for_timeout(800)
    press(lab, "Fork")
    lab.settled()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        for mode in ("stake", "unstake", "move", "weights", "register", "rules"):
            choose(lab, mode)
            lab.tab.wait_for_timeout(250)
            assert lab.tab.evaluate(OVERFLOW) == [], (mode, theme)
            assert lab.tab.evaluate(CROSSING) == [], (mode, theme)
            assert lab.cut_off() == []
        lab.shot(f"playground-{width}-{theme.split()[-1].lower()}", LAB)

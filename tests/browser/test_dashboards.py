"""The dashboards in a real Voilà: alive, without code, with a token, and nothing asked of another host."""

import contextlib
import re
import subprocess
import sys

import pytest

pytest.importorskip("voila", reason="the dashboards need the extra dashboards")

MAIN = "from bittensor_lab.cli import main; main()"


@pytest.fixture
def served(address, port):
    """The list's address with its token; ``address`` only says that the data folder is a scratch one."""
    command = [sys.executable, "-c", MAIN, "serve", "--no-browser", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            yield next(
                found[0] for line in server.stdout if (found := re.search(r"http://127\S+token=\w+", line))
            )
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def test_a_lab_is_alive_without_code_and_without_other_hosts(browser, served):
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    tab, asked, errors = context.new_page(), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    tab.goto(served)
    assert tab.locator("li a").count() == 16
    tab.get_by_text("08 The pool").click()
    tab.wait_for_selector(".btlab .bl-picture[data-stamp]", timeout=60_000)
    title = tab.locator(".btlab .bl-title")
    before = title.inner_text()
    tab.locator(".btlab .bl-slider input:visible").first.focus()
    for _ in range(10):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_function("(t) => document.querySelector('.btlab .bl-title').innerText !== t", arg=before)
    shown = tab.locator("body").inner_text()
    assert "Things to" in shown and "import" not in shown and "labs." not in shown
    outside = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert len(asked) > 10 and outside == [] and errors == []
    context.close()


def test_without_the_token_there_is_nothing_to_see(browser, served):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(served.split("?")[0])
    assert "/login" in tab.url and tab.locator("li a").count() == 0
    context.close()

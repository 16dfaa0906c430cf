"""What the browser tests share: one JupyterLab, one Chromium, and a clear word where there is none."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bittensor_lab import places

HERE = Path(__file__).resolve().parent
SIZE = (1440, 1000)
_spec = importlib.util.spec_from_file_location("browser_driver", HERE / "driver.py")
driver = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(driver)


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def _missing() -> str:
    if importlib.util.find_spec("playwright") is None:
        return "the browser tests need playwright: pip install playwright"
    if driver.chromium() is None:
        return "the browser tests need Chromium (Debian: apt-get install chromium), or its path in BITTENSOR_LAB_CHROMIUM"  # noqa: E501
    return _driver_fails()


def _driver_fails() -> str:
    """Why playwright's own node does not start, if so; on a small Debian it lacks a library."""
    from playwright._impl._driver import compute_driver_executable

    node, _ = compute_driver_executable()
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return f"playwright's driver does not start: {done.stderr.strip()} (Debian: apt-get install libatomic1)"


@pytest.fixture(scope="session")
def browser():
    missing = _missing()
    if missing and os.environ.get("BITTENSOR_LAB_BROWSER") == "required":
        pytest.fail(f"BITTENSOR_LAB_BROWSER=required, but {missing}")
    if missing:
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=driver.chromium(), headless=True, args=driver.FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The folder that JupyterLab serves."""
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="session")
def address(browser, course, tmp_path_factory):
    """JupyterLab on a copy of the notebooks, with a data folder of its own; what is compiled is shared."""
    home = tmp_path_factory.mktemp("home")
    (home / "cache").mkdir()
    with contextlib.suppress(OSError):  # Windows asks for rights to link: there it compiles once more
        (home / "cache" / "numba").symlink_to(places.user_cache() / "numba", target_is_directory=True)
    patch = pytest.MonkeyPatch()
    patch.setenv("BITTENSOR_LAB_HOME", str(home))
    with driver.jupyterlab(course) as served:
        yield served
    patch.undo()


@pytest.fixture
def port():
    """A port of this machine that nobody listens at."""
    return driver.free_port()


@pytest.fixture(scope="session")
def window(browser, address):
    """One JupyterLab for all tests of a worker: what it took long to load is loaded once."""
    opened = driver.Page(browser, address, *SIZE)
    yield opened
    opened.close()


@pytest.fixture
def page(window, course):
    """The window on fresh notebooks; at the end nothing was asked outside and the console is clean."""
    for path in (driver.ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, course)
    window.begin(*SIZE)
    yield window
    assert window.outside == set()
    assert window.errors == []

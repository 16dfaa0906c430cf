"""Try the wheel where strangers install it.

    python tests/release/try_wheel.py [--in FOLDER] [--python PYTHON]

The wheel is built and installed into a clean environment, under a path with spaces and a letter beyond ASCII.
There a learner's first hour is gone through: doctor, lab, a lesson, verify, grade. Then what machines do to
it: another JupyterLab at the same port, an installation that is only to be read, no home, somebody else's
cache; and a next release over it. Each line says what was seen; the first that is not as it should be ends
it with 1.

It takes a network for pip, a few minutes, and 2 GB below FOLDER, where a second run finds installed and
compiled what the first has left. As root, what must not be written to is tried as the user nobody, who has to
be able to reach PYTHON. Needs hatchling where it is run, nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from lab_server import free_port, serving  # noqa: E402

MAX_WHEEL = 6 << 20
NOBODY = 65534
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
LESSON = "notebooks/03_weights_and_consensus.ipynb"
OTHER_LESSON = "notebooks/04_bonds_and_dividends.ipynb"
PARTS = (("notebooks", "*.ipynb"), ("exercises", "*.ipynb"), ("datasets", "*.*"), ("docs/guides", "*.md"))
SHIPPED = ("bittensor_lab", "notebooks", "exercises", "datasets", "docs")


class NotAsItShouldBeError(Exception):
    """What was seen instead."""


def see(what: str, seen: str, as_it_should_be: bool = True) -> None:
    """Print what was seen; end it all if that is not as it should be."""
    if not as_it_should_be:
        raise NotAsItShouldBeError(f"{what}: {seen}")
    print(f"{what:42} {seen}", flush=True)


@dataclass(frozen=True)
class Learner:
    """Somebody with an environment in which the wheel is installed, who stands somewhere."""

    bin: Path
    stands: Path
    environment: dict[str, str]
    user: int | None = None

    def run(self, *command: str, code: int = 0) -> str:
        """Run a command of the environment's, and return what it says; all of it if it was to fail."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            capture_output=True, text=True, encoding="utf-8", check=False,
            env=self.environment, cwd=self.stands,
            user=self.user, group=self.user, extra_groups=None if self.user is None else [],
        )  # fmt: skip
        if done.returncode != code:
            said = f"{done.stdout}\n{done.stderr}"[-3000:]
            raise NotAsItShouldBeError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")
        return done.stdout + (done.stderr if code else "")

    def lab(self, *arguments: str):
        """A running ``bittensor-lab lab``."""
        command = [str(self.bin / "bittensor-lab"), "lab", "--no-browser", *arguments]
        return serving(command, self.environment, self.stands, self.user)


# ---------------------------------------------------------------- the wheel


def build(source: Path, into: Path) -> Path:
    """Build the wheel of a source tree."""
    into.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(into), str(source)], check=True)
    return next(into.glob("*.whl"))


def look_into(wheel: Path) -> None:
    """Whether it holds the whole course and is not too large."""
    there = set(zipfile.ZipFile(wheel).namelist())
    for part, ending in PARTS:
        files = [path.relative_to(ROOT).as_posix() for path in (ROOT / part).rglob(ending) if path.is_file()]
        packed = there & {f"bittensor_lab/course/{name}" for name in files}
        see(f"{part} in the wheel", f"{len(packed)} of {len(files)} files", len(packed) == len(files) > 0)
    size = wheel.stat().st_size
    see("size of the wheel", f"{size / 2**20:.1f} MB", size <= MAX_WHEEL)


def next_release(scratch: Path) -> Path:
    """Build a release with another version and two changed lessons."""
    source = scratch / "next"
    for part in SHIPPED:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__", "~*"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    _put(source / "bittensor_lab" / "__init__.py", r'__version__ = "[^"]+"', '__version__ = "99.0"')
    for lesson in (LESSON, OTHER_LESSON):
        _put(source / lesson, r'"source": \[\n *"# ', r"\g<0>New: ")
    return build(source, scratch / "dist-next")


def _put(path: Path, pattern: str, text: str) -> None:
    """Replace the first match in a file; there must be one."""
    new, found = re.subn(pattern, text, path.read_text(encoding="utf-8"), count=1)
    if not found:
        raise NotAsItShouldBeError(f"{path.name} has nothing like {pattern}")
    path.write_text(new, encoding="utf-8")


def install(learner: Learner, wheel: Path) -> None:
    """Install the wheel as a stranger does, with the versions that were tested."""
    pip = ("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    learner.run(*pip, "-c", str(ROOT / "constraints.txt"), str(wheel))
    learner.run(*pip, "--no-deps", "--force-reinstall", str(wheel))  # the same version may be another build
    see("installed", learner.run("bittensor-lab", "--version").strip())


# ---------------------------------------------------------------- the first hour


def first_hour(learner: Learner, folder: Path) -> None:
    """Doctor, warm-up, lab, a lesson, verify, grade."""
    see("doctor", _states(learner.run("bittensor-lab", "doctor")))
    see("warmup", learner.run("bittensor-lab", "warmup").strip().splitlines()[-1])
    after = learner.run("bittensor-lab", "doctor")
    see("doctor after it", _states(after), "compiled functions kept" in after)
    look_at_lab(learner, folder)
    run_lesson(learner, folder)
    told = learner.run("bittensor-lab", "verify", "--json")
    files = json.loads(told)
    see("verify", f"{sum(one['passed'] for one in files)} of {len(files)} files pass", _all_pass(files))
    grade(learner, folder)


def _states(said: str) -> str:
    states = re.findall(r"^(ok|note|bad) ", said, flags=re.M)
    return ", ".join(f"{states.count(state)} {state}" for state in ("ok", "note", "bad"))


def _all_pass(files: list[dict[str, object]]) -> bool:
    return len(files) > 5 and all(one["passed"] for one in files)


def look_at_lab(learner: Learner, folder: Path) -> None:
    """Two JupyterLabs that ask for one port: both serve the course, to whoever has the token."""
    port = free_port()
    with learner.lab("--port", str(port), str(folder)) as lab:
        see("lab", f"answers at port {lab.port}", lab.port == port and b"jupyter" in lab.read("/lab").lower())
        see("lab without the token", "refused", lab.refuses_strangers())
        with learner.lab("--port", str(port), str(folder)) as second:
            see("a second lab at the same port", f"answers at port {second.port}", second.port != port)
            said = second.cell("import os; print(os.getcwd())", str(learner.bin / "python")).strip()
            see("a cell in it", f"runs in {said}", said == str(folder / "notebooks"))


def run_lesson(learner: Learner, folder: Path) -> None:
    """Run a lesson from top to bottom, as Run All Cells does, and keep it aside."""
    convert = ("python", "-m", "nbconvert", "--to", "notebook", "--execute", "--log-level", "ERROR")
    learner.run(*convert, "--output", "ran.ipynb", str(folder / LESSON))
    ran = folder / "notebooks" / "ran.ipynb"
    cells = [
        cell for cell in json.loads(ran.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    ran.unlink()
    see(
        "lesson 03",
        f"{len(cells)} cells run",
        all(cell["execution_count"] for cell in cells) and len(cells) > 3,
    )


def grade(learner: Learner, folder: Path) -> None:
    """The solution earns all points, the set as it is handed out none."""
    solved = folder / "exercises" / "solved.ipynb"
    solved.write_bytes((ROOT / "exercises" / "solutions" / "set_03.ipynb").read_bytes())
    for path, share in ((solved, 1), (folder / "exercises" / "set_03.ipynb", 0)):
        one = json.loads(learner.run("bittensor-lab", "grade", str(path), "--json", "-"))["results"][0]
        said = f"{one['points']} of {one['of']} points"
        see(f"grade {path.name}", said, one["of"] > 0 and one["points"] == share * one["of"])


# ---------------------------------------------------------------- what machines do to it


@contextmanager
def only_to_be_read(folder: Path) -> Iterator[None]:
    """Nobody may write below ``folder`` meanwhile."""
    _allow(folder, "a-w,a+rX")
    try:
        yield
    finally:
        _allow(folder, "u+w")


def _allow(folder: Path, mode: str) -> None:
    subprocess.run(["chmod", "-R", mode, str(folder)], check=True)


def read_only(learner: Learner, scratch: Path) -> None:
    """An installation, a folder and a cache that the learner may not write to; then no home either."""
    theirs = scratch / "nobody's"
    locked = scratch / "locked"
    for folder in (theirs, locked):
        folder.mkdir()
    home = {"HOME": str(theirs), "BITTENSOR_LAB_HOME": str(theirs / "lab")}
    compiled = Path(learner.environment["HOME"]) / ".cache" / "bittensor_lab"
    shutil.copytree(compiled, theirs / "lab" / "cache")
    shutil.copytree(compiled, locked / "cache")
    if AS_ROOT:
        subprocess.run(["chown", "-R", str(NOBODY), str(theirs)], check=True)
    user = NOBODY if AS_ROOT else None
    reader = replace(learner, stands=locked, environment={**learner.environment, **home}, user=user)
    with only_to_be_read(learner.bin.parent), only_to_be_read(locked):
        said = reader.run("bittensor-lab", "lab", "--no-browser", code=2)
        see("lab where nothing may be written", said.strip(), "Name a folder of yours" in said)
        folder = theirs / "Kürs"
        see("doctor of a read-only installation", _states(reader.run("bittensor-lab", "doctor")))
        look_at_lab(reader, folder)
        run_lesson(reader, folder)
        grade_as(reader, folder)
        lost = replace(
            reader, environment={**home, "BITTENSOR_LAB_HOME": str(locked), "PATH": os.environ["PATH"]}
        )
        said = lost.run("bittensor-lab", "doctor", code=1)
        see("doctor with somebody else's cache", _states(said), "BITTENSOR_LAB_HOME" in said)
        no_home(reader, folder, locked)


def grade_as(reader: Learner, folder: Path) -> None:
    """Grade in a folder that is another user's."""
    told = reader.run("bittensor-lab", "grade", str(folder / "exercises" / "set_03.ipynb"))
    see("grade in a read-only installation", told.strip().splitlines()[0])


def no_home(reader: Learner, folder: Path, locked: Path) -> None:
    """No HOME, and what the system knows as one does not exist or may not be written to."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    if not AS_ROOT:
        environment["HOME"] = str(locked / "home")
    homeless = replace(reader, environment=environment)
    said = homeless.run("bittensor-lab", "doctor", code=1)
    see("doctor without a home", _states(said), "BITTENSOR_LAB_HOME" in said)
    with homeless.lab("--port", str(free_port()), str(folder)) as lab:
        said = lab.cell("print(6 * 7)", str(reader.bin / "python")).strip()
        see("lab without a home", f"a cell prints {said}", said == "42")


def update(learner: Learner, folder: Path, scratch: Path) -> None:
    """The next release over it: what the learner changed stays, what they did not follows."""
    mine = folder / LESSON
    _put(mine, r'"source": \[\n *"# ', r"\g<0>Mine: ")
    before = mine.read_bytes()
    install(learner, next_release(scratch))
    with learner.lab("--port", str(free_port()), str(folder)) as lab:
        book = lab.read(f"/api/contents/{OTHER_LESSON}").decode()
    see("a lesson left alone", "is the new release's", "New: " in book)
    see("a lesson changed by the learner", "is as they left it", mine.read_bytes() == before)
    said = learner.run("bittensor-lab", "lab", "--reset", "04", str(folder))
    see("what the release says of it", said.strip().splitlines()[0], f"You have changed {LESSON}" in said)


def main() -> int:
    """Try it all, and return the exit code."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--in", dest="folder", type=Path, help="where to try it, and to keep what is installed")
    ask.add_argument("--python", default=sys.executable, help="the Python that a stranger has")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="try-wheel-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        try:
            try_all((asked.folder or scratch).resolve() / "Ärger mit Leerzeichen", asked.python, scratch)
        except (NotAsItShouldBeError, AssertionError, subprocess.CalledProcessError) as wrong:
            print(f"NOT AS IT SHOULD BE: {wrong}", file=sys.stderr)
            return 1
    print("all as it should be")
    return 0


def try_all(base: Path, python: str, scratch: Path) -> None:
    """All of it, below ``base``; what is thrown away goes to ``scratch``."""
    home, folder = base / "Zuhause", base / "Mein Kürs"
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    wheel = build(ROOT, scratch / "dist")
    look_into(wheel)
    if not (base / "Umgebung").exists():
        subprocess.run([python, "-m", "venv", str(base / "Umgebung")], check=True)
    passed_on = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home), **passed_on}
    learner = Learner(base / "Umgebung" / "bin", base, environment)
    install(learner, wheel)
    first_hour(learner, folder)
    read_only(learner, scratch)
    update(learner, folder, scratch)


if __name__ == "__main__":
    sys.exit(main())

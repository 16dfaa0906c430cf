"""Grade what a class handed in: many files, over the cores, and on from where it stopped.

    report = grade_all([Path("submissions")], seed=7)      # report.results, report.unread

1. Find the notebooks below the paths, in the order of their names.
2. Read the answers out of each (``submission``). A file that is none is noted, and stops nothing.
3. Compute each set's key once, under one secret seed for all.
4. Let nbval run the checks of one submission per core (``grading.run_nbval``: processes, so threads here only
   wait), and judge it.
5. Write each result down at once, in a journal under the user's data folder. The next run with the same paths
   and sets finds it there, takes up its seed, and grades only what is missing or has changed since.

Everything in the report follows from the submissions, the sets and the seed: not from cores, order or time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from bittensor_lab import __version__
from bittensor_lab.errors import InputError
from bittensor_lab.exercises.ask import isolation
from bittensor_lab.exercises.grading import GraderError, run_nbval
from bittensor_lab.exercises.judging import GradeResult, Key, Outcome, judge, make_key, result_of
from bittensor_lab.exercises.source import ExerciseSet, known_sets, source_folder
from bittensor_lab.exercises.submission import Submission, read_submission
from bittensor_lab.keeping import MOVE
from bittensor_lab.places import user_data


@dataclass(frozen=True)
class Unread:
    """A file from which no answer could be read, or that could not be graded, and why."""

    submission: str
    why: str


@dataclass(frozen=True)
class ClassReport:
    """What a class gave, in the order of the submissions' names."""

    seed: int
    results: tuple[GradeResult, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True)
class Progress:
    """What is told while it goes on."""

    done: int
    of: int
    known: int
    """results found in the journal of a run that did not end"""


def grade_all(
    paths: Sequence[Path],
    seed: int | None = None,
    source: Path | None = None,
    workers: int | None = None,
    told: Callable[[Progress], None] = lambda progress: None,
) -> ClassReport:
    """Grade every notebook at or below ``paths``.

    Parameters
    ----------
    seed
        of the numbers in the checks; by default a fresh secret one, or that of a run which did not end.
    source
        folder with the sets' sources, if not those of the course.
    workers
        how many submissions at a time; by default one per core.

    Raises
    ------
    InputError
        if a path is not there, or there is no notebook below any.
    GraderError
        if nbval cannot run here.
    """
    read, unread = _read_all(collect(paths), source)
    failed = list[tuple[str, GraderError]]()
    with Journal.of(paths, seed, source) as journal:
        keys = {exercise.name: make_key(exercise, journal.seed) for exercise, _ in read}
        closed = isolation()
        missing = [one for one in read if _digest(*one) not in journal.results]
        known = len(read) - len(missing)
        told(Progress(known, len(read), known))
        graded = _outcomes(missing, keys, workers or os.cpu_count() or 1)
        for done, (exercise, submission, outcomes) in enumerate(graded, known + 1):
            if isinstance(outcomes, GraderError):
                failed.append((submission.name, outcomes))
            else:
                key = keys[exercise.name]
                questions = judge(exercise, submission, key, outcomes)
                journal.add(_digest(exercise, submission), result_of(key, submission, questions, closed))
            told(Progress(done, len(read), known))
        if failed and not journal.results:
            raise failed[0][1]
        digests = (_digest(*one) for one in read)
        results = tuple(journal.results[digest] for digest in digests if digest in journal.results)
    unread += [Unread(name, str(error)) for name, error in failed]
    return ClassReport(journal.seed, results, tuple(sorted(unread, key=lambda one: one.submission)))


def collect(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the notebooks at or below ``paths``, by the name under which they are reported.

    That is the path below the folder that was given; of files, below the folder that they share.

    Raises
    ------
    InputError
        if a path is not there, or there is no notebook at all.
    """
    found: dict[str, Path] = {}
    files = [path.resolve() for path in paths if not path.is_dir()]
    shared = Path(os.path.commonpath([file.parent for file in files])) if files else Path()
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there", remedy="Name a notebook, or a folder of them.")
        top = path.resolve() if path.is_dir() else shared
        for file in _notebooks(top) if path.is_dir() else [path.resolve()]:
            name = file.relative_to(top).as_posix()
            if file not in found.values():
                found[_free(name, found)] = file
    if not found:
        where = ", ".join(str(path) for path in paths)
        raise InputError(
            f"there is no notebook (.ipynb) in {where}", remedy="Name a notebook, or a folder of them."
        )
    return {name.encode("utf-8", "replace").decode(): found[name] for name in sorted(found)}


def _free(name: str, taken: Container[str]) -> str:
    """A name that is not taken: two files of one name are told apart by a number."""
    stem = name.removesuffix(".ipynb")
    return next(one for one in chain([name], (f"{stem} ({n}).ipynb" for n in count(2))) if one not in taken)


def _notebooks(folder: Path) -> list[Path]:
    """Notebooks below a folder; not what an editor keeps in hidden folders."""
    below = (path.relative_to(folder) for path in folder.rglob("*.ipynb"))
    return [folder / path for path in sorted(below) if not any(part.startswith(".") for part in path.parts)]


Read = tuple[ExerciseSet, Submission]


def _read_all(files: dict[str, Path], source: Path | None) -> tuple[list[Read], list[Unread]]:
    read, unread = list[Read](), list[Unread]()
    for name, path in files.items():
        try:
            exercise, submission = read_submission(path, source)
            read.append((exercise, Submission(name, submission.answers, submission.notes)))
        except InputError as error:
            unread.append(Unread(name, str(error)))
    return read, unread


def _outcomes(
    read: list[Read], keys: dict[str, Key], workers: int
) -> Iterator[tuple[ExerciseSet, Submission, dict[str, Outcome] | GraderError]]:
    """Run the checks of each submission; yield those done, in the order in which they are."""

    def run(exercise: ExerciseSet, submission: Submission) -> dict[str, Outcome] | GraderError:
        try:
            return run_nbval(exercise, submission, keys[exercise.name])
        except GraderError as error:  # of this one; the others go on
            return error

    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(run, *one): one for one in read}
        try:
            for done in as_completed(running):
                yield (*running.pop(done), done.result())
        finally:
            pool.shutdown(cancel_futures=True)


def _digest(exercise: ExerciseSet, submission: Submission) -> str:
    """What the result of a submission follows from, but for set and seed."""
    told = json.dumps([exercise.name, submission.name, submission.answers, submission.notes], sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


# ---------------------------------------------------------------- the journal


class Journal:
    """The results so far of one run, on disk from the moment each is there.

    The file belongs to the paths, the sets' texts and the seed that was asked for. It is deleted when the run
    has come to its end. A disk that fills up costs the going on after a kill, not the grading.
    """

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.results = path, dict[str, GradeResult]()
        lines = _whole_lines(path)
        self.seed: int = lines[0]["seed"] if lines else seed
        for told in lines:
            if "result" in told:
                self.results[told["digest"]] = GradeResult.read(told["result"])
        if not lines:
            path.write_bytes(b"")  # nothing in it could be read
        self._file = path.open("a", encoding="utf-8")
        if not lines:
            self._write({"seed": self.seed})

    @classmethod
    def of(cls, paths: Sequence[Path], seed: int | None, source: Path | None) -> Journal:
        """Return the journal of a run, new or left behind by one that did not end.

        Raises
        ------
        InputError
            if none can be kept.
        """
        name = hashlib.blake2b(_run(paths, seed, source).encode(), digest_size=12).hexdigest()
        try:
            folder = user_data() / "grading"
            folder.mkdir(exist_ok=True)
            return cls(folder / f"{name}.jsonl", secrets.randbelow(2**31) if seed is None else seed)
        except OSError as error:
            what = f"the results so far cannot be kept: {error.strerror or error}"
            raise InputError(what, str(error.filename or ""), MOVE) from None

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *raised: object) -> None:
        with suppress(OSError):
            self._file.close()
        if raised[0] is None:
            self.path.unlink(missing_ok=True)

    def add(self, digest: str, result: GradeResult) -> None:
        """Write a result down."""
        self.results[digest] = result
        with suppress(OSError):
            self._write({"digest": digest, "result": json.loads(result.to_json())})

    def _write(self, told: dict[str, Any]) -> None:
        text = json.dumps(told)
        self._file.write(f"{_checksum(text)} {text}\n")
        self._file.flush()


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """What is written in a journal, as far as it is whole: a line that was cut off or changed is passed over.

    Without its first line, which has the seed, the others are worth nothing.
    """
    found = path.read_bytes().decode("utf-8", "replace").split("\n") if path.is_file() else []
    lines = [line.partition(" ") for line in found]
    told = [json.loads(text) for checksum, _, text in lines if text and checksum == _checksum(text)]
    return told if told and "seed" in told[0] else []


def _checksum(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _run(paths: Sequence[Path], seed: int | None, source: Path | None) -> str:
    """What makes two runs the same one."""
    folder = source or source_folder()
    texts = [
        path.read_bytes().decode("utf-8", "replace")
        for name in known_sets(source)
        for path in sorted(folder.glob(f"{name}*"))
    ]
    return json.dumps([__version__, seed, [str(path.resolve()) for path in paths], texts])

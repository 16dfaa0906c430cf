"""A whole file or nothing: whoever is killed while writing leaves the old file or the new one, never half.

The content goes to a scratch file in the same folder, is made durable, and takes the other's name in one step
of the file system. What a kill leaves is at worst such a scratch file (``SCRATCH`` begins its name); a later
writing of the same file takes it away.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path

SCRATCH = ".part-"
MAX_NAME = 40
"""characters of a file's name that its scratch file's has: together they must fit"""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
FORGOTTEN = 600
"""seconds after which nobody can still be writing a scratch file"""


def write_whole(path: str | Path, content: bytes) -> None:
    """Put ``content`` in the place of a file; whatever goes wrong, what was there before is still there.

    Raises
    ------
    OSError
        if it cannot be written, or is a folder or a device.
    ValueError
        if no file can have that name.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.is_dir():
        raise OSError(errno.EISDIR, "it is a folder", str(target))
    if target.exists() and not target.is_file():  # replacing a device would take it from everyone
        raise OSError(errno.EINVAL, "it is not a regular file", str(target))
    prefix = f"{SCRATCH}{target.name[:MAX_NAME]}."
    _take_away_forgotten(target.parent, prefix)
    scratch = target.parent / f"{prefix}{secrets.token_hex(8)}"
    handle = os.open(scratch, NEW, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():  # who may read the old one may read the new one, and nobody else
            scratch.chmod(stat.S_IMODE(target.stat().st_mode))
        os.replace(scratch, target)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            scratch.unlink()
        raise
    _sync_folder(target.parent)


def _take_away_forgotten(folder: Path, prefix: str) -> None:
    """Remove what a writer that was killed has left of the same file."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name.startswith(prefix) and path.stat().st_mtime < time.time() - FORGOTTEN:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where the platform can do that; the file itself is safe by now."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

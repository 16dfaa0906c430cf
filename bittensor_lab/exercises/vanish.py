"""A pytest plugin for the grader: delete the graded notebook once it is read.

nbval keeps the cells and their expected outputs in memory, so from then on the key is on no disk.
"""

from __future__ import annotations

from typing import Any


def pytest_collection_finish(session: Any) -> None:
    """Delete every notebook that was collected."""
    for path in {item.path for item in session.items}:
        path.unlink(missing_ok=True)

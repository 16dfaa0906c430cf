"""Every reader of files takes a damaged one or refuses it in words; the soak has more of the same."""

import pytest
from mutated_files import READERS, tried

TIMES = 40
FORGIVING = (
    "bets", "answers", "list of what was handed out", "lesson that is brought back", "right answers of a set",
    "kept chart", "journal of a grading",
)  # fmt: skip
"""set aside or pass over what they cannot read, and go on"""


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused(name, home):
    counts = tried(name, home, TIMES, seed=1)
    assert sum(counts.values()) == TIMES
    assert counts["refused"] or name in FORGIVING

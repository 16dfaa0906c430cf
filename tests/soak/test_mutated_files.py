"""Every reader of files under damaged ones, with a fresh seed.

``make soak`` takes two hundred of each, and fewer where less time is given; ``MUTATIONS=10000 pytest -s`` on
this file as many as you like.
"""

import os
import secrets

import pytest
from mutated_files import READERS, tried

SECONDS = int(os.environ.get("SECONDS_OF_SOAK", "900"))
TIMES = int(os.environ.get("MUTATIONS", "0")) or max(10, min(200, 200 * SECONDS // 900))


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused(name, home):
    seed = secrets.randbelow(2**40)
    print(f"\n{name}: {TIMES} damaged files, seed {seed}: ", end="", flush=True)
    print(tried(name, home, TIMES, seed))

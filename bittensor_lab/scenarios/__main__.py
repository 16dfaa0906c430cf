"""Print all scenarios with their numbers, as the page ``docs/reference/scenarios.md``."""

from __future__ import annotations

from bittensor_lab.scenarios import SCENARIOS
from bittensor_lab.scenarios.page import page

if __name__ == "__main__":
    print(page(SCENARIOS, {each.name: each.play(0).number for each in SCENARIOS}), end="")

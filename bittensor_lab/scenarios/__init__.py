"""Scenarios: one line to run, one thing to learn, one number to look at.

    outcome = scenarios.run("price pump", seed=3)
    outcome.number          what the scenario is about
    outcome.frame           how it came about, as a table

A scenario compares two futures of one network that differ in a single thing, on the engine itself. It is
a frozen record, so that a lesson, a test and a sweep all mean the same by its name.
"""

from __future__ import annotations

from bittensor_lab.errors import InputError
from bittensor_lab.scenarios import bonds, childkeys, consensus, copying, emission, life, registration, work
from bittensor_lab.scenarios.base import Outcome, Scenario, earned, rich

__all__ = ["SCENARIOS", "Outcome", "Scenario", "earned", "names", "rich", "run"]

SCENARIOS = (
    *consensus.SCENARIOS,
    *bonds.SCENARIOS,
    *copying.SCENARIOS,
    *childkeys.SCENARIOS,
    *work.SCENARIOS,
    *registration.SCENARIOS,
    *emission.SCENARIOS,
    *life.SCENARIOS,
)


def names() -> tuple[str, ...]:
    """The names of all scenarios, in their order."""
    return tuple(each.name for each in SCENARIOS)


def run(name: str, seed: int = 0) -> Outcome:
    """Run the scenario called ``name``; raises InputError if there is none."""
    for each in SCENARIOS:
        if each.name == name:
            return each.play(seed)
    raise InputError(f"there is no scenario {name!r}", remedy=f"Known: {', '.join(names())}.")

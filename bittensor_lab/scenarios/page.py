"""All scenarios as a page of documentation: what each teaches, the number to look at, and what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bittensor_lab.scenarios.base import Scenario


def page(scenarios: Sequence[Scenario], numbers: Mapping[str, float]) -> str:
    """Return the page in Markdown; ``numbers`` are those of seed 0, by name."""
    lines = [
        "# Scenarios",
        "",
        "Each is one line to run, one thing to learn and one number to look at, computed on the engine:",
        "",
        "```python",
        "from bittensor_lab import scenarios",
        "",
        f'outcome = scenarios.run("{scenarios[0].name}", seed=0)',
        "outcome.number, outcome.frame",
        "```",
        "",
        "The numbers are those of seed 0, to three digits; another seed is another network. Amounts are in",
        "networks small enough for a lesson, so look at signs and ratios. Made by",
        "`python -m bittensor_lab.scenarios > docs/reference/scenarios.md`.",
        "",
        "| scenario | what it teaches | the number | seed 0 |",
        "|---|---|---|--:|",
        *(_line(each, numbers[each.name]) for each in scenarios),
    ]
    return "\n".join(lines) + "\n"


def _line(scenario: Scenario, number: float) -> str:
    shown = f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
    number_is = scenario.number[0].upper() + scenario.number[1:]
    return f"| {scenario.name} | {scenario.teaches} | {number_is} | {shown} |"

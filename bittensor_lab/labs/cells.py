"""Cells of the playground's tables: what ``board.Table`` shows of a DataFrame, a quote or a log."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bittensor_lab.labs.actions import Line
from bittensor_lab.play import YOUR_HOTKEY, YOUR_MINERS
from bittensor_lab.play.telling import Told
from bittensor_lab.play.views import Neuron
from bittensor_lab.state import ROOT_NETUID
from bittensor_lab.units import MINUS, NO_BREAK_SPACE, THIN_SPACE

Cell = dict[str, Any]
SHORT = {YOUR_HOTKEY: "yours"} | {name: name.removeprefix("your-") for name in YOUR_MINERS}


def position_rows(held: pd.DataFrame, free: float) -> list[list[Cell]]:
    """Return a row per position, with what leaving it would cost, and the totals with what is free."""
    rows = [
        _position(*row)
        for row in held[["netuid", "hotkey", "stake", "value", "exit_value"]].itertuples(index=False)
    ]
    total: list[Cell] = [{"text": "With free, τ", "strong": True}]
    total += [{"text": _number(held[name].sum() + free), "strong": True} for name in ("value", "exit_value")]
    return [*rows, total]


def _position(netuid: int, hotkey: str, stake: float, worth: float, leaving: float) -> list[Cell]:
    root = netuid == ROOT_NETUID
    lost = 100 * (leaving / worth - 1) if worth else 0.0
    name = {"text": "Root" if root else f"SN {netuid}", "tone": "tao" if root else "alpha", "strong": True}
    unit = "τ" if root else "α"
    cost = "no pool" if root else f"{MINUS}{abs(lost):.1f}{NO_BREAK_SPACE}%"
    return [
        {**name, "sub": f"{_number(stake)}{NO_BREAK_SPACE}{unit}, {SHORT.get(hotkey, hotkey)}"},
        {"text": _number(worth)},
        {"text": _number(leaving), "sub": cost, "subtone": "lost" if abs(lost) >= 5 else "other"},
    ]


def quote_rows(lines: tuple[Line, ...]) -> list[list[Cell]]:
    """Return a quote line by line, the result first and larger."""
    return [
        [
            {"text": line.words},
            {"text": line.value, "strong": line.is_result, "big": line.is_result, "tone": line.tone},
        ]
        for line in lines
    ]


def neuron_rows(neurons: list[Neuron]) -> list[list[Cell]]:
    """Return a metagraph, validators above miners."""
    rows: list[list[Cell]] = []
    for validator, word, tone in (
        (True, "Validators by stake", "validator"),
        (False, "Miners by incentive", "miner"),
    ):
        rows.append([{"text": word, "tone": tone, "strong": True, "span": 5}])
        rows += [_neuron(row, tone) for row in neurons if row.is_validator == validator]
    return rows


def _neuron(row: Neuron, tone: str) -> list[Cell]:
    aside = "yours" if row.yours else "next out" if row.next_out else ""
    past = [round(value, 4) for value in row.spark]
    told = f"last {len(past)} epochs, from {past[0]:.0%} to {past[-1]:.0%}" if past else "no epoch yet"
    return [
        {
            "text": str(row.uid),
            "tone": tone,
            "strong": True,
            "aside": aside,
            "asidetone": "lost" if aside == "next out" else "",
        },
        {"text": _number(row.stake)},
        {"text": f"{100 * row.share:.0f}{NO_BREAK_SPACE}%"},
        {"text": told, "tone": tone, "spark": past},
        {"text": f"{row.emission:.1f}"},
    ]


def event_rows(events: list[Told]) -> list[list[Cell]]:
    """Return the last events, newest first: block, the chain's name of it, and what happened in words."""
    return [
        [
            {"text": _block(event.block), "when": True},
            {"text": event.name, "code": True, "sub": event.words, "left": True, "strong": event.yours},
        ]
        for event in events
    ]


def future_rows(futures: pd.DataFrame) -> list[list[Cell]]:
    """Return two futures side by side, and what the one shown has more."""
    rows: list[list[Cell]] = []
    for words, (ours, theirs) in zip(futures.index, futures.to_numpy(), strict=True):
        digits = 4 if "price" in str(words) and "SN" in str(words) else 1
        numbers = [f"{value:,.{digits}f}".replace(",", THIN_SPACE) for value in (ours, theirs)]
        more = _signed(ours - theirs, digits)
        rows.append(
            [{"text": str(words)}, *({"text": text} for text in numbers), {"text": more, "strong": True}]
        )
    return rows


def _block(number: int) -> str:
    return f"{number:,}".replace(",", THIN_SPACE)


def _number(value: float) -> str:
    return f"{value:,.1f}".replace(",", THIN_SPACE)


def _signed(value: float, digits: int) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):,.{digits}f}".replace(",", THIN_SPACE)

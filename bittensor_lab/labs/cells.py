"""Cells of the playground's tables: what ``board.Table`` shows of a DataFrame or a quote."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bittensor_lab.events import Event
from bittensor_lab.quotes import Quote
from bittensor_lab.state import ROOT_NETUID
from bittensor_lab.units import MINUS, NO_BREAK_SPACE, THIN_SPACE, format_tao

Cell = dict[str, Any]


def position_rows(held: pd.DataFrame) -> list[list[Cell]]:
    """Return a row per position, with what leaving it would cost, and the totals."""
    rows = [
        _position(*row)
        for row in held[["netuid", "hotkey", "stake", "value", "exit_value"]].itertuples(index=False)
    ]
    total: list[Cell] = [{"text": "Total, τ", "strong": True}]
    total += [{"text": _number(held[name].sum()), "strong": True} for name in ("value", "exit_value")]
    return [*rows, total]


def _position(netuid: int, hotkey: str, stake: float, worth: float, leaving: float) -> list[Cell]:
    root = netuid == ROOT_NETUID
    lost = 100 * (leaving / worth - 1) if worth else 0.0
    name = {"text": "Root" if root else f"SN {netuid}", "tone": "tao" if root else "alpha", "strong": True}
    unit = "τ" if root else "α"
    cost = "no pool" if root else f"{MINUS}{abs(lost):.1f}{NO_BREAK_SPACE}%"
    return [
        {**name, "sub": f"{_number(stake)}{NO_BREAK_SPACE}{unit}, {hotkey}"},
        {"text": _number(worth)},
        {"text": _number(leaving), "sub": cost, "subtone": "lost" if abs(lost) >= 5 else "other"},
    ]


def quote_rows(quote: Quote, buys: bool, fee: str) -> list[list[Cell]]:
    """Return a quote line by line, the result first."""
    got, given = ("α", "τ") if buys else ("τ", "α")
    lines = [
        ("You get", format_tao(quote.out, got, 2)),
        ("Spot price", f"{quote.spot_price:.4f} τ/α"),
        ("You pay on average" if buys else "You are paid on average", f"{quote.average_price:.4f} τ/α"),
        ("Slippage, average vs spot", f"{100 * quote.slippage:.1f}{NO_BREAK_SPACE}%"),
        ("Price impact, spot after", f"{_signed(100 * quote.price_impact)}{NO_BREAK_SPACE}%"),
        (fee, format_tao(quote.fee, given, 3)),
    ]
    return [
        [
            {"text": words, "strong": not i},
            {"text": value, "strong": not i, "tone": ("alpha" if buys else "tao") if not i else ""},
        ]
        for i, (words, value) in enumerate(lines)
    ]


def neuron_rows(neurons: pd.DataFrame, lately: dict[int, list[float]]) -> list[list[Cell]]:
    """Return a metagraph, validators above miners; ``lately`` is what each uid got, epoch by epoch."""
    rows: list[list[Cell]] = []
    for validator, word, tone in (
        (True, "Validators by stake", "validator"),
        (False, "Miners by incentive", "miner"),
    ):
        rows.append([{"text": word, "tone": tone, "strong": True, "span": 5}])
        listed = neurons[neurons.validator == validator]
        paid = [lately.get(uid, []) for uid in listed.uid.tolist()]
        rows += [_neuron(row, tone, got) for row, got in zip(listed.itertuples(), paid, strict=True)]
    return rows


def _neuron(row: Any, tone: str, lately: list[float]) -> list[Cell]:
    return [
        {"text": f"{row.uid} yours" if row.yours else str(row.uid), "tone": tone, "strong": True},
        {"text": _number(row.stake)},
        {"text": f"{100 * row.share:.0f}{NO_BREAK_SPACE}%"},
        {"text": f"{row.emission:.1f}"},
        {"text": f"{len(lately)} epochs, the last {row.emission:.1f}", "spark": lately or [0.0]},
    ]


def event_rows(events: list[tuple[int, Event]]) -> list[list[Cell]]:
    """Return the last events, newest first: block, the chain's name of it, and its values in words."""
    return [
        [
            {"text": event.name, "sub": _in_words(event)},
            {"text": f"{block:,}".replace(",", THIN_SPACE), "tone": "other"},
        ]
        for block, event in events
    ]


def _in_words(event: Event) -> str:
    """An event's values: amounts as people read them, the rest as it is."""
    alpha = {"alpha", "owner", "miners", "withheld", "validators", "root", "recycled", "mass"}
    parts: list[str] = []
    for name, value in vars(event).items():
        if name == "netuid":
            parts.insert(0, f"SN {value}")
        elif isinstance(value, int) and name in alpha | {"tao", "cost", "amount"}:
            parts.append(f"{name} {format_tao(value, 'α' if name in alpha else 'τ', 2)}")
        elif isinstance(value, str | int) and value != "":
            parts.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(parts[:5])


def _number(value: float) -> str:
    return f"{value:,.1f}".replace(",", THIN_SPACE)


def _signed(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.1f}"

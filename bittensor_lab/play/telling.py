"""What happened, told: the chain's events as one line in plain words each.

    StakeAdded(...)  →  Told(4772, "StakeAdded", "you: 800 τ → 15 961.4 α of SN 3", 3, yours=True)

An event whose words are not below is told by its values.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.events import (
    AlphaBurned,
    EmissionDistributed,
    EpochRan,
    Event,
    HyperparameterSet,
    NeuronRegistered,
    RootClaimed,
    StakeAdded,
    StakeMoved,
    StakeRemoved,
    WeightsSet,
)
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import format_tao

UNTOLD = (EpochRan, RootClaimed)
"""draws by lot and epochs come all the time; what an epoch pays out is told"""
ALPHA = {"alpha", "owner", "miners", "withheld", "validators", "root", "recycled", "mass"}
TAO = {"tao", "cost", "amount"}


@dataclass(frozen=True)
class Told:
    """An event in words."""

    block: int
    name: str
    """the chain's"""
    words: str
    netuid: int
    """0 where it is of no subnet"""
    yours: bool = False


def told(event: Event, state: State, you: str) -> Told | None:
    """Return an event of a state's block in words, or None if it is not worth any."""
    if isinstance(event, UNTOLD):
        return None
    netuid = int(getattr(event, "netuid", 0) or 0)
    yours = _whose(event, state) == you
    return Told(state.block, event.name, in_words(event, state, you), netuid, yours)


def _whose(event: Event, state: State) -> str:
    """The coldkey behind an event, or nothing."""
    if isinstance(event, WeightsSet):
        return state.owner.get(state.subnet(event.netuid).hotkeys[event.uid], "")
    if isinstance(event, NeuronRegistered):
        return state.owner.get(event.hotkey, "")
    return str(getattr(event, "coldkey", ""))


def in_words(event: Event, state: State, you: str) -> str:
    """Return what happened: who, how much, where."""
    who, place = _named(_whose(event, state), you), _place(int(getattr(event, "netuid", 0) or 0))
    match event:
        case StakeAdded() | StakeRemoved() | StakeMoved() | AlphaBurned():
            return _traded(event, who, place)
        case WeightsSet():
            return f"{who} on {place}, as uid {event.uid}"
        case NeuronRegistered():
            return f"{event.hotkey}: uid {event.uid} on {place}, {format_tao(event.cost, digits=3)} burned"
        case HyperparameterSet():
            return f"{place}, {event.parameter}: {event.before} → {event.after}"
        case EmissionDistributed():
            paid = event.owner + event.miners + event.validators + event.root
            return (
                f"{place} pays {format_tao(paid, 'α', 1)}, of it {format_tao(event.miners, 'α', 1)} to miners"
            )
    return _by_values(event)


def _traded(event: StakeAdded | StakeRemoved | StakeMoved | AlphaBurned, who: str, place: str) -> str:
    if isinstance(event, AlphaBurned):
        return f"{who} burns {format_tao(event.alpha, 'α', 1)} of {place}"
    if isinstance(event, StakeMoved):
        there = f"{format_tao(event.to_alpha, 'α', 1)} of {_place(event.to_netuid)}"
        there += f", {event.to_hotkey}" if event.to_hotkey != event.hotkey else ""
        return f"{who}: {format_tao(event.alpha, 'α', 1)} of {place} → {there}"
    tao, alpha = format_tao(event.tao, digits=1), f"{format_tao(event.alpha, 'α', 1)} of {place}"
    adds = isinstance(event, StakeAdded)
    if event.netuid == ROOT_NETUID:
        return f"{who}: {tao} {'on' if adds else 'off'} root"
    return f"{who}: {tao} → {alpha}" if adds else f"{who}: {alpha} → {tao}"


def _named(who: str, you: str) -> str:
    return "you" if who == you else who.removesuffix("-cold") or "the chain"


def _place(netuid: int) -> str:
    return f"SN {netuid}" if netuid else "root"


def _by_values(event: Event) -> str:
    parts: list[str] = []
    for name, value in vars(event).items():
        if name == "netuid":
            parts.insert(0, _place(value or 0))
        elif isinstance(value, int) and name in ALPHA | TAO:
            parts.append(f"{name} {format_tao(value, 'α' if name in ALPHA else 'τ', 2)}")
        elif isinstance(value, str | int) and value != "":
            parts.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(parts[:5])

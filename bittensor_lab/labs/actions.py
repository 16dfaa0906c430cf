"""What the playground's forms ask for, as an extrinsic, and what that would do, before it is done.

    wish      = Wish("stake", 3, "your-validator", amount=100.0)
    extrinsic = extrinsic_of(state, wish)
    offer     = offered(state, wish)          button, lines of the quote; or the refusal

A quote does what the button would do, on the present state, and throws the result away. So whatever the
chain would refuse is known, and said, before anything is pressed. Sliders of rules are drawn from the rules'
own metadata: name, range, unit, who may set it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bittensor_lab.block import Events, Extrinsic, apply
from bittensor_lab.errors import LabError
from bittensor_lab.events import StakeAdded, StakeMoved, StakeRemoved
from bittensor_lab.extrinsics import (
    AddStake,
    AddStakeLimit,
    BurnedRegister,
    MoveStake,
    RemoveStake,
    RemoveStakeLimit,
    SetHyperparameter,
    SetTempo,
    SetWeights,
    SwapStake,
)
from bittensor_lab.labs.refusals import Refusal, refused
from bittensor_lab.market import alpha_price
from bittensor_lab.neurons import prunable
from bittensor_lab.params import Hyperparameters, meaning, meanings
from bittensor_lab.play import YOU, YOUR_HOTKEY
from bittensor_lab.quotes import Quote, quote_move
from bittensor_lab.schedule import blocks_until_next_auto
from bittensor_lab.state import ROOT, ROOT_NETUID, State
from bittensor_lab.units import MINUS, NO_BREAK_SPACE, RAO_PER_TAO, U64_MAX, format_percent, format_tao, tao

STAKE, UNSTAKE, MOVE, WEIGHTS, REGISTER, RULES = "stake", "unstake", "move", "weights", "register", "rules"
TRADES = (STAKE, UNSTAKE, MOVE)
RULE_NAMES = tuple(meanings(Hyperparameters))
MOST_AMOUNT = U64_MAX / RAO_PER_TAO
SERIES = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
"""of each power of ten, where a slider stops"""


@dataclass(frozen=True)
class Wish:
    """What the controls say."""

    mode: str
    netuid: int
    hotkey: str
    amount: float = 0.0
    """TAO to stake, alpha to unstake or move"""
    limit: float | None = None
    """price in TAO per alpha beyond which not to trade; None: at any price"""
    is_partial: bool = False
    """whether a part may be done within the limit"""
    to_netuid: int = 0
    to_hotkey: str = ""
    uids: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()
    rule: str = "tempo"
    value: float = 0.0
    """of the rule, as people read it"""
    as_root: bool = True


@dataclass(frozen=True)
class Line:
    """A line of a quote."""

    words: str
    value: str
    tone: str = ""
    is_result: bool = False


@dataclass(frozen=True)
class Offer:
    """What the button says, and what pressing it would do; or why it cannot be pressed."""

    title: str
    lines: tuple[Line, ...] = ()
    refusal: Refusal | None = None


def extrinsic_of(state: State, wish: Wish) -> Extrinsic:
    """Return what the controls ask for; raises an InputError for what no call could carry."""
    netuid, hotkey, amount = wish.netuid, wish.hotkey, tao(min(wish.amount, MOST_AMOUNT))
    match wish.mode:
        case "stake" | "unstake" if wish.limit is not None:
            kind = AddStakeLimit if wish.mode == STAKE else RemoveStakeLimit
            return kind(YOU, hotkey, netuid, amount, tao(min(wish.limit, MOST_AMOUNT)), wish.is_partial)
        case "stake":
            return AddStake(YOU, hotkey, netuid, amount)
        case "unstake":
            return RemoveStake(YOU, hotkey, netuid, amount)
        case "move" if wish.to_hotkey == hotkey:
            return SwapStake(YOU, hotkey, netuid, wish.to_netuid, amount)
        case "move":
            return MoveStake(YOU, hotkey, wish.to_hotkey, netuid, wish.to_netuid, amount)
        case "weights":
            return SetWeights(YOUR_HOTKEY, netuid, wish.uids, wish.weights)
        case "register":
            return BurnedRegister(YOU, hotkey, netuid)
    return _rule_set(state, wish)


def _rule_set(state: State, wish: Wish) -> Extrinsic:
    """A rule set as root or as the owner, whose tempo has a call of its own."""
    netuid, name, value = wish.netuid, wish.rule, stored(wish.rule, wish.value)
    origin = ROOT if wish.as_root else state.subnet(netuid).owner_coldkey
    if name == "tempo" and not wish.as_root:
        return SetTempo(origin, netuid, value)
    if name in ("alpha_low", "alpha_high"):
        h = state.hyperparameters(netuid)
        pair = (value, h.alpha_high) if name == "alpha_low" else (h.alpha_low, value)
        return SetHyperparameter(origin, netuid, "alpha_values", pair)
    return SetHyperparameter(origin, netuid, name, value)


def offered(state: State, wish: Wish) -> Offer:
    """Return what the button would do now."""
    title = _button(state, wish)
    try:
        extrinsic = extrinsic_of(state, wish)
        after, events = apply(state, extrinsic)
        return Offer(title, _lines(state, after, wish, extrinsic, events))
    except LabError as error:
        return Offer(title, _anyway(state, wish), refused(error))


def _button(state: State, wish: Wish) -> str:
    place, unit = _place(wish.netuid), "α" if wish.netuid else "τ"
    amount = f"{wish.amount:,.2f}".rstrip("0").rstrip(".").replace(",", "\u202f")
    match wish.mode:
        case "stake":
            return f"Stake {amount} τ on {place}"
        case "unstake":
            return f"Unstake {amount} {unit} {'of' if wish.netuid else 'from'} {place}"
        case "move":
            word = "Move" if wish.to_netuid == wish.netuid else "Swap"
            return f"{word} {amount} {unit} to {_place(wish.to_netuid)}"
        case "weights":
            return f"Set weights on {place}"
        case "register":
            return f"Register {wish.hotkey} on {place}"
    return f"Set {meaning(wish.rule).label.lower()} on {place}"


def _place(netuid: int) -> str:
    return f"SN {netuid}" if netuid else "root"


# --- quotes --------------------------------------------------------------------------------------


def _lines(state: State, after: State, wish: Wish, extrinsic: Extrinsic, events: Events) -> tuple[Line, ...]:
    match wish.mode:
        case "stake" | "unstake":
            return _trade_lines(state, after, wish, events)
        case "move":
            return _move_lines(state, wish, extrinsic, events)
        case "weights":
            return _weight_lines(state, wish)
        case "register":
            return _register_lines(state, after, wish)
    return _rule_lines(state, wish)


def _anyway(state: State, wish: Wish) -> tuple[Line, ...]:
    """What is worth knowing even of what is refused."""
    if wish.mode == RULES:
        return _rule_lines(state, wish)
    if wish.mode == REGISTER and wish.netuid:
        return (Line("It costs", format_tao(int(state.clocks.burn[wish.netuid]), digits=3), "tao", True),)
    return ()


def _trade_lines(state: State, after: State, wish: Wish, events: Events) -> tuple[Line, ...]:
    done = next(event for event in events if isinstance(event, StakeAdded | StakeRemoved))
    if wish.netuid == ROOT_NETUID:
        return (
            Line("You get", format_tao(done.tao, digits=2), "tao", True),
            Line("Root has no pool", "1 to 1"),
        )
    buys = isinstance(done, StakeAdded)
    paid, out = (done.tao, done.alpha) if buys else (done.alpha, done.tao)
    average = done.tao / done.alpha if done.alpha else 0.0
    before, later = alpha_price(state, wish.netuid), alpha_price(after, wish.netuid)
    quote = Quote(paid, out, done.fee, before, average, later)
    return (
        Line("You get", format_tao(out, "α" if buys else "τ", 2), "alpha" if buys else "tao", True),
        *_cost(quote, buys),
        Line("Fee", format_tao(done.fee, "τ" if buys else "α", 3)),
        *([Line("Of what you asked", _part(paid + done.fee, wish.amount))] if wish.is_partial else []),
    )


def _part(done: int, asked: float) -> str:
    return format_percent(min(1.0, done / RAO_PER_TAO / asked) if asked else 0.0)


def _cost(quote: Quote, buys: bool) -> tuple[Line, ...]:
    """What a trade costs beside its fee."""
    worst = "lost" if quote.slippage >= 0.05 else ""
    return (
        Line("Spot price", f"{quote.spot_price:.4f}{NO_BREAK_SPACE}τ/α"),
        Line(
            f"You {'pay' if buys else 'are paid'} on average", f"{quote.average_price:.4f}{NO_BREAK_SPACE}τ/α"
        ),
        Line("Slippage", format_percent(quote.slippage, 1), worst),
        Line("Price impact", format_percent(quote.price_impact, 1, signed=True)),
    )


def _move_lines(state: State, wish: Wish, extrinsic: Extrinsic, events: Events) -> tuple[Line, ...]:
    moved = next(event for event in events if isinstance(event, StakeMoved))
    unit = "α" if wish.to_netuid else "τ"
    got = Line("You get", format_tao(moved.to_alpha, unit, 2), "alpha" if wish.to_netuid else "tao", True)
    if wish.netuid == wish.to_netuid:
        return (got, Line("Same subnet, another hotkey", "no trade, no fee"))
    sold, bought = quote_move(state, extrinsic)
    fee = sold.fee or bought.fee
    return (
        got,
        Line("On the way", format_tao(sold.out, digits=2)),
        *(
            [Line(f"{_place(wish.netuid)} falls", format_percent(sold.price_impact, 1, True))]
            if wish.netuid
            else []
        ),
        *(
            [Line(f"{_place(wish.to_netuid)} rises", format_percent(bought.price_impact, 1, True))]
            if wish.to_netuid
            else []
        ),
        Line("Slippage, both trades", format_percent(sold.slippage + bought.slippage, 1)),
        Line("Fee", format_tao(fee, "α" if sold.fee else "τ", 3)),
    )


def _weight_lines(state: State, wish: Wish) -> tuple[Line, ...]:
    subnet = state.subnet(wish.netuid)
    uid = subnet.uids[YOUR_HOTKEY]
    share = int(subnet.stake_weight[uid]) / max(1, int(subnet.stake_weight.astype(np.int64).sum()))
    wait = state.hyperparameters(wish.netuid).weights_set_rate_limit
    return (
        Line("They count", _epoch(state, wish.netuid), "validator", True),
        Line("Your part of stake", format_percent(share, 1)),
        Line("Majority needed", format_percent(state.hyperparameters(wish.netuid).kappa / 65535)),
        Line("Set again", f"after {wait} blocks"),
    )


def _epoch(state: State, netuid: int) -> str:
    left = blocks_until_next_auto(state, netuid)
    return "never: tempo 0" if left is None else f"in {left} blocks"


def _register_lines(state: State, after: State, wish: Wish) -> tuple[Line, ...]:
    subnet, h = state.subnet(wish.netuid), state.hyperparameters(wish.netuid)
    is_full = subnet.n >= h.max_allowed_uids
    paid = state.free.get(YOU, 0) - after.free.get(YOU, 0)
    return (
        Line("It costs, burned", format_tao(paid, digits=3), "tao", True),
        Line("Place", f"takes uid {prunable(state, subnet)}'s" if is_full else f"uid {subnet.n}, free"),
        Line("Safe from removal", f"for {h.immunity_period} blocks"),
        Line("The next one costs", format_tao(int(after.clocks.burn[wish.netuid]), digits=3)),
    )


def _rule_lines(state: State, wish: Wish) -> tuple[Line, ...]:
    meant = meaning(wish.rule)
    now = getattr(state.hyperparameters(wish.netuid), wish.rule)
    new = stored(wish.rule, wish.value)
    who = "owner and root" if meant.who == "owner" else "root only"
    return (
        Line("New value", said(wish.rule, new), "validator", True),
        Line("Now", said(wish.rule, int(now))),
        Line(
            "Stored as",
            f"{new:,}".replace(",", "\u202f").replace("-", MINUS) if new < 10**12 else f"{new:.3e}",
        ),
        Line("Who may set it", who),
    )


# --- rules ---------------------------------------------------------------------------------------


def stored(name: str, value: float) -> int:
    """Return what people read as the chain stores it, within what its storage can hold."""
    meant = meaning(name)
    return int(min(max(round(value * meant.scale), meant.low), meant.high))


def read(name: str, value: int) -> float:
    """Return a stored value as people read it."""
    return value / meaning(name).scale


def said(name: str, value: int) -> str:
    """Return a stored value in words."""
    meant = meaning(name)
    if meant.unit == "on or off":
        return "on" if value else "off"
    number = f"{value / meant.scale:,.4f}".rstrip("0").rstrip(".") if value < 10**15 * meant.scale else "∞"
    unit = {"rao": "τ", "of 65535": "", "parts per million": "", "of 2⁶⁴": "×", "rao of alpha": "α"}
    word = unit.get(meant.unit, meant.unit if meant.scale == 1 else "")
    return f"{number}{NO_BREAK_SPACE}{word}".strip().replace(",", "\u202f").replace("-", MINUS)


def stops(name: str, as_root: bool) -> list[float]:
    """Return the values at which the slider of a rule stops, from its metadata: lowest to highest."""
    meant = meaning(name)
    is_bound = not as_root or meant.binds_root
    low = meant.setter_low if is_bound and meant.setter_low is not None else meant.low
    high = meant.setter_high if is_bound and meant.setter_high is not None else meant.high
    first, last = low / meant.scale, high / meant.scale
    if meant.scale == 1 and high - low <= 300:
        return [float(value) for value in range(low, high + 1)]
    if meant.scale > 1 and last <= 10:
        return [round(first + (last - first) * part / 100, 6) for part in range(101)]
    least = max(1.0, 1e-4 * meant.scale) / meant.scale
    powers = range(int(np.floor(np.log10(least))), int(np.ceil(np.log10(last))) + 1)
    steps = [step * 10.0**power for power in powers for step in SERIES]
    whole = [step for step in steps if meant.scale > 1 or step == int(step)]
    found = {first, last, 0.0, *whole, *(-step for step in whole if first < 0)}
    return sorted(value for value in found if first <= value <= last)

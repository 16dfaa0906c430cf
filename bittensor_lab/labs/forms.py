"""The playground's form: six things one can do, and the controls of each, fitted to the chain as it is.

``Form`` holds the widgets and says what they ask for as a ``Wish``; ``actions`` knows what that means. A
control that has nothing to say is hidden. Ends of sliders follow what one has; the numbers one set stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bittensor_lab.labs.actions import (
    MOVE,
    REGISTER,
    RULE_NAMES,
    RULES,
    STAKE,
    TRADES,
    UNSTAKE,
    WEIGHTS,
    Wish,
    read,
    stops,
)
from bittensor_lab.labs.board import Deeds, Dial, Pick
from bittensor_lab.labs.controls import Choice, MatrixEditor, Part
from bittensor_lab.labs.lab import box
from bittensor_lab.labs.scales import nice
from bittensor_lab.market import alpha_price
from bittensor_lab.params import meaning
from bittensor_lab.play import HOME, VALIDATORS, YOU, YOUR_HOTKEY, YOUR_MINERS
from bittensor_lab.play.others import miners
from bittensor_lab.stake import stake_of
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import RAO_PER_TAO, format_tao

DEEDS = [
    (STAKE, "Stake"), (UNSTAKE, "Unstake"), (MOVE, "Move"),
    (WEIGHTS, "Weights"), (REGISTER, "Register"), (RULES, "Rules"),
]  # fmt: skip
CALLS = {STAKE: "add_stake", UNSTAKE: "remove_stake", MOVE: "move_stake"}
VALIDATOR_NAMES = tuple(f"validator-{v + 1}" for v in range(VALIDATORS))
ALWAYS = {STAKE, UNSTAKE, MOVE, REGISTER}
"""what is done with a hotkey that one chooses"""


class Form:
    """The controls; ``changed(stamp)`` is called when one moves, ``chosen(stamp)`` when a menu does."""

    def __init__(self, chosen: Callable[[int], None], changed: Callable[[int], None]) -> None:
        self.mode = Deeds(title="What you do", options=DEEDS, value=STAKE)
        self.subnet = Pick(title="Subnet", value=str(HOME))
        self.hotkey = Pick(title="Hotkey", value=YOUR_HOTKEY)
        self.to_subnet = Pick(title="To subnet", value="2")
        self.to_hotkey = Pick(title="To hotkey", value=YOUR_HOTKEY)
        self.amount = Dial(title="Amount", value=100.0)
        self.limit = Dial(title="Limit price", unit="τ/α", digits=4, optional=True)
        self.partial = Choice(
            title="If the limit is reached", options=[("all", "Nothing"), ("part", "A part")], value="all"
        )
        self.weights = MatrixEditor(title="Your weights, %", chain="set_weights", rows=["you"])
        rules = [(name, meaning(name).label) for name in RULE_NAMES]
        self.rule = Pick(title="Rule", value="tempo", options=rules)
        self.rights = Choice(
            title="With whose rights", options=[("root", "Root’s"), ("owner", "The owner’s")], value="root"
        )
        self.value = Dial(title="Value", digits=4)
        self._loading, self._limit_of, self._rule_of = False, ("", 0), ("", 0, "")
        self._listen(chosen, changed)

    @property
    def parts(self) -> tuple[Any, ...]:
        """The controls in their order, the menus that belong together side by side."""
        here, there = (
            box("btlab-pair", [self.subnet, self.hotkey]),
            box("btlab-pair", [self.to_subnet, self.to_hotkey]),
        )
        rules = (self.rights, self.rule, self.value)
        return (self.mode, here, there, self.amount, self.limit, self.partial, self.weights, *rules)

    def _listen(self, chosen: Callable[[int], None], changed: Callable[[int], None]) -> None:
        def told(callback: Callable[[int], None]) -> Callable[[Any], None]:
            return lambda change: None if self._loading else callback(change.owner.stamp)

        menus: tuple[Part, ...] = (self.mode, self.subnet, self.hotkey, self.rule, self.rights)
        for part in menus:
            part.observe(told(chosen), "value")
        for part in (self.to_subnet, self.to_hotkey, self.amount, self.limit, self.partial, self.value):
            part.observe(told(changed), "value")
        self.limit.observe(told(chosen), "on")
        self.weights.observe(told(changed), "values")

    # --- what they say -----------------------------------------------------------------------------

    @property
    def netuid(self) -> int:
        """The subnet that is chosen; 0 is root."""
        return int(self.subnet.value)

    def wish(self, state: State) -> Wish:
        """Return what the controls ask for."""
        limited = self.limit.on and self.mode.value in (STAKE, UNSTAKE)
        return Wish(
            self.mode.value,
            self.netuid,
            self.hotkey.value,
            amount=max(0.0, self.amount.value),
            limit=max(0.0, self.limit.value) if limited else None,
            is_partial=limited and self.partial.value == "part",
            to_netuid=int(self.to_subnet.value),
            to_hotkey=self.to_hotkey.value,
            uids=self._miners(state),
            weights=tuple(self.weights.values[0]) if self.weights.values else (),
            rule=self.rule.value,
            value=self.value.value,
            as_root=self.rights.value == "root",
        )

    def _miners(self, state: State) -> tuple[int, ...]:
        return tuple(miners(state.subnet(self.netuid))) if self.netuid else ()

    # --- fitted to the chain -----------------------------------------------------------------------

    def fit(self, state: State) -> None:
        """Offer what can be done now."""
        self._loading = True
        try:
            mode = self.mode.value
            self._hide(mode)
            self._fit_places(state, mode)
            if mode in TRADES:
                self._fit_amount(state, mode)
            if mode in (STAKE, UNSTAKE):
                self._fit_limit(state, mode)
            if mode == WEIGHTS:
                self._fit_weights(state)
            if mode == RULES:
                self._fit_rule(state)
        finally:
            self._loading = False

    def _hide(self, mode: str) -> None:
        limits = mode in (STAKE, UNSTAKE) and self.netuid != ROOT_NETUID
        self.hotkey.hidden = mode not in ALWAYS
        self.to_subnet.hidden = self.to_hotkey.hidden = mode != MOVE
        self.amount.hidden = mode not in TRADES
        self.limit.hidden = not limits
        self.partial.hidden = not (limits and self.limit.on)
        self.weights.hidden = mode != WEIGHTS
        self.rights.hidden = self.rule.hidden = self.value.hidden = mode != RULES

    def _fit_places(self, state: State, mode: str) -> None:
        subnets = [(str(netuid), f"SN {netuid}") for netuid in state.netuids]
        with_root = [*subnets, (str(ROOT_NETUID), "Root")]
        _offer(self.subnet, with_root if mode in TRADES else subnets)
        _offer(self.to_subnet, with_root)
        yours = [name for name in YOUR_MINERS if name in state.owner]
        keys = [YOUR_HOTKEY, *YOUR_MINERS] if mode == REGISTER else [YOUR_HOTKEY, *yours, *VALIDATOR_NAMES]
        _offer(self.hotkey, [(key, key) for key in keys])
        _offer(self.to_hotkey, [(key, key) for key in (YOUR_HOTKEY, *yours, *VALIDATOR_NAMES)])

    def _fit_amount(self, state: State, mode: str) -> None:
        held = stake_of(state, self.netuid, self.hotkey.value, YOU)
        most = state.free.get(YOU, 0) if mode == STAKE else held
        unit = "τ" if mode == STAKE or self.netuid == ROOT_NETUID else "α"
        whole = most / RAO_PER_TAO
        high = math.floor(whole) if mode == STAKE else math.ceil(whole * 100) / 100  # more is all of it
        same = self.to_hotkey.value == self.hotkey.value
        with self.amount.hold_sync():
            self.amount.title = f"Amount, of {format_tao(most, unit, 1)}"
            self.amount.chain = "swap_stake" if mode == MOVE and same else CALLS[mode]
            self.amount.unit, self.amount.high = unit, max(1.0, float(high))
            self.amount.step = max(0.01, nice(self.amount.high) / 200)

    def _fit_limit(self, state: State, mode: str) -> None:
        """A limit that a trade of some size reaches; it is proposed anew for another subnet or side."""
        if self.netuid == ROOT_NETUID or self._limit_of == (mode, self.netuid):
            return
        self._limit_of = mode, self.netuid
        price = alpha_price(state, self.netuid)
        with self.limit.hold_sync():
            self.limit.chain = f"{CALLS[mode]}_limit"
            self.limit.low, self.limit.high = round(price / 2, 4), round(price * 2, 4)
            self.limit.step, self.limit.value = 0.0001, round(price * (1.02 if mode == STAKE else 0.98), 4)

    def _fit_weights(self, state: State) -> None:
        names = [f"M{uid}" for uid in self._miners(state)]
        if self.weights.columns != names:
            even = [100 // len(names)] * len(names) if names else []
            even[:1] = [100 - sum(even[1:])] if names else []
            self.weights.columns, self.weights.values = names, [even]

    def _fit_rule(self, state: State) -> None:
        name, rights = self.rule.value, self.rights.value
        meant = meaning(name)
        now = read(name, int(getattr(state.hyperparameters(self.netuid), name)))
        with self.rule.hold_sync():
            self.rule.chain, self.rule.sentence = name, meant.sentence
        if self._rule_of == (name, self.netuid, rights):
            return
        is_new, self._rule_of = self._rule_of[:2] != (name, self.netuid), (name, self.netuid, rights)
        with self.value.hold_sync():
            self.value.title = f"Value, {meant.unit}" if meant.scale == 1 else "Value"
            self.value.chain = meant.storage
            self.value.unit = "τ" if meant.unit == "rao" else ""
            self.value.stops = sorted({*stops(name, rights == "root"), now})
            self.value.value = now if is_new else self.value.value


def _offer(menu: Pick, options: list[tuple[str, str]]) -> None:
    """Give a menu its options, and its first one if what was chosen is gone."""
    with menu.hold_sync():
        menu.options = options
        if menu.value not in [key for key, _ in options]:
            menu.value = options[0][0]

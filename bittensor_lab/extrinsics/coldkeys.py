"""A new coldkey for an old one: announced under its hash, and days later all that was the old one's moves.

    announce_coldkey_swap(hash)  pays the first time; again only some blocks after the wait is over
    swap_coldkey_announced(new)  when the wait is over, to the key of that hash, which must be an unused one

What hangs on a coldkey: shares of stake, hotkeys, subnets, locks, destinations, root claims, its free TAO.
Shares change their name and nothing else, so that nobody's stake moves by a rao.

Source: ``spec/economy.md`` 9; ``swap/swap_coldkey.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from bittensor_lab import accounts
from bittensor_lab.accounts import free_tao, give_to, holding
from bittensor_lab.block import Events
from bittensor_lab.errors import (
    AnnouncedColdkeyHashDoesNotMatch,
    ColdKeyAlreadyAssociated,
    ColdkeySwapAnnouncementNotFound,
    ColdkeySwapReannouncedTooEarly,
    ColdkeySwapTooEarly,
    NewColdKeyIsHotkey,
    NotEnoughBalanceToPaySwapColdKey,
)
from bittensor_lab.events import ColdkeySwapAnnounced, ColdkeySwapped, Event
from bittensor_lab.extrinsics.arguments import Key, Said, check_arguments
from bittensor_lab.extrinsics.keys import renamed
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import AnnouncedSwap, RootClaims, State, Subnet
from bittensor_lab.units import format_tao
from bittensor_lab.weights import key_hash


@dataclass(frozen=True)
class AnnounceColdkeySwap:
    """A coldkey says by which one it will be replaced: by the key of this hash (``weights.key_hash``)."""

    coldkey: Key
    new_coldkey_hash: Said

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Recycle the cost the first time; the wait begins anew each time."""
        dust: tuple[Event, ...] = ()
        before = state.announced_swaps.get(self.coldkey)
        if before is None:
            state, dust = _paid(state, self.coldkey)
        elif state.block < (free := before.block + state.network.coldkey_swap_reannouncement_delay):
            raise ColdkeySwapReannouncedTooEarly(f"possible from block {free}, now {state.block}")
        ready = state.block + state.network.coldkey_swap_announcement_delay
        announced = state.announced_swaps.set(self.coldkey, AnnouncedSwap(ready, self.new_coldkey_hash))
        happened = ColdkeySwapAnnounced(self.coldkey, self.new_coldkey_hash)
        return state.but(announced_swaps=announced), (happened, *dust)


def _paid(state: State, coldkey: str) -> tuple[State, tuple[Event, ...]]:
    cost = state.network.key_swap_cost
    if free_tao(state, coldkey) < cost:
        raise NotEnoughBalanceToPaySwapColdKey(
            f"{holding(state, coldkey)}, asked {format_tao(cost, digits=9)}"
        )
    state, dust = accounts.take_from(state, coldkey, cost)
    return state.but(total_issuance=state.total_issuance - cost), dust


@dataclass(frozen=True)
class SwapColdkeyAnnounced:
    """A coldkey is replaced by the one that it announced."""

    coldkey: Key
    new_coldkey: Key

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check the announcement and the new key, then move stake, ownerships, locks and all TAO."""
        self._check(state)
        old, new = self.coldkey, self.new_coldkey
        state = _stake_moved(state.but(announced_swaps=state.announced_swaps.delete(old)), old, new)
        state = state.but(
            owner=Map({hotkey: new if owner == old else owner for hotkey, owner in state.owner.items()}),
            subnets=tuple(subnet and _subnet_moved(subnet, old, new) for subnet in state.subnets),
            last_key_swap=renamed(state.last_key_swap, old, new),
            claim_types=renamed(state.claim_types, old, new),
        )
        if held := free_tao(state, old):
            state = give_to(state.but(free=state.free.delete(old)), new, held)
        return state, (ColdkeySwapped(old, new),)

    def _check(self, state: State) -> None:
        announced = state.announced_swaps.get(self.coldkey)
        if announced is None:
            raise ColdkeySwapAnnouncementNotFound(f"coldkey {self.coldkey}")
        if announced.new_coldkey_hash != key_hash(self.new_coldkey):
            raise AnnouncedColdkeyHashDoesNotMatch(
                f"{self.new_coldkey} has {key_hash(self.new_coldkey)}, not {announced.new_coldkey_hash}"
            )
        if state.block < announced.block:
            raise ColdkeySwapTooEarly(f"possible from block {announced.block}, now {state.block}")
        if state.staking_hotkeys.get(self.new_coldkey) or self.new_coldkey in state.owner.values():
            raise ColdKeyAlreadyAssociated(f"{self.new_coldkey} has hotkeys or stake")
        if self.new_coldkey in state.owner:
            raise NewColdKeyIsHotkey(f"{self.new_coldkey} is a hotkey of {state.owner[self.new_coldkey]}")


def _stake_moved(state: State, old: str, new: str) -> State:
    """Let the shares of every pool, the list of hotkeys, and root's claims bear the new name."""
    staked = state.staking_hotkeys.get(old, ())
    ledgers, claims = list(state.stake), state.root_claims
    for netuid, ledger in enumerate(ledgers):
        known = {hotkey: ledger[hotkey] for hotkey in staked if hotkey in ledger}
        ledgers[netuid] = ledger.update({h: _pool_moved(pool, old, new) for h, pool in known.items()})
    for hotkey in staked:
        if hotkey in claims:
            mine = claims[hotkey]
            claims = claims.set(hotkey, RootClaims(mine.rates, renamed(mine.claimed, old, new)))
    return _place_moved(
        state.but(
            stake=tuple(ledgers), root_claims=claims, staking_hotkeys=renamed(state.staking_hotkeys, old, new)
        ),
        old,
        new,
    )


def _pool_moved(pool: SharePool, old: str, new: str) -> SharePool:
    return replace(pool, shares=renamed(pool.shares, old, new))


def _place_moved(state: State, old: str, new: str) -> State:
    """Give the new coldkey the old one's number among root's stakers."""
    number = state.root_stakers.get(old)
    if number is None:
        return state
    return state.but(
        root_stakers=renamed(state.root_stakers, old, new),
        root_staker_of=state.root_staker_of.set(number, new),
    )


def _subnet_moved(subnet: Subnet, old: str, new: str) -> Subnet:
    ledgers = ("locks", "auto_stake", "last_hotkey_swap")
    changes: dict[str, Any] = {
        name: renamed(getattr(subnet, name), old, new) for name in ledgers if old in getattr(subnet, name)
    }
    if subnet.owner_coldkey == old:
        changes["owner_coldkey"] = new
    return replace(subnet, **changes) if changes else subnet

"""Stake: whose alpha is on which hotkey, and on root whose TAO.

The stake on a hotkey of a subnet is a share pool: dividends lift everybody in it at once, staking
buys shares. Here are the few ways in which such a pool changes, and what hangs on them: an empty
pool is forgotten, and a coldkey's hotkeys are remembered. Where the alpha or TAO comes from and goes
to is the caller's business.

Source: ``spec/economy.md`` 5 and 4.6; ``staking/stake_utils.rs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from immutables import Map

from bittensor_lab.errors import InsufficientLiquidity
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import ROOT_NETUID, State

EMPTY = SharePool()


def stake_on(state: State, netuid: int, hotkey: str) -> int:
    """Return all that is staked on a hotkey of a subnet, rao of alpha, on root of TAO."""
    pool = state.stake[netuid].get(hotkey)
    return pool.value if pool else 0


def stake_of(state: State, netuid: int, hotkey: str, coldkey: str) -> int:
    """Return what a coldkey has staked on a hotkey of a subnet, rao."""
    pool = state.stake[netuid].get(hotkey)
    return pool.value_of(coldkey) if pool else 0


def stake_of_coldkey(state: State, netuid: int, coldkey: str) -> int:
    """Return what a coldkey has staked on all hotkeys of a subnet, rao."""
    return sum(stake_of(state, netuid, h, coldkey) for h in state.staking_hotkeys.get(coldkey, ()))


def with_stake(state: State, netuid: int, hotkey: str, coldkey: str, amount: int) -> State:
    """Return the state with ``amount`` rao more (or less) of a coldkey's on a hotkey.

    On root, claims are settled: new stake has no back pay, stake that leaves takes its accrual along.
    Raises InsufficientLiquidity if the amount is too small to be a share.
    """
    pool = state.stake[netuid].get(hotkey, EMPTY).with_stake(coldkey, amount)
    state = with_pool(state, netuid, hotkey, pool)
    hotkeys = state.staking_hotkeys.get(coldkey, ())
    if amount > 0 and hotkey not in hotkeys:
        state = state.but(staking_hotkeys=state.staking_hotkeys.set(coldkey, (*hotkeys, hotkey)))
    return state if netuid != ROOT_NETUID else _settled(state, hotkey, coldkey, amount)


def with_stakes(state: State, hotkey: str, coldkey: str, amounts: Mapping[int, int]) -> State:
    """Return the state with rao of new stake by netuid: as ``with_stake`` on each subnet, but in one go."""
    ledgers = list(state.stake)
    for netuid, amount in amounts.items():
        ledgers[netuid] = ledgers[netuid].set(
            hotkey, ledgers[netuid].get(hotkey, EMPTY).with_stake(coldkey, amount)
        )
    hotkeys = state.staking_hotkeys.get(coldkey, ())
    known = state.staking_hotkeys
    if hotkey not in hotkeys:
        known = known.set(coldkey, (*hotkeys, hotkey))
    return state.but(stake=tuple(ledgers), staking_hotkeys=known)


def with_dividends(state: State, netuid: int, hotkey: str, amount: int) -> State:
    """Return the state with ``amount`` rao for everyone who staked on a hotkey."""
    pool = state.stake[netuid].get(hotkey, EMPTY).with_dividends(amount)
    return with_pool(state, netuid, hotkey, pool)


def with_credits(state: State, netuid: int, credits: Iterable[tuple[str, str | None, int]]) -> State:
    """Return the state with many amounts credited in order: (hotkey, coldkey or None for everyone, rao).

    As ``with_stake`` and ``with_dividends`` on a subnet, but in one go; an amount too small to be a
    share is nobody's.
    """
    ledger, hotkeys = state.stake[netuid].mutate(), state.staking_hotkeys
    for hotkey, coldkey, amount in credits:
        if amount <= 0:
            continue
        pool = ledger.get(hotkey, EMPTY)
        if coldkey is None:
            ledger[hotkey] = pool.with_dividends(amount)
            continue
        with suppress(InsufficientLiquidity):
            ledger[hotkey] = pool.with_stake(coldkey, amount)
            known = hotkeys.get(coldkey, ())
            if hotkey not in known:
                hotkeys = hotkeys.set(coldkey, (*known, hotkey))
    state = with_ledger(state, netuid, ledger.finish())
    return state if hotkeys is state.staking_hotkeys else state.but(staking_hotkeys=hotkeys)


def with_hotkey_swapped(state: State, netuid: int, old: str, new: str) -> State:
    """Return the state with all that is staked on the hotkey ``old`` of a netuid on ``new`` instead."""
    moved = state.stake[netuid].get(old)
    if moved is None:
        return state
    pool = state.stake[netuid].get(new)
    if pool is None:
        pool = moved
    else:  # both have stakers: each one's value moves over, and what rounding leaves is for all
        before = pool.value
        for coldkey in sorted(moved.shares):
            pool = pool.with_stake(coldkey, moved.value_of(coldkey))
        pool = pool.with_dividends(before + moved.value - pool.value)
    hotkeys = state.staking_hotkeys
    for coldkey in moved.shares:
        known = hotkeys.get(coldkey, ())
        hotkeys = hotkeys if new in known else hotkeys.set(coldkey, (*known, new))
    state = with_pool(state.but(staking_hotkeys=hotkeys), netuid, new, pool)
    return with_pool(state, netuid, old, EMPTY)


def with_pool(state: State, netuid: int, hotkey: str, pool: SharePool) -> State:
    """Return the state with another share pool on a hotkey; an empty one is forgotten."""
    ledger = state.stake[netuid]
    if not pool.value and not pool.denominator.mantissa:
        ledger = ledger.delete(hotkey) if hotkey in ledger else ledger
    else:
        ledger = ledger.set(hotkey, pool)
    return with_ledger(state, netuid, ledger)


def with_ledger(state: State, netuid: int, ledger: Map[str, SharePool]) -> State:
    """Return the state with all stake of one netuid replaced."""
    return state.but(stake=(*state.stake[:netuid], ledger, *state.stake[netuid + 1 :]))


def _settled(state: State, hotkey: str, coldkey: str, amount: int) -> State:
    """Move a coldkey's watermarks by what its new, or former, root stake would be owed."""
    if amount > 0 and coldkey not in state.root_stakers:
        number = len(state.root_stakers)
        state = state.but(
            root_stakers=state.root_stakers.set(coldkey, number),
            root_staker_of=state.root_staker_of.set(number, coldkey),
        )
    claims = state.root_claims.get(hotkey)
    if claims is None or not claims.rates:
        return state
    marks = claims.claimed.get(coldkey, Map())
    for netuid, rate in claims.rates.items():
        moved = rate * abs(amount) >> 32
        mark = marks.get(netuid, 0)
        marks = marks.set(netuid, mark + moved if amount > 0 else max(0, mark - moved))
    changed = replace(claims, claimed=claims.claimed.set(coldkey, marks))
    return state.but(root_claims=state.root_claims.set(hotkey, changed))

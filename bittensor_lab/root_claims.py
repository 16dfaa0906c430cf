"""Root dividends: alpha that root's stakers earn on every subnet, and how they draw it.

    a dividend v      rate += v / (root stake on the hotkey)                    per hotkey and subnet
    owed              rate · (own root stake) − watermark                       per coldkey
    drawing x         watermark += x;   x is sold for TAO that is staked on root,  or kept as alpha

Everybody may draw by hand; besides, each block draws a few coldkeys by lot, and theirs is drawn for
them. A draw that is below the subnet's threshold, or that the pool refuses, waits.

Source: ``spec/economy.md`` 4.6; ``staking/claim_root.rs``. The lot is the BLAKE2 of (seed, block) here,
the parent block's hash on the chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from immutables import Map

from bittensor_lab.claim_math import Q32, drawn_indices, owed, with_dividend
from bittensor_lab.errors import ChainError
from bittensor_lab.events import Event, RootClaimed
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.market import trade
from bittensor_lab.stake import stake_of, stake_on, with_credits, with_stake
from bittensor_lab.state import ROOT_NETUID, ClaimType, RootClaims, State

SWAP = ClaimType()
NO_CLAIMS = RootClaims()


def with_root_dividends(state: State, netuid: int, dividends: Iterable[tuple[str, int]]) -> State:
    """Return the state with dividends, (hotkey, alpha rao), for the root stakers of hotkeys to draw.

    Where a dividend exceeds the root stake it would be shared by, the hotkey's owner gets it instead.
    """
    claims, to_owners = state.root_claims, []
    for hotkey, amount in dividends:
        staked = stake_on(state, ROOT_NETUID, hotkey)
        if amount > staked:
            to_owners.append((hotkey, state.owner[hotkey], amount))
        elif amount > 0:
            known = claims.get(hotkey, NO_CLAIMS)
            rate = with_dividend(known.rates.get(netuid, 0), amount, staked)
            claims = claims.set(hotkey, replace(known, rates=known.rates.set(netuid, rate)))
    if claims is not state.root_claims:
        state = state.but(root_claims=claims)
    return with_credits(state, netuid, to_owners) if to_owners else state


def claimable(state: State, hotkey: str, coldkey: str) -> dict[int, int]:
    """Return what a coldkey may draw through a hotkey: alpha rao by netuid, thresholds aside."""
    claims = state.root_claims.get(hotkey)
    staked = stake_of(state, ROOT_NETUID, hotkey, coldkey) if claims else 0
    if claims is None or not staked:
        return {}
    marks = claims.claimed.get(coldkey, Map())
    amounts = {n: owed(rate, staked, marks.get(n, 0)) for n, rate in sorted(claims.rates.items())}
    return {netuid: amount for netuid, amount in amounts.items() if amount > 0}


def claim(
    state: State, coldkey: str, netuids: Iterable[int] | None = None
) -> tuple[State, tuple[Event, ...]]:
    """Draw all that a coldkey is owed, on some subnets or (None) on all; what cannot be drawn waits."""
    events: list[Event] = []
    wanted = None if netuids is None else set(netuids)
    for hotkey in state.staking_hotkeys.get(coldkey, ()):
        ripe = [n for n in _ripe_on(state, hotkey, coldkey) if wanted is None or n in wanted]
        if ripe:
            state, happened = _claim_on(state, hotkey, coldkey, ripe)
            events += happened
    return state, tuple(events)


def _ripe_on(state: State, hotkey: str, coldkey: str) -> list[int]:
    """The subnets of which a coldkey may draw through a hotkey, by threshold."""
    owed_on = claimable(state, hotkey, coldkey)
    return [netuid for netuid, amount in owed_on.items() if amount >= _threshold(state, netuid)]


def _threshold(state: State, netuid: int) -> int:
    return max(1, state.hyperparameters(netuid).root_claim_threshold)


def _claim_on(state: State, hotkey: str, coldkey: str, ripe: list[int]) -> tuple[State, list[Event]]:
    """Draw on one hotkey. What is staked on root by a draw has no back pay, so it moves every watermark."""
    claims, events = state.root_claims[hotkey], list[Event]()
    rates = sorted(claims.rates.items())
    marks = dict(claims.claimed.get(coldkey, Map()).items())
    kind = state.claim_types.get(coldkey, SWAP)
    for netuid in ripe:
        staked = stake_of(state, ROOT_NETUID, hotkey, coldkey)
        amount = owed(claims.rates[netuid], staked, marks.get(netuid, 0))
        if amount < _threshold(state, netuid):
            continue
        keep = kind.keep and (kind.netuids is None or netuid in kind.netuids)
        try:
            state, tao = _draw(state, netuid, hotkey, coldkey, amount, keep)
        except ChainError:
            continue
        marks[netuid] = marks.get(netuid, 0) + amount
        if tao:
            for other, rate in rates:
                marks[other] = marks.get(other, 0) + (rate * tao >> Q32)
        events.append(RootClaimed(coldkey, hotkey, netuid, amount, tao))
    if not events:
        return state, events
    changed = replace(claims, claimed=claims.claimed.set(coldkey, Map(marks)))
    return state.but(root_claims=state.root_claims.set(hotkey, changed)), events


def _draw(
    state: State, netuid: int, hotkey: str, coldkey: str, amount: int, keep: bool
) -> tuple[State, int | None]:
    """Give a coldkey ``amount`` rao of alpha, or stake on root the TAO that it is sold for: how much, rao."""
    if keep:
        return with_stake(state, netuid, hotkey, coldkey, amount), None
    pools, sold = state.pools, trade(state, netuid, False, amount, with_fee=False)
    if not pools.initialised[netuid]:
        pools = pools.at(netuid, initialised=True, quote_weight=EVEN)
    pools = pools.plus(
        netuid, tao_in=-sold.out, alpha_in=sold.paid, alpha_out=-sold.paid,
        account=-sold.out, protocol_flow=-sold.out,
    )  # fmt: skip
    pools = pools.plus(ROOT_NETUID, tao_in=sold.out, alpha_out=sold.out, account=sold.out)
    pool = state.stake[ROOT_NETUID][hotkey].with_stake(coldkey, sold.out)
    ledger = state.stake[ROOT_NETUID].set(hotkey, pool)
    return state.but(pools=pools, stake=(ledger, *state.stake[1:])), sold.out


def drawn_by_lot(state: State, block: int) -> list[str]:
    """Return the coldkeys whose root dividends ``block`` draws for them."""
    count, n = state.network.root_claims_per_block, len(state.root_stakers)
    if not count or not n:
        return []
    lot = blake2b(f"{state.seed}:{block}".encode(), digest_size=32).digest()
    return [state.root_staker_of[number] for number in drawn_indices(lot, count, n)]


def claim_by_lot(state: State) -> tuple[State, tuple[Event, ...]]:
    """Draw for the coldkeys of this block's lot."""
    if not state.root_claims:
        return state, ()
    events: tuple[Event, ...] = ()
    for coldkey in drawn_by_lot(state, state.block):
        state, happened = claim(state, coldkey)
        events += happened
    return state, events


def blocks_without_claim(state: State, blocks: int) -> int:
    """Return how many of the next ``blocks`` blocks draw nothing by lot, counted from the first."""
    if not state.root_claims or not state.network.root_claims_per_block:
        return blocks
    idle: dict[str, bool] = {}
    for ahead in range(1, blocks + 1):
        for coldkey in drawn_by_lot(state, state.block + ahead):
            if coldkey not in idle:
                hotkeys = state.staking_hotkeys.get(coldkey, ())
                idle[coldkey] = not any(_ripe_on(state, hotkey, coldkey) for hotkey in hotkeys)
            if not idle[coldkey]:
                return ahead - 1
        if len(idle) == len(state.root_stakers):  # nobody can draw anything
            break
    return blocks


def forget_subnet(state: State, netuid: int) -> State:
    """Return the state without any root claim on a subnet."""
    changed = {
        hotkey: RootClaims(
            claims.rates.delete(netuid),
            Map({c: m.delete(netuid) if netuid in m else m for c, m in claims.claimed.items()}),
        )
        for hotkey, claims in state.root_claims.items()
        if netuid in claims.rates
    }
    return state.but(root_claims=state.root_claims.update(changed)) if changed else state

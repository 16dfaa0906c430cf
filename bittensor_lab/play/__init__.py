"""A game: a chain, what it looked like block by block, and maybe a second future of the same chain.

    game = opening(seed=7)                          # six subnets, and you with 1,000 TAO
    game = moved(game, AddStake("you", "validator-1", 3, tao(100)))
    game = passed_on(game, 60)                      # the dashed line: the same blocks without that trade
    game = forked(game)                             # from here on two futures, of which one is shown
    game = switched(game)                           # the other one
    game = dropped(game)                            # only the one that is shown

Nothing changes in place: each step gives a new game, so that undoing is keeping the old one. A trade makes a
second future by itself, the one without it; it gets whatever else you do. A fork's two futures have lives of
their own: what you do happens in the one shown. Blocks pass in both, so they can be compared at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from hashlib import blake2b

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab import store
from bittensor_lab.block import Events, Extrinsic
from bittensor_lab.chain import Chain
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import ChainError, InputError
from bittensor_lab.events import EpochRan, StakeAdded, StakeMoved, StakeRemoved
from bittensor_lab.market import alpha_price
from bittensor_lab.play.moves import Move, after_run, move_of
from bittensor_lab.play.others import among_others, endowed, one_block
from bittensor_lab.play.telling import Told, told
from bittensor_lab.presets import demo_network
from bittensor_lab.state import State
from bittensor_lab.units import ONE, format_tao, tao

__all__ = [
    "HOME", "VALIDATORS", "YOU", "YOUR_HOTKEY", "YOUR_MINERS", "Epoch", "Game", "Trail", "among_others",
    "digest", "dropped", "forked", "glimpse", "moved", "opening", "passed_on", "switched", "with_others",
]  # fmt: skip

YOU, YOUR_HOTKEY, HOME = "you", "your-validator", 3
YOUR_MINERS = ("your-miner-1", "your-miner-2", "your-miner-3")
SUBNETS, VALIDATORS, MINERS = 6, 4, 6
BLOCKS_KEPT, EVENTS_KEPT, EPOCHS_KEPT = 600, 100, 8
"""of the trail, of the log, and of each subnet"""
MAIN, FORK, WITHOUT = "main", "fork", "without the trade"
NO_EPOCHS: Map[int, tuple[Epoch, ...]] = Map()
Trade = StakeAdded | StakeRemoved | StakeMoved


@dataclass(frozen=True, eq=False)
class Trail:
    """What the network looked like at the end of each block [t], a column per netuid [t, rows]."""

    block: NDArray[np.int64]  # [t]
    share: NDArray[np.float64]  # [t, rows] of the block's TAO
    price: NDArray[np.float64]  # [t, rows] spot, TAO per alpha
    moving: NDArray[np.float64]  # [t, rows] TAO per alpha

    def longer(self, later: Sequence[Trail]) -> Trail:
        """Return the trail with what came later at its end."""
        parts = (self, *later)
        columns = ([getattr(part, item.name) for part in parts] for item in fields(Trail))
        return Trail(*(np.concatenate(column)[-BLOCKS_KEPT:] for column in columns))

    def retold(self, chain: Chain) -> Trail:
        """Return the trail with its last block as the chain is now, after a move within the block."""
        shorter = Trail(*(getattr(self, item.name)[:-1] for item in fields(Trail)))
        return shorter.longer([glimpse(chain)])


def glimpse(chain: Chain) -> Trail:
    """Return a trail of the chain's present block alone."""
    state = chain.state
    rows = len(state.subnets)
    price = [alpha_price(state, n) if state.subnets[n] else 0.0 for n in range(rows)]
    columns = emission_shares(state), np.array(price), state.pools.moving_price / ONE
    return Trail(np.array([state.block]), *(column[None, :] for column in columns))


@dataclass(frozen=True, eq=False)
class Epoch:
    """What an epoch of a subnet found, for sparklines."""

    block: int
    hotkeys: tuple[str, ...]
    incentive: NDArray[np.uint16]  # [uid]
    dividends: NDArray[np.uint16]  # [uid]


@dataclass(frozen=True, eq=False)
class Game:
    """A chain with its trail; and, if there is a second future, that."""

    chain: Chain
    trail: Trail
    without: Game | None = None
    """the second future: the one without the last trade, or the other side of a fork"""
    since: int = 0
    """the block at which the two part"""
    said: str = ""
    """the trade, in words"""
    netuid: int = 0
    """its subnet"""
    is_forked: bool = False
    """whether the second future has a life of its own"""
    name: str = MAIN
    seed: int = 0
    others: bool = False
    """whether the other people act"""
    moves: tuple[Move, ...] = ()
    """what was done since the opening"""
    events: tuple[Told, ...] = ()
    """the last ones worth telling"""
    epochs: Map[int, tuple[Epoch, ...]] = NO_EPOCHS
    """the last epochs by netuid"""


def opening(seed: int = 0) -> Game:
    """Return the start of a game: you hold 1,000 TAO and a validator on subnet 3 that has its permit."""
    state = endowed(demo_network(SUBNETS, VALIDATORS, MINERS, seed=seed))
    yours = {YOU: tao(1_450)}
    state = replace(
        state, free=state.free.update(yours), total_issuance=state.total_issuance + sum(yours.values())
    )
    chain = Chain(state)
    chain.burned_register(YOU, YOUR_HOTKEY, HOME)
    chain.add_stake(YOU, YOUR_HOTKEY, HOME, chain.state.free[YOU] - tao(1_000))
    chain.run_epochs(2, netuid=HOME)
    game = passed_on(Game(Chain(chain.state), glimpse(chain), seed=seed), 60)
    return replace(game, moves=())


def passed_on(game: Game, blocks: int) -> Game:
    """Return the game ``blocks`` blocks later, in both futures."""
    chain, seen, after = game.chain.fork(), list[Trail](), game
    for _ in range(blocks):
        happened = one_block(chain, game.seed) if game.others else chain.run(1)
        after = _recorded(after, chain, happened)
        seen.append(glimpse(chain))
    return replace(
        after,
        chain=chain,
        trail=game.trail.longer(seen),
        without=passed_on(game.without, blocks) if game.without else None,
        moves=after_run(game.moves, blocks, game.others, game.seed),
    )


def _recorded(game: Game, chain: Chain, happened: Events) -> Game:
    """The game with what has just happened in its log and its epochs; most blocks have nothing to tell."""
    if not happened:
        return game
    news = (told(event, chain.state, YOU) for event in happened)
    events = (*game.events, *(item for item in news if item))[-EVENTS_KEPT:]
    epochs = game.epochs
    for event in happened:
        if isinstance(event, EpochRan):
            subnet = chain.subnet(event.netuid)
            incentive = subnet.mechanisms[0].incentive
            found = Epoch(chain.block, subnet.hotkeys, incentive, subnet.dividends)
            epochs = epochs.set(event.netuid, (*epochs.get(event.netuid, ()), found)[-EPOCHS_KEPT:])
    return replace(game, events=events, epochs=epochs)


def moved(game: Game, extrinsic: Extrinsic) -> Game:
    """Return the game after an extrinsic; raises the chain's error, and the game stays as it was."""
    chain = game.chain.fork()
    events = chain.apply(extrinsic)
    after = _recorded(game, chain, events)
    after = replace(
        after, chain=chain, trail=game.trail.retold(chain), moves=(*game.moves, move_of(extrinsic))
    )
    if game.is_forked:
        return after
    trade = next((event for event in events if isinstance(event, Trade) and _is_trade(event)), None)
    if trade is not None:
        return replace(
            after,
            without=replace(game, without=None, name=WITHOUT),
            since=chain.block,
            said=_in_words(trade),
            netuid=trade.to_netuid if isinstance(trade, StakeMoved) and trade.to_netuid else trade.netuid,
        )
    if game.without is not None:
        with suppress(ChainError):  # what is not a trade happens without the trade too, if it can
            after = replace(after, without=moved(game.without, extrinsic))
    return after


def with_others(game: Game, act: bool) -> Game:
    """Return the game in which the other people act, or not; on both sides of a trade, on one of a fork."""
    without = game.without
    if without is not None and not game.is_forked:
        without = replace(without, others=act)
    return replace(game, others=act, without=without)


def forked(game: Game) -> Game:
    """Return the game with two futures from here on; the one shown is the new one."""
    if game.is_forked:
        raise InputError("there are two futures already", remedy="Drop one of them first.")
    alone = replace(game, without=None, since=game.chain.block, said="fork", netuid=0, is_forked=True)
    return replace(alone, name=FORK, without=replace(alone, name=MAIN))


def switched(game: Game) -> Game:
    """Return the game with its other future shown."""
    if game.without is None or not game.is_forked:
        raise InputError("there is no second future", remedy="Fork first.")
    return replace(game.without, without=replace(game, without=None))


def dropped(game: Game) -> Game:
    """Return the game with only the future that is shown."""
    return replace(game, without=None, is_forked=False, since=0, said="", netuid=0, name=MAIN)


def digest(state: State) -> str:
    """Return a short name of a state: the same for the same state, and for no other."""
    return blake2b(store.packed(state), digest_size=8).hexdigest()


def _is_trade(event: Trade) -> bool:
    """Whether a pool has moved."""
    if isinstance(event, StakeMoved):
        return event.netuid != event.to_netuid
    return bool(event.netuid)


def _in_words(event: Trade) -> str:
    if isinstance(event, StakeAdded):
        return f"you stake {format_tao(event.tao + event.fee, digits=0)}"
    done = "unstake" if isinstance(event, StakeRemoved) else "move"
    return f"you {done} {format_tao(event.alpha, 'α', 0)}"

"""A game: a chain, what it looked like block by block, and the same chain without the last move.

    game = opening(seed=7)                          # six subnets, and you with 1,000 TAO
    game = moved(game, AddStake("you", "validator-1", 3, tao(100)))
    game = passed_on(game, 60)

Nothing changes in place: each move gives a new game, so that undoing is keeping the old one. With a
move the chain is forked; the fork goes on without the move, and shows what the move has done. If others
are to act, three traders do so in both, with the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.agents import Agent, asked, momentum, turn, value_investor, yield_chaser
from bittensor_lab.block import Events, Extrinsic
from bittensor_lab.chain import Chain
from bittensor_lab.coinbase import emission_shares
from bittensor_lab.errors import ChainError
from bittensor_lab.events import EpochRan, Event, RootClaimed, StakeAdded, StakeRemoved
from bittensor_lab.market import alpha_price
from bittensor_lab.presets import demo_network
from bittensor_lab.state import State
from bittensor_lab.units import ONE, format_tao, tao

YOU, YOUR_HOTKEY, HOME = "you", "your-validator", 3
SUBNETS, VALIDATORS, MINERS = 6, 4, 6
BLOCKS_KEPT, EVENTS_KEPT = 600, 100
"""of the trail"""
EPOCHS_KEPT = 12
"""of each subnet's pay"""
OTHERS = (
    Agent("alice", "validator-1", momentum, 12),
    Agent("bob", "validator-2", value_investor, 9),
    Agent("carol", "validator-3", yield_chaser, 20),
)
"""who trades besides you, if others act"""


@dataclass(frozen=True, eq=False)
class Trail:
    """What the network looked like at the end of each block [t], a column per netuid [t, rows]."""

    block: NDArray[np.int64]  # [t]
    share: NDArray[np.float64]  # [t, rows] of the block's TAO
    price: NDArray[np.float64]  # [t, rows] spot, TAO per alpha
    moving: NDArray[np.float64]  # [t, rows] TAO per alpha

    def longer(self, chain: Chain) -> Trail:
        """Return the trail with the chain's present block at its end."""
        now = glimpse(chain)
        pairs = ((getattr(self, item.name), getattr(now, item.name)) for item in fields(Trail))
        return Trail(*(np.concatenate(pair)[-BLOCKS_KEPT:] for pair in pairs))

    def retold(self, chain: Chain) -> Trail:
        """Return the trail with its last block as the chain is now, after a move within the block."""
        shorter = Trail(*(getattr(self, item.name)[:-1] for item in fields(Trail)))
        return shorter.longer(chain)


def glimpse(chain: Chain) -> Trail:
    """Return a trail of the chain's present block alone."""
    state = chain.state
    rows = len(state.subnets)
    price = [alpha_price(state, n) if state.subnets[n] else 0.0 for n in range(rows)]
    columns = emission_shares(state), np.array(price), state.pools.moving_price / ONE
    return Trail(np.array([state.block]), *(column[None, :] for column in columns))


@dataclass(frozen=True, eq=False)
class Game:
    """A chain with its trail; and since the last trade, the same without it."""

    chain: Chain
    trail: Trail
    without: Game | None = None
    """the game without the last trade"""
    since: int = 0
    """the block of that trade"""
    said: str = ""
    """that trade in words"""
    netuid: int = 0
    """its subnet"""
    code: tuple[str, ...] = ()
    """the calls that led here"""
    events: tuple[tuple[int, Event], ...] = ()
    """the last ones worth telling, with their blocks"""
    seed: int = 0
    others: bool = False
    """whether others act, too"""
    pay: Mapping[int, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    """by netuid: what the last epochs paid each uid, rao"""


def opening(seed: int = 0) -> Game:
    """Return the start of a game: you hold 1,000 TAO and a validator on subnet 3 that has its permit."""
    state = demo_network(SUBNETS, VALIDATORS, MINERS, seed=seed)
    endowed = {YOU: tao(1_450)}
    state = replace(
        state, free=state.free.update(endowed), total_issuance=state.total_issuance + sum(endowed.values())
    )
    chain = Chain(state)
    chain.burned_register(YOU, YOUR_HOTKEY, HOME)
    chain.add_stake(YOU, YOUR_HOTKEY, HOME, chain.state.free[YOU] - tao(1_000))
    chain.run_epochs(2, netuid=HOME)
    game = passed_on(begun(chain.state, seed), 60)
    return replace(game, code=(f"chain = play.opening(seed={seed}).chain",))


def begun(state: State, seed: int = 0, code: tuple[str, ...] = ()) -> Game:
    """Return a game that begins with a state of one's own; ``code`` is the Python that gives its chain."""
    chain = Chain(state)
    pay = {netuid: (tuple(chain.subnet(netuid).emission.tolist()),) for netuid in state.netuids}
    return Game(chain, glimpse(chain), seed=seed, pay=pay, code=code)


def with_others(game: Game, act: bool) -> Game:
    """Return the game in which others act from now on, or no longer."""
    without = with_others(game.without, act) if game.without else None
    return replace(game, others=act, without=without)


def passed_on(game: Game, blocks: int) -> Game:
    """Return the game ``blocks`` blocks later, here and without the last trade."""
    chain, trail, events, pay = game.chain.fork(), game.trail, game.events, dict(game.pay)
    for _ in range(blocks):
        happened = among(chain, 1, game.seed) if game.others else chain.run(1)
        events, trail = _dated(events, chain, happened), trail.longer(chain)
        for event in happened:
            if isinstance(event, EpochRan):
                paid = tuple(chain.subnet(event.netuid).emission.tolist())
                pay[event.netuid] = (*pay.get(event.netuid, ()), paid)[-EPOCHS_KEPT:]
    without = passed_on(game.without, blocks) if game.without else None
    call = f"play.among(chain, {blocks}, seed={game.seed})" if game.others else ""
    code = (*game.code, call) if call else _run(game.code, blocks)
    return replace(game, chain=chain, trail=trail, without=without, code=code, events=events, pay=pay)


def among(chain: Chain, blocks: int, seed: int = 0) -> Events:
    """Let blocks pass on a chain in which others trade, too; return what happened."""
    happened: list[Event] = []
    for _ in range(blocks):
        acting = [agent for agent in OTHERS if (chain.block + 1) % agent.every == turn(agent, seed)]
        wanted = asked(acting, chain.state, seed)
        happened += chain.run(1)
        for extrinsic in wanted:
            with suppress(ChainError):
                happened += chain.apply(extrinsic)
    return tuple(happened)


def _dated(
    known: tuple[tuple[int, Event], ...], chain: Chain, events: Events
) -> tuple[tuple[int, Event], ...]:
    """The events known, and new ones; draws by lot and epochs, which come all the time, are left out."""
    told = (event for event in events if not isinstance(event, EpochRan | RootClaimed))
    return (*known, *((chain.block, event) for event in told))[-EVENTS_KEPT:]


def moved(game: Game, extrinsic: Extrinsic, code: str = "") -> Game:
    """Return the game after an extrinsic; raises the chain's error, and the game stays as it was."""
    chain = game.chain.fork()
    events = chain.apply(extrinsic)
    after = replace(
        game,
        chain=chain,
        trail=game.trail.retold(chain),
        code=(*game.code, *([code] if code else [])),
        events=_dated(game.events, chain, events),
    )
    traded = [event for event in events if isinstance(event, StakeAdded | StakeRemoved) and event.netuid]
    if traded:
        before = replace(game, without=None)
        after = replace(
            after, without=before, since=chain.block, said=_in_words(traded[0]), netuid=traded[0].netuid
        )
    elif game.without is not None:
        with suppress(ChainError):  # what is not a trade happens without the trade too, if it can
            after = replace(after, without=moved(game.without, extrinsic))
    return after


def _run(code: tuple[str, ...], blocks: int) -> tuple[str, ...]:
    """The calls with a run at the end; two runs in a row are one."""
    if code and code[-1].startswith("chain.run("):
        blocks += int(code[-1].removeprefix("chain.run(").removesuffix(")"))
        code = code[:-1]
    return (*code, f"chain.run({blocks})")


def _in_words(event: Event) -> str:
    if isinstance(event, StakeAdded):
        return f"you stake {format_tao(event.tao + event.fee, digits=0)}"
    assert isinstance(event, StakeRemoved)
    return f"you unstake {format_tao(event.alpha, 'α', 0)}"

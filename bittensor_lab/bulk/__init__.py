"""A network in bulk: a ``State`` as columns, and many blocks of it in one compiled call.

    bulk = Bulk(threads=2)
    if bulk.follow(state):        # a plain network: no childkeys, locks, commits, second mechanisms
        bulk.run(50_400)          # a week
        state = bulk.state()      # the same as block.run(state, 50_400), bit for bit

``block`` says what a block is; here is only how to do many of them fast, for whoever does not need to know
what happened in between. ``follow`` and ``state`` carry over what has changed and nothing else, so that a
few blocks between two extrinsics cost little too. The loop itself is ``kernels/network.py``.

With a second thread credits become shares there while the next blocks run: a share pool sees only its own
credits, in their order, so that the result is the same.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.bulk.claims import RootDividends
from bittensor_lab.bulk.rows import Rows
from bittensor_lab.bulk.stake import Stake
from bittensor_lab.coinbase import coinbase_rules, with_gate_bar
from bittensor_lab.epoch import MAX_STAKE
from bittensor_lab.kernels.coinbase import PRICE_BURN_GATE
from bittensor_lab.kernels.network import Limits, Network, run_blocks
from bittensor_lab.kernels.registration import decay
from bittensor_lab.state import COINBASE_COLUMNS, Pools, State

BATCH = 720
"""blocks in one call of the kernel"""


class Bulk:
    """A network as columns, kept in step with a state."""

    def __init__(self, threads: int = 1) -> None:
        self.helpers = threads - 1
        self.executor = ThreadPoolExecutor(self.helpers) if self.helpers else None
        self.waiting: list[Future[None]] = []
        self.seen: State | None = None

    def follow(self, state: State) -> bool:
        """Take over ``state``; returns False if it is not plain, and then nothing can be run."""
        if self.seen is None or not self.rows.fits(state):
            self._make_room(state)
        self.stake.load(state, self.seen)
        moved = self.rows.load(state, self.seen)
        if self.dividends.load(state, self.seen) or moved:
            self.rows.find_root(state, self.dividends.hotkeys)
        self.pools = state.pools.copied()
        self.block, self.issuance, self.gate_bar = state.block, state.total_issuance, state.gate_bar
        self.seen = state
        return not (self.stake.odd or self.rows.odd)

    def _make_room(self, state: State) -> None:
        rows = len(state.subnets)
        self.seen = None
        self.stake: Stake = Stake(rows)
        self.rows: Rows = Rows(state, self.stake)
        self.dividends: RootDividends = RootDividends(rows, self.stake)

    def run(self, blocks: int) -> None:
        """Go ``blocks`` blocks on, without extrinsics."""
        end = self.block + blocks
        while self.block < end:
            until = self._same_rules_until(end)
            rules = coinbase_rules(self.glance())
            while self.block < until:
                self._run_some(rules, min(BATCH, until - self.block))
        self._settle_all()

    def _same_rules_until(self, end: int) -> int:
        """The last block that the coinbase's rules hold for: under rule G until the gate's bar moves."""
        network = self._seen.network
        if network.emission_rule != PRICE_BURN_GATE:
            return end
        block = self.block + 1
        self.gate_bar = with_gate_bar(self.glance(), block).gate_bar
        interval = network.gate_update_interval
        return min(end, block + interval - 1 - block % interval) if self.gate_bar else block

    @property
    def _seen(self) -> State:
        assert self.seen is not None
        return self.seen

    def glance(self) -> State:
        """Return the state that was taken over with pools, block and issuance as they are now.

        That is cheap; stake and neurons are still the old ones.
        """
        columns: dict[str, Any] = {
            name: column.copy() for name, column in zip(COINBASE_COLUMNS, self.pools, strict=True)
        }
        pools: Pools = self._seen.pools.moved(**columns)
        return self._seen.but(
            block=self.block, total_issuance=self.issuance, pools=pools, gate_bar=self.gate_bar
        )

    def _run_some(self, rules: Any, blocks: int) -> None:
        lots = self._lots(blocks)
        done, issuance = run_blocks(self._network(), rules, self.issuance, self.block + 1, blocks, lots)
        self.block, self.issuance = self.block + int(done), int(issuance)
        self._settle_all()
        log, size = self.stake.take_log()
        parts = max(1, self.helpers)
        for part in range(parts):
            if self.executor:
                self.waiting.append(self.executor.submit(self.stake.settle, log, size, part, parts))
            else:
                self.stake.settle(log, size, part, parts)

    def _settle_all(self) -> None:
        for future in self.waiting:
            future.result()
        self.waiting = []

    def _network(self) -> Network:
        network, claims = self._seen.network, self.dividends.columns
        stakers, per_block = len(self._seen.root_stakers), network.root_claims_per_block
        rows = len(self._seen.subnets)
        reserve = network.max_epochs_per_block * (2 + 4 * self.rows.width)
        reserve += per_block * claims.pairs_of.shape[1] * rows
        limits = Limits(
            network.max_epochs_per_block, network.max_tempo, min(network.stake_threshold, MAX_STAKE),
            network.tao_weight_q32, per_block, stakers, reserve,
        )  # fmt: skip
        return Network(
            self.pools, self.rows.clock, self.rows.epochs, self.rows.neurons, self.rows.terms, self.rows.keys,
            self.stake.ledger, claims, limits,
        )  # fmt: skip

    def _lots(self, blocks: int) -> NDArray[np.uint64]:
        """The words [blocks, 4] of the coming blocks' lots; see ``root_claims.drawn_by_lot``."""
        seed = self._seen.seed
        drawn = (
            blake2b(f"{seed}:{block}".encode(), digest_size=32).digest()
            for block in range(self.block + 1, self.block + 1 + blocks)
        )
        return np.frombuffer(b"".join(drawn), ">u8").astype(np.uint64).reshape(blocks, 4)

    def state(self) -> State:
        """Return the state that has been reached."""
        seen = self._seen
        if self.block == seen.block:
            return seen
        rules, first, blocks = seen.rules, seen.block + 1, self.block - seen.block
        burn = decay(seen.clocks.burn, rules.burn_factor, rules.min_burn, rules.max_burn, first, blocks)
        changes = (
            self.stake.collect(seen) | self.rows.collect(seen, self.block) | self.dividends.collect(seen)
        )
        changes["clocks"] = changes["clocks"].moved(burn=burn)
        self.seen = self.glance().but(**changes)
        return self.seen

    def close(self) -> None:
        """End the second thread."""
        if self.executor:
            self.executor.shutdown()

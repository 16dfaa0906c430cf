"""The chain as one drives it from Python: a cursor over states, with the chain's extrinsics as methods.

    chain = Chain(demo_network())
    chain.burned_register("alice", "alice-miner", netuid=1)
    chain.run_epochs(3, netuid=1)
    other = chain.fork()                  # goes its own way; costs nothing

Each method returns the events that it caused, or raises one of the chain's errors and changes
nothing. This is the one mutable thing below the widgets: the states that it points to never change,
so ``undo`` and ``at`` are a matter of pointing elsewhere.

Amounts are rao (``units.tao(1.5)``), takes u16 of 65535, proportions u64, as on the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bittensor_lab import extrinsics, store, summary
from bittensor_lab.block import Events, Extrinsic, apply
from bittensor_lab.errors import InputError, WrongType
from bittensor_lab.history import History
from bittensor_lab.invariants import violations
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.state import ROOT, State, Subnet

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROOT", "Chain"]

MAX_BLOCKS = 100_000_000
"""in one call; about 38 years"""


class Chain:
    """A Bittensor chain, at the end of a block or between two extrinsics of it."""

    def __init__(self, state: State) -> None:
        if not isinstance(state, State):
            raise WrongType(
                f"a chain begins with a state, not {type(state).__name__}", remedy="Try demo_network()."
            )
        self.state = state
        self.history = History(state)

    # ── time ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def block(self) -> int:
        """The number of the block that the chain has reached."""
        return self.state.block

    def run(self, blocks: int = 1) -> Events:
        """Let blocks pass; return what happened in them."""
        if isinstance(blocks, bool) or not isinstance(blocks, int):
            raise WrongType(f"a number of blocks must be a whole number, not {blocks!r}")
        if not 0 <= blocks <= MAX_BLOCKS:
            raise InputError(f"the chain can run 0 to {MAX_BLOCKS} blocks at a time, not {blocks}")
        if not blocks:
            return ()
        self.state, events = self.history.add_blocks(self.state, blocks)
        return tuple(event for _, event in events)

    def run_epochs(self, count: int = 1, *, netuid: int) -> Events:
        """Let blocks pass until the subnet has had ``count`` more epochs; return what happened."""
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise InputError(f"a number of epochs must be a whole number, not {count!r}")
        self.subnet(netuid)
        happened: Events = ()
        goal = int(self.state.clocks.epoch_index[netuid]) + count
        while self.state.clocks.epoch_index[netuid] < goal:
            start = next_epoch_start(self.state, netuid)
            if start is None:
                raise InputError(f"netuid {netuid} has tempo 0: it never runs an epoch")
            happened += self.run(max(1, start - self.block))
        return happened

    def fork(self) -> Chain:
        """Return a second chain with the same past, which then goes its own way."""
        return self._with(self.state, self.history.fork())

    def undo(self) -> None:
        """Take back the last extrinsic, or the last run of blocks."""
        self.state = self.history.undo()

    def at(self, block: int) -> Chain:
        """Return a chain as this one was at the end of a block of its past."""
        history = self.history.fork()
        return self._with(history.back_to(block), history)

    @staticmethod
    def _with(state: State, history: History) -> Chain:
        chain = Chain.__new__(Chain)
        chain.state, chain.history = state, history
        return chain

    # ── looking ───────────────────────────────────────────────────────────────────────────────────

    def subnet(self, netuid: int) -> Subnet:
        """Return a subnet as it is now; raises SubnetNotExists."""
        return self.state.subnet(netuid)

    def metagraph(self, netuid: int, mechanism: int = 0) -> pd.DataFrame:
        """Return one row per uid of a subnet: stake, permit, consensus, incentive, dividends, …"""
        from bittensor_lab.views.network import metagraph  # pandas only when asked for

        return metagraph(self.state, netuid, mechanism)

    def pools(self) -> pd.DataFrame:
        """Return one row per subnet: prices, reserves, share of emission, root proportion."""
        from bittensor_lab.views.economy import pools

        return pools(self.state)

    def positions(self, coldkey: str) -> pd.DataFrame:
        """Return what a coldkey has staked where, its value at spot, and what leaving would give."""
        from bittensor_lab.views.wallet import positions

        return positions(self.state, coldkey)

    def wallet(self, coldkey: str) -> pd.Series:
        """Return what a coldkey has in all, TAO."""
        from bittensor_lab.views.wallet import wallet

        return wallet(self.state, coldkey)

    def diff(self, other: Chain) -> pd.DataFrame:
        """Return what another chain has differently, as a table."""
        from bittensor_lab.views.network import diff

        return diff(self.state, other.state)

    def violations(self) -> list[str]:
        """Return a sentence for each law of the chain that its state breaks; none is right."""
        return violations(self.state)

    def __repr__(self) -> str:
        return summary.summary(self.state)

    def _repr_html_(self) -> str:
        return summary.summary_html(self.state)

    # ── keeping ───────────────────────────────────────────────────────────────────────────────────

    def save(self, path: str | Path) -> Path:
        """Write the chain's state to a file; an old file survives if this fails."""
        return store.save(self.state, path)

    @staticmethod
    def load(path: str | Path) -> Chain:
        """Return a chain that goes on from a saved state."""
        return Chain(store.load(path))

    # ── extrinsics ────────────────────────────────────────────────────────────────────────────────

    def apply(self, extrinsic: Extrinsic) -> Events:
        """Apply an extrinsic; return its events, or raise a ChainError and change nothing."""
        self.state, events = apply(self.state, extrinsic)
        self.history.add_extrinsic(extrinsic, self.state, events)
        return events

    def burned_register(self, coldkey: str, hotkey: str, netuid: int) -> Events:
        """Register a hotkey on a subnet at the current price."""
        return self.apply(extrinsics.BurnedRegister(coldkey, hotkey, netuid))

    def register_limit(self, coldkey: str, hotkey: str, netuid: int, limit_price: int) -> Events:
        """Register a hotkey if the price is at most ``limit_price`` rao."""
        return self.apply(extrinsics.RegisterLimit(coldkey, hotkey, netuid, limit_price))

    def set_weights(
        self, hotkey: str, netuid: int, uids: Sequence[int], values: Sequence[int], version_key: int = 0
    ) -> Events:
        """Set a hotkey's weights on a subnet: ``values`` (u16, relative) for ``uids``."""
        return self.apply(extrinsics.SetWeights(hotkey, netuid, uids, values, version_key))

    def set_mechanism_weights(
        self,
        hotkey: str,
        netuid: int,
        uids: Sequence[int],
        values: Sequence[int],
        version_key: int = 0,
        mechanism: int = 0,
    ) -> Events:
        """Set a hotkey's weights in one mechanism of a subnet."""
        call = extrinsics.SetMechanismWeights(hotkey, netuid, uids, values, version_key, mechanism)
        return self.apply(call)

    def commit_weights(self, hotkey: str, netuid: int, commit_hash: str, mechanism: int = 0) -> Events:
        """Commit to weights by their hash; see ``bittensor_lab.weights.commit_hash``."""
        return self.apply(extrinsics.CommitWeights(hotkey, netuid, commit_hash, mechanism))

    def reveal_weights(
        self,
        hotkey: str,
        netuid: int,
        uids: Sequence[int],
        values: Sequence[int],
        salt: Sequence[int],
        version_key: int = 0,
        mechanism: int = 0,
    ) -> Events:
        """Reveal weights that were committed to."""
        call = extrinsics.RevealWeights(hotkey, netuid, uids, values, salt, version_key, mechanism)
        return self.apply(call)

    def commit_timelocked_weights(
        self,
        hotkey: str,
        netuid: int,
        uids: Sequence[int],
        values: Sequence[int],
        version_key: int = 0,
        mechanism: int = 0,
    ) -> Events:
        """Hand in weights that the chain reveals by itself when their epoch comes."""
        call = extrinsics.CommitTimelockedWeights(hotkey, netuid, uids, values, version_key, mechanism)
        return self.apply(call)

    def set_children(
        self, coldkey: str, hotkey: str, netuid: int, children: Sequence[tuple[int, str]]
    ) -> Events:
        """Name the children of a hotkey: (proportion of 2⁶⁴ − 1, hotkey) each."""
        return self.apply(extrinsics.SetChildren(coldkey, hotkey, netuid, children))

    def set_childkey_take(self, coldkey: str, hotkey: str, netuid: int, take: int) -> Events:
        """Set what a hotkey takes, of 65535, from what parents earn through it."""
        return self.apply(extrinsics.SetChildkeyTake(coldkey, hotkey, netuid, take))

    def increase_take(self, coldkey: str, hotkey: str, take: int) -> Events:
        """Raise what a hotkey takes, of 65535, from its nominators' dividends."""
        return self.apply(extrinsics.IncreaseTake(coldkey, hotkey, take))

    def decrease_take(self, coldkey: str, hotkey: str, take: int) -> Events:
        """Lower what a hotkey takes, of 65535, from its nominators' dividends."""
        return self.apply(extrinsics.DecreaseTake(coldkey, hotkey, take))

    def transfer(self, coldkey: str, destination: str, amount: int) -> Events:
        """Send ``amount`` rao to another coldkey."""
        return self.apply(extrinsics.Transfer(coldkey, destination, amount))

    def swap_hotkey(
        self, coldkey: str, old_hotkey: str, new_hotkey: str, netuid: int | None = None
    ) -> Events:
        """Put a new hotkey in the place of an old one, on one subnet or everywhere."""
        return self.apply(extrinsics.SwapHotkey(coldkey, old_hotkey, new_hotkey, netuid))

    def announce_coldkey_swap(self, coldkey: str, new_coldkey_hash: str) -> Events:
        """Say by which coldkey one will be replaced: by its hash, ``weights.key_hash``."""
        return self.apply(extrinsics.AnnounceColdkeySwap(coldkey, new_coldkey_hash))

    def swap_coldkey_announced(self, coldkey: str, new_coldkey: str) -> Events:
        """Put the coldkey that was announced in the place of the old one."""
        return self.apply(extrinsics.SwapColdkeyAnnounced(coldkey, new_coldkey))

    def set_commitment(self, hotkey: str, netuid: int, text: str) -> Events:
        """Publish a text of a hotkey; with bonds_reset on, it loses the bonds held in it."""
        return self.apply(extrinsics.SetCommitment(hotkey, netuid, text))

    def set_hyperparameter(self, origin: str, netuid: int, name: str, value: int | tuple[int, int]) -> Events:
        """Set a hyperparameter of a subnet as its owner, or as ROOT; values as stored on chain."""
        return self.apply(extrinsics.SetHyperparameter(origin, netuid, name, value))

    def set_network_parameter(self, origin: str, name: str, value: int) -> Events:
        """Set a parameter of the whole network as ROOT; values as stored on chain."""
        return self.apply(extrinsics.SetNetworkParameter(origin, name, value))

    def set_tempo(self, origin: str, netuid: int, tempo: int) -> Events:
        """Set the tempo of a subnet as its owner; the cycle starts anew."""
        return self.apply(extrinsics.SetTempo(origin, netuid, tempo))

    def trigger_epoch(self, origin: str, netuid: int) -> Events:
        """Ask for an epoch, as the subnet's owner, one freeze window from now."""
        return self.apply(extrinsics.TriggerEpoch(origin, netuid))

    def set_mechanism_count(self, origin: str, netuid: int, count: int) -> Events:
        """Set how many weight matrices a subnet has."""
        return self.apply(extrinsics.SetMechanismCount(origin, netuid, count))

    def set_mechanism_emission_split(
        self, origin: str, netuid: int, split: Sequence[int] | None = None
    ) -> Events:
        """Set each mechanism's part of the emission, of 65535; None: even."""
        return self.apply(extrinsics.SetMechanismEmissionSplit(origin, netuid, split))

    def trim_to_max_allowed_uids(self, origin: str, netuid: int, max_n: int) -> Events:
        """Shrink a subnet to ``max_n`` places; the least earning uids go."""
        return self.apply(extrinsics.TrimToMaxAllowedUids(origin, netuid, max_n))

    # ── economy ───────────────────────────────────────────────────────────────────────────────────

    def add_stake(self, coldkey: str, hotkey: str, netuid: int, amount: int) -> Events:
        """Stake ``amount`` rao of TAO on a hotkey of a subnet (netuid 0: on root)."""
        return self.apply(extrinsics.AddStake(coldkey, hotkey, netuid, amount))

    def add_stake_limit(
        self,
        coldkey: str,
        hotkey: str,
        netuid: int,
        amount: int,
        limit_price: int,
        allow_partial: bool = False,
    ) -> Events:
        """Stake TAO as long as the price is at most ``limit_price`` rao per alpha."""
        return self.apply(
            extrinsics.AddStakeLimit(coldkey, hotkey, netuid, amount, limit_price, allow_partial)
        )

    def remove_stake(self, coldkey: str, hotkey: str, netuid: int, amount: int) -> Events:
        """Unstake ``amount`` rao of alpha, or all if there is less."""
        return self.apply(extrinsics.RemoveStake(coldkey, hotkey, netuid, amount))

    def remove_stake_limit(
        self,
        coldkey: str,
        hotkey: str,
        netuid: int,
        amount: int,
        limit_price: int,
        allow_partial: bool = False,
    ) -> Events:
        """Unstake alpha as long as the price is at least ``limit_price`` rao per alpha."""
        return self.apply(
            extrinsics.RemoveStakeLimit(coldkey, hotkey, netuid, amount, limit_price, allow_partial)
        )

    def remove_stake_full_limit(
        self, coldkey: str, hotkey: str, netuid: int, limit_price: int | None = None
    ) -> Events:
        """Unstake a whole position, at ``limit_price`` or better."""
        return self.apply(extrinsics.RemoveStakeFullLimit(coldkey, hotkey, netuid, limit_price))

    def unstake_all(self, coldkey: str, hotkey: str) -> Events:
        """Unstake all that a coldkey has on a hotkey, root included."""
        return self.apply(extrinsics.UnstakeAll(coldkey, hotkey))

    def unstake_all_alpha(self, coldkey: str, hotkey: str) -> Events:
        """Sell all alpha that a coldkey has on a hotkey, and stake the TAO on root."""
        return self.apply(extrinsics.UnstakeAllAlpha(coldkey, hotkey))

    def move_stake(
        self,
        coldkey: str,
        origin_hotkey: str,
        destination_hotkey: str,
        origin_netuid: int,
        destination_netuid: int,
        amount: int,
    ) -> Events:
        """Move ``amount`` rao of stake to another hotkey, and maybe to another subnet."""
        return self.apply(
            extrinsics.MoveStake(
                coldkey, origin_hotkey, destination_hotkey, origin_netuid, destination_netuid, amount
            )
        )

    def swap_stake(
        self, coldkey: str, hotkey: str, origin_netuid: int, destination_netuid: int, amount: int
    ) -> Events:
        """Exchange ``amount`` rao of one subnet's alpha for another's, on the same hotkey."""
        call = extrinsics.SwapStake(coldkey, hotkey, origin_netuid, destination_netuid, amount)
        return self.apply(call)

    def swap_stake_limit(
        self,
        coldkey: str,
        hotkey: str,
        origin_netuid: int,
        destination_netuid: int,
        amount: int,
        limit_price: int,
        allow_partial: bool = False,
    ) -> Events:
        """As ``swap_stake``, as long as the relative price is at least ``limit_price`` of 1e9."""
        call = extrinsics.SwapStakeLimit(
            coldkey, hotkey, origin_netuid, destination_netuid, amount, limit_price, allow_partial
        )
        return self.apply(call)

    def transfer_stake(
        self,
        coldkey: str,
        destination_coldkey: str,
        hotkey: str,
        origin_netuid: int,
        destination_netuid: int,
        amount: int,
    ) -> Events:
        """Give ``amount`` rao of stake to another coldkey, and maybe on another subnet."""
        call = extrinsics.TransferStake(
            coldkey, destination_coldkey, hotkey, origin_netuid, destination_netuid, amount
        )
        return self.apply(call)

    def recycle_alpha(self, coldkey: str, hotkey: str, netuid: int, amount: int) -> Events:
        """Unmake ``amount`` rao of one's alpha: the subnet's supply falls."""
        return self.apply(extrinsics.RecycleAlpha(coldkey, hotkey, netuid, amount))

    def burn_alpha(self, coldkey: str, hotkey: str, netuid: int, amount: int) -> Events:
        """Give up ``amount`` rao of one's alpha: it stays outstanding, nobody's."""
        return self.apply(extrinsics.BurnAlpha(coldkey, hotkey, netuid, amount))

    def add_stake_burn(
        self, coldkey: str, hotkey: str, netuid: int, amount: int, limit_price: int | None = None
    ) -> Events:
        """Buy alpha with ``amount`` rao of TAO and burn it."""
        return self.apply(extrinsics.AddStakeBurn(coldkey, hotkey, netuid, amount, limit_price))

    def claim_root(self, coldkey: str, netuids: Sequence[int]) -> Events:
        """Draw a coldkey's root dividends of one to five subnets."""
        return self.apply(extrinsics.ClaimRoot(coldkey, netuids))

    def set_root_claim_type(self, coldkey: str, keep: bool, netuids: Sequence[int] | None = None) -> Events:
        """Choose whether root dividends are sold for TAO or kept as alpha (of some subnets)."""
        return self.apply(extrinsics.SetRootClaimType(coldkey, keep, netuids))

    def set_coldkey_auto_stake_hotkey(self, coldkey: str, netuid: int, hotkey: str) -> Events:
        """Choose the hotkey to which a coldkey's miners on a subnet send their incentive."""
        return self.apply(extrinsics.SetColdkeyAutoStakeHotkey(coldkey, netuid, hotkey))

    def lock_stake(self, coldkey: str, hotkey: str, netuid: int, amount: int) -> Events:
        """Lock ``amount`` rao of one's alpha on a subnet toward a hotkey."""
        return self.apply(extrinsics.LockStake(coldkey, hotkey, netuid, amount))

    def move_lock(self, coldkey: str, hotkey: str, netuid: int) -> Events:
        """Turn a lock toward another hotkey."""
        return self.apply(extrinsics.MoveLock(coldkey, hotkey, netuid))

    def set_perpetual_lock(self, coldkey: str, netuid: int, perpetual: bool) -> Events:
        """Let a lock stay, or begin to decay."""
        return self.apply(extrinsics.SetPerpetualLock(coldkey, netuid, perpetual))

    def register_network(self, coldkey: str, hotkey: str) -> Events:
        """Found a subnet; see ``bittensor_lab.subnets.lock_cost`` for what it costs."""
        return self.apply(extrinsics.RegisterNetwork(coldkey, hotkey))

    def start_call(self, coldkey: str, netuid: int) -> Events:
        """Start one's subnet: its alpha can be traded, and it emits."""
        return self.apply(extrinsics.StartCall(coldkey, netuid))

    def set_subnet_emission_enabled(self, origin: str, netuid: int, enabled: bool) -> Events:
        """Decide, as ROOT, whether a subnet may get TAO."""
        return self.apply(extrinsics.SetSubnetEmissionEnabled(origin, netuid, enabled))

    def dissolve_network(self, origin: str, netuid: int) -> Events:
        """End a subnet, as ROOT; its stakers are paid out."""
        return self.apply(extrinsics.DissolveNetwork(origin, netuid))

"""Events: what happened, one flat record each, under the chain's names.

``EpochRan``, ``HyperparameterSet`` and ``ExtrinsicFailed`` are ours: for the first the chain has no
event, for the second one per hyperparameter, and the third carries the error itself.

Source: ``pallets/subtensor/src/macros/events.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.errors import ChainError

Children = tuple[tuple[int, str], ...]
"""(proportion of 2⁶⁴ − 1, hotkey) of each child or parent"""


@dataclass(frozen=True)
class Event:
    """Something that happened in a block."""

    @property
    def name(self) -> str:
        """The chain's name of the event."""
        return type(self).__name__

    def __str__(self) -> str:
        values = ", ".join(f"{key}={value!r}" for key, value in vars(self).items())
        return f"{self.name}({values})"


@dataclass(frozen=True)
class NeuronRegistered(Event):
    """A hotkey got a uid."""

    netuid: int
    uid: int
    hotkey: str
    cost: int
    """rao"""


@dataclass(frozen=True)
class WeightsSet(Event):
    """A uid's weights were stored."""

    netuid: int
    mechanism: int
    uid: int


@dataclass(frozen=True)
class WeightsCommitted(Event):
    """A hotkey committed to weights by their hash."""

    hotkey: str
    netuid: int
    mechanism: int
    commit_hash: str


@dataclass(frozen=True)
class WeightsRevealed(Event):
    """A hotkey revealed what it had committed to."""

    hotkey: str
    netuid: int
    mechanism: int
    commit_hash: str


@dataclass(frozen=True)
class TimelockedWeightsCommitted(Event):
    """A hotkey committed weights that reveal themselves."""

    hotkey: str
    netuid: int
    mechanism: int
    epoch: int


@dataclass(frozen=True)
class TimelockedWeightsRevealed(Event):
    """Timelocked weights were revealed."""

    hotkey: str
    netuid: int
    mechanism: int


@dataclass(frozen=True)
class EpochRan(Event):
    """A subnet ran an epoch."""

    netuid: int
    epoch: int
    emission: int
    """rao shared out"""


@dataclass(frozen=True)
class EpochDeferred(Event):
    """A subnet's epoch was due, but the block was full: it runs in the next."""

    netuid: int


@dataclass(frozen=True)
class EpochSkipped(Event):
    """A subnet's epoch did not run: two of its uids have the same hotkey."""

    netuid: int


@dataclass(frozen=True)
class EpochTriggered(Event):
    """An owner asked for an epoch."""

    netuid: int
    block: int


@dataclass(frozen=True)
class Transfer(Event):
    """TAO went from one coldkey to another."""

    origin: str
    destination: str
    amount: int


@dataclass(frozen=True)
class DustLost(Event):
    """What was left of an account is less than an account can hold, and is gone."""

    coldkey: str
    amount: int


@dataclass(frozen=True)
class SetChildrenScheduled(Event):
    """New children wait for their cooldown."""

    hotkey: str
    netuid: int
    cooldown_block: int
    children: Children


@dataclass(frozen=True)
class SetChildren(Event):
    """New children took effect."""

    hotkey: str
    netuid: int
    children: Children


@dataclass(frozen=True)
class ChildKeyTakeSet(Event):
    """A childkey take changed."""

    hotkey: str
    netuid: int
    take: int


@dataclass(frozen=True)
class TakeIncreased(Event):
    """A validator's take rose."""

    coldkey: str
    hotkey: str
    take: int


@dataclass(frozen=True)
class TakeDecreased(Event):
    """A validator's take fell."""

    coldkey: str
    hotkey: str
    take: int


@dataclass(frozen=True)
class HyperparameterSet(Event):
    """A parameter changed; netuid 0 for one of the whole network."""

    netuid: int
    parameter: str
    before: int
    after: int


@dataclass(frozen=True)
class MechanismCountSet(Event):
    """A subnet has another number of mechanisms."""

    netuid: int
    count: int


@dataclass(frozen=True)
class MechanismEmissionSplitSet(Event):
    """A subnet shares its emission among its mechanisms in another way."""

    netuid: int
    split: tuple[int, ...] | None


@dataclass(frozen=True)
class UidsTrimmed(Event):
    """A subnet was trimmed; the uids that went, as they were numbered before."""

    netuid: int
    removed: tuple[int, ...]


@dataclass(frozen=True)
class HotkeySwapped(Event):
    """A hotkey was replaced by another of the same coldkey; netuid None: everywhere."""

    coldkey: str
    old_hotkey: str
    new_hotkey: str
    netuid: int | None


@dataclass(frozen=True)
class ColdkeySwapAnnounced(Event):
    """A coldkey said by the key of which hash it will be replaced."""

    coldkey: str
    new_coldkey_hash: str


@dataclass(frozen=True)
class ColdkeySwapped(Event):
    """A coldkey was replaced by another, which now has all that it had."""

    old_coldkey: str
    new_coldkey: str


@dataclass(frozen=True)
class Commitment(Event):
    """A hotkey published a commitment."""

    netuid: int
    hotkey: str


@dataclass(frozen=True)
class EmissionDistributed(Event):
    """A subnet's pots were paid out after its epoch; rao of alpha."""

    netuid: int
    owner: int
    miners: int
    withheld: int
    """miners' incentive that the owner's own keys earned"""
    validators: int
    root: int
    recycled: int


@dataclass(frozen=True)
class RootClaimed(Event):
    """A coldkey drew root dividends: alpha, and the TAO it was sold for; None: kept as alpha."""

    coldkey: str
    hotkey: str
    netuid: int
    alpha: int
    tao: int | None


@dataclass(frozen=True)
class RootClaimTypeSet(Event):
    """A coldkey chose what becomes of its root dividends."""

    coldkey: str
    keep: bool
    netuids: tuple[int, ...] | None


@dataclass(frozen=True)
class AutoStakeDestinationSet(Event):
    """A coldkey chose the hotkey to which its miners' incentive goes."""

    coldkey: str
    netuid: int
    hotkey: str


@dataclass(frozen=True)
class StakeAdded(Event):
    """TAO was staked: alpha was bought with it, or on root it stayed TAO; rao."""

    coldkey: str
    hotkey: str
    netuid: int
    tao: int
    alpha: int
    fee: int


@dataclass(frozen=True)
class StakeRemoved(Event):
    """Stake was sold for TAO; rao. The fee is alpha."""

    coldkey: str
    hotkey: str
    netuid: int
    alpha: int
    tao: int
    fee: int


@dataclass(frozen=True)
class StakeMoved(Event):
    """Stake went to another hotkey, subnet or coldkey; rao of alpha on either side."""

    coldkey: str
    hotkey: str
    netuid: int
    alpha: int
    to_coldkey: str
    to_hotkey: str
    to_netuid: int
    to_alpha: int


@dataclass(frozen=True)
class AlphaRecycled(Event):
    """Alpha was unmade: the subnet's supply fell."""

    coldkey: str
    hotkey: str
    netuid: int
    alpha: int


@dataclass(frozen=True)
class AlphaBurned(Event):
    """Alpha was given up: it is nobody's, and still counts as outstanding."""

    coldkey: str
    hotkey: str
    netuid: int
    alpha: int


@dataclass(frozen=True)
class StakeLocked(Event):
    """A coldkey locked alpha toward a hotkey; what is locked now, rao."""

    coldkey: str
    hotkey: str
    netuid: int
    mass: int


@dataclass(frozen=True)
class LockMoved(Event):
    """A lock is for another hotkey now."""

    coldkey: str
    netuid: int
    hotkey: str


@dataclass(frozen=True)
class PerpetualLockSet(Event):
    """A lock stays, or began to decay."""

    coldkey: str
    netuid: int
    perpetual: bool


@dataclass(frozen=True)
class SubnetOwnerChanged(Event):
    """Conviction gave a subnet another owner."""

    netuid: int
    before: str
    after: str


@dataclass(frozen=True)
class NetworkAdded(Event):
    """A subnet was founded; what it cost, rao."""

    netuid: int
    coldkey: str
    hotkey: str
    lock: int


@dataclass(frozen=True)
class NetworkRemoved(Event):
    """A subnet was dissolved; what its stakers got, rao."""

    netuid: int
    paid: int


@dataclass(frozen=True)
class FirstEmissionBlockNumberSet(Event):
    """A subnet was started: from this block on it emits."""

    netuid: int
    block: int


@dataclass(frozen=True)
class TaoRecycled(Event):
    """TAO was taken out of the total issuance."""

    amount: int


@dataclass(frozen=True)
class ExtrinsicFailed(Event):
    """An extrinsic of a block was refused."""

    extrinsic: str
    error: ChainError

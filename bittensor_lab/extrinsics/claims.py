"""Root dividends by hand, what becomes of them, and where a miner's incentive goes.

Source: ``spec/economy.md`` 4.5 and 4.6; ``staking/claim_root.rs``, ``staking/set_auto_stake.rs``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bittensor_lab.block import Events
from bittensor_lab.errors import HotKeyNotRegisteredInSubNet, InvalidSubnetNumber
from bittensor_lab.events import AutoStakeDestinationSet, RootClaimTypeSet
from bittensor_lab.extrinsics.arguments import Flag, Key, NetUid, NetUids, SomeNetUids, check_arguments
from bittensor_lab.root_claims import claim
from bittensor_lab.state import ClaimType, State

MOST_SUBNETS = 5
"""in one claim by hand"""


@dataclass(frozen=True)
class ClaimRoot:
    """A coldkey draws its root dividends of one to five subnets."""

    coldkey: Key
    netuids: NetUids

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Draw on each of its hotkeys; what is below the threshold waits."""
        _check_netuids(state, self.netuids)
        return claim(state, self.coldkey, self.netuids)


@dataclass(frozen=True)
class SetRootClaimType:
    """A coldkey chooses what becomes of its root dividends: sold for TAO, or kept (of some subnets)."""

    coldkey: Key
    keep: Flag
    netuids: SomeNetUids = None

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Remember the choice."""
        if self.netuids is not None:
            _check_netuids(state, self.netuids, len(self.netuids))
        chosen = ClaimType(self.keep, tuple(sorted(set(self.netuids))) if self.netuids else None)
        state = replace(state, claim_types=state.claim_types.set(self.coldkey, chosen))
        return state, (RootClaimTypeSet(self.coldkey, chosen.keep, chosen.netuids),)


def _check_netuids(state: State, netuids: tuple[int, ...], most: int = MOST_SUBNETS) -> None:
    if not 1 <= len(netuids) <= most:
        raise InvalidSubnetNumber(f"{len(netuids)} are named")
    for netuid in netuids:
        state.subnet(netuid)


@dataclass(frozen=True)
class SetColdkeyAutoStakeHotkey:
    """A coldkey sends the incentive of its miners on a subnet to one hotkey, its own or another's."""

    coldkey: Key
    netuid: NetUid
    hotkey: Key

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Remember the destination, which must hold a uid there."""
        subnet = state.subnet(self.netuid)
        if self.hotkey not in subnet.uids:
            raise HotKeyNotRegisteredInSubNet(f"hotkey {self.hotkey} on netuid {self.netuid}")
        subnet = replace(subnet, auto_stake=subnet.auto_stake.set(self.coldkey, self.hotkey))
        return state.with_subnet(subnet), (AutoStakeDestinationSet(self.coldkey, self.netuid, self.hotkey),)

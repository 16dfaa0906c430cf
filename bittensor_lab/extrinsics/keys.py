"""Keys and accounts: sending TAO, a validator's take, a new hotkey for an old one, a commitment.

Source: ``spec/economy.md`` 7.8 and 9, ``spec/epoch.md`` 6.5; ``swap/swap_hotkey.rs``,
``staking/increase_take.rs``, ``staking/decrease_take.rs``, the balances and commitments pallets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from bittensor_lab import accounts
from bittensor_lab.accounts import free_tao, give_to, holding, passed, require_association, require_ownership
from bittensor_lab.block import Events
from bittensor_lab.childkeys import rename_relations
from bittensor_lab.errors import (
    AccountNotAllowedCommit,
    BelowMinimum,
    DelegateTakeTooHigh,
    DelegateTakeTooLow,
    DelegateTxRateLimitExceeded,
    FundsUnavailable,
    HotKeyAlreadyRegisteredInSubNet,
    HotKeySetTxRateLimitExceeded,
    HotKeySwapOnSubnetIntervalNotPassed,
    NewHotKeyIsSameWithOld,
    NotEnoughBalanceToPaySwapHotKey,
)
from bittensor_lab.events import Commitment, HotkeySwapped, TakeDecreased, TakeIncreased
from bittensor_lab.events import Transfer as Transferred
from bittensor_lab.extrinsics.arguments import U16, U64, AnyNetUid, Key, NetUid, Said, check_arguments
from bittensor_lab.locks import rename_locks
from bittensor_lab.neurons import reset_bonds
from bittensor_lab.stake import with_hotkey_swapped
from bittensor_lab.state import ROOT_NETUID, Mechanism, State
from bittensor_lab.units import format_tao


@dataclass(frozen=True)
class Transfer:
    """A coldkey sends TAO, in rao, to another."""

    coldkey: Key
    destination: Key
    amount: U64

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Move it; what is left of an account below the existential deposit is lost."""
        if free_tao(state, self.coldkey) < self.amount:
            raise FundsUnavailable(
                f"{holding(state, self.coldkey)}, asked {format_tao(self.amount, digits=9)}"
            )
        happened = Transferred(self.coldkey, self.destination, self.amount)
        if self.coldkey == self.destination or not self.amount:
            return state, (happened,)
        least = state.network.existential_deposit
        if self.destination not in state.free and self.amount < least:
            raise BelowMinimum(f"{self.destination} would hold {self.amount} rao, the least is {least}")
        state, dust = accounts.take_from(state, self.coldkey, self.amount)
        return give_to(state, self.destination, self.amount), (happened, *dust)


@dataclass(frozen=True)
class IncreaseTake:
    """A coldkey raises what its hotkey takes, of 65535, from its nominators' dividends."""

    coldkey: Key
    hotkey: Key
    take: U16

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check owner, direction, range and rate."""
        require_ownership(state, self.coldkey, self.hotkey)
        current = state.takes.get(self.hotkey)
        if current is not None and self.take <= current:
            raise DelegateTakeTooLow(f"{self.take} of 65535 is no increase of {current}")
        if self.take > state.network.max_delegate_take:
            raise DelegateTakeTooHigh(f"{self.take} of 65535, at most {state.network.max_delegate_take}")
        last = state.last_take_change.get(self.hotkey)
        if not passed(last, state.network.tx_delegate_take_rate_limit, state.block):
            raise DelegateTxRateLimitExceeded(f"changed at block {last}, now {state.block}")
        return _with_take(state, self.hotkey, self.take), (
            TakeIncreased(self.coldkey, self.hotkey, self.take),
        )


@dataclass(frozen=True)
class DecreaseTake:
    """A coldkey lowers what its hotkey takes, of 65535, from its nominators' dividends."""

    coldkey: Key
    hotkey: Key
    take: U16

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check owner, direction and range; a fall is free at any time."""
        require_ownership(state, self.coldkey, self.hotkey)
        current = state.takes.get(self.hotkey)
        if current is not None and self.take >= current:
            raise DelegateTakeTooLow(f"{self.take} of 65535 is no decrease of {current}")
        if self.take < state.network.min_delegate_take:
            raise DelegateTakeTooLow(f"{self.take} of 65535, at least {state.network.min_delegate_take}")
        return _with_take(state, self.hotkey, self.take), (
            TakeDecreased(self.coldkey, self.hotkey, self.take),
        )


def _with_take(state: State, hotkey: str, take: int) -> State:
    return replace(
        state,
        takes=state.takes.set(hotkey, take),
        last_take_change=state.last_take_change.set(hotkey, state.block),
    )


@dataclass(frozen=True)
class SetCommitment:
    """A hotkey publishes a text on a subnet; with bonds_reset on, it loses the bonds held in it."""

    hotkey: Key
    netuid: NetUid
    text: Said

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Keep the text, and reset bonds if the subnet says so (6.5)."""
        subnet = state.subnet(self.netuid)
        if self.hotkey not in subnet.uids:
            raise AccountNotAllowedCommit(f"hotkey {self.hotkey} on netuid {self.netuid}")
        subnet = replace(subnet, commitments=subnet.commitments.set(self.hotkey, self.text))
        if state.hyperparameters(self.netuid).bonds_reset:
            subnet = reset_bonds(subnet, subnet.uids[self.hotkey])
        return state.with_subnet(subnet), (Commitment(self.netuid, self.hotkey),)


@dataclass(frozen=True)
class SwapHotkey:
    """A coldkey puts a new hotkey in the place of an old one, on one subnet or (None) everywhere."""

    coldkey: Key
    old_hotkey: Key
    new_hotkey: Key
    netuid: AnyNetUid = None

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Check, recycle the cost, and move uid, stake, relations, takes and commits."""
        netuids = [ROOT_NETUID, *state.netuids] if self.netuid is None else [self.netuid]
        cost = self._checked(state, netuids)
        state, dust = accounts.take_from(state, self.coldkey, cost)
        state = replace(state, total_issuance=state.total_issuance - cost)
        for netuid in netuids:
            state = _swap_on(state, netuid, self)
        owner = state.owner.set(self.new_hotkey, self.coldkey)
        last = state.last_key_swap.set(self.coldkey, state.block)
        state = replace(state, owner=owner, last_key_swap=last)
        if self.netuid is None:
            state = _swap_identity(state, self.old_hotkey, self.new_hotkey)
        happened = HotkeySwapped(self.coldkey, self.old_hotkey, self.new_hotkey, self.netuid)
        return state, (happened, *dust)

    def _checked(self, state: State, netuids: list[int]) -> int:
        """What the swap costs, rao, if nothing speaks against it."""
        require_association(state, self.coldkey, self.old_hotkey)
        if self.new_hotkey == self.old_hotkey:
            raise NewHotKeyIsSameWithOld(f"hotkey {self.old_hotkey}")
        if self.new_hotkey in state.owner:
            require_association(state, self.coldkey, self.new_hotkey)
        last = state.last_key_swap.get(self.coldkey)
        if not passed(last, state.network.tx_rate_limit, state.block):
            raise HotKeySetTxRateLimitExceeded(f"swapped at block {last}, now {state.block}")
        for netuid in netuids:
            self._check_clean(state, netuid)
        whole = self.netuid is None
        cost = state.network.key_swap_cost if whole else state.network.key_swap_on_subnet_cost
        if free_tao(state, self.coldkey) < cost:
            raise NotEnoughBalanceToPaySwapHotKey(
                f"{holding(state, self.coldkey)}, asked {format_tao(cost, digits=9)}"
            )
        return cost

    def _check_clean(self, state: State, netuid: int) -> None:
        """The new key must be unregistered, and without stake on root."""
        taken = f"hotkey {self.new_hotkey} on netuid {netuid}"
        if netuid == ROOT_NETUID and self.netuid is None:
            if self.new_hotkey in state.stake[ROOT_NETUID]:
                raise HotKeyAlreadyRegisteredInSubNet(taken)
            return
        subnet = state.subnet(netuid)
        if self.new_hotkey in subnet.uids:
            raise HotKeyAlreadyRegisteredInSubNet(taken)
        last = subnet.last_hotkey_swap.get(self.coldkey)
        if self.netuid is not None and not passed(last, state.network.hotkey_swap_interval, state.block):
            raise HotKeySwapOnSubnetIntervalNotPassed(f"swapped at block {last}, now {state.block}")


def _swap_on(state: State, netuid: int, swap: SwapHotkey) -> State:
    """Move everything that the old hotkey has on one netuid to the new one."""
    old, new = swap.old_hotkey, swap.new_hotkey
    state = with_hotkey_swapped(state, netuid, old, new)
    if netuid == ROOT_NETUID:
        return replace(state, root_claims=renamed(state.root_claims, old, new))
    subnet = rename_locks(rename_relations(state.subnet(netuid), old, new), old, new)
    changes: dict[str, Any] = {
        "hotkeys": tuple(new if hotkey == old else hotkey for hotkey in subnet.hotkeys),
        "mechanisms": tuple(_rename_commits(m, old, new) for m in subnet.mechanisms),
        "commitments": renamed(subnet.commitments, old, new),
        "auto_stake": Map({c: new if hotkey == old else hotkey for c, hotkey in subnet.auto_stake.items()}),
    }
    if swap.netuid is not None:
        changes["last_hotkey_swap"] = subnet.last_hotkey_swap.set(swap.coldkey, state.block)
    if subnet.owner_hotkey == old:
        changes["owner_hotkey"] = new
    return state.with_subnet(replace(subnet, **changes))


def _rename_commits(mechanism: Mechanism, old: str, new: str) -> Mechanism:
    timelocked = mechanism.timelocked
    for epoch, bucket in mechanism.timelocked.items():
        if any(commit.hotkey == old for commit in bucket):
            theirs = tuple(replace(c, hotkey=new) if c.hotkey == old else c for c in bucket)
            timelocked = timelocked.set(epoch, theirs)
    return replace(mechanism, commits=renamed(mechanism.commits, old, new), timelocked=timelocked)


def _swap_identity(state: State, old: str, new: str) -> State:
    """Let the old hotkey cease to exist; its take goes to the new one."""
    return replace(
        state,
        owner=state.owner.delete(old),
        takes=renamed(state.takes, old, new),
        last_take_change=renamed(state.last_take_change, old, new),
    )


def renamed(ledger: Map[str, Any], old: str, new: str) -> Map[str, Any]:
    """Return a ledger by keys in which one key's entry stands under another name."""
    return ledger.delete(old).set(new, ledger[old]) if old in ledger else ledger

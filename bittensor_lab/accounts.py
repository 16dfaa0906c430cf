"""Accounts: free TAO, who owns which hotkey, and the account of each subnet.

TAO moves between accounts and is never made here; it ends only as dust: a balance below the
existential deposit cannot exist, so what is left of an account below it is gone, and the total
issuance falls by as much.

Source: ``spec/economy.md`` 0, 1 and 7; the chain's balances pallet.
"""

from __future__ import annotations

from bittensor_lab.errors import BelowMinimum, HotKeyAccountNotExists, NonAssociatedColdKey
from bittensor_lab.events import DustLost, Event
from bittensor_lab.state import State
from bittensor_lab.units import format_tao


def free_tao(state: State, coldkey: str) -> int:
    """Return the free TAO of a coldkey, rao; 0 if nobody has heard of it."""
    return state.free.get(coldkey, 0)


def take_from(state: State, coldkey: str, amount: int) -> tuple[State, tuple[Event, ...]]:
    """Take ``amount`` rao, at most what is there, out of an account; what is left may be dust."""
    left = free_tao(state, coldkey) - amount
    if left >= state.network.existential_deposit:
        return state.but(free=state.free.set(coldkey, left)), ()
    state = state.but(
        free=state.free.delete(coldkey) if coldkey in state.free else state.free,
        total_issuance=state.total_issuance - left,
    )  # fmt: skip
    return state, (DustLost(coldkey, left),) if left else ()


def spend(state: State, coldkey: str, amount: int) -> tuple[State, int]:
    """Take ``amount`` rao from an account that must live on; return what was really taken.

    The existential deposit stays behind: who holds just ``amount`` pays that much less.
    """
    most = max(0, free_tao(state, coldkey) - state.network.existential_deposit)
    paid = min(amount, most)
    if paid:
        state = state.but(free=state.free.set(coldkey, state.free[coldkey] - paid))
    return state, paid


def give_to(state: State, coldkey: str, amount: int) -> State:
    """Add ``amount`` rao to an account."""
    return state.but(free=state.free.set(coldkey, free_tao(state, coldkey) + amount))


def pay(state: State, coldkey: str, amount: int) -> State:
    """Add ``amount`` rao to a coldkey's account; raises BelowMinimum if that could not exist."""
    least = state.network.existential_deposit
    if amount < least and coldkey not in state.free:
        raise BelowMinimum(f"{coldkey} would hold {amount} rao, the least is {least}")
    return give_to(state, coldkey, amount)


def require_ownership(state: State, coldkey: str, hotkey: str) -> None:
    """Raise HotKeyAccountNotExists or NonAssociatedColdKey unless the coldkey owns the hotkey."""
    if hotkey not in state.owner:
        raise HotKeyAccountNotExists(f"hotkey {hotkey}")
    require_association(state, coldkey, hotkey)


def require_association(state: State, coldkey: str, hotkey: str) -> None:
    """Raise NonAssociatedColdKey unless the coldkey owns the hotkey."""
    owner = state.owner.get(hotkey)
    if owner != coldkey:
        belongs = f"belongs to {owner}" if owner else "belongs to nobody"
        raise NonAssociatedColdKey(f"hotkey {hotkey} {belongs}, {coldkey} signed")


def holding(state: State, coldkey: str) -> str:
    """Say what a coldkey holds, for an error."""
    return f"coldkey {coldkey} holds {format_tao(free_tao(state, coldkey), digits=9)}"


def passed(last: int | None, limit: int, block: int) -> bool:
    """Whether ``limit`` blocks have passed since a change; a change at block 0 counts as none."""
    return not last or block - last >= limit

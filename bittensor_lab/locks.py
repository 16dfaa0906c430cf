"""Locks on a state: what a coldkey has locked now, and when conviction gives a subnet another owner.

Mass and conviction move with every block by ``conviction.py``, which has the formulas; a lock is kept
as it was when it last changed, and rolled on to the present block when somebody asks.

Source: ``spec/economy.md`` 7.10; ``staking/lock.rs``.
"""

from __future__ import annotations

from dataclasses import replace

from bittensor_lab.conviction import Lock, rolled, takes_over
from bittensor_lab.errors import LockHotkeyMismatch
from bittensor_lab.events import Event, SubnetOwnerChanged
from bittensor_lab.stake import stake_of_coldkey
from bittensor_lab.state import State, Subnet


def present(state: State, subnet: Subnet, lock: Lock) -> Lock:
    """Return a lock as it is at the state's block."""
    network = state.network
    toward_owner = lock.hotkey == subnet.owner_hotkey
    return rolled(lock, state.block, network.unlock_rate, network.maturity_rate, toward_owner)


def locked(state: State, netuid: int, coldkey: str) -> int:
    """Return how much alpha a coldkey has locked on a subnet, rao."""
    subnet = state.subnets[netuid]
    lock = subnet.locks.get(coldkey) if subnet else None
    return present(state, subnet, lock).mass if subnet and lock else 0


def available(state: State, netuid: int, coldkey: str) -> int:
    """Return how much of its stake on a subnet a coldkey may take out, rao: what it has not locked."""
    return max(0, stake_of_coldkey(state, netuid, coldkey) - locked(state, netuid, coldkey))


def with_lock(subnet: Subnet, coldkey: str, lock: Lock) -> Subnet:
    """Return the subnet with a coldkey's lock replaced; one without mass and conviction is gone."""
    if lock.mass or lock.conviction:
        return replace(subnet, locks=subnet.locks.set(coldkey, lock))
    return replace(subnet, locks=subnet.locks.delete(coldkey)) if coldkey in subnet.locks else subnet


def with_lock_given(state: State, netuid: int, coldkey: str, to_coldkey: str, alpha: int) -> State:
    """Return the state with the lock moved along of ``alpha`` rao that one coldkey is about to give another.

    What is not locked goes first. Beyond it mass goes, and of the conviction the same part; it stays toward
    its hotkey. Raises LockHotkeyMismatch if the other has a lock toward another one.
    """
    beyond = alpha - available(state, netuid, coldkey) if coldkey != to_coldkey else 0
    mass = min(beyond, locked(state, netuid, coldkey))
    if mass <= 0:
        return state
    subnet = state.subnet(netuid)
    mine = present(state, subnet, subnet.locks[coldkey])
    known = subnet.locks.get(to_coldkey) or Lock(mine.hotkey, 0, 0, state.block)
    theirs = present(state, subnet, known)
    if theirs.hotkey != mine.hotkey and (theirs.mass or theirs.conviction):
        raise LockHotkeyMismatch(
            f"{to_coldkey} has locked toward {theirs.hotkey}, {coldkey} toward {mine.hotkey}"
        )
    conviction = mine.conviction * mass // mine.mass
    left = replace(mine, mass=mine.mass - mass, conviction=mine.conviction - conviction)
    given = replace(
        theirs, hotkey=mine.hotkey, mass=theirs.mass + mass, conviction=theirs.conviction + conviction
    )
    for owner, lock in ((coldkey, left), (to_coldkey, given)):
        subnet = with_lock(subnet, owner, present(state, subnet, lock))
    return state.with_subnet(subnet)


def convictions(state: State, subnet: Subnet) -> dict[str, int]:
    """Return the conviction behind each hotkey, raw Q32 rao of alpha."""
    behind: dict[str, int] = {}
    for coldkey in sorted(subnet.locks):
        lock = present(state, subnet, subnet.locks[coldkey])
        behind[lock.hotkey] = behind.get(lock.hotkey, 0) + lock.conviction
    return behind


def let_conviction_decide(state: State, netuid: int) -> tuple[State, tuple[Event, ...]]:
    """Give the subnet to the hotkey with most conviction, if it is old enough and there is enough."""
    subnet = state.subnet(netuid)
    if not subnet.locks:
        return state, ()
    king = takes_over(
        state.block - subnet.registered_at, state.network.takeover_age, convictions(state, subnet),
        int(state.pools.alpha_out[netuid]),
    )  # fmt: skip
    if king is None or king == subnet.owner_hotkey or king not in state.owner:
        return state, ()
    now = {coldkey: present(state, subnet, lock) for coldkey, lock in subnet.locks.items()}
    for coldkey in sorted(now):  # what counts for an owner's hotkey changes from here on
        subnet = with_lock(subnet, coldkey, now[coldkey])
    taken = replace(subnet, owner_hotkey=king, owner_coldkey=state.owner[king])
    return state.with_subnet(taken), (SubnetOwnerChanged(netuid, subnet.owner_hotkey, king),)


def rename_locks(subnet: Subnet, old: str, new: str) -> Subnet:
    """Return the subnet with every lock toward the hotkey ``old`` toward ``new``."""
    moved = {c: replace(lock, hotkey=new) for c, lock in subnet.locks.items() if lock.hotkey == old}
    return replace(subnet, locks=subnet.locks.update(moved)) if moved else subnet

"""Stake weight: how much a hotkey counts on a subnet.

Its own alpha there and its TAO on root, less what it lent to children, plus what parents lent it:

    inherited = floor( max(0, own − Σ_children own·q(p)) + Σ_parents theirs·q(p) )
    weight    = inherited alpha + tao_weight · inherited TAO

A proportion p is a u64, and q(p) cuts it to 32 fractional bits: a quarter becomes 0.24999999977. The
relations are those of the subnet, for root stake too, and go one level deep. Weights are kept with
their 32 fractional bits, as (whole rao, raw fraction), until the epoch normalises them.

Source: ``spec/epoch.md`` 4; ``staking/stake_utils.rs``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from immutables import Map
from numpy.typing import NDArray

from bittensor_lab.events import Children
from bittensor_lab.share_pool import SharePool
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import ONE, U64_MAX

Q32 = 32
LOW = np.uint64(ONE - 1)
EMPTY = SharePool()


def proportion(p: int) -> int:
    """Return a u64 proportion as a raw Q32 fraction, cut off."""
    return (p << Q32) // U64_MAX


def inherited(own: int, children: Iterable[int], parents: Iterable[tuple[int, int]]) -> int:
    """Return the stake that counts, rao: ``own`` less what went to children, plus what parents lent.

    Parameters
    ----------
    children
        proportion of each child, of 2⁶⁴ − 1.
    parents
        proportion and own stake of each parent.
    """
    lent = sum(own * proportion(p) for p in children)
    borrowed = sum(stake * proportion(p) for p, stake in parents)
    return (max(0, (own << Q32) - lent) + borrowed) >> Q32


def stake_weight_of(state: State, netuid: int, hotkey: str) -> int:
    """Return a hotkey's stake weight on a subnet as raw Q32 rao, whether it has a uid there or not."""
    alpha = _inherited_by(state, netuid, hotkey, state.stake[netuid])
    root = _inherited_by(state, netuid, hotkey, state.stake[ROOT_NETUID])
    return (alpha << Q32) + root * state.network.tao_weight_q32


def stake_weights(state: State, netuid: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the stake weight of each uid [n]: whole rao, and what is beyond as raw 2⁻³² rao."""
    subnet, tao_weight = state.subnet(netuid), np.uint64(state.network.tao_weight_q32)
    alpha = _column(state.stake[netuid], subnet.hotkeys)
    root = _column(state.stake[ROOT_NETUID], subnet.hotkeys)
    part = (root & LOW) * tao_weight
    whole = (alpha + (root >> np.uint64(32)) * tao_weight + (part >> np.uint64(32))).astype(np.int64)
    beyond = (part & LOW).astype(np.uint32)
    for hotkey in sorted({*subnet.children, *subnet.parents} & subnet.uids.keys()):
        uid, raw = subnet.uids[hotkey], stake_weight_of(state, netuid, hotkey)
        whole[uid], beyond[uid] = raw >> Q32, raw & (ONE - 1)
    return whole, beyond


def _column(ledger: Map[str, SharePool], hotkeys: tuple[str, ...]) -> NDArray[np.uint64]:
    return np.array([ledger.get(hotkey, EMPTY).value for hotkey in hotkeys], np.uint64)


def _inherited_by(state: State, netuid: int, hotkey: str, ledger: Map[str, SharePool]) -> int:
    subnet = state.subnet(netuid)
    children: Children = subnet.children.get(hotkey, ())
    parents: Children = subnet.parents.get(hotkey, ())
    return inherited(
        ledger.get(hotkey, EMPTY).value,
        (p for p, _ in children),
        ((p, ledger.get(k, EMPTY).value) for p, k in parents),
    )

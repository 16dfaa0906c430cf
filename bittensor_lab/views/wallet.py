"""What a coldkey has: its positions, what they are worth, and what leaving them would really give.

``value`` is at the spot price, ``exit_value`` after slippage and fee if what is not locked of the position,
and nothing else, were sold now; selling several positions of one subnet moves the price for the next.
Amounts are TAO, ``stake``, ``locked`` and ``claimable`` alpha (on root TAO).
"""

from __future__ import annotations

import pandas as pd

from bittensor_lab.accounts import free_tao
from bittensor_lab.locks import locked
from bittensor_lab.market import alpha_price, worth
from bittensor_lab.quotes import exit_value
from bittensor_lab.root_claims import claimable
from bittensor_lab.stake import stake_of, stake_on
from bittensor_lab.state import ROOT_NETUID, State
from bittensor_lab.units import RAO_PER_TAO

COLUMNS = [
    "netuid",
    "hotkey",
    "stake",
    "alpha_price",
    "value",
    "exit_value",
    "pool_share",
    "locked",
    "claimable",
]


def positions(state: State, coldkey: str) -> pd.DataFrame:
    """Return one row per position of a coldkey, or root dividend that waits for it; root comes last.

    ``pool_share`` is its part of all that is staked on the hotkey, ``locked`` what it has locked on the
    subnet as a whole, ``claimable`` what it may draw there as root dividends through that hotkey.
    """
    waiting = {hotkey: claimable(state, hotkey, coldkey) for hotkey in state.staking_hotkeys.get(coldkey, ())}
    rows = []
    for netuid in [*state.netuids, ROOT_NETUID]:
        for hotkey, claims in waiting.items():
            held, drawn = stake_of(state, netuid, hotkey, coldkey), claims.get(netuid, 0)
            if held or drawn:
                rows.append(_position(state, netuid, hotkey, coldkey, held, drawn))
    return pd.DataFrame(rows, columns=COLUMNS)


def _position(
    state: State, netuid: int, hotkey: str, coldkey: str, held: int, drawn: int
) -> tuple[int, str, float, float, float, float, float, float, float]:
    whole = stake_on(state, netuid, hotkey)
    return (
        netuid,
        hotkey,
        held / RAO_PER_TAO,
        alpha_price(state, netuid),
        worth(state, netuid, held) / RAO_PER_TAO,
        exit_value(state, netuid, hotkey, coldkey) / RAO_PER_TAO,
        held / whole if whole else 0.0,
        locked(state, netuid, coldkey) / RAO_PER_TAO,
        drawn / RAO_PER_TAO,
    )


def wallet(state: State, coldkey: str) -> pd.Series:
    """Return what a coldkey has in all, TAO: free, staked at spot and on exit, on root, and to claim."""
    held = positions(state, coldkey)
    alpha, root = held[held.netuid != ROOT_NETUID], held[held.netuid == ROOT_NETUID]
    free = free_tao(state, coldkey) / RAO_PER_TAO
    waiting = float((alpha.claimable * alpha.alpha_price).sum())
    parts = {
        "free": free,
        "alpha_value": float(alpha.value.sum()),
        "alpha_exit_value": float(alpha.exit_value.sum()),
        "root_stake": float(root.value.sum()),
        "claimable_value": waiting,
    }
    total = free + parts["alpha_value"] + parts["root_stake"] + waiting
    return pd.Series({**parts, "total": total}, name=coldkey)

"""The coinbase on a state: the block's TAO goes into the pools, new alpha into the pots.

Here is only what the kernel (``kernels/coinbase.py``, which has the formulas) goes by: which subnets
emit, by which rule, and, under rule G, when the gate's bar moves. A subnet emits once it was started,
while its alpha can be traded and registration is allowed.

Source: ``spec/economy.md`` 2, 3 and 4; ``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.kernels import coinbase as kernel
from bittensor_lab.kernels.amm import spot_price
from bittensor_lab.kernels.coinbase import CoinbaseRules
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.state import COINBASE_COLUMNS, ROOT_NETUID, State
from bittensor_lab.units import ONE

BAR_QUANTILE = 0.75
Q64 = 1 << 64


def run_coinbase(state: State, blocks: int = 1) -> State:
    """Return the state after the coinbase of the ``blocks`` blocks that end with the state's."""
    block, end = state.block - blocks + 1, state.block
    while block <= end:
        if state.network.emission_rule == kernel.PRICE_BURN_GATE:
            state = with_gate_bar(state, block)
            interval = state.network.gate_update_interval
            until = min(end, block + interval - 1 - block % interval) if state.gate_bar else block
        else:
            until = end
        columns = state.pools.copied()
        issuance = kernel.run_coinbase(
            columns, coinbase_rules(state), state.total_issuance, block, until - block + 1
        )
        moved: dict[str, Any] = dict(zip(COINBASE_COLUMNS, columns, strict=True))
        pools = state.pools.moved(**moved)
        state = state.but(pools=pools, total_issuance=int(issuance))
        block = until + 1
    return state


def emits(state: State) -> NDArray[np.bool_]:
    """Whether each netuid [rows] takes part in the coinbase."""
    p = state.pools
    found = (p.first_emission_block > 0) & p.subtoken_enabled & state.rules.registration_allowed
    found[ROOT_NETUID] = False
    return found


def emission_shares(state: State) -> NDArray[np.float64]:
    """Return each netuid's share [rows] of the next block's TAO, by the rule in force."""
    rules = coinbase_rules(with_gate_bar(state, state.block + 1))
    rows, shares = np.flatnonzero(rules.emits), np.zeros(len(state.subnets))
    if len(rows):
        shares[rows] = kernel.shares(state.pools.copied(), rules, rows)
    return shares


def injections(state: State) -> dict[int, tuple[int, int, int]]:
    """Return what the next block means for each subnet that emits, rao: (TAO in, alpha in, excess).

    Should both sides not fit a pool's weights, the chain puts in neither.
    """
    rules, p = coinbase_rules(state), state.pools
    emission, shares = int(block_emission(state.total_issuance)), emission_shares(state)
    found = {}
    for netuid in np.flatnonzero(rules.emits).tolist():
        new = float(block_emission(p.alpha_issuance(netuid)))
        cap = kernel.injection_cap(rules.injection, new, emission, root_proportion(state, netuid))
        price = spot_price(int(p.tao_in[netuid]), int(p.alpha_in[netuid]), int(p.quote_weight[netuid]))
        terms = kernel.terms(kernel.cut(emission * shares[netuid]), price, cap, rules.injection)
        found[netuid] = (int(terms[0]), int(terms[1]), int(terms[2]))
    return found


def root_is_paid(state: State) -> bool:
    """Whether root gets its share: only while the moving prices sum to more than 1."""
    return int(state.pools.moving_price[emits(state)].sum()) > ONE


def root_proportion(state: State, netuid: int) -> float:
    """Return the part of a subnet's stake weight that root's TAO is."""
    weight = state.network.tao_weight_q32 / ONE
    return float(
        kernel.root_proportion(
            weight, int(state.pools.tao_in[ROOT_NETUID]), state.pools.alpha_issuance(netuid)
        )
    )


def coinbase_rules(state: State) -> CoinbaseRules:
    """Return what the coinbase goes by in this state."""
    network, pools = state.network, state.pools
    return CoinbaseRules(
        regime=network.emission_rule,
        injection=network.injection_rule,
        moves_weights=not network.pool_rule,
        emits=emits(state),
        emission_enabled=pools.emission_enabled,
        first_emission_block=pools.first_emission_block,
        owner_cut=state.rules.owner_cut_enabled * np.int64(network.subnet_owner_cut),
        tao_weight=network.tao_weight_q32 / ONE,
        moving_alpha=network.subnet_moving_alpha / ONE,
        price_halving_blocks=min(network.ema_price_halving_blocks, 2**63 - 1),
        gate_bar=state.gate_bar / Q64,
        gate_exponent=float(network.gate_exponent),
        flow_cutoff=float(network.flow_cutoff),
        flow_alpha=network.flow_smoothing / (2**63 - 1),
        flow_exponent=float(network.flow_exponent),
    )


def with_gate_bar(state: State, block: int) -> State:
    """Return the state with the gate's bar of ``block``: taken anew now and then, and only under rule G."""
    # simplified: the gate's bar is taken anew whenever gate_update_interval divides the block's number
    network = state.network
    held = state.gate_bar and block % network.gate_update_interval
    if network.emission_rule != kernel.PRICE_BURN_GATE or held:
        return state
    ungated = replace(state, network=replace(network, emission_rule=kernel.PRICE_BURN))
    rules = coinbase_rules(ungated)
    rows = np.flatnonzero(rules.emits)
    if not len(rows):
        return state
    everyone = rules._replace(emission_enabled=rules.emits)  # the gate comes before that filter
    shares = kernel.shares(state.pools.copied(), everyone, rows)
    return state.but(gate_bar=int(np.quantile(shares, BAR_QUANTILE) * Q64))

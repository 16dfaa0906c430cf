"""The coinbase: a block's TAO goes into the pools, and each subnet's alpha into four pots.

For every block and every subnet that emits, in this order:

    shares      who gets how much of the block's TAO                     (kernels/emission.py)
    terms       alpha_in = TAO / price, at most g · e;  excess = the TAO that this cap leaves over
    inject      excess buys alpha; then alpha_in and tao_in go into the pool at its own price
    pots        e new alpha: owner cut; then half to servers, half to validators, of which root gets g'
    price       the moving price follows the spot price

e is the subnet's alpha emission, g its root proportion ``w·T0 / (w·T0 + A)``: w the TAO weight, T0 the
TAO on root, A the subnet's alpha. g' is the same after the block's alpha exists. If the moving prices
sum to 1 or less, the root part is recycled.

Many blocks run in one call. Numbers are float64, cut off where the chain cuts (2⁻³², whole rao).

Source: ``spec/economy.md`` 2, 4.1 to 4.3, 6.5; ``coinbase/run_coinbase.rs``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.kernels.amm import OK, quote_after, spot_price, swap
from bittensor_lab.kernels.emission import (
    block_emission,
    flow_shares,
    gate_shares,
    net_flow,
    normalise,
    only_enabled,
    price_and_burn_shares,
)
from bittensor_lab.kernels.fixed import ONE, kernel

PRICE_EMA, USER_FLOW, NET_FLOW, ROOT_PRICE_BURN, PRICE_BURN, PRICE_BURN_GATE = 1, 2, 3, 4, 5, 6
"""the emission rules B to G; A, the root network's weights, gives its shares as they are (0)"""
ROOT_WEIGHTS = 0
U16_MAX = 65535
NO_LIMIT = 1e6
EVEN = 500_000_000_000_000_000


class PoolArrays(NamedTuple):
    """The pools [rows] of the subnets, a row per netuid, and their pots; rao unless said."""

    tao: NDArray[np.int64]  # [rows] T: TAO in the pool
    alpha_in: NDArray[np.int64]  # [rows] X: alpha in the pool
    alpha_out: NDArray[np.int64]  # [rows] O: alpha outside
    quote: NDArray[np.int64]  # [rows] the TAO's weight, of 1e18
    initialised: NDArray[np.bool_]  # [rows] whether anyone has traded
    moving_price: NDArray[np.int64]  # [rows] raw Q32 TAO per alpha
    protocol_alpha: NDArray[np.int64]  # [rows] alpha that the chain bought
    account: NDArray[np.int64]  # [rows] TAO on the subnet's account
    pending_server: NDArray[np.int64]  # [rows]
    pending_validator: NDArray[np.int64]  # [rows]
    pending_root: NDArray[np.int64]  # [rows]
    pending_owner: NDArray[np.int64]  # [rows]
    miner_burned: NDArray[np.int64]  # [rows] raw Q32
    root_share: NDArray[np.float64]  # [rows] the root network's opinion, for rule A
    user_flow: NDArray[np.int64]  # [rows] since the last block
    protocol_flow: NDArray[np.int64]  # [rows]
    user_flow_ema: NDArray[np.float64]  # [rows]
    protocol_flow_ema: NDArray[np.float64]  # [rows]


class CoinbaseRules(NamedTuple):
    """What the coinbase goes by in all blocks of one call."""

    regime: int
    emits: NDArray[np.bool_]  # [rows]
    emission_enabled: NDArray[np.bool_]  # [rows]
    first_emission_block: NDArray[np.int64]  # [rows]
    owner_cut: NDArray[np.int64]  # [rows] of 65535; 0 where it is off
    tao_weight: float
    moving_alpha: float
    price_halving_blocks: int
    gate_bar: float
    gate_exponent: float
    flow_cutoff: float
    flow_alpha: float
    flow_exponent: float


@kernel
def cut(x):
    """Cut to 32 fractional bits."""
    return np.floor(x * 4294967296.0) / 4294967296.0


@kernel
def root_proportion(tao_weight, root_tao, alpha):
    """The part of a subnet's stake weight that root's TAO is; 0 if there is nothing."""
    weighted = tao_weight * root_tao
    return cut(weighted / (weighted + alpha)) if weighted + alpha > 0 else 0.0


@kernel
def run_coinbase(p, rules, total_issuance, first_block, blocks):
    """Run the coinbase of ``blocks`` blocks in place; returns the total issuance after them, rao."""
    rows = np.flatnonzero(rules.emits)
    for block in range(first_block, first_block + blocks):
        emission = block_emission(total_issuance)
        total_issuance += _one_block(p, rules, rows, emission)
        for row in rows:
            follow_price(p, rules, row, block)
    return total_issuance


@kernel
def _one_block(p, rules, rows, emission):
    """Steps a to h of a block; returns the TAO that went into subnets, rao."""
    share = shares(p, rules, rows)
    sells_root = p.moving_price[rows].sum() > ONE
    tao_in, excess = np.zeros(len(rows)), np.zeros(len(rows))
    alpha_in, alpha_out = np.zeros(len(rows)), np.zeros(len(rows))
    for i in range(len(rows)):
        given = cut(emission * share[i])
        alpha_in[i], tao_in[i], excess[i], alpha_out[i] = terms(p, rules.tao_weight, rows[i], given)
    spent = np.int64(0)
    for i in range(len(rows)):
        spent += inject(p, rows[i], np.int64(tao_in[i]), np.int64(alpha_in[i]), np.int64(excess[i]))
    for i in range(len(rows)):
        fill_pots(p, rules, rows[i], alpha_out[i], sells_root)
    return spent


@kernel
def shares(p, rules, rows):
    """Each emitting subnet's share [emitting] of the block's TAO, by the rule in force (3)."""
    price = p.moving_price[rows] / 4294967296.0
    if rules.regime == ROOT_WEIGHTS:
        return normalise(p.root_share[rows])
    if rules.regime == PRICE_EMA:
        return normalise(price)
    if rules.regime == USER_FLOW or rules.regime == NET_FLOW:
        return _by_flow(p, rules, rows)
    factor = np.ones(len(rows))
    if rules.regime == ROOT_PRICE_BURN:
        for i in range(len(rows)):
            alpha = p.alpha_in[rows[i]] + p.alpha_out[rows[i]]
            factor[i] = root_proportion(rules.tao_weight, p.tao[0], alpha)
    share = price_and_burn_shares(price, p.miner_burned[rows] / 4294967296.0, factor)
    if rules.regime == PRICE_BURN_GATE:
        share = gate_shares(share, rules.gate_bar, rules.gate_exponent)
    return only_enabled(share, rules.emission_enabled[rows])


@kernel
def _by_flow(p, rules, rows):
    """Fold this block's flows into their averages, and share by them."""
    for row in rows:
        a = rules.flow_alpha
        p.user_flow_ema[row] = (1.0 - a) * p.user_flow_ema[row] + a * p.user_flow[row]
        p.protocol_flow_ema[row] = (1.0 - a) * p.protocol_flow_ema[row] + a * p.protocol_flow[row]
        p.user_flow[row] = 0
        p.protocol_flow[row] = 0
    net = p.user_flow_ema[rows]
    if rules.regime == NET_FLOW:
        net = net_flow(net, p.protocol_flow_ema[rows])
    return flow_shares(net, rules.flow_cutoff, rules.flow_exponent)


@kernel
def terms(p, tao_weight, row, given):
    """What ``given`` TAO means for a subnet: (alpha_in, tao_in, excess, alpha_out) (4.1)."""
    alpha = p.alpha_in[row] + p.alpha_out[row]
    alpha_out = np.float64(block_emission(alpha))
    price = cut(spot_price(p.tao[row], p.alpha_in[row], p.quote[row]))
    cap = cut(root_proportion(tao_weight, p.tao[0], alpha) * alpha_out)
    alpha_in, tao_in = (cut(given / price) if price > 0.0 else 0.0), given
    if alpha_in > cap:
        alpha_in, tao_in = cap, cut(cap * price)
    return alpha_in, tao_in, given - tao_in, alpha_out


@kernel
def inject(p, row, tao_in, alpha_in, excess):
    """Move the weights, let the excess buy alpha, then add both sides; returns the TAO spent (4.2)."""
    after = quote_after(p.tao[row], p.alpha_in[row], p.quote[row], tao_in, alpha_in)
    if after < 0:
        tao_in, alpha_in = 0, 0
    else:
        p.quote[row] = after
    if excess > 0:
        _buy(p, row, excess)
    p.alpha_in[row] += alpha_in
    p.tao[row] += tao_in
    p.account[row] += tao_in + excess
    p.protocol_flow[row] += tao_in
    return tao_in + excess


@kernel
def _buy(p, row, excess):
    """The chain's own purchase, without fee; what it cannot spend stays on the account."""
    if not p.initialised[row]:
        p.initialised[row], p.quote[row] = True, EVEN
    error, paid, out, _ = swap(
        True, p.tao[row], p.alpha_in[row], p.quote[row], excess, NO_LIMIT, 0, np.uint64(0)
    )
    if error == OK:
        p.tao[row] += paid
        p.alpha_in[row] -= out
        p.alpha_out[row] += out
        p.protocol_alpha[row] += out
        p.protocol_flow[row] += paid


@kernel
def fill_pots(p, rules, row, alpha_out, sells_root):
    """Create the block's alpha and let it wait for the epoch (4.3)."""
    p.alpha_out[row] += np.int64(alpha_out)
    cut_off = cut(alpha_out * rules.owner_cut[row] / U16_MAX)
    p.pending_owner[row] += np.int64(cut_off)
    rest = alpha_out - cut_off
    proportion = root_proportion(rules.tao_weight, p.tao[0], p.alpha_in[row] + p.alpha_out[row])
    root = cut(cut(proportion * rest) / 2)
    server = cut(rest / 2)
    p.pending_server[row] += np.int64(server)
    p.pending_validator[row] += np.int64(rest - server - root)
    if sells_root:
        p.pending_root[row] += np.int64(root)
    else:
        p.alpha_out[row] -= np.int64(root)


@kernel
def follow_price(p, rules, row, block):
    """Let the moving price follow the spot price, at most 1 TAO; cut to 2⁻³² (6.5).

    The chain cuts both products to 2⁻⁶⁴ before it adds them, so that even a standstill loses one
    unit, except at exactly 1, where nothing is cut; 2⁻³² of a unit here stands for that.
    """
    age = np.float64(block - (rules.first_emission_block[row] - 1))
    if age + rules.price_halving_blocks <= 0:
        return
    rate = rules.moving_alpha * age / (age + rules.price_halving_blocks)
    price = min(spot_price(p.tao[row], p.alpha_in[row], p.quote[row]), 1.0)
    gap = price * 4294967296.0 - np.float64(p.moving_price[row])
    if rate > 0.0 and not (price == 1.0 and p.moving_price[row] == ONE):
        p.moving_price[row] += np.int64(np.floor(rate * gap - 1.0 / 4294967296.0))

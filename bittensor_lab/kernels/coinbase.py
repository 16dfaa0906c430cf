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

from bittensor_lab.kernels.amm import MINIMUM_RESERVE, OK, WHOLE, amount_out, quote_after, spot_price, swap
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

ROOT_WEIGHTS, PRICE_EMA, USER_FLOW, NET_FLOW, ROOT_PRICE_BURN, PRICE_BURN, PRICE_BURN_GATE = range(7)
"""the emission rules A to G"""
FULL_TAO, SUBSIDY, CAP_ALPHA, CAP_LOWER, CAP_ROOT = range(5)
"""The injection rules, oldest first: how much alpha may go in beside the TAO, and what the rest does.

FULL_TAO    at most e alpha, but all of the TAO: the price rises, the chain buys nothing
SUBSIDY     at most as much alpha as the block has TAO; the rest of the TAO buys alpha, which is recycled
CAP_ALPHA   the same with at most e alpha
CAP_LOWER   the same with the lower of the two; from here on what is bought stays outside, the protocol's
CAP_ROOT    the same with at most g · e alpha
"""
U16_MAX = 65535
NO_LIMIT = 1e6
SAFE_RESERVE = 2 * MINIMUM_RESERVE
EVEN = 500_000_000_000_000_000
TWO_32 = 4294967296.0


class PoolArrays(NamedTuple):
    """The pools [rows] of the subnets, a row per netuid, and their pots; rao unless said."""

    tao_in: NDArray[np.int64]  # [rows] T: TAO in the pool
    alpha_in: NDArray[np.int64]  # [rows] X: alpha in the pool
    alpha_out: NDArray[np.int64]  # [rows] O: alpha outside
    quote_weight: NDArray[np.int64]  # [rows] the TAO's weight, of 1e18
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
    injection: int
    moves_weights: bool
    """whether injection keeps the price by moving the weights, or keeps the weights even"""
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
    return np.floor(x * TWO_32) / TWO_32


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
        total_issuance += one_block(p, rules, rows, block_emission(total_issuance), block)
    return total_issuance


@kernel
def one_block(p, rules, rows, emission, block):
    """Steps a to h and 5 of a block; returns the TAO that went into subnets, rao.

    The shares come from all subnets before any of them changes. From there on no subnet sees another
    (root's TAO stands still), so each one goes through its steps at once, on numbers instead of columns.
    """
    share = shares(p, rules, rows)
    sells_root = p.moving_price[rows].sum() > ONE
    root_tao, tao_weight = p.tao_in[0], rules.tao_weight
    spent = np.int64(0)
    for i in range(len(rows)):
        row = rows[i]
        tao, alpha, quote, outside = p.tao_in[row], p.alpha_in[row], p.quote_weight[row], p.alpha_out[row]
        new = np.float64(block_emission(alpha + outside))
        proportion = root_proportion(tao_weight, root_tao, alpha + outside)
        cap = injection_cap(rules.injection, new, emission, proportion)
        given, price = cut(emission * share[i]), spot_price(tao, alpha, quote)
        tao_term, alpha_term, excess_term = terms(given, price, cap, rules.injection)
        tao_add, alpha_add, excess = np.int64(tao_term), np.int64(alpha_term), np.int64(excess_term)
        if rules.moves_weights:
            quote, tao_add, alpha_add = weighed(tao, alpha, quote, tao_add, alpha_add)
        spent += tao_add + excess
        p.account[row] += tao_add + excess
        p.protocol_flow[row] += tao_add
        if excess > 0:
            if not p.initialised[row]:
                p.initialised[row], quote = True, EVEN
            paid, bought = chain_buy(tao, alpha, quote, excess)
            tao, alpha = tao + paid, alpha - bought
            p.protocol_flow[row] += paid
            if rules.injection >= CAP_LOWER:
                outside += bought
                p.protocol_alpha[row] += bought
        tao, alpha, outside = tao + tao_add, alpha + alpha_add, outside + np.int64(new)
        proportion = root_proportion(tao_weight, root_tao, alpha + outside)
        owner, server, validator, root = split(new, rules.owner_cut[row], proportion)
        p.pending_owner[row] += owner
        p.pending_server[row] += server
        p.pending_validator[row] += validator
        if sells_root:
            p.pending_root[row] += root
        else:
            outside -= root
        p.tao_in[row], p.alpha_in[row], p.quote_weight[row], p.alpha_out[row] = tao, alpha, quote, outside
        age = block + 1 - rules.first_emission_block[row]
        rate = moving_rate(rules.moving_alpha, age, rules.price_halving_blocks)
        p.moving_price[row] = followed(p.moving_price[row], spot_price(tao, alpha, quote), rate)
    return spent


@kernel
def shares(p, rules, rows):
    """Each emitting subnet's share [emitting] of the block's TAO, by the rule in force (3)."""
    price = p.moving_price[rows] / TWO_32
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
            factor[i] = root_proportion(rules.tao_weight, p.tao_in[0], alpha)
    share = price_and_burn_shares(price, p.miner_burned[rows] / TWO_32, factor)
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
def injection_cap(injection, new, emission, proportion):
    """The most alpha that may go in: ``new`` alpha, or the TAO's block emission, or root's part of it."""
    if injection == SUBSIDY:
        return np.float64(emission)
    if injection == CAP_LOWER:
        return min(new, np.float64(emission))
    return cut(proportion * new) if injection == CAP_ROOT else new


@kernel
def terms(given, price, cap, injection):
    """What ``given`` TAO means for a subnet, rao to 2⁻³²: (into the pool, alpha beside it, excess) (4.1)."""
    price = cut(price)
    alpha_add, tao_add = (cut(given / price) if price > 0.0 else 0.0), given
    if alpha_add > cap:
        alpha_add = cap
        if injection != FULL_TAO:
            tao_add = cut(cap * price)
    return tao_add, alpha_add, given - tao_add


@kernel
def weighed(tao, alpha, quote, tao_add, alpha_add):
    """The TAO's weight with both sides added, and what is added: nothing if that is out of bounds."""
    after = quote_after(tao, alpha, quote, tao_add, alpha_add)
    return (after, tao_add, alpha_add) if after >= 0 else (quote, np.int64(0), np.int64(0))


@kernel
def chain_buy(tao, alpha, quote, excess):
    """The chain's own purchase, without fee: (paid, bought); what it cannot spend stays on the account.

    A small purchase cannot reach the limit, whatever the weights, so that one formula is all of ``swap``.
    """
    if excess < tao >> 10 and tao >> 10 < alpha and alpha > SAFE_RESERVE:
        bought = amount_out(excess, tao, alpha, quote, WHOLE - quote)
        return (excess, bought) if bought > 0 else (np.int64(0), np.int64(0))
    error, paid, bought, _ = swap(True, tao, alpha, quote, excess, NO_LIMIT, 0, np.uint64(0))
    return (paid, bought) if error == OK else (np.int64(0), np.int64(0))


@kernel
def split(new, owner_cut, proportion):
    """New alpha by who waits for it, whole rao: (owner, server, validator, root) (4.3)."""
    owner = cut(new * owner_cut / U16_MAX)
    rest = new - owner
    root = cut(cut(proportion * rest) / 2)
    server = cut(rest / 2)
    return np.int64(owner), np.int64(server), np.int64(rest - server - root), np.int64(root)


@kernel
def moving_rate(moving_alpha, age, halving_blocks):
    """The part of the gap to the spot price that a moving price closes at its age, in blocks."""
    return moving_alpha * age / (age + halving_blocks) if age + halving_blocks > 0 else 0.0


@kernel
def followed(moving_price, price, rate):
    """The raw moving price a block later: it follows the spot price, at most 1 TAO; cut to 2⁻³² (6.5).

    The chain cuts both products to 2⁻⁶⁴ before it adds them, so that even a standstill loses one
    unit, except at exactly 1, where nothing is cut; 2⁻³² of a unit here stands for that.
    """
    price = min(price, 1.0)
    if rate <= 0.0 or (price == 1.0 and moving_price == ONE):
        return moving_price
    gap = price * TWO_32 - np.float64(moving_price)
    return max(np.int64(0), moving_price + np.int64(np.floor(rate * gap - 1.0 / TWO_32)))

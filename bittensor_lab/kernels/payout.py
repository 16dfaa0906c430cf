"""The pay-out of an epoch and the claims of root's stakers, on columns.

They are ``distribution`` and ``root_claims``, for the plain case: no childkeys and no locks. Fractions of a
rao are two words (whole, part of 2³²), or three for a product of a pot and a rate. Stake is a value per
share pool; whose it is waits in a log until ``shares.settle``, except on root, where a claim asks at once.

    owner's pot → owner;  server pot → miners;  validator and root pots → validators' takes, then stakers

Source: ``spec/economy.md`` 4.4 to 4.6; ``coinbase/run_coinbase.rs``, ``staking/claim_root.rs``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.kernels.amm import OK, swap, swap_constant_product
from bittensor_lab.kernels.coinbase import EVEN
from bittensor_lab.kernels.fixed import ONE, div_wide, kernel
from bittensor_lab.kernels.shares import (
    Log,
    Shares,
    credit,
    value_of,
    wide_difference,
    wide_product,
    wide_sum,
)

BITS, LOW, ZERO = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(0)
U64_MAX = np.uint64(2**64 - 1)
LOWEST_PRICE = 1e-6
"""TAO per alpha at which a claim would stop selling"""
NONE = -1


class Ledger(NamedTuple):
    """All stake: one pool per hotkey and netuid, one slot per coldkey in it."""

    value: NDArray[np.int64]  # [pools] rao
    owned: NDArray[np.bool_]  # [pools] whether anyone has a share
    known: NDArray[np.int64]  # [slots] 0: the coldkey knows the hotkey; −1: not; else since which credit
    known_count: NDArray[np.int64]  # [1] how many got to know one
    pool_moved: NDArray[np.bool_]  # [pools] whether its value has changed
    slot_moved: NDArray[np.bool_]  # [slots] whether its share has
    denominator: Shares  # [pools]
    share: Shares  # [slots]
    log: Log
    log_size: NDArray[np.int64]  # [1]


class Keys(NamedTuple):
    """Where each uid's pay goes."""

    own_pool: NDArray[np.int32]  # [rows, width] the pool on its hotkey, as the next
    own_slot: NDArray[np.int32]  # [rows, width] its owner's slot there
    incentive_pool: NDArray[np.int32]  # [rows, width] where its incentive is staked, as the next
    incentive_slot: NDArray[np.int32]  # [rows, width]
    root: NDArray[np.int32]  # [rows, width] its number among root's hotkeys; −1: none
    take: NDArray[np.int64]  # [rows, width] raw Q32
    is_owners: NDArray[np.bool_]  # [rows, width] whether the subnet's owner's
    owner_pool: NDArray[np.int32]  # [rows] where the owner's cut goes, as the next
    owner_slot: NDArray[np.int32]  # [rows]
    recycles: NDArray[np.bool_]  # [rows] whether what is withheld from the owner's keys is recycled


class Claims(NamedTuple):
    """Root dividends: a pair is a coldkey's stake on a hotkey of root."""

    rate: NDArray[np.int64]  # [hotkeys, rows] raw Q32 alpha per rao; −1: none yet
    root_pool: NDArray[np.int32]  # [hotkeys]
    version: NDArray[np.int64]  # [hotkeys] grows with every rate and with the pool
    pairs_of: NDArray[np.int32]  # [stakers, most] in the order in which they are claimed; −1: no more
    hotkey: NDArray[np.int32]  # [pairs]
    slot: NDArray[np.int32]  # [pairs]
    seen: NDArray[np.int64]  # [pairs] the version at which nothing was ripe
    mark: NDArray[np.int64]  # [pairs, rows] what was drawn; −1: nothing yet
    keeps: NDArray[np.bool_]  # [pairs, rows] whether the alpha is kept
    keep_pool: NDArray[np.int32]  # [pairs, rows] where, as the next
    keep_slot: NDArray[np.int32]  # [pairs, rows]
    threshold: NDArray[np.int64]  # [rows] the least that is drawn
    trade_rules: NDArray[np.bool_]  # [1] whether pools are those of early 2025


class Bill(NamedTuple):
    """What an epoch pays, in order."""

    pool: NDArray[np.int32]  # [payments]
    slot: NDArray[np.int32]  # [payments] −1: everyone in the pool
    amount: NDArray[np.int64]  # [payments] rao


@kernel
def give(ledger, pool, slot, amount):
    """Credit payments [payments] in order; returns whether the last one could be.

    What is too little to be a share is nobody's. One call for many: to hand over a ledger costs more than a
    credit does.
    """
    value, owned, known, log = ledger.value, ledger.owned, ledger.known, ledger.log
    pool_moved, slot_moved = ledger.pool_moved, ledger.slot_moved
    log_pool, log_slot, log_amount, log_value = log.pool, log.slot, log.amount, log.value
    at, count, done = ledger.log_size[0], ledger.known_count[0], False
    for i in range(len(pool)):
        to, place, paid = pool[i], slot[i], amount[i]
        before = value[to]
        done = paid > 0 and not (place >= 0 and owned[to] and before == 0)
        if not done:
            continue
        value[to], pool_moved[to] = before + paid, True
        if place < 0:
            continue
        owned[to], slot_moved[place] = True, True
        log_pool[at], log_slot[at], log_amount[at], log_value[at] = to, place, paid, before
        at += 1
        if known[place] < 0:
            count += 1
            known[place] = count
    ledger.log_size[0], ledger.known_count[0] = at, count
    return done


@kernel
def stake_terms(alpha, root, tao_weight):
    """The parts of a stake weight, each (whole rao, part of 2³²): root's alone, and with the alpha."""
    part = (np.uint64(root) & LOW) * np.uint64(tao_weight)
    whole = np.int64((np.uint64(root) >> BITS) * np.uint64(tao_weight) + (part >> BITS))
    return whole, alpha + whole, np.int64(part & LOW)


@kernel
def by_root(dividends, alpha, root, tao_weight):
    """The part of dividends that root stake earned: (whole rao, part of 2³²)."""
    counted, total, beyond = stake_terms(alpha, root, tao_weight)
    if total == 0 and beyond == 0:
        return ZERO, ZERO
    fraction = np.uint64(div_wide(counted, beyond, total, beyond))
    high, low = wide_product(ZERO, np.uint64(dividends), ZERO, fraction)
    return (high << BITS) | (low >> BITS), low & LOW


@kernel
def take_and_rest(pot, fraction, rate):
    """``pot · fraction`` (raw Q32) by who gets it, whole rao each: (take, rest)."""
    high, low = wide_product(ZERO, np.uint64(pot), ZERO, np.uint64(fraction))
    whole = (high << BITS) | (low >> BITS)
    t_high, t_low = wide_product(ZERO, whole, ZERO, np.uint64(rate))
    t_high, t_low = wide_sum(t_high, t_low, ZERO, ((low & LOW) * np.uint64(rate)) >> BITS)
    high, low = wide_difference(high, low, t_high, t_low)
    return np.int64((t_high << BITS) | (t_low >> BITS)), np.int64((high << BITS) | (low >> BITS))


@kernel
def pot_shares(dividends, alpha, root, tao_weight):
    """Each earner's fraction [2, earners] of the alpha pot and of the root pot, raw Q32 (4.4).

    ``alpha`` and ``root`` [earners] are what is staked on it, rao.
    """
    count = len(dividends)
    weight, part = np.zeros((2, count), np.uint64), np.zeros((2, count), np.uint64)
    for i in range(count):
        weight[1, i], part[1, i] = by_root(dividends[i], alpha[i], root[i], tao_weight)
        borrow = np.uint64(1) if part[1, i] > ZERO else ZERO
        weight[0, i] = np.uint64(dividends[i]) - weight[1, i] - borrow
        part[0, i] = (np.uint64(ONE) - part[1, i]) & LOW
    fractions = np.zeros((2, count), np.int64)
    for pot in range(2):
        total, beyond = weight[pot].sum(), part[pot].sum()
        total, beyond = np.int64(total + (beyond >> BITS)), np.int64(beyond & LOW)
        for i in range(count):
            if total > 0 or beyond > 0:
                w, b = np.int64(weight[pot, i]), np.int64(part[pot, i])
                fractions[pot, i] = div_wide(w, b, total, beyond)
    return fractions


@kernel
def distribute(row, pots, servers, dividends, ledger, keys, claims, pools, tao_weight):
    """Pay out a subnet's pots (server, validator, root, owner) by what its uids earned [n] (4.4, 4.5)."""
    incentive = servers.sum()
    alpha_pot = pots[1] + (0 if incentive > 0 else pots[0])
    earners = np.flatnonzero(dividends)
    hotkey, root = keys.root[row][earners], np.zeros(len(earners), np.int64)
    for i in range(len(earners)):
        if hotkey[i] >= 0:
            root[i] = ledger.value[claims.root_pool[hotkey[i]]]
    own_pool, own_slot = keys.own_pool[row][earners], keys.own_slot[row][earners]
    fractions = pot_shares(dividends[earners], ledger.value[own_pool], root, tao_weight)
    bill = new_bill(1 + len(servers) + 4 * len(earners))
    bill.pool[0], bill.slot[0], bill.amount[0] = keys.owner_pool[row], keys.owner_slot[row], pots[3]
    size, withheld = bill_miners(
        bill, servers, keys.incentive_pool[row], keys.incentive_slot[row], keys.is_owners[row]
    )
    take = keys.take[row][earners]
    size = bill_validators(bill, size, own_pool, own_slot, take, alpha_pot, fractions[0])
    size, rest = bill_root(bill, size, own_pool, own_slot, take, pots[2], fractions[1], root)
    give(ledger, bill.pool[:size], bill.slot[:size], bill.amount[:size])
    for i in range(len(earners)):
        if rest[i] > 0:
            grown = div_wide(rest[i], 0, root[i], 0)
            claims.rate[hotkey[i], row] = max(np.int64(0), claims.rate[hotkey[i], row]) + grown
            claims.version[hotkey[i]] += 1
    pools.miner_burned[row] = div_wide(withheld, 0, incentive, 0) if incentive > 0 else 0
    if keys.recycles[row]:
        pools.alpha_out[row] -= withheld


@kernel
def new_bill(size):
    """A bill with room for ``size`` payments."""
    return Bill(np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int64))


@kernel
def bill_miners(bill, servers, pool, slot, is_owners):
    """Write down the miners' incentive [n]; returns how long the bill is, and what the owner's keys forgo."""
    size, withheld = 1, np.int64(0)
    for uid in range(len(servers)):
        if is_owners[uid]:
            withheld += servers[uid]
        elif servers[uid] > 0:
            bill.pool[size], bill.slot[size], bill.amount[size] = pool[uid], slot[uid], servers[uid]
            size += 1
    return size, withheld


@kernel
def bill_validators(bill, size, pool, slot, take, pot, fraction):
    """Write down each earner's [earners] take of the alpha pot, and the rest for its stakers."""
    for i in range(len(pool)):
        taken, rest = take_and_rest(pot, fraction[i], take[i])
        bill.pool[size], bill.slot[size], bill.amount[size] = pool[i], slot[i], taken
        bill.pool[size + 1], bill.slot[size + 1], bill.amount[size + 1] = pool[i], NONE, rest
        size += 2
    return size


@kernel
def bill_root(bill, size, pool, slot, take, pot, fraction, root):
    """Write down the takes of the root pot; returns what is left for root's stakers to claim [earners].

    Where that exceeds the ``root`` stake that it would be shared by, the hotkey's owner gets it instead.
    """
    rest = np.zeros(len(pool), np.int64)
    for i in range(len(pool)):
        taken, rest[i] = take_and_rest(pot, fraction[i], take[i])
        bill.pool[size], bill.slot[size], bill.amount[size] = pool[i], slot[i], taken
        size += 1
    for i in range(len(pool)):
        if rest[i] > root[i]:
            bill.pool[size], bill.slot[size], bill.amount[size] = pool[i], slot[i], rest[i]
            rest[i] = 0
            size += 1
    return size, rest


@kernel
def rate_times(rate, amount):
    """``floor(rate · amount / 2³²)`` of a raw Q32 rate: its whole part and its fraction one by one."""
    whole, fraction = np.uint64(rate) >> BITS, np.uint64(rate) & LOW
    high, low = np.uint64(amount) >> BITS, np.uint64(amount) & LOW
    return np.int64(whole * np.uint64(amount) + fraction * high + ((fraction * low) >> BITS))


@kernel
def drawn(words, step, last, n):
    """The next number below ``n`` that a lot draws: the last one plus the lot's next word, modulo n."""
    word = words[step % len(words)]
    total = last + word
    return (U64_MAX if total < last else total) % np.uint64(n)


@kernel
def claim_by_lot(words, count, stakers, ledger, claims, pools):
    """Draw for the stakers of a block's lot (4.6)."""
    found = np.empty(count, np.int64)
    size, last = 0, words[0]
    for step in range(count):
        last = drawn(words, step, last, stakers)
        again = False
        for i in range(size):
            again = again or found[i] == np.int64(last)
        if again:
            continue
        found[size] = np.int64(last)
        size += 1
        for pair in claims.pairs_of[np.int64(last)]:
            if pair < 0:
                break
            if claims.seen[pair] != claims.version[claims.hotkey[pair]]:
                claim(pair, ledger, claims, pools)


@kernel
def _ripe(pair, staked, claims):
    """The subnets of which a pair may draw, by threshold."""
    rate, mark = claims.rate[claims.hotkey[pair]], claims.mark[pair]
    found = np.empty(len(rate), np.int64)
    size = 0
    for row in range(len(rate)):
        if rate[row] >= 0:
            owed = rate_times(rate[row], staked) - max(np.int64(0), mark[row])
            if owed > 0 and owed >= claims.threshold[row]:
                found[size] = row
                size += 1
    return found[:size]


@kernel
def claim(pair, ledger, claims, pools):
    """Draw all that a pair is owed; what a pool refuses waits."""
    hotkey, slot = claims.hotkey[pair], claims.slot[pair]
    pool, rate, mark = claims.root_pool[hotkey], claims.rate[hotkey], claims.mark[pair]
    staked = value_of(ledger.denominator, ledger.share, pool, slot, ledger.value[pool])
    version = claims.version[hotkey]
    settled = True
    for row in _ripe(pair, staked, claims) if staked > 0 else np.empty(0, np.int64):
        amount = rate_times(rate[row], staked) - max(np.int64(0), mark[row])
        if amount < claims.threshold[row]:
            continue
        settled = False
        if claims.keeps[pair, row]:
            to, place = claims.keep_pool[pair, row : row + 1], claims.keep_slot[pair, row : row + 1]
            if give(ledger, to, place, np.full(1, amount)):
                mark[row] = max(np.int64(0), mark[row]) + amount
            continue
        done, tao = sell(row, amount, pools, claims.trade_rules[0])
        if not done:
            continue
        mark[row] = max(np.int64(0), mark[row]) + amount
        if tao > 0:
            credit(ledger.denominator, ledger.share, pool, slot, tao, ledger.value[pool])
            ledger.value[pool] += tao
            ledger.pool_moved[pool], ledger.slot_moved[slot] = True, True
            claims.version[hotkey] += 1
            staked = value_of(ledger.denominator, ledger.share, pool, slot, ledger.value[pool])
            for other in range(len(rate)):
                if rate[other] >= 0:
                    mark[other] = max(np.int64(0), mark[other]) + rate_times(rate[other], tao)
    if settled:
        claims.seen[pair] = version


@kernel
def sell(row, amount, pools, of_2025):
    """Sell claimed alpha without a fee for TAO that goes to root; (whether the pool took it, rao)."""
    tao, alpha = pools.tao_in[row], pools.alpha_in[row]
    quote = pools.quote_weight[row] if pools.initialised[row] else EVEN
    if of_2025:
        error, paid, out, _ = swap_constant_product(False, tao, alpha, amount, 0)
    else:
        error, paid, out, _ = swap(False, tao, alpha, quote, amount, LOWEST_PRICE, 0, ZERO)
    if error != OK:
        return False, np.int64(0)
    if not pools.initialised[row]:
        pools.initialised[row], pools.quote_weight[row] = True, EVEN
    pools.tao_in[row] -= out
    pools.alpha_in[row] += paid
    pools.alpha_out[row] -= paid
    pools.account[row] -= out
    pools.protocol_flow[row] -= out
    pools.tao_in[0] += out
    pools.alpha_out[0] += out
    pools.account[0] += out
    return True, np.int64(out)

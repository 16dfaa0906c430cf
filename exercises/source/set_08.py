# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 08: the pool
#
# You will tell slippage from price impact, sell with a fee, trade in a pool whose sides weigh
# differently, and buy under a limit price, as the chain does.
#
# **You need** lesson 08 and a little NumPy. **Time** about 25 minutes. **Points** 10.
#
# How it works:
# * Write each answer **in its own cell**, in place of the line that raises `NotImplementedError`. About
#   three lines are enough. Keep everything that an answer needs in its cell, imports too; `np` (NumPy)
#   and `math` are there already.
# * Run the cell below it: it calls your function, prints what it returned and says at once whether that
#   is right. Stuck? Each question has two hints, the second plainer than the first.
# * `bittensor-lab grade FILE` gives the points. It asks the same of your functions with other numbers,
#   and tries a few cases that the checks here do not show.

# %% tags=["setup"]
from dataclasses import replace

import numpy as np

from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

FEE = Hyperparameters().fee_rate / U16_MAX

# %% [markdown]
# ## Question 1: slippage and price impact (2 points)
#
# A pool with even weights holds `tao` TAO and `alpha` alpha, and its price is `tao / alpha`. In a trade
# `tao * alpha` stays the same. Somebody pays `paid` TAO into it; there is no fee. Return two numbers, as
# parts of the price before:
# * the **slippage**: by how much the *average* price of this purchase is above the price before;
# * the **price impact**: by how much the price *afterwards* is above the price before.
#
# <details><summary>Hint 1</summary>
#
# First what is in the pool afterwards. What left it was bought; paid over bought is the average price.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `left = tao * alpha / (tao + paid)`; the average is `paid / (alpha - left)`, the price afterwards `(tao
# + paid) / left`. Divide each by `tao / alpha` and take 1 off.
#
# </details>


# %% tags=["answer"] q="effects" title="slippage and price impact"
def effects(tao, alpha, paid):
    """Return slippage and price impact, as parts, of paying ``paid`` TAO into a pool of tao and alpha."""
    # BEGIN SOLUTION
    price, left = tao / alpha, tao * alpha / (tao + paid)
    return [paid / (alpha - left) / price - 1, (tao + paid) / left / price - 1]
    # END SOLUTION


# %% tags=["check"] q="effects" points=1
def check_effects(ask, seed):
    """A hundredth, a tenth, and as much as the pool holds."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(5_000, 9_000)), int(rng.integers(20_000, 90_000))
    for part in (0.01, 0.1, 1):
        (value,) = ask([{"tao": tao, "alpha": alpha, "paid": part * tao}])
        print(f"{part:.0%} of the pool: {show(value, 4)}")


self_check("set_08", check_effects, effects)


# %% tags=["check", "hidden"] q="effects" points=1
def check_effects_more(ask, seed):
    """The same trade in a small pool and a large one, and one that is far larger than the pool."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(500, 900)), int(rng.integers(2_000, 9_000))
    cases = {"small": (tao, alpha, 50), "far larger": (tao, alpha, 50_000)}
    cases["large"] = (100 * tao, 100 * alpha, 50)
    for name, (t, a, paid) in cases.items():
        (value,) = ask([{"tao": t, "alpha": a, "paid": paid}])
        print(f"{name}: {show(value, 6)}")


# %% [markdown]
# ## Question 2: a sale with its fee (2 points)
#
# You sell `amount` alpha to the same kind of pool. The part `fee` of **what you hand over** is taken
# first and does not enter the pool; the rest is swapped. Return the TAO that you get.
#
# <details><summary>Hint 1</summary>
#
# Now alpha goes in and TAO comes out. How much alpha goes in?
#
# </details>
# <details><summary>Hint 2</summary>
#
# With `net = amount * (1 - fee)` there are `tao * alpha / (alpha + net)` TAO left in the pool. The rest
# is yours.
#
# </details>


# %% tags=["answer"] q="sold" title="a sale with its fee"
def sold(tao, alpha, amount, fee):
    """Return the TAO for ``amount`` alpha, of which the part ``fee`` is taken first."""
    # BEGIN SOLUTION
    net = amount * (1 - fee)
    return tao - tao * alpha / (alpha + net)
    # END SOLUTION


# %% tags=["check"] q="sold" points=1
def check_sold(ask, seed):
    """With main net's fee: a little, and much."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(5_000, 9_000)), int(rng.integers(20_000, 90_000))
    for amount in (100, 20_000):
        (value,) = ask([{"tao": tao, "alpha": alpha, "amount": amount, "fee": FEE}])
        print(f"{amount} alpha: {show(value, 4)} TAO")


self_check("set_08", check_sold, sold)


# %% tags=["check", "hidden"] q="sold" points=1
def check_sold_more(ask, seed):
    """A large fee, no fee, and more alpha than the pool holds."""
    rng = np.random.default_rng(seed)
    pool = {"tao": int(rng.integers(500, 900)), "alpha": int(rng.integers(2_000, 9_000))}
    cases = {"large fee": (1_000, 0.1), "no fee": (1_000, 0.0), "more than it holds": (30_000, 0.03)}
    found = ask([{**pool, "amount": amount, "fee": fee} for amount, fee in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)} TAO")


# %% [markdown]
# ## Question 3: a pool with weights (3 points)
#
# The two sides of a pool may weigh differently: `w` is the weight of the TAO, and 1 − w that of the
# alpha. Then
#
# > price = (1 − w) / w · tao / alpha
#
# and who pays `paid` TAO gets
#
# > alpha · (1 − (tao / (tao + paid)) ^ (w / (1 − w)))
#
# There is no fee here. Return two numbers: the price before, and the alpha that is bought.
#
# <details><summary>Hint 1</summary>
#
# The two formulas as they stand. With w = ½ they are those of questions 1 and 2: a good thing to try out.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `(1 - w) / w * tao / alpha` and `alpha * (1 - (tao / (tao + paid)) ** (w / (1 - w)))`.
#
# </details>


# %% tags=["answer"] q="weighted" title="a pool with weights"
def weighted(tao, alpha, w, paid):
    """Return the price, TAO for an alpha, and the alpha that ``paid`` TAO buy, if the TAO weighs w."""
    # BEGIN SOLUTION
    bought = alpha * (1 - (tao / (tao + paid)) ** (w / (1 - w)))
    return [(1 - w) / w * tao / alpha, bought]
    # END SOLUTION


# %% tags=["check"] q="weighted" points=1
def check_weighted(ask, seed):
    """Even weights, and the TAO weighing less, and more."""
    rng = np.random.default_rng(seed)
    pool = {"tao": int(rng.integers(5_000, 9_000)), "alpha": int(rng.integers(20_000, 90_000))}
    for w in (0.5, 0.4, 0.6):
        (value,) = ask([{**pool, "w": w, "paid": 300}])
        print(f"w = {w}: {show(value, 4)}")


self_check("set_08", check_weighted, weighted)


# %% tags=["check", "hidden"] q="weighted" points=2
def check_weighted_more(ask, seed):
    """Very uneven weights, and a trade that is larger than the pool."""
    rng = np.random.default_rng(seed)
    pool = {"tao": int(rng.integers(500, 900)), "alpha": int(rng.integers(2_000, 9_000))}
    cases = [(0.2, 10), (0.8, 10), (0.35, 5_000), (0.65, 5_000)]
    found = ask([{**pool, "w": w, "paid": paid} for w, paid in cases])
    for (w, paid), value in zip(cases, found, strict=True):
        print(f"w = {w}, {paid} TAO: {show(value, 4)}")


# %% [markdown]
# ## Question 4: buying under a limit (3 points)
#
# Now `add_stake_limit`, with everything. You offer `amount` TAO and say that the price must not rise
# above `limit`.
# 1. If the price is already at the limit or above it, nothing happens.
# 2. The fee is the part `fee` of the amount and is taken first. The rest is what you would pay into the
#    pool.
# 3. If the price afterwards were above the limit, only as much is paid in as brings the price **to** the
#    limit: `tao * ((limit / price) ** (1 - w) - 1)`. The fee then goes by what was paid in: `paid * fee /
#    (1 - fee)`. The rest of your TAO you keep.
#
# Return three numbers: the TAO paid into the pool, the fee in TAO, and the alpha bought. The check takes
# its numbers from pools of the engine, and to the four digits that it prints your three have to be what
# the engine's trade gives. You may call your `weighted`.
#
# <details><summary>Hint 1</summary>
#
# You need not work out the price afterwards: the more you pay, the higher it is. So compare what you
# would pay with what brings the price to the limit, and take the smaller one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `price = weighted(tao, alpha, w, 0)[0]`; if `price >= limit` return `[0, 0, 0]`. Then `most = tao *
# ((limit / price) ** (1 - w) - 1)` and `paid = min(amount * (1 - fee), most)`. In both cases the fee is
# `paid * fee / (1 - fee)`.
#
# </details>


# %% tags=["answer"] q="buy" title="buying under a limit" uses=["weighted"]
def buy(tao, alpha, w, amount, limit, fee):
    """Return the TAO paid into the pool, the fee, and the alpha bought with at most ``amount`` TAO."""
    # BEGIN SOLUTION
    price = weighted(tao, alpha, w, 0)[0]
    if price >= limit:
        return [0, 0, 0]
    paid = min(amount * (1 - fee), tao * ((limit / price) ** (1 - w) - 1))
    return [paid, paid * fee / (1 - fee), weighted(tao, alpha, w, paid)[1]]
    # END SOLUTION


# %% tags=["check"] q="buy" points=1
def check_buy(ask, seed):
    """A pool of the engine with even weights: a limit far away, a near one, and one below the price."""
    state = pool(seed, 0.5)
    for name, times in {"far away": 4.0, "near": 1.02, "below": 0.9}.items():
        (value,) = ask([case(state, 200, times)])
        print(f"{name}: {show(value, 4)}")


def pool(seed, w):
    """A network of the engine whose subnet 1 has a pool in which the TAO weighs w."""
    state = demo_network(2, 2, 2, seed=seed % 1_000)
    weights = state.pools.quote_weight.copy()
    weights[1] = round(w * 10**18)
    return replace(state, pools=replace(state.pools, quote_weight=weights))


def case(state, amount, times):
    """What ``buy`` is asked: a limit so many times the price of subnet 1's pool."""
    pools, w = state.pools, int(state.pools.quote_weight[1]) / 10**18
    tao, alpha = int(pools.tao_in[1]) / RAO_PER_TAO, int(pools.alpha_in[1]) / RAO_PER_TAO
    limit = round(times * (1 - w) / w * tao / alpha, 9)  # the chain's limits are whole rao
    return {"tao": tao, "alpha": alpha, "w": w, "amount": amount, "limit": limit, "fee": FEE}


self_check("set_08", check_buy, buy)


# %% tags=["check", "hidden"] q="buy" points=2
def check_buy_more(ask, seed):
    """Pools with uneven weights, limits that bind and that do not, a limit at the price, and a large fee."""
    for w, amount, times in ((0.4, 300, 1.05), (0.4, 3, 1.05), (0.65, 900, 1.1), (0.65, 900, 9.0)):
        (value,) = ask([case(pool(seed, w), amount, times)])
        print(f"w = {w}, {amount} TAO, limit {times} times: {show(value, 4)}")
    given = {"tao": 1_000.0, "alpha": 4_000.0, "w": 0.5, "amount": 90.0}
    at, dear = ask([{**given, "limit": 0.25, "fee": 0.01}, {**given, "limit": 0.26, "fee": 0.2}])
    print("a limit at the price:", show(at, 4))
    print("a large fee:", show(dear, 4))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_08.ipynb
# ```
#
# You can now say beforehand what a trade will do. What the network itself puts into every pool, block by
# block, is lesson 09.

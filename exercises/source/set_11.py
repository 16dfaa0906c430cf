# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 11: a subnet's life
#
# You will say which subnet goes next, what a buy-back does to a price, whether it is better to sell or to
# wait for the end, and what it costs to found a subnet in any block, to the rao.
#
# **You need** lesson 11 and a little NumPy; lesson 08 for the pool. **Time** about 25 minutes. **Points**
# 10.
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
import numpy as np

from bittensor_lab.exercises import self_check, show
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.params import NetworkParameters
from bittensor_lab.units import RAO_PER_TAO, tao

NETWORK = NetworkParameters()

# %% [markdown]
# ## Question 1: which subnet goes (2 points)
#
# The network is full and somebody founds a subnet: another one is dissolved for it. It is the one with
# the lowest `moving` price among those that are past their immunity, `block - founded >= immunity`; of
# equal ones the one that was founded earlier. If all are immune, none goes and the founder is refused.
#
# `moving` (TAO for an alpha) and `founded` (a block) have the shape `[n]`. Return the index of the subnet
# that goes, or −1.
#
# <details><summary>Hint 1</summary>
#
# First who may go at all; then the least of them, by two things at once.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `old = [i for i in range(len(moving)) if block - founded[i] >= immunity]`, then `min(old, key=lambda i:
# (moving[i], founded[i]), default=-1)`.
#
# </details>


# %% tags=["answer"] q="goes" title="which subnet goes"
def goes(moving, founded, block, immunity):
    """Return the index of the subnet that is dissolved, or -1, of moving prices [n] and blocks [n]."""
    # BEGIN SOLUTION
    old = [i for i in range(len(moving)) if block - founded[i] >= immunity]
    return min(old, key=lambda i: (moving[i], founded[i]), default=-1)
    # END SOLUTION


# %% tags=["check"] q="goes" points=1
def check_goes(ask, seed):
    """Five subnets; the one with the lowest price of all is still immune."""
    rng = np.random.default_rng(seed)
    immunity, block = NETWORK.network_immunity_period, 5_000_000
    moving = np.sort(rng.choice(np.arange(5, 99), 5, replace=False)) / 1000
    age = np.append(immunity // 2, immunity + rng.choice(np.arange(1, 10**6), 4, replace=False))
    order = rng.permutation(5)
    given = {"moving": moving[order], "founded": block - age[order], "block": block}
    (found,) = ask([{**given, "immunity": immunity}])
    print("goes:", show(found, 0))


self_check("set_11", check_goes, goes)


# %% tags=["check", "hidden"] q="goes" points=1
def check_goes_more(ask, seed):
    """Equal prices, an age of exactly the immunity, one block less, and all immune."""
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.choice(np.arange(5, 99), 2, replace=False)) / 1000
    cases = {
        "equal prices": ([high, low, low, low], [100, 400, 300, 900]),
        "just past immunity": ([high, low, high], [100, 1_000, 200]),
        "a block too young": ([high, low, high], [300, 1_001, 200]),
        "all immune": ([high, low], [1_500, 1_600]),
    }
    asked = [{"moving": m, "founded": f, "block": 2_000, "immunity": 1_000} for m, f in cases.values()]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 0)}")


# %% [markdown]
# ## Question 2: what a buy-back does (2 points)
#
# An owner spends `spent` TAO of what clients paid to buy alpha in the subnet's pool, and burns what it
# bought. The pool holds `tao` TAO and `alpha` alpha with even weights, so `tao * alpha` stays the same in
# a trade, and its price is `tao / alpha`. There is no fee here.
#
# Return the price afterwards. What is burned was outside the pool by then.
#
# <details><summary>Hint 1</summary>
#
# The pool has `tao + spent` TAO now. How much alpha must be left in it, so that the product is what it
# was?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `left = tao * alpha / (tao + spent)`, and the price is `(tao + spent) / left`.
#
# </details>


# %% tags=["answer"] q="price_after" title="what a buy-back does"
def price_after(tao, alpha, spent):
    """Return the price, TAO for an alpha, after ``spent`` TAO bought from a pool of tao and alpha."""
    # BEGIN SOLUTION
    left = tao * alpha / (tao + spent)
    return (tao + spent) / left
    # END SOLUTION


# %% tags=["check"] q="price_after" points=1
def check_price_after(ask, seed):
    """A middling pool, and three buy-backs."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(500, 900)), int(rng.integers(5_000, 9_000))
    spent = [5, 50, 500]
    found = ask([{"tao": tao, "alpha": alpha, "spent": s} for s in spent])
    for much, value in zip(spent, found, strict=True):
        print(f"{much} TAO spent: {show(value, 5)}")


self_check("set_11", check_price_after, price_after)


# %% tags=["check", "hidden"] q="price_after" points=1
def check_price_after_more(ask, seed):
    """Nothing spent, as much as the pool holds, and the same in a small pool and a large one."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(500, 900)), int(rng.integers(5_000, 9_000))
    cases = {
        "nothing": (tao, alpha, 0),
        "as much as is there": (tao, alpha, tao),
        "small pool": (tao / 10, alpha / 10, 40),
        "large pool": (tao * 10, alpha * 10, 40),
    }
    found = ask([{"tao": t, "alpha": a, "spent": s} for t, a, s in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 5)}")


# %% [markdown]
# ## Question 3: sell, or wait for the end (3 points)
#
# You hold `mine` alpha of a subnet that will be dissolved. The pool holds `tao` TAO and `alpha` alpha
# (even weights, no fee); other stakers hold `others` alpha outside, and the chain itself has `bought`
# alpha outside.
# * If you **sell** now, you get what the pool pays for all of your alpha at once.
# * If you **wait** and nobody trades any more, the pool's TAO is shared out at the end, by alpha: yours,
#   the others', what the chain bought **and the alpha in the pool** all count. (What falls to the last
#   two is recycled.)
#
# Return two numbers: the TAO that selling brings, and the TAO that waiting brings.
#
# <details><summary>Hint 1</summary>
#
# Selling: the pool's product stays the same, as in question 2, but now alpha goes in and TAO comes out.
# Waiting: your part of all alpha that there is.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Selling brings `tao - tao * alpha / (alpha + mine)`; waiting brings `tao * mine / (mine + others +
# bought + alpha)`.
#
# </details>


# %% tags=["answer"] q="sell_or_wait" title="sell, or wait for the end"
def sell_or_wait(mine, tao, alpha, others, bought):
    """Return the TAO from selling ``mine`` alpha now, and from waiting for the dissolution."""
    # BEGIN SOLUTION
    sold = tao - tao * alpha / (alpha + mine)
    return [sold, tao * mine / (mine + others + bought + alpha)]
    # END SOLUTION


# %% tags=["check"] q="sell_or_wait" points=1
def check_sell_or_wait(ask, seed):
    """One of many stakers, and nearly the only one."""
    rng = np.random.default_rng(seed)
    pool = {"tao": int(rng.integers(500, 900)), "alpha": int(rng.integers(5_000, 9_000)), "bought": 700}
    few, many = ask([{"mine": 2_000, "others": 300, **pool}, {"mine": 2_000, "others": 30_000, **pool}])
    print("nearly the only one:", show(few, 3))
    print("one of many:", show(many, 3))


self_check("set_11", check_sell_or_wait, sell_or_wait)


# %% tags=["check", "hidden"] q="sell_or_wait" points=2
def check_sell_or_wait_more(ask, seed):
    """The only one who holds anything, one with very much, and one with nearly nothing."""
    rng = np.random.default_rng(seed)
    tao, alpha = int(rng.integers(500, 900)), int(rng.integers(5_000, 9_000))
    pool = {"tao": tao, "alpha": alpha}
    cases = {
        "the only one": {"mine": 1_500, "others": 0, "bought": 0},
        "very much": {"mine": 4 * alpha, "others": 2_000, "bought": 500},
        "nearly nothing": {"mine": 1, "others": 2_000, "bought": 4_000},
    }
    for name, value in zip(cases, ask([{**pool, **case} for case in cases.values()]), strict=True):
        print(f"{name}: {show(value, 3)}")


# %% [markdown]
# ## Question 4: the lock cost, to the rao (3 points)
#
# Founding a subnet costs, in block `block`:
# 1. The cost falls over an interval of `interval * emission // 10**9` blocks, where `emission` is the
#    reward of a block in rao: with every halving of the reward it falls faster. 10⁹ rao is 1 TAO.
# 2. It began at **twice** `last`, what the last founder paid, in block `last_block`. If nobody has
#    founded anything yet (`last_block` is 0), it begins at `last` itself.
# 3. In every block since then it has fallen by `last` divided by the interval, **cut off to a whole rao
#    first**.
# 4. It is never less than `least`.
#
# All are whole numbers, amounts in rao. Return whole rao: exactly what the chain takes. (Python's own
# integers have no end. To be sure that you count with them, take `int(...)` of what you multiply.)
#
# <details><summary>Hint 1</summary>
#
# `//` is division that cuts off. Do the steps in their order, and keep everything whole.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `step = last // (interval * emission // 10**9)`; the cost is `last * (2 if last_block else 1) - step *
# (block - last_block)`, or `least` if that is more.
#
# </details>


# %% tags=["answer"] q="lock_cost" title="the lock cost, to the rao"
def lock_cost(last, last_block, block, interval, least, emission):
    """Return what founding a subnet costs in ``block``, rao; amounts in rao, times in blocks."""
    # BEGIN SOLUTION
    step = last // (interval * emission // 10**9)
    return max(least, last * (2 if last_block else 1) - step * (block - last_block))
    # END SOLUTION


# %% tags=["check"] q="lock_cost" points=1
def check_lock_cost(ask, seed):
    """Main net's rules after the first halving: at once, after a day, and after a week."""
    rng = np.random.default_rng(seed)
    founded, last = int(rng.integers(5 * 10**6, 6 * 10**6)), tao(int(rng.integers(900, 2_000))) + 7
    rules = {
        "interval": NETWORK.network_lock_reduction_interval, "least": NETWORK.network_min_lock_cost,
        "emission": int(block_emission(tao(11_000_000))), "last": last, "last_block": founded,
    }  # fmt: skip
    days = [0, 1, 7]
    found = ask([{**rules, "block": founded + 7_200 * day} for day in days])
    for day, value in zip(days, found, strict=True):
        print(f"after {day} days: {show(value, 0)} rao")


self_check("set_11", check_lock_cost, lock_cost)


# %% tags=["check", "hidden"] q="lock_cost" points=2
def check_lock_cost_more(ask, seed):
    """Amounts that do not divide, each halving of the reward, and a network without any founder."""
    rng = np.random.default_rng(seed)
    last, founded = int(rng.integers(10**11, 10**12)) * 2 + 1, int(rng.integers(1_000, 9_000))
    rules = {"interval": 28_811, "least": 10**6, "last": last}
    for halvings in range(4):
        emission = RAO_PER_TAO >> halvings
        given = {**rules, "emission": emission, "last_block": founded}
        (value,) = ask([{**given, "block": founded + 2_345}])
        print(f"{emission} rao a block: {show(value, 0)}")
    first = {**rules, "emission": RAO_PER_TAO, "last_block": 0}
    early, late = ask([{**first, "block": 9_876}, {**first, "block": 90_000}])
    print("the first founder:", show(early, 0))
    print("the first founder, late:", show(late, 0))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_11.ipynb
# ```
#
# You know now how a subnet begins and ends. What people do to it in between, if the rules let them, is
# lesson 12.

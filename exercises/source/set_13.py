# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 13: the whole network
#
# You will measure in three ways how concentrated a network's emission is, and then let a small network
# run, with its traders, and say what became of it. Your numbers must be the engine's own.
#
# **You need** lesson 13 and a little NumPy. **Time** about 25 minutes. **Points** 10.
#
# How it works:
# * Write each answer **in its own cell**, in place of the line that raises `NotImplementedError`.
#   About three lines are enough. Keep everything that an answer needs in its cell, imports too;
#   `np` (NumPy) and `math` are there already.
# * Run the cell below it: it calls your function, prints what it returned and says at once whether
#   that is right. Stuck? Each question has two hints, the second plainer than the first.
# * `bittensor-lab grade FILE` gives the points. It asks the same of your functions with other
#   numbers, and tries a few cases that the checks here do not show.

# %% tags=["setup"]
from dataclasses import replace
from functools import lru_cache

import numpy as np

from bittensor_lab.exercises import self_check, show
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.presets import demo_network
from bittensor_lab.regimes import with_regime
from bittensor_lab.simulate import simulate
from bittensor_lab.units import RAO_PER_TAO
from bittensor_lab.worlds import with_traders

BLOCK = int(block_emission(11_000_000 * RAO_PER_TAO))  # what a block issues now, rao


@lru_cache(maxsize=512)
def recorded(seed, letter, subnets):
    """Return the emission shares [moments, subnets] of a network of which three subnets are switched off."""
    start = with_regime(demo_network(subnets, 1, 2, seed=seed), letter)
    enabled = start.pools.emission_enabled.copy()
    enabled[[2, 5, 9]] = False
    start, traders = with_traders(replace(start, pools=replace(start.pools, emission_enabled=enabled)), 6, 60)
    table = simulate(start, 360, traders, seed=seed, every=120).subnets
    return table.pivot(index="block", columns="netuid", values="emission_share").to_numpy()


# %% [markdown]
# ## Question 1: how many take a part (2 points)
#
# The lesson counted how many subnets, the largest first, take half of a block. Now for any part, and with
# amounts instead of shares.
#
# `tao` has the shape `[n]`: what each subnet gets, in whole rao, in the order of the netuids. `part` is more
# than 0 and at most 1. Return the least number of subnets that together get **at least** that part of all.
# Some subnets may get nothing; somebody always gets something.
#
# <details><summary>Hint 1</summary>
#
# The fewest are the largest. Sort, add up from the largest on, and see where the sum gets there.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.cumsum(np.sort(tao)[::-1])` are the sums. Count those that are less than `part * tao.sum()`; one
# subnet more is enough.
#
# </details>


# %% tags=["answer"] q="take" title="how many take a part"
def take(tao, part):
    """Return how many of the subnets, which get tao [n], together get at least that part of all."""
    # BEGIN SOLUTION
    sums = np.cumsum(np.sort(tao)[::-1])
    return int((sums < part * tao.sum()).sum()) + 1
    # END SOLUTION


# %% tags=["check"] q="take" points=1
def check_take(ask, seed):
    """Twelve subnets of very different size: a quarter, half and nine tenths of the block."""
    rng = np.random.default_rng(seed)
    tao = rng.permutation(
        np.array([30, 21, 13, 9, 7, 5, 4, 3, 3, 2, 2, 1]) * 10**6 + rng.integers(1, 10**5, 12)
    )
    parts = (0.25, 0.5, 0.9)
    for part, value in zip(parts, ask([{"tao": tao, "part": part} for part in parts]), strict=True):
        print(f"take {part:.0%}: {show(value, 0)}")


self_check("set_13", check_take, take)


# %% tags=["check", "hidden"] q="take" points=1
def check_take_more(ask, seed):
    """Exactly half, exactly three quarters, all of the block with subnets that get nothing, equal ones."""
    rng = np.random.default_rng(seed)
    unit = int(rng.integers(10**5, 10**6))
    cases = {
        "exactly half": ([4, 4, 2, 2, 2, 1, 1], 0.5),
        "exactly three quarters": ([1, 1, 2, 2, 2, 4, 4], 0.75),
        "all of it": ([0, 5, 0, 3, 0, 2, 1], 1.0),
        "ten equal, a third": ([1] * 10, 1 / 3),
        "one has nearly all": ([1, 1, 1, 93, 1, 1, 1, 1], 0.9),
    }
    inputs = [{"tao": rng.permutation(tao) * unit, "part": part} for tao, part in cases.values()]
    for name, value in zip(cases, ask(inputs), strict=True):
        print(f"{name}: {show(value, 0)}")


# %% [markdown]
# ## Question 2: the effective number, week by week (2 points)
#
# With *s* the subnets' shares of a week, the **effective number** is 1 / Σ *s*². Ten equal subnets
# make 10. So that one can look at a year, compute it for each week by itself.
#
# `tao` has the shape `[weeks, n]`: what each subnet got in a block of each week, in whole rao. These are
# amounts, and the weeks need not have the same sum. Return the effective numbers `[weeks]`; for a week in
# which nobody got anything it is 0.
#
# (A square of rao is large: 0.5 τ, 500,000,000 rao, is 2.5 · 10¹⁷. It still fits. A square of a day's rao
# would not, so take amounts apart into shares, or make them floats, before you square them elsewhere.)
#
# <details><summary>Hint 1</summary>
#
# Shares first: each row divided by its own sum. Or, the same thing written without shares:
# the square of the sum over the sum of the squares.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `tao.sum(axis=1)` has one sum per week. Where nobody got anything, square of sum and sum of squares are
# both 0: divide by `np.maximum(1, squares)`, and 0 it is.
#
# </details>


# %% tags=["answer"] q="effective" title="the effective number, week by week"
def effective(tao):
    """Return the effective number of subnets of each week [weeks], of tao [weeks, n] in rao."""
    # BEGIN SOLUTION
    squares = (tao**2).sum(axis=1)
    return tao.sum(axis=1) ** 2 / np.maximum(1, squares)
    # END SOLUTION


# %% tags=["check"] q="effective" points=1
def check_effective(ask, seed):
    """Four weeks of eight subnets: equal, uneven, one large, one alone."""
    rng = np.random.default_rng(seed)
    uneven = rng.integers(10, 90, 8)
    weeks = np.array([[60] * 8, uneven, np.where(np.arange(8) == 3, 400, 15), [0, 0, 0, 0, 0, 480, 0, 0]])
    (values,) = ask([{"tao": weeks * (BLOCK // 1000)}])
    for week, value in enumerate(values, 1):
        print(f"week {week}: {show(value, 4)}")


self_check("set_13", check_effective, effective)


# %% tags=["check", "hidden"] q="effective" points=1
def check_effective_more(ask, seed):
    """A year of twenty subnets, with a week in which emission stood still and one after a halving."""
    rng = np.random.default_rng(seed)
    tao = rng.integers(1, 40, (52, 20)) * (BLOCK // 1000)
    tao[:, 16:] = 0
    tao[20] = 0
    tao[40:] //= 2
    (values,) = ask([{"tao": tao}])
    print("each week:", show(values, 4))


# %% [markdown]
# ## Question 3: Gini (3 points)
#
# The measure that newspapers use for incomes. Take every pair of subnets (*i*, *j*), all *n*² of them,
# those of a subnet with itself too, and by how much the two differ. The **Gini coefficient** is the mean
# of these differences, over **twice** the mean amount. It is 0 if all get the same, and (*n* - 1) / *n* if
# one gets all.
#
# `amounts` has the shape `[n]`; they are numbers of any size, so don't rely on a unit. Subnets that get
# nothing count like all others. Return the coefficient; if nobody gets anything it is 0.
#
# <details><summary>Hint 1</summary>
#
# A table `[n, n]` of all differences, without their signs; then its mean; then divide, unless the mean
# amount is 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.abs(amounts[:, None] - amounts)` is the table. With `mean = amounts.mean()`, return
# its mean over `2 * mean` if `mean > 0`, and 0 if not.
#
# </details>


# %% tags=["answer"] q="gini" title="Gini"
def gini(amounts):
    """Return the Gini coefficient of amounts [n]: 0 if all are equal, or if there are none to share."""
    # BEGIN SOLUTION
    mean = amounts.mean()
    apart = np.abs(amounts[:, None] - amounts).mean()
    return apart / (2 * mean) if mean > 0 else 0.0
    # END SOLUTION


# %% tags=["check"] q="gini" points=1
def check_gini(ask, seed):
    """Equal subnets, uneven ones, and one that has all, with amounts in rao."""
    rng = np.random.default_rng(seed)
    uneven = rng.permutation(np.array([5, 8, 13, 21, 34, 55]) * 10**6 + rng.integers(1, 10**6, 6))
    alone = rng.permutation([0, 0, 0, 0, 0, BLOCK])
    equal, several, one = ask([{"amounts": x} for x in (np.full(6, BLOCK // 6), uneven, alone)])
    print("equal:", show(equal, 5))
    print("uneven:", show(several, 5))
    print("one has all:", show(one, 5))


self_check("set_13", check_gini, gini)


# %% tags=["check", "hidden"] q="gini" points=2
def check_gini_more(ask, seed):
    """Shares instead of rao, a larger network with subnets that get nothing, and nobody gets anything."""
    rng = np.random.default_rng(seed)
    large = np.append(rng.integers(1, 10**7, 30), np.zeros(10, int))
    shares = rng.integers(1, 100, 12) / 1000
    values = ask([{"amounts": x} for x in (shares, rng.permutation(large), np.zeros(9), np.array([0.25]))])
    for name, value in zip(("shares", "ten get nothing", "nobody", "one subnet"), values, strict=True):
        print(f"{name}: {show(value, 5)}")


# %% [markdown]
# ## Question 4: the concentration of a network (3 points)
#
# Now a network that runs: twenty subnets and six traders, 360 blocks, under one of the rules of lesson 09.
# In three of the subnets emission is switched off. Every 120 blocks `simulate` writes down each subnet's
# share of the block; that is what your function gets.
#
# `shares` has the shape `[moments, n]`, each row summing to 1 (as closely as floating point does). Return
# a table `[moments, 3]`: for each moment
#
# 1. how many subnets, the largest first, take at least half,
# 2. the effective number,
# 3. the Gini coefficient, of all subnets.
#
# You may call your `take` and `gini`, which take shares as well as rao. Your `effective` was made for whole
# rao: here the lesson's own formula, 1 / Σ *s*², is the safer one. What you return must equal what the
# engine's own measures say of the same network.
#
# <details><summary>Hint 1</summary>
#
# One moment is one row. Make a list of three numbers of a row, and one such list for each row.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `[[take(row, 0.5), 1 / (row**2).sum(), gini(row)] for row in shares]`
#
# </details>


# %% tags=["answer"] q="concentration" title="the concentration of a network" uses=["take", "gini"]
def concentration(shares):
    """Return [moments, 3]: subnets that take half, effective number, Gini, of shares [moments, n]."""
    # BEGIN SOLUTION
    return [[take(row, 0.5), 1 / (row**2).sum(), gini(row)] for row in shares]
    # END SOLUTION


# %% tags=["check"] q="concentration" points=1
def check_concentration(ask, seed):
    """Twenty subnets under rule G, at three moments."""
    (table,) = ask([{"shares": recorded(seed % 10_000, "G", 20)}])
    for number, (half, equal, unequal) in enumerate(table, 1):
        print(f"moment {number}, take half:", show(half, 0))
        print(f"moment {number}, effective number:", show(equal, 5))
        print(f"moment {number}, Gini:", show(unequal, 6))


self_check("set_13", check_concentration, concentration)


# %% tags=["check", "hidden"] q="concentration" points=2
def check_concentration_more(ask, seed):
    """The same network under the rules B, E, F and G, and a larger one under G."""
    for letter, subnets in (("B", 20), ("E", 20), ("F", 20), ("G", 20), ("G", 40)):
        (table,) = ask([{"shares": recorded(seed % 10_000, letter, subnets)}])
        for number, (half, equal, unequal) in enumerate(table, 1):
            values = f"{show(half, 0)}, {show(equal, 5)}, {show(unequal, 6)}"
            print(f"{subnets} subnets, rule {letter}, moment {number}: {values}")


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_13.ipynb
# ```
#
# You have looked at all subnets from above. In lesson 14 you make one of them: you design it, and everybody
# from lesson 12 comes to try it.

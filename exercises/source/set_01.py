# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 01: TAO, issuance and halvings
#
# You will keep the books of a day, say how far it is to the next halving, count the halvings there have
# been, and compute the reward of a block at any issuance, to the rao, as the chain does.
#
# **You need** lesson 01. **Time** about 20 minutes. **Points** 10.
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
from bittensor_lab.kernels.emission import SUPPLY, block_emission
from bittensor_lab.units import RAO_PER_TAO, tao
from bittensor_lab.views.issuance import BLOCKS_PER_DAY, MILLION, threshold

# %% [markdown]
# ## Question 1: the books of a day (2 points)
#
# At the start of a day `issued` TAO count as issued. In the day blocks mint `minted` new TAO, people
# recycle `recycled`, and `burned` are sent to an account that nobody has a key for. Return two numbers
# for the end of the day:
# * how much counts as issued (the *issuance*);
# * how much of it people can still use, if `lost` had been burned in all the days before.
#
# <details><summary>Hint 1</summary>
#
# To recycle makes the issuance smaller. To burn does not; but what is burned is gone for ever.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `now = issued + minted - recycled`; usable are `now - lost - burned`.
#
# </details>


# %% tags=["answer"] q="books" title="the books of a day"
def books(issued, minted, recycled, burned, lost):
    """Return the issuance at the end of the day, and what of it can still be used; all in TAO."""
    # BEGIN SOLUTION
    now = issued + minted - recycled
    return [now, now - lost - burned]
    # END SOLUTION


# %% tags=["check"] q="books" points=1
def check_books(ask, seed):
    """A day without either, one with recycling, and one with burning."""
    rng = np.random.default_rng(seed)
    day = {"issued": int(rng.integers(10, 12)) * MILLION, "minted": BLOCKS_PER_DAY / 2, "lost": 5_000}
    r, b = int(rng.integers(100, 900)), int(rng.integers(1_000, 2_000))
    for name, (recycled, burned) in {"neither": (0, 0), "recycled": (r, 0), "burned": (0, b)}.items():
        (value,) = ask([{**day, "recycled": recycled, "burned": burned}])
        print(f"{name}: {show(value, 1)}")


self_check("set_01", check_books, books)


# %% tags=["check", "hidden"] q="books" points=1
def check_books_more(ask, seed):
    """Both at once, more recycled than minted, and a first day."""
    rng = np.random.default_rng(seed)
    a, b, c = (float(x) / 4 for x in rng.choice(np.arange(1_000, 9_000), 3, replace=False))
    cases = {
        "both": {"issued": 10.0 * MILLION, "minted": 3_600.0, "recycled": a, "burned": b, "lost": c},
        "shrinks": {"issued": 9e6, "minted": 7_200.0, "recycled": 7_200 + a, "burned": 0.0, "lost": b},
        "first": {"issued": 0.0, "minted": 7_200.0, "recycled": 0.0, "burned": a, "lost": 0.0},
    }
    for name, value in zip(cases, ask(list(cases.values())), strict=True):
        print(f"{name}: {show(value, 2)}")


# %% [markdown]
# ## Question 2: how far to the next halving (3 points)
#
# The issuance has to grow from `issuance` to `threshold` TAO until the reward halves. A day has 7,200
# blocks that mint `reward` TAO each, and `recycled` TAO are recycled a day. **How many days does it
# take?** Return −1 if it never comes, because the issuance does not grow. If the threshold has been
# reached already, it takes 0 days, whatever is recycled.
#
# <details><summary>Hint 1</summary>
#
# What is missing, divided by what a day brings. Two cases come before that: reached already, and not
# growing.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `missing = threshold - issuance` and `a_day = 7200 * reward - recycled`. If `missing <= 0` return 0, if
# `a_day <= 0` return −1, else `missing / a_day`.
#
# </details>


# %% tags=["answer"] q="days" title="how far to the next halving"
def days(issuance, threshold, reward, recycled):
    """Return the days until the issuance has grown to the threshold, TAO; -1 if it never does."""
    # BEGIN SOLUTION
    missing, a_day = threshold - issuance, 7200 * reward - recycled
    if missing <= 0:
        return 0
    return missing / a_day if a_day > 0 else -1
    # END SOLUTION


# %% tags=["check"] q="days" points=1
def check_days(ask, seed):
    """On the way to the second halving: nothing recycled, some, and so much that it stands still."""
    rng = np.random.default_rng(seed)
    issuance = int(rng.integers(10_600_000, 15_000_000))
    reward = int(block_emission(tao(issuance))) / RAO_PER_TAO
    some = int(rng.integers(500, 2_000))
    for recycled in (0, some, 3_600):
        (value,) = ask(
            [{"issuance": issuance, "threshold": threshold(2), "reward": reward, "recycled": recycled}]
        )
        print(f"{recycled} recycled a day: {show(value, 2)} days")


self_check("set_01", check_days, days)


# %% tags=["check", "hidden"] q="days" points=2
def check_days_more(ask, seed):
    """Before the first halving, past the threshold, just on it, and more recycled than minted."""
    rng = np.random.default_rng(seed)
    little = int(rng.integers(1_000, 9_000))
    first = threshold(1)
    cases = {
        "before the first": (first - little, first, 1.0, 700),
        "on it": (first, first, 0.5, 100),
        "past it, and shrinking": (first + little, first, 0.5, 5_000),
        "shrinking": (first - little, first, 1.0, 7_200 + little),
        "a block before": (first - 1, first, 1.0, 0),
    }
    names = ("issuance", "threshold", "reward", "recycled")
    asked = [dict(zip(names, case, strict=True)) for case in cases.values()]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 5)}")


# %% [markdown]
# ## Question 3: how many halvings (2 points)
#
# The reward halves whenever half of what was left has been issued: the first time when no more than half
# of the `supply` of 21 million is left, the second time when no more than a quarter is left, and so on.
# How many halvings have there been when `issuance` TAO are issued? (`issuance` is less than `supply`.
# Exactly half left is a halving.)
#
# <details><summary>Hint 1</summary>
#
# Count upwards: is no more than `supply / 2` left? No more than `supply / 4`? How often is the answer
# yes?
#
# </details>
# <details><summary>Hint 2</summary>
#
# Start with `k = 0`, and while `(supply - issuance) * 2 ** (k + 1) <= supply`, add 1 to `k`.
#
# </details>


# %% tags=["answer"] q="halvings" title="how many halvings"
def halvings(issuance, supply):
    """Return how many halvings there have been at an issuance, TAO, of a supply."""
    # BEGIN SOLUTION
    k = 0
    while (supply - issuance) * 2 ** (k + 1) <= supply:
        k += 1
    return k
    # END SOLUTION


# %% tags=["check"] q="halvings" points=1
def check_halvings(ask, seed):
    """Four issuances, one of them of 2026."""
    rng = np.random.default_rng(seed)
    supply = SUPPLY // RAO_PER_TAO
    steps = [int(rng.integers(low, high)) for low, high in ((1, 10), (16, 18), (19, 20))]
    for issuance in [11 * MILLION, *(step * MILLION + 123_456 for step in steps)]:
        (value,) = ask([{"issuance": issuance, "supply": supply}])
        print(f"{issuance} issued: {show(value, 0)}")


self_check("set_01", check_halvings, halvings)


# %% tags=["check", "hidden"] q="halvings" points=1
def check_halvings_more(ask, seed):
    """Exactly on a threshold, one TAO before it, nothing issued, and nearly everything."""
    supply = SUPPLY // RAO_PER_TAO
    number = seed % 5 + 1
    on = int(threshold(number))
    on += on < threshold(number)
    cases = {"on it": on, "before it": on - 1, "nothing": 0, "nearly all": supply - 1}
    found = ask([{"issuance": issuance, "supply": supply} for issuance in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}, {number}: {show(value, 0)}")


# %% [markdown]
# ## Question 4: the reward to the rao (3 points)
#
# Now as the chain has it, in rao, and for TAO and every alpha alike. With `left = supply - issuance`:
# * `k` is the number of halvings as in question 3, but never more than 62;
# * the reward is 10⁹ rao, halved `k` times, **cut off to a whole rao**;
# * if nothing is left, or less than nothing, it is 0.
#
# `issuance` and `supply` are whole numbers of rao, far beyond what fractions can hold exactly: use whole
# numbers only. You may call your `halvings`.
#
# <details><summary>Hint 1</summary>
#
# Look at the end of the supply first. Then halve a whole number `k` times: `//` cuts off.
#
# </details>
# <details><summary>Hint 2</summary>
#
# If `issuance >= supply` return 0; else `10**9 // 2 ** min(62, halvings(issuance, supply))`.
#
# </details>


# %% tags=["answer"] q="reward" title="the reward to the rao" uses=["halvings"]
def reward(issuance, supply):
    """Return the reward of a block, rao, when ``issuance`` rao are issued of ``supply`` rao."""
    # BEGIN SOLUTION
    if issuance >= supply:
        return 0
    return 10**9 // 2 ** min(62, halvings(issuance, supply))
    # END SOLUTION


# %% tags=["check"] q="reward" points=1
def check_reward(ask, seed):
    """Today, at each of the first thresholds, and a rao before the next one."""
    rng = np.random.default_rng(seed)
    today = tao(11 * MILLION) + int(rng.integers(10**9))
    cases = {"today": today, "first": SUPPLY // 2, "a rao before": SUPPLY // 2 - 1, "third": SUPPLY // 8 * 7}
    found = ask([{"issuance": issuance, "supply": SUPPLY} for issuance in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 0)} rao")


self_check("set_01", check_reward, reward)


# %% tags=["check", "hidden"] q="reward" points=2
def check_reward_more(ask, seed):
    """Late halvings that do not divide, the last rao, all issued, and more than all."""
    rng = np.random.default_rng(seed)
    late = {f"about halving {k}": SUPPLY - (SUPPLY >> k) + int(rng.integers(-9, 9)) for k in (5, 10, 15, 29)}
    cases = {**late, "the last rao": SUPPLY - 1, "all": SUPPLY, "more than all": SUPPLY + tao(1)}
    found = ask([{"issuance": issuance, "supply": SUPPLY} for issuance in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 0)} rao")
    odd = 10**15 + 2 * int(rng.integers(10**6)) + 1
    found = ask([{"issuance": odd // 2 + shift, "supply": odd} for shift in (0, 1)])
    print("a supply that does not divide:", show(found, 0))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_01.ipynb
# ```
#
# You know how much TAO a block has. What has to be done off the chain to deserve some of it is lesson 02.

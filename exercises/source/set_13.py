# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 13: how concentrated is the network?
#
# You will count the subnets that take any part of the block, measure inequality with the Gini
# coefficient, say how much of the block changes hands in a week, and then follow a year of 128 subnets,
# week by week.
#
# **You need** lesson 13 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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
from bittensor_lab.play.year import Plan, year

# %% [markdown]
# ## Question 1: how many take so much (2 points)
#
# `amounts` `[n]` is what each subnet gets, in whatever unit. How many subnets, the largest first, does it
# take to get at least the part `part` of all? (0.5: half.) Exactly `part` is enough; to be safe from the
# computer's rounding, let 10⁻¹² of all be missing.
#
# <details><summary>Hint 1</summary>
#
# Sort, the largest first, and add up. Count how many of the sums are still too small: one more subnet
# reaches it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `sums = np.cumsum(np.sort(amounts)[::-1]) / amounts.sum()`, then `(sums < part - 1e-12).sum() + 1`.
#
# </details>


# %% tags=["answer"] q="to_take" title="how many take so much"
def to_take(amounts, part):
    """Return how many of the amounts [n], the largest first, make the given part of all."""
    # BEGIN SOLUTION
    sums = np.cumsum(np.sort(amounts)[::-1]) / amounts.sum()
    return (sums < part - 1e-12).sum() + 1
    # END SOLUTION


# %% tags=["check"] q="to_take" points=1
def check_to_take(ask, seed):
    """Twelve subnets, in TAO a day: a quarter, half, nine tenths."""
    rng = np.random.default_rng(seed)
    amounts = rng.permutation([900, 700, 500, 400, 300, 250, 200, 150, 100, 60, 25, 15]) + rng.integers(5)
    parts = [0.25, 0.5, 0.9]
    for part, value in zip(parts, ask([{"amounts": amounts, "part": p} for p in parts]), strict=True):
        print(f"{part:.0%} of all: {show(value, 0)}")


self_check("set_13", check_to_take, to_take)


# %% tags=["check", "hidden"] q="to_take" points=1
def check_to_take_more(ask, seed):
    """A part that is reached exactly, equal amounts, one that has all, and all of it."""
    rng = np.random.default_rng(seed)
    unit = int(rng.integers(1, 9))
    cases = {
        "exactly half": (np.array([1, 3, 2, 1, 1]) * unit, 0.5 + 0.125),
        "ten equal": (np.full(10, 0.1), 0.3),
        "one has all": (np.array([0, 0, unit, 0]), 0.99),
        "all of it": (np.array([4, 3, 2, 1, 0, 0]) * unit, 1.0),
    }
    found = ask([{"amounts": rng.permutation(a), "part": part} for a, part in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 0)}")


# %% [markdown]
# ## Question 2: the Gini coefficient (3 points)
#
# The Gini coefficient is 0 if all get the same and comes near 1 if one gets all. With the `n` amounts
# sorted, the **smallest first**, and numbered `i` = 1, 2, …, n:
#
# > G = Σ (2 i − n − 1) · xᵢ / (n · Σ xᵢ)
#
# If nobody gets anything, it is 0. Those who get nothing belong to the `n`.
#
# <details><summary>Hint 1</summary>
#
# `np.arange(1, n + 1)` are the numbers `i`. Multiply element by element, and add up.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `x = np.sort(amounts)`, `n = len(x)`, and `((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n *
# x.sum())`, unless `x.sum()` is 0.
#
# </details>


# %% tags=["answer"] q="gini" title="the Gini coefficient"
def gini(amounts):
    """Return the Gini coefficient, 0 to 1, of amounts [n]; 0 if all are 0."""
    # BEGIN SOLUTION
    x, n = np.sort(amounts), len(amounts)
    return ((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * x.sum()) if x.sum() > 0 else 0.0
    # END SOLUTION


# %% tags=["check"] q="gini" points=1
def check_gini(ask, seed):
    """Equal, uneven, and very uneven amounts."""
    rng = np.random.default_rng(seed)
    uneven = rng.choice(np.arange(5, 99), 8, replace=False)
    cases = {"equal": np.full(8, 7), "uneven": uneven, "very uneven": uneven**4}
    for name, value in zip(cases, ask([{"amounts": a} for a in cases.values()]), strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_13", check_gini, gini)


# %% tags=["check", "hidden"] q="gini" points=2
def check_gini_more(ask, seed):
    """One has all, half have nothing, nobody has anything, and a single one."""
    rng = np.random.default_rng(seed)
    some = rng.choice(np.arange(5, 99), 6, replace=False)
    cases = {
        "one has all": np.append(np.zeros(9), some[0]),
        "half have nothing": rng.permutation(np.append(some, np.zeros(6))),
        "nobody has anything": np.zeros(5),
        "a single one": some[:1],
        "in another unit": some / 1000,
    }
    for name, value in zip(cases, ask([{"amounts": a} for a in cases.values()]), strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 3: how much changes hands (2 points)
#
# `before` and `after` `[n]` are the subnets' shares of the block in two weeks; both sum to 1. What part
# of the block has gone from some subnets to others? What one loses another wins: count it **once**.
#
# <details><summary>Hint 1</summary>
#
# Only look at those who have more than before. What they won, the others lost.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.abs(after - before).sum()` counts each rao twice, where it left and where it came. Take half of it.
#
# </details>


# %% tags=["answer"] q="moved" title="how much changes hands"
def moved(before, after):
    """Return the part of the block that has changed hands between shares before [n] and after [n]."""
    # BEGIN SOLUTION
    return np.abs(after - before).sum() / 2
    # END SOLUTION


# %% tags=["check"] q="moved" points=1
def check_moved(ask, seed):
    """Six subnets, two weeks."""
    rng = np.random.default_rng(seed)
    parts = rng.choice(np.arange(40, 99), 6, replace=False)
    won = rng.permutation([0.02, 0.03, -0.01, -0.04, 0.0, 0.0]) * rng.integers(5, 10) / 10
    (value,) = ask([{"before": parts / parts.sum(), "after": parts / parts.sum() + won}])
    print("part:", show(value, 4))


self_check("set_13", check_moved, moved)


# %% tags=["check", "hidden"] q="moved" points=1
def check_moved_more(ask, seed):
    """Nothing moved, all of it, two changed places, and one lost a little to all others."""
    rng = np.random.default_rng(seed)
    parts = rng.choice(np.arange(5, 99), 4, replace=False)
    shares = parts / parts.sum()
    little = shares + np.array([-0.03, 0.01, 0.01, 0.01])
    cases = {
        "nothing": (shares, shares),
        "all of it": ([1.0, 0.0, 0.0], [0.0, 0.25, 0.75]),
        "two changed places": (shares, shares[[1, 0, 2, 3]]),
        "a little": (shares, little),
    }
    found = ask([{"before": b, "after": a} for b, a in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: a year of the network (3 points)
#
# Now the whole network: the engine runs its 128 subnets for a year under a rule of emission, and `shares`
# `[w, n]` has a row per week with every subnet's share of the block. Return three numbers for each week,
# `[w, 3]`:
# * how many subnets take half of the block;
# * the *effective number* of subnets, 1 / Σ share²: how many equal ones would be as concentrated;
# * the Gini coefficient of the shares.
#
# They must be the engine's own measures. You may call `to_take` and `gini`.
#
# <details><summary>Hint 1</summary>
#
# A loop over the rows, and a list of three numbers for each.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `[[to_take(row, 0.5), 1 / (row**2).sum(), gini(row)] for row in shares]`
#
# </details>


# %% tags=["answer"] q="concentration" title="a year of the network" uses=["to_take", "gini"]
def concentration(shares):
    """Return [w, 3]: subnets that take half, effective number, Gini, for each week's row of shares [w, n]."""
    # BEGIN SOLUTION
    return [[to_take(row, 0.5), 1 / (row**2).sum(), gini(row)] for row in shares]
    # END SOLUTION


# %% tags=["check"] q="concentration" points=1
def check_concentration(ask, seed):
    """The rule with the gate and the one before it: the first, the middle and the last week of a year."""
    for rule in ("F", "G"):
        (weeks,) = ask([{"shares": year(Plan(regime=rule, root=float(4 + seed % 3)))}])
        for week in (0, 26, 52):
            print(f"rule {rule}, week {week}: {show(weeks[week], 3)}")


self_check("set_13", check_concentration, concentration)


# %% tags=["check", "hidden"] q="concentration" points=2
def check_concentration_more(ask, seed):
    """The rules by price and by flow, and every week of a year."""
    for rule in ("B", "C"):
        (weeks,) = ask([{"shares": year(Plan(regime=rule, root=float(3 + seed % 5)))}])
        for week in (1, 51):
            print(f"rule {rule}, week {week}: {show(weeks[week], 3)}")
    (weeks,) = ask([{"shares": year(Plan(regime="F", root=float(2 + seed % 7)))}])
    print("all weeks:", show(np.array(weeks).sum(axis=0), 3), "of", len(weeks))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_13.ipynb
# ```
#
# You have measured what a rule does to everybody at once. In lesson 14 you make the rules: for a subnet
# of your own.

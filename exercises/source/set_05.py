# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 05: weight copying
#
# You will say which sealed weights may be opened, how fast a liquid bond moves, whether a copier comes
# off better than the honest, and which weights the chain holds after a reveal.
#
# **You need** lesson 05 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters
from bittensor_lab.units import U16_MAX

RULES = Hyperparameters()
LOW, HIGH = RULES.alpha_low / U16_MAX, RULES.alpha_high / U16_MAX

# %% [markdown]
# ## Question 1: sealed, open, expired (2 points)
#
# Weights that were sealed while the epoch clock showed `e` can be opened **while it shows exactly** `e +
# period`: not before, and not later. Several may wait at once.
#
# `committed` `[c]` are the clock's numbers at which weights were sealed, `now` is what the clock shows.
# Return for each `[c]`: 0 if they are still sealed, 1 if they can be opened now, −1 if they are expired.
#
# <details><summary>Hint 1</summary>
#
# Compare `now` with `committed + period`: less, equal, more.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.where(now == committed + period, 1, np.where(now > committed + period, -1, 0))`
#
# </details>


# %% tags=["answer"] q="status" title="sealed, open, expired"
def status(committed, now, period):
    """Return 0 (sealed), 1 (can be opened) or -1 (expired) for each of committed [c], epochs."""
    # BEGIN SOLUTION
    return np.where(now == committed + period, 1, np.where(now > committed + period, -1, 0))
    # END SOLUTION


# %% tags=["check"] q="status" points=1
def check_status(ask, seed):
    """Six sealed weights, and a reveal period of two epochs."""
    rng = np.random.default_rng(seed)
    now = int(rng.integers(50, 99))
    (found,) = ask([{"committed": now - rng.permutation(6), "now": now, "period": 2}])
    print("status:", show(found, 0))


self_check("set_05", check_status, status)


# %% tags=["check", "hidden"] q="status" points=1
def check_status_more(ask, seed):
    """A period of one epoch, and a long one; several of one epoch."""
    rng = np.random.default_rng(seed)
    now = int(rng.integers(50, 99))
    for period in (1, 5):
        committed = now - rng.permutation([0, 1, 1, 3, 5, 5, 8])
        (found,) = ask([{"committed": committed, "now": now, "period": period}])
        print(f"period {period}: {show(found, 0)}")


# %% [markdown]
# ## Question 2: liquid alpha (3 points)
#
# With liquid alpha each bond moves at a rate of its own. It goes by a distance `d`:
# * if the weight is at least as high as the bond (the bond **rises**), by how much the `weight` lies
#   above the `consensus`;
# * if the bond **falls**, by how much the weight lies below the `bond`.
#
# A distance below 0 counts as 0, one above 1 as 1. Then the rate is
#
# > rate = low + (high − low) / (1 + exp(−steepness · (d − ½)))
#
# So whoever is with the consensus moves slowly, and far from it fast. Return the rate.
#
# <details><summary>Hint 1</summary>
#
# First the distance, with an `if` that compares weight and bond; then the formula.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `d = weight - consensus if weight >= bond else bond - weight`, cut to `min(max(d, 0), 1)`; and
# `math.exp` is there.
#
# </details>


# %% tags=["answer"] q="rate" title="liquid alpha"
def rate(weight, bond, consensus, low, high, steepness):
    """Return the rate at which a bond moves to its weight; all but the steepness between 0 and 1."""
    # BEGIN SOLUTION
    d = weight - consensus if weight >= bond else bond - weight
    d = min(max(d, 0), 1)
    return low + (high - low) / (1 + math.exp(-steepness * (d - 0.5)))
    # END SOLUTION


# %% tags=["check"] q="rate" points=1
def check_rate(ask, seed):
    """A bond that rises with the consensus, one that rises above it, and one that falls."""
    rng = np.random.default_rng(seed)
    consensus = int(rng.integers(20, 40)) / 100
    cases = {
        "with the consensus": (consensus, 0.1),
        "above the consensus": (consensus + 0.3, 0.1),
        "falls": (0.05, consensus + 0.4),
    }
    rules = {"consensus": consensus, "low": LOW, "high": HIGH, "steepness": 8.0}
    found = ask([{"weight": w, "bond": b, **rules} for w, b in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_05", check_rate, rate)


# %% tags=["check", "hidden"] q="rate" points=2
def check_rate_more(ask, seed):
    """Weights below the consensus, at the bond, falling above the consensus, and two slopes."""
    rng = np.random.default_rng(seed)
    consensus = int(rng.integers(30, 50)) / 100
    cases = {
        "rises below the consensus": (consensus - 0.2, 0.02, 6.0),
        "stands still": (consensus + 0.2, consensus + 0.2, 6.0),
        "falls above the consensus": (consensus + 0.1, consensus + 0.45, 6.0),
        "steep": (consensus + 0.35, 0.0, 20.0),
        "flat": (consensus + 0.35, 0.0, 0.5),
    }
    rules = {"consensus": consensus, "low": 0.1, "high": 0.9}
    found = ask([{"weight": w, "bond": b, "steepness": s, **rules} for w, b, s in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 3: does copying pay? (2 points)
#
# One copier and `h` honest validators. `dividends` and `stake` `[h + 1]` are theirs for a tempo; the
# **copier is the last** of each. Looking at miners costs the honest the part `cost` of their dividends;
# copying costs nothing.
#
# By what part does the copier get more **for a unit of stake** than the honest do, all honest ones taken
# together? 0.1 is a tenth more, less than 0 means that copying does not pay.
#
# <details><summary>Hint 1</summary>
#
# For the honest: the sum of their dividends, less the cost, over the sum of their stake.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `honest = (1 - cost) * dividends[:-1].sum() / stake[:-1].sum()`, then `dividends[-1] / stake[-1] /
# honest - 1`.
#
# </details>


# %% tags=["answer"] q="gain" title="does copying pay?"
def gain(dividends, stake, cost):
    """Return by what part the copier, the last, gets more per stake than the honest do together."""
    # BEGIN SOLUTION
    honest = (1 - cost) * dividends[:-1].sum() / stake[:-1].sum()
    return dividends[-1] / stake[-1] / honest - 1
    # END SOLUTION


# %% tags=["check"] q="gain" points=1
def check_gain(ask, seed):
    """Three honest validators and a copier, with free work and with work that costs a fifth."""
    rng = np.random.default_rng(seed)
    stake = np.append(rng.choice(np.arange(200, 900), 3, replace=False), rng.integers(50, 150))
    dividends = stake * np.append(rng.choice(np.arange(80, 120), 3, replace=False), 97) / 1000
    costs = [0.0, 0.2]
    found = ask([{"dividends": dividends, "stake": stake, "cost": c} for c in costs])
    for cost, value in zip(costs, found, strict=True):
        print(f"cost {cost}: {show(value, 4)}")


self_check("set_05", check_gain, gain)


# %% tags=["check", "hidden"] q="gain" points=1
def check_gain_more(ask, seed):
    """A large copier, a copier that gets nothing, and very uneven honest ones."""
    rng = np.random.default_rng(seed)
    base = rng.choice(np.arange(200, 900), 4, replace=False)
    cases = {
        "large copier": (base * [0.1, 0.11, 0.09, 0.1], base * np.array([1, 1, 1, 9]), 0.1),
        "gets nothing": (base * [0.1, 0.1, 0.1, 0.0], base, 0.25),
        "very uneven": ([9.0, 900.0, 30.0, 50.0], base * np.array([1, 40, 2, 3]), 0.3),
    }
    found = ask([{"dividends": np.array(d), "stake": s, "cost": c} for d, s, c in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: which weights the chain holds (3 points)
#
# Validators seal weights, and when the time has come the chain opens them by itself. It does this at each
# epoch:
# * of all that was sealed, it opens what was sealed exactly `period` epochs before `now`, **in the order
#   in which it was handed in**; so of two by one validator the later one stays;
# * before they are stored, weights are scaled up so that the largest is 65535, and rounded to whole
#   numbers, halves upwards; if all are 0 they stay 0;
# * who has nothing to open keeps the weights that it has.
#
# `weights` `[v, m]` are whole numbers as the chain holds them now. `commits` `[c, 2 + m]` has a row for
# each sealed vector, oldest first: the epoch in which it was sealed, the validator's number (0 to v − 1),
# and its m values. Return the weights `[v, m]` after this epoch has opened what it opens. There may be no
# commits at all.
#
# The check puts your weights into an epoch of the engine and prints what the miners get.
#
# <details><summary>Hint 1</summary>
#
# Go through `commits` in order. Look at the epoch in the first place, and write the scaled values over
# the row of its validator. Work on a copy of `weights`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For a row: `epoch, who, values = row[0], row[1], row[2:]`. Scale with whole numbers only: `(2 * 65535 *
# values + top) // (2 * top)` is `values * 65535 / top` rounded, halves upwards, where `top =
# values.max()`.
#
# </details>


# %% tags=["answer"] q="revealed" title="which weights the chain holds"
def revealed(weights, commits, now, period):
    """Return the weights [v, m] once the commits [c, 2 + m] of epoch now - period are opened."""
    # BEGIN SOLUTION
    weights = weights.copy()
    for row in commits:
        epoch, who, values = row[0], row[1], row[2:]
        if epoch == now - period:
            top = max(values.max(), 1)
            weights[who] = (2 * 65535 * values + top) // (2 * top)
    return weights
    # END SOLUTION


# %% tags=["check"] q="revealed" points=1
def check_revealed(ask, seed):
    """Four validators; one opens, one is still sealed, one is too late, one never sealed anything."""
    rng = np.random.default_rng(seed)
    now, period = int(rng.integers(50, 99)), 2
    rows = [[now - period, 0], [now - 1, 1], [now - period - 1, 2]]
    commits = [[*row, *draw(rng, 5)] for row in rows]
    (found,) = ask([{"weights": stored(rng, 4, 5), "commits": commits, "now": now, "period": period}])
    tell(found)


def draw(rng, miners):
    """Values as a validator hands them in: whole numbers of any scale."""
    return rng.choice(np.arange(1, 900), miners, replace=False).tolist()


def stored(rng, validators, miners):
    """Weights as the chain holds them: in each row the largest is 65535."""
    table = rng.integers(1, 60_000, (validators, miners))
    table[np.arange(validators), rng.integers(0, miners, validators)] = U16_MAX
    return table


def tell(found):
    """Print the weights of a learner, and what an epoch of the engine makes of them."""
    weights = np.asarray(found)
    for number, row in enumerate(weights):
        print(f"V{number}: {show(row, 0)}")
    whole = np.clip(weights, 0, U16_MAX).astype(np.int64)
    stake = (np.arange(len(weights)) + 2) * 10**12
    terms = run_epoch(matrix_inputs(stake, whole))
    print("incentive:", show(terms.incentive[len(weights) :], 0))


self_check("set_05", check_revealed, revealed)


# %% tags=["check", "hidden"] q="revealed" points=2
def check_revealed_more(ask, seed):
    """Two by one validator in one epoch, values that round, values that are all 0, and no commits."""
    rng = np.random.default_rng(seed)
    now, period = int(rng.integers(50, 99)), int(rng.integers(1, 4))
    then = now - period
    commits = [
        [then - 1, 3, *draw(rng, 6)],
        [then, 0, *draw(rng, 6)],
        [then, 1, 1, 2, 0, 2, 1, 0],
        [then, 0, *draw(rng, 6)],
        [then, 2, 0, 0, 0, 0, 0, 0],
        [then + 1, 3, *draw(rng, 6)],
        [then + 1, 0, *draw(rng, 6)],
    ]
    weights = stored(rng, 5, 6)
    (found,) = ask([{"weights": weights, "commits": commits, "now": now, "period": period}])
    tell(found)
    (found,) = ask([{"weights": weights, "commits": [], "now": now, "period": period}])
    tell(found)


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_05.ipynb
# ```
#
# A copier is always late by what the chain keeps sealed. Who is allowed to give weights at all is lesson
# 06.

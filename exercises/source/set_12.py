# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 12: attacks and defences
#
# You will say from which size on an attack pays, what a cabal of validators can do with its part of the
# stake, what an owner takes from its own miners, and what a cabal must bring to a subnet to win it. The
# chain's own epoch is the judge of the last.
#
# **You need** lesson 12 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

import numpy as np

from bittensor_lab.epoch import matrix_inputs, run_epoch
from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

# %% [markdown]
# ## Question 1: from which size on (2 points)
#
# An attack was measured at several sizes. At each, `gain` is what the attacker has from it and `cost`
# what it loses, both in τ. The attack **pays** where the gain is more than the cost; where they are equal
# it does not.
#
# `sizes`, `gain` and `cost` have the shape `[n]` and belong together place by place, in no particular
# order. Return the smallest size at which the attack pays, or -1 if it pays at none.
#
# <details><summary>Hint 1</summary>
#
# Which of the sizes are left if you keep only those that pay? And what if none are?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `sizes[gain > cost]` keeps them. `min(..., default=-1)` returns the smallest, and -1 of nothing.
#
# </details>


# %% tags=["answer"] q="pays_from" title="from which size on"
def pays_from(sizes, gain, cost):
    """Return the smallest of sizes [n] at which gain [n] is more than cost [n]; -1 if there is none."""
    # BEGIN SOLUTION
    return min(sizes[gain > cost], default=-1)
    # END SOLUTION


# %% tags=["check"] q="pays_from" points=1
def check_pays_from(ask, seed):
    """An attack that pays when it is large, in order and out of order."""
    rng = np.random.default_rng(seed)
    sizes = np.arange(1, 9) * rng.integers(2, 9)
    net = np.array([-3, -2, -1, 2, 4, 9, 5, 3])
    cost = rng.integers(5, 30, 8)
    mixed = np.array([6, 7, 0, 5, 1, 4, 3, 2])
    given = {"sizes": sizes, "gain": cost + net, "cost": cost}
    ordered, other = ask([given, {name: column[mixed] for name, column in given.items()}])
    print("pays from:", show(ordered, 0))
    print("the same, mixed:", show(other, 0))


self_check("set_12", check_pays_from, pays_from)


# %% tags=["check", "hidden"] q="pays_from" points=1
def check_pays_from_more(ask, seed):
    """Gain and cost that are equal, an attack that pays only when small, one that never pays."""
    rng = np.random.default_rng(seed)
    nets = {
        "equal at first": [0, 0, 0, 2, 1, 3],
        "pays only when small": [-1, 2, 1, -2, -3, -9],
        "pays twice": [-1, 1, -1, -1, 2, 4],
        "never pays": [-3, -2, -1, 0, -1, -2],
    }
    inputs = []
    for net in nets.values():
        order, cost = rng.permutation(6), rng.integers(10, 30, 6)
        columns = {"sizes": np.arange(1, 7) * 5, "gain": cost + np.array(net), "cost": cost}
        inputs.append({name: column[order] for name, column in columns.items()})
    for name, value in zip(nets, ask(inputs), strict=True):
        print(f"{name}: {show(value, 0)}")


# %% [markdown]
# ## Question 2: lift or block (3 points)
#
# A cabal gives all its weight to a miner of its own and none to others. The consensus on a miner is the
# smallest score for which the stake of all who gave it or less is **more than** 1 - κ of all stake
# (lesson 03). So there are two ways to win:
#
# * the cabal **lifts** its miner, if the honest alone are not more than 1 - κ: then no score of theirs
#   meets the condition, and the consensus is the cabal's own;
# * the cabal **blocks** the others, if it is itself more than 1 - κ: then its score of 0 meets the
#   condition for each of their miners.
#
# `part` is the cabal's part of the stake and `kappa` is κ, both from 0 to 1; the honest hold `1 - part`.
# Return a code: 0 if it can do neither, 1 if it only lifts, 2 if it only blocks, 3 if it can do both.
#
# All numbers are multiples of 1/16, which floating point holds exactly: the edges are tried.
#
# <details><summary>Hint 1</summary>
#
# Write each way as a comparison of `part` with something that has `kappa` in it. One of them is "at
# least", the other "more than".
#
# </details>
# <details><summary>Hint 2</summary>
#
# It lifts if `part >= kappa` and blocks if `part > 1 - kappa`. A comparison counts as 1 or 0 in a sum, so
# the code is `1 * lifts + 2 * blocks`.
#
# </details>


# %% tags=["answer"] q="ways" title="lift or block"
def ways(part, kappa):
    """Return 0 (neither), 1 (lifts), 2 (blocks) or 3 (both) for a cabal with part of the stake."""
    # BEGIN SOLUTION
    lifts = part >= kappa
    blocks = part > 1 - kappa
    return 1 * lifts + 2 * blocks
    # END SOLUTION


# %% tags=["check"] q="ways" points=1
def check_ways(ask, seed):
    """Parts that are not on an edge, under three majorities."""
    rng = np.random.default_rng(seed)
    for kappa in (5, 8, 11):
        parts = rng.permutation([2, 4, 7, 9, 12, 14])
        codes = ask([{"part": int(part) / 16, "kappa": kappa / 16} for part in parts])
        print(f"kappa {kappa}/16, parts {parts.tolist()}/16: {show(codes, 0)}")


self_check("set_12", check_ways, ways)


# %% tags=["check", "hidden"] q="ways" points=2
def check_ways_more(ask, seed):
    """Parts at both edges, and one half of the stake at a majority of one half."""
    rng = np.random.default_rng(seed)
    for kappa in (int(rng.integers(3, 7)), 8, int(rng.integers(10, 14))):
        parts = {"exactly kappa": kappa, "exactly the rest": 16 - kappa, "just below kappa": kappa - 1}
        parts["just above the rest"] = 17 - kappa
        codes = ask([{"part": part / 16, "kappa": kappa / 16} for part in parts.values()])
        for name, code in zip(parts, codes, strict=True):
            print(f"kappa {kappa}/16, {name}: {show(code, 0)}")


# %% [markdown]
# ## Question 3: what the owner takes (2 points)
#
# Which part of the miners' pay goes to the owner's own keys? That is what the chain has withheld since
# June 2026, and what gave away one of the three subnets of the lesson.
#
# `incentive` has the shape `[n]`, the chain's whole numbers, of which the sum need not be 65,535.
# `coldkey` has the shape `[n]`: a number that says who holds each uid. `owner` is the number of the
# subnet's owner, who may hold any number of uids. Return the owner's part of all incentive, 0 to 1; if
# nobody has any incentive, it is 0.
#
# <details><summary>Hint 1</summary>
#
# Two sums: the incentive of the uids whose coldkey is the owner, and all of it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `incentive[coldkey == owner].sum()` is the first. Where the second is 0, so is the first: dividing
# by `max(1, incentive.sum())` settles that.
#
# </details>


# %% tags=["answer"] q="own_part" title="what the owner takes"
def own_part(incentive, coldkey, owner):
    """Return the part (0 to 1) of all incentive [n] that goes to uids whose coldkey [n] is owner."""
    # BEGIN SOLUTION
    return incentive[coldkey == owner].sum() / max(1, incentive.sum())
    # END SOLUTION


# %% tags=["check"] q="own_part" points=1
def check_own_part(ask, seed):
    """Eight uids of four coldkeys: an owner with several miners, and one without any."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(8)
    incentive = np.array([9000, 4000, 7000, 1000, 12000, 3000, 0, 0]) + rng.integers(1, 500, 8)
    coldkey = np.array([11, 11, 12, 12, 13, 13, 11, 14])
    given = {"incentive": incentive[order], "coldkey": coldkey[order]}
    several, none = ask([{**given, "owner": 11}, {**given, "owner": 15}])
    print("owner with three uids:", show(several, 4))
    print("owner without a uid:", show(none, 4))


self_check("set_12", check_own_part, own_part)


# %% tags=["check", "hidden"] q="own_part" points=1
def check_own_part_more(ask, seed):
    """An owner who takes all, one who takes little with many uids, and an epoch that paid nobody."""
    rng = np.random.default_rng(seed)
    many = np.array([60, 50, 40, 30, 20, 30000]) + rng.integers(0, 9, 6)
    cases = {
        "takes all": (np.array([0, 0, 40000, 0, 20000, 0]), [2, 3, 1, 4, 1, 5]),
        "many uids, little pay": (many, [1, 1, 1, 1, 1, 2]),
        "nobody is paid": (np.zeros(6, int), [1, 2, 3, 1, 2, 3]),
    }
    values = ask([{"incentive": paid, "coldkey": held, "owner": 1} for paid, held in cases.values()])
    for name, value in zip(cases, values, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: the least stake of a successful cabal (3 points)
#
# A subnet has honest validators. A cabal that has nothing yet wants to win it, by lifting or by blocking,
# whichever is cheaper. How much stake must it **bring**? What it brings adds to all stake, so its part
# is what it brings over what the others hold *and* what it brings.
#
# Stake counts only if it is active: a validator that has not set weights for too long does not vote.
#
# `stake` has the shape `[k]`, whole τ, of the honest validators; `active` `[k]` holds 1 for those who
# vote and 0 for the others. `kappa` is the chain's whole number, where 65,535 stands for 1; it is never 0
# or 65,535. Return the least number of **whole** τ that is enough. With *H* the honest stake that votes and
# *c* what the cabal brings:
#
# * it lifts if *c* / (*H* + *c*) is **at least** κ,
# * it blocks if *c* / (*H* + *c*) is **more than** 1 - κ.
#
# Count in whole numbers, as the chain does: fractions could cost you the last τ.
#
# The check puts your number into the chain's epoch: the honest give the cabal's miner 1 of 100, and the
# cabal gives it all. It prints what that miner earns with your stake, and with 1 τ less; 65,535 would be
# all that miners are paid. The right stake is the one that makes all the difference.
#
# <details><summary>Hint 1</summary>
#
# Solve both conditions for *c*. With `kappa` and `rest = 65535 - kappa` they become
# `c * rest >= kappa * H` and `c * kappa > rest * H`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The least *c* with `c * rest >= kappa * H` is `-(-kappa * H // rest)`, which rounds up. The least with
# `c * kappa > rest * H` is `rest * H // kappa + 1`. Take the smaller. `H` is `stake[active == 1].sum()`.
#
# </details>


# %% tags=["answer"] q="least_stake" title="the least stake of a successful cabal"
def least_stake(stake, active, kappa):
    """Return the least whole τ that a cabal must bring to honest stake [k], active [k], to win."""
    # BEGIN SOLUTION
    honest, rest = int(stake[active == 1].sum()), 65535 - kappa
    lift = -(-kappa * honest // rest)
    block = rest * honest // kappa + 1
    return min(lift, block)
    # END SOLUTION


# %% tags=["check"] q="least_stake" points=1
def check_least_stake(ask, seed):
    """Three majorities, four honest validators of whom one is inactive: the stake, and the epoch with it."""
    rng = np.random.default_rng(seed)
    for kappa in (19700, Hyperparameters().kappa, 45900):
        stake, active = rng.integers(100, 400, 4), rng.permutation([1, 1, 1, 0])
        (value,) = ask([{"stake": stake, "active": active, "kappa": kappa}])
        print(f"kappa {kappa}, to bring: {show(value, 0)}")
        for name, brought in (("with it", round(value)), ("with 1 τ less", round(value) - 1)):
            everyone = np.append(stake, min(max(brought, 0), 10**6)) * RAO_PER_TAO
            weights = np.array([[40, 30, 29, 1]] * 4 + [[0, 0, 0, 100]])
            rules = Hyperparameters(commit_reveal=False, kappa=kappa)
            inputs = matrix_inputs(everyone, weights, hyperparameters=rules)
            asleep = np.append(active == 0, [False] * 5)
            inputs = replace(inputs, activity_cutoff=100, last_update=inputs.last_update - 200 * asleep)
            print(f"its miner earns {name}: {show(run_epoch(inputs).incentive[-1], 0)}")
        print("part of all active stake:", show(value / (value + stake[active == 1].sum()), 4))


self_check("set_12", check_least_stake, least_stake)


# %% tags=["check", "hidden"] q="least_stake" points=2
def check_least_stake_more(ask, seed):
    """Seven majorities from 0.25 to 0.8 and eight validators: the stake, and the epoch with it."""
    rng = np.random.default_rng(seed)
    for tenths in (0.25, 0.33, 0.45, 0.5, 0.55, 0.67, 0.8):
        kappa = int(tenths * U16_MAX) - int(rng.integers(1, 50))
        stake = rng.integers(100, 300, 8)
        active = np.ones(8, int)
        (value,) = ask([{"stake": stake, "active": active, "kappa": kappa}])
        print(f"kappa {kappa}, to bring: {show(value, 0)}")
        for name, brought in (("with it", round(value)), ("with 1 τ less", round(value) - 1)):
            everyone = np.append(stake, min(max(brought, 0), 10**6)) * RAO_PER_TAO
            weights = np.array([[40, 30, 29, 1]] * 8 + [[0, 0, 0, 100]])
            rules = Hyperparameters(commit_reveal=False, kappa=kappa)
            terms = run_epoch(matrix_inputs(everyone, weights, hyperparameters=rules))
            print(f"its miner earns {name}: {show(terms.incentive[-1], 0)}")


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_12.ipynb
# ```
#
# An attack on one subnet is a price. What the rules do to all subnets together, with nobody attacking
# anything, is lesson 13.

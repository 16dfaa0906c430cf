# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 04: bonds and dividends
#
# You will let a bond follow its weight through many epochs, cut a weight as the penalty asks, turn bonds
# into dividends, and then move the bonds in the chain's own epoch.
#
# **You need** lesson 04 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.epoch import CHAIN_STEPS, matrix_inputs, next_inputs, run_epoch
from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters
from bittensor_lab.rows import rows_from_dense

KEPT = Hyperparameters().bonds_moving_average / 10**6

# %% [markdown]
# ## Question 1: a bond through time (2 points)
#
# By Yuma 3 a bond follows its weight. In each epoch the part `kept` of the old bond stays, and the rest
# is made up of the epoch's weight:
#
# > new bond = kept · old bond + (1 − kept) · weight
#
# `weights` `[t]` are one validator's weights on one miner in `t` epochs, one after the other; before the
# first, the bond is `bond`. Return the bond **after each** epoch, `[t]`.
#
# <details><summary>Hint 1</summary>
#
# A loop: each epoch starts with the bond that the last one left. Collect the bonds in a list.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In the loop `bond = kept * bond + (1 - kept) * weight`, and append it.
#
# </details>


# %% tags=["answer"] q="follow" title="a bond through time"
def follow(bond, weights, kept):
    """Return the bond after each epoch [t], from a first bond and the weights [t]."""
    # BEGIN SOLUTION
    bonds = []
    for weight in weights:
        bond = kept * bond + (1 - kept) * weight
        bonds.append(bond)
    return bonds
    # END SOLUTION


# %% tags=["check"] q="follow" points=1
def check_follow(ask, seed):
    """One that moves at once and one that moves late, with the chain's default."""
    rng = np.random.default_rng(seed)
    weight = int(rng.integers(50, 90)) / 100
    cases = {"at once": [weight] * 5, "late": [0.0] * 3 + [weight] * 2}
    found = ask([{"bond": 0.0, "weights": w, "kept": KEPT} for w in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_04", check_follow, follow)


# %% tags=["check", "hidden"] q="follow" points=1
def check_follow_more(ask, seed):
    """A bond that falls, weights that jump, and a bond that keeps nothing, or everything."""
    rng = np.random.default_rng(seed)
    high, jumps = int(rng.integers(50, 90)) / 100, rng.choice(np.arange(1, 99), 6, replace=False) / 100
    cases = {
        "falls": (high, [0.1] * 5, 0.75),
        "jumps": (0.3, jumps, 0.6),
        "keeps nothing": (high, jumps, 0.0),
        "keeps everything": (high, jumps, 1.0),
    }
    found = ask([{"bond": b, "weights": w, "kept": k} for b, w, k in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: the penalty (2 points)
#
# What a bond follows is not quite the weight that was given. The subnet's `penalty` (0 to 1) says how far
# it is cut towards the clipped weight, which is never above the miner's `consensus`: with 0 it counts as
# it was given, with 1 as clipped, in between on the way.
#
# `weights` has the shape `[v, m]`, `consensus` `[m]`. Return the weights that bonds follow, `[v, m]`.
#
# <details><summary>Hint 1</summary>
#
# Clip first, as in set 03. Then go the part `penalty` of the way from the weight to the clipped weight.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `clipped = np.minimum(weights, consensus)`; then `weights + penalty * (clipped - weights)`.
#
# </details>


# %% tags=["answer"] q="followed" title="the penalty"
def followed(weights, consensus, penalty):
    """Return the weights [v, m] that bonds follow, of weights [v, m], consensus [m] and the penalty."""
    # BEGIN SOLUTION
    clipped = np.minimum(weights, consensus)
    return weights + penalty * (clipped - weights)
    # END SOLUTION


# %% tags=["check"] q="followed" points=1
def check_followed(ask, seed):
    """Two validators and three miners, with no penalty, half of it, and all of it."""
    rng = np.random.default_rng(seed)
    weights = rng.permuted(np.tile([0.1, 0.3, 0.6], (2, 1)), axis=1)
    given = {"weights": weights, "consensus": [0.2, 0.2, 0.2]}
    for penalty in (0.0, 0.5, 1.0):
        (value,) = ask([{**given, "penalty": penalty}])
        print(f"penalty {penalty}: {show(value, 4)}")


self_check("set_04", check_followed, followed)


# %% tags=["check", "hidden"] q="followed" points=1
def check_followed_more(ask, seed):
    """A larger subnet, and a miner on which nobody agrees."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(5, 60, (4, 5)) / 100
    consensus = np.append(rng.integers(10, 40, 4) / 100, 0.0)
    for penalty in (0.25, 0.9):
        (value,) = ask([{"weights": weights, "consensus": consensus, "penalty": penalty}])
        print(f"penalty {penalty}, by miner: {show(np.sum(value, axis=0), 4)}")
        print(f"penalty {penalty}, by validator: {show(np.sum(value, axis=1), 4)}")


# %% [markdown]
# ## Question 3: dividends (3 points)
#
# From bonds to dividends, by Yuma 3:
# 1. each bond as a part of its miner's column: what share of all bonds on that miner is this validator's;
# 2. a validator's claim is the sum over the miners of that share times the miner's `incentive`, times its
#    own `stake`;
# 3. its dividends are its part of all claims.
#
# A column without any bond gives nobody anything. If no claim is above 0, all dividends are 0. `bonds`
# `[v, m]`, `incentive` `[m]`, `stake` `[v]`; return `[v]`.
#
# <details><summary>Hint 1</summary>
#
# Divide each column by its sum, but columns that sum to 0 by 1. A matrix times a vector adds over the
# miners.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `total = bonds.sum(axis=0)`, `shares = bonds / np.where(total > 0, total, 1)`, `claims = stake * (shares
# @ incentive)`; then divide by `claims.sum()` if that is above 0.
#
# </details>


# %% tags=["answer"] q="dividends" title="dividends"
def dividends(bonds, incentive, stake):
    """Return the dividends [v], a share each, of bonds [v, m], incentive [m] and stake [v]."""
    # BEGIN SOLUTION
    total = bonds.sum(axis=0)
    shares = bonds / np.where(total > 0, total, 1)
    claims = stake * (shares @ incentive)
    return claims / claims.sum() if claims.sum() > 0 else claims
    # END SOLUTION


# %% tags=["check"] q="dividends" points=1
def check_dividends(ask, seed):
    """Three validators, three miners."""
    rng = np.random.default_rng(seed)
    bonds = rng.permuted(np.array([[0.1, 0.3, 0.6], [0.2, 0.3, 0.1], [0.5, 0.05, 0.2]]), axis=0)
    given = {"bonds": bonds, "incentive": rng.permutation([0.2, 0.3, 0.5])}
    (value,) = ask([{**given, "stake": rng.permutation([0.2, 0.35, 0.45])}])
    print("dividends:", show(value, 4))
    print("sum:", show(np.sum(value), 4))


self_check("set_04", check_dividends, dividends)


# %% tags=["check", "hidden"] q="dividends" points=2
def check_dividends_more(ask, seed):
    """A miner without any bond, a validator without any, one without stake, and no incentive at all."""
    rng = np.random.default_rng(seed)
    bonds = rng.integers(5, 90, (5, 4)) / 100
    bonds[:, 2], bonds[1] = 0.0, 0.0
    stake = np.append(rng.permutation([0.15, 0.2, 0.25, 0.4]), 0.0)
    some, none = ask(
        [
            {"bonds": bonds, "incentive": rng.permutation([0.1, 0.2, 0.3, 0.4]), "stake": stake},
            {"bonds": bonds, "incentive": np.zeros(4), "stake": stake},
        ]
    )
    print("dividends:", show(some, 4))
    print("no incentive:", show(none, 4))


# %% [markdown]
# ## Question 4: bonds in the chain's epoch (3 points)
#
# Now move the bonds in a real epoch. The chain counts in whole numbers of 2⁻³²: 4 294 967 296 stands for
# 1. Your function gets `weights` and `bonds`, both `[v, n]`, and `rate`, the part of the new weight that
# comes in (1 − kept), all as such whole numbers, and returns the new bonds `[v, n]`:
#
# > new bond = rate · weight + (1 − rate) · bond
#
# **Each of the two products is cut off to a whole number by itself**, before they are added: a product of
# two such numbers is their product as whole numbers, divided by 2³² and cut.
#
# ```python
# run_epoch(inputs, replace(CHAIN_STEPS, move_bonds=move))
# ```
#
# These products are larger than NumPy's integers can be. `weights.astype(object)` makes an array of
# Python's own integers, which have no end.
#
# <details><summary>Hint 1</summary>
#
# `a * b // 2**32` is a product, cut off. With arrays of Python integers it works on all elements at once.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `w, b = weights.astype(object), bonds.astype(object)`, and then `rate * w // 2**32 + (2**32 - rate) * b
# // 2**32`.
#
# </details>


# %% tags=["answer"] q="move" title="bonds in the chain's epoch"
def move(weights, bonds, rate):
    """Return the new bonds [v, n] of weights and bonds [v, n] and the rate, all whole numbers of 2**-32."""
    # BEGIN SOLUTION
    w, b = weights.astype(object), bonds.astype(object)
    return rate * w // 2**32 + (2**32 - rate) * b // 2**32
    # END SOLUTION


# %% tags=["check"] q="move" points=1
def check_move(ask, seed):
    """4 validators and 3 miners in three epochs, with weights that change."""
    rng = np.random.default_rng(seed)
    for epoch, terms in enumerate(epochs(ask, rng, 4, 3, KEPT, 3), 1):
        print(f"epoch {epoch}, bonds: {show(terms.bonds.value, 0)}")
        print(f"epoch {epoch}, dividends: {show(terms.dividends[:4], 0)}")


def epochs(ask, rng, validators, miners, kept, number):
    """Run epochs by Yuma 3 with the learner's bonds; yield what each of them stores."""

    def asked(weights, bonds, rate):
        (value,) = ask([{"weights": weights, "bonds": bonds, "rate": int(rate)}])
        return np.asarray(value)

    stake = rng.choice(np.arange(1, 9), validators, replace=False) * 10**12
    rules = Hyperparameters(commit_reveal=False, yuma3=True, bonds_moving_average=round(kept * 10**6))
    n, inputs = validators + miners, None
    for _ in range(number):
        weights = np.zeros((n, n), np.int64)
        weights[:validators, validators:] = rng.integers(1, 65536, (validators, miners))
        if inputs is None:
            inputs = matrix_inputs(stake, weights[:validators, validators:], hyperparameters=rules)
        else:
            inputs = replace(next_inputs(inputs, terms), weights=rows_from_dense(weights))
        terms = run_epoch(inputs, replace(CHAIN_STEPS, move_bonds=asked))
        yield terms


self_check("set_04", check_move, move)


# %% tags=["check", "hidden"] q="move" points=2
def check_move_more(ask, seed):
    """A larger subnet with other rates, and numbers that do not divide."""
    rng = np.random.default_rng(seed)
    for kept in (0.95, 0.3):
        for terms in epochs(ask, rng, 6, 5, kept, 2):
            print(f"kept {kept}, bonds: {show(terms.bonds.value, 0)}")
            print(f"kept {kept}, dividends: {show(terms.dividends[:6], 0)}")
    raw = rng.integers(2**20, 2**32, (3, 4)) | 1
    (value,) = ask([{"weights": raw, "bonds": raw[::-1], "rate": int(rng.integers(10**8, 10**9)) * 2 + 1}])
    print("raw:", show(value, 0))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_04.ipynb
# ```
#
# Now you know why being right early pays. Whether it also pays to let others be right and copy them is
# lesson 05.

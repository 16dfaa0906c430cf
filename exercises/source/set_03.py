# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 03: weights and consensus
#
# You will write the three steps by which a subnet agrees on its miners, and then put your own
# consensus into the chain's epoch and see the chain's own numbers come out.
#
# **You need** lesson 03 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.epoch import CHAIN_STEPS, matrix_inputs, run_epoch
from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters

# %% [markdown]
# ## Question 1: the weighted median (3 points)
#
# One miner. Each of *k* validators gives it a score, and holds a share of the stake. Which score do
# they agree on? The chain's rule, with κ (`kappa`) the majority that is needed:
#
# > **The consensus is the smallest score *x* for which the stake of all who gave *x* or less is
# > more than** (all stake − κ).
#
# So scores above it are supported by less than κ of the stake, and don't count. Three things to mind:
# * "more than" is strict: exactly (all stake − κ) is not enough;
# * only validators **with stake** are asked; if nobody has stake, the consensus is 0;
# * if no score meets the condition (that happens with κ = 0), the consensus is the highest score.
#
# `scores` and `stake` are arrays of shape `[k]`, `kappa` is a number. Return one number. Don't lean
# on the numbers being fractions: in question 4 the chain hands you whole ones.
#
# <details><summary>Hint 1</summary>
#
# Try the candidates from the lowest up. The candidates are the scores themselves, and
# `np.unique(scores)` returns them sorted. The first one that meets the condition is the answer.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `stake[scores <= x].sum()` is the stake of all who gave `x` or less. Compare it with
# `stake.sum() - kappa` in a loop over `np.unique(scores[stake > 0])`, and return from the loop.
# What is left after the loop are the last two points above: `scores[stake > 0].max(initial=0)`.
#
# </details>


# %% tags=["answer"] q="median" title="the weighted median"
def median(scores, stake, kappa):
    """Return the consensus (a number) of scores [k] by validators with stake [k]."""
    # BEGIN SOLUTION
    for score in np.unique(scores[stake > 0]):
        if stake[scores <= score].sum() > stake.sum() - kappa:
            return score
    return scores[stake > 0].max(initial=0)
    # END SOLUTION


# %% tags=["check"] q="median" points=1
def check_median(ask, seed):
    """Distinct scores, three majorities, and a stake of exactly one half."""
    rng = np.random.default_rng(seed)
    cases = {
        "four equal stakes, kappa 1/2": ([4, 4, 4, 4], 0.5),
        "kappa 1/4": ([1, 2, 3, 3, 3, 4], 0.25),
        "kappa 3/4": ([1, 2, 3, 3, 3, 4], 0.75),
        "one holds most of the stake": ([2, 11, 3], 0.5),
    }
    inputs = []
    for sixteenths, kappa in cases.values():
        scores = rng.choice(np.arange(1, 100), len(sixteenths), replace=False) / 100
        inputs.append({"scores": scores, "stake": rng.permutation(sixteenths) / 16, "kappa": kappa})
    for name, value in zip(cases, ask(inputs), strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_03", check_median, median)


# %% tags=["check", "hidden"] q="median" points=2
def check_median_more(ask, seed):
    """Equal scores, validators without stake, kappa 0 and 1, nobody with stake, chain integers."""
    rng = np.random.default_rng(seed)
    low, middle, high = (rng.choice(np.arange(k, k + 300), 1)[0] / 1000 for k in (1, 301, 601))
    order = rng.permutation(4)
    cases = [
        ("equal scores", [low, middle, middle, high], [5, 3, 3, 5], 0.5),
        ("equal scores, other kappa", [low, middle, middle, high], [5, 3, 3, 5], 0.75),
        ("stake exactly at the edge", [low, middle, high, high], [4, 4, 4, 4], 0.75),
        ("no stake at the ends", [low, middle, high - 0.1, high], [0, 5, 11, 0], 0.75),
        ("kappa 0", [low, middle, high - 0.1, high], [4, 4, 8, 0], 0.0),
        ("kappa 1", [low, middle, high - 0.1, high], [0, 4, 4, 8], 1.0),
        ("nobody has stake", [low, middle, high - 0.1, high], [0, 0, 0, 0], 0.5),
    ]
    inputs = [
        {"scores": np.array(scores)[order], "stake": np.array(parts)[order] / 16, "kappa": kappa}
        for _, scores, parts, kappa in cases
    ]
    raw = rng.choice(2**31, 12, replace=False)
    inputs.append({"scores": raw, "stake": rng.permutation(np.arange(20, 32)) << 24, "kappa": 2**31})
    names = [name for name, *_ in cases] + ["the chain's whole numbers"]
    for name, value in zip(names, ask(inputs), strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: clipping (2 points)
#
# A weight above its miner's consensus is cut down **to** the consensus; every other weight stays as
# it is. What was cut off counts for nobody.
#
# `weights` has shape `[k, m]` (a row per validator, a column per miner), `consensus` has shape `[m]`.
# Return the clipped weights `[k, m]`.
#
# <details><summary>Hint 1</summary>
#
# Each weight becomes the smaller of two numbers. Nothing else happens to it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# NumPy lays `consensus` [m] along each row of `weights` [k, m] by itself, and
# `np.minimum(a, b)` takes the smaller of each pair.
#
# </details>


# %% tags=["answer"] q="clip" title="clipping"
def clip(weights, consensus):
    """Return weights [k, m], none of them above the consensus [m] of its miner."""
    # BEGIN SOLUTION
    return np.minimum(weights, consensus)
    # END SOLUTION


# %% tags=["check"] q="clip" points=1
def check_clip(ask, seed):
    """Three validators, four miners."""
    rng = np.random.default_rng(seed)
    weights = rng.permuted(np.tile([0.1, 0.2, 0.3, 0.4], (3, 1)), axis=1)
    (clipped,) = ask([{"weights": weights, "consensus": rng.permutation([0.15, 0.25, 0.25, 0.3])}])
    for number, row in enumerate(clipped, 1):
        print(f"V{number}: {show(row, 4)}")


self_check("set_03", check_clip, clip)


# %% tags=["check", "hidden"] q="clip" points=1
def check_clip_more(ask, seed):
    """A larger subnet, and a miner on which nobody agrees."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 50, (6, 9)) / 100
    consensus = np.append(rng.integers(10, 40, 8) / 100, 0.0)
    (clipped,) = ask([{"weights": weights, "consensus": consensus}])
    print("left to each validator:", show(np.sum(clipped, axis=1), 4))
    print("left for each miner:", show(np.sum(clipped, axis=0), 4))


# %% [markdown]
# ## Question 3: incentive (2 points)
#
# A miner's **rank** is the sum of the clipped weights it gets, each counted by its validator's share
# of the stake. Its **incentive** is its share of all ranks, so incentive sums to 1. If every rank is
# 0, so is every incentive: there is nothing to share out.
#
# `clipped` has shape `[k, m]`, `stake` has shape `[k]` and sums to 1. Return the incentive `[m]`.
#
# <details><summary>Hint 1</summary>
#
# Two steps: first the ranks, one number per miner; then divide by their sum, unless that is 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `stake @ clipped` multiplies each row by its validator's stake and adds the rows up: the ranks [m].
# With `total = rank.sum()`, return `rank / total` if `total > 0`, and `rank` (zeros) if not.
#
# </details>


# %% tags=["answer"] q="incentive" title="incentive"
def incentive(clipped, stake):
    """Return the incentive [m] of clipped weights [k, m] and stake [k]; zeros if nobody ranks."""
    # BEGIN SOLUTION
    rank = stake @ clipped
    total = rank.sum()
    return rank / total if total > 0 else rank
    # END SOLUTION


# %% tags=["check"] q="incentive" points=1
def check_incentive(ask, seed):
    """Three validators of different stake, four miners, and no weights at all."""
    rng = np.random.default_rng(seed)
    clipped = rng.permutation(np.array([[0.1, 0.2, 0.3, 0.4], [0.1, 0.25, 0.05, 0.3], [0.2, 0.0, 0.3, 0.1]]))
    stake = np.array([0.6, 0.3, 0.1])
    some, none = ask([{"clipped": clipped, "stake": stake}, {"clipped": 0.0 * clipped, "stake": stake}])
    print("incentive:", show(some, 4))
    print("without any weights:", show(none, 4))


self_check("set_03", check_incentive, incentive)


# %% tags=["check", "hidden"] q="incentive" points=1
def check_incentive_more(ask, seed):
    """A larger subnet, and a validator with stake whose weights were all clipped."""
    rng = np.random.default_rng(seed)
    clipped = rng.integers(0, 30, (6, 9)) / 100
    clipped[2] = 0.0
    stake = rng.permutation([0.3, 0.25, 0.2, 0.15, 0.06, 0.04])
    some, none = ask([{"clipped": clipped, "stake": stake}, {"clipped": 0.0 * clipped, "stake": stake}])
    print("incentive:", show(some, 6))
    print("without any weights:", show(none, 6))


# %% [markdown]
# ## Question 4: your median in the chain's epoch (3 points)
#
# Now for every miner at once, and inside a real epoch. The engine of this course computes as the
# chain does, and each of its steps can be replaced:
#
# ```python
# mine = replace(CHAIN_STEPS, consensus=consensus)    # your function instead of the chain's
# run_epoch(inputs, mine)
# ```
#
# The chain has no fractions. It counts in steps of 2⁻³²: the whole number 4 294 967 296 stands for
# 1.0, half of it for 0.5. That is what your function gets, in all three arguments, and what it has
# to return; with whole numbers there is no rounding, so your result can be *equal* to the chain's and
# not only close. If your `median` picks one of the scores it was given, it works as it is.
#
# `weights` has shape `[k, n]`: a row per validator, and a column per uid of the subnet (the miners,
# but the validators too, who get no weights). `stake` has shape `[k]`, `kappa` is a number. Return
# the consensus `[n]`. You may call your `median`.
#
# The check prints what your epoch stores, as the chain stores it: whole numbers where 65535 is 1.0.
# Consensus and incentive are the miners', trust and dividends the validators'.
#
# <details><summary>Hint 1</summary>
#
# One miner's scores are one **column** of `weights`. Loop over the columns.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `weights.T` has the columns as rows, so `for column in weights.T` walks over them. Collect
# `median(column, stake, kappa)` of each in a list, and return the list.
#
# </details>


# %% tags=["answer"] q="consensus" title="your median in the chain's epoch" uses=["median"]
def consensus(weights, stake, kappa):
    """Return the consensus [n] of weights [k, n] by stake [k], all whole numbers of 2**-32."""
    # BEGIN SOLUTION
    return np.array([median(column, stake, kappa) for column in weights.T])
    # END SOLUTION


# %% tags=["check"] q="consensus" points=1
def check_consensus(ask, seed):
    """5 validators and 6 miners: consensus, incentive, trust and dividends as stored."""
    rng = np.random.default_rng(seed)
    stake = np.array([1, 2, 3, 5, 9]) * 10**11 + rng.integers(0, 10**10, 5)  # rao
    weights = rng.integers(1, 65536, (5, 6))
    weights[1:, 0] = 0  # only V1, who has little stake, knows the first miner

    def asked(weights, stake, kappa):
        (value,) = ask([{"weights": weights, "stake": stake, "kappa": kappa}])
        return np.asarray(value)

    terms = run_epoch(matrix_inputs(stake, weights), replace(CHAIN_STEPS, consensus=asked))
    print("consensus:", show(terms.consensus[5:], 0))
    print("incentive:", show(terms.incentive[5:], 0))
    print("trust:", show(terms.validator_trust[:5], 0))
    print("dividends:", show(terms.dividends[:5], 0))


self_check("set_03", check_consensus, consensus)


# %% tags=["check", "hidden"] q="consensus" points=2
def check_consensus_more(ask, seed):
    """Three larger subnets with majorities of 0.3, 0.5 and 0.7, and a validator without stake."""
    rng = np.random.default_rng(seed)

    def asked(weights, stake, kappa):
        (value,) = ask([{"weights": weights, "stake": stake, "kappa": kappa}])
        return np.asarray(value)

    for kappa in (19661, 32767, 45875):
        stake = np.append(rng.integers(10**11, 10**12, 7), 0)
        weights = rng.integers(1, 65536, (8, 12)) * (rng.random((8, 12)) < 0.8)
        rules = Hyperparameters(commit_reveal=False, kappa=kappa)
        terms = run_epoch(
            matrix_inputs(stake, weights, hyperparameters=rules), replace(CHAIN_STEPS, consensus=asked)
        )
        print(f"kappa {kappa}")
        print("consensus:", show(terms.consensus[8:], 0))
        print("incentive:", show(terms.incentive[8:], 0))
        print("trust:", show(terms.validator_trust[:8], 0))
        print("dividends:", show(terms.dividends[:8], 0))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_03.ipynb
# ```
#
# What you have now is the half of Yuma Consensus that pays miners. The other half, which pays
# validators for having been right early, is lesson 04.

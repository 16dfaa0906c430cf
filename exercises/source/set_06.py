# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 06: stake weight, permits, activity
#
# You will add up what a hotkey counts on a subnet, find out whose votes an epoch really uses, compute how
# much a validator misses its permit by, and hand out the permits in the chain's own epoch.
#
# **You need** lesson 06 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.epoch import CHAIN_STEPS, matrix_inputs, run_epoch
from bittensor_lab.exercises import self_check, show
from bittensor_lab.params import Hyperparameters, NetworkParameters

TAO_WEIGHT = NetworkParameters().tao_weight / 2**64
PLACES = Hyperparameters().max_allowed_validators

# %% [markdown]
# ## Question 1: stake weight with a family (2 points)
#
# On a subnet a hotkey counts with its own `alpha` there plus `tao_weight` times the TAO that is staked on
# it on `root`. With childkeys, stake moves from hotkey to hotkey first, alpha and root TAO alike, each by
# the same part:
# * `lent` has the parts that this hotkey has lent to its children, shape `[c]`; what is lent counts there
#   and no longer here;
# * `parents` has a row `[alpha, root, part]` for each hotkey that lends to this one, shape `[p, 3]`: of
#   that parent's **own** stake the part counts here.
#
# There may be no children (`c` = 0) and no parents. Return the stake weight, in alpha.
#
# <details><summary>Hint 1</summary>
#
# Work out one number per hotkey first: what alpha and root TAO are worth together. Then lend and borrow
# parts of it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With `own = alpha + tao_weight * root` the answer is `own * (1 - sum(lent))`, plus `(a + tao_weight * r)
# * part` for each `a, r, part` in `parents`.
#
# </details>


# %% tags=["answer"] q="stake_weight" title="stake weight with a family"
def stake_weight(alpha, root, lent, parents, tao_weight):
    """Return the stake weight, alpha, of own alpha and root TAO, parts lent [c] and parents [p, 3]."""
    # BEGIN SOLUTION
    own = (alpha + tao_weight * root) * (1 - sum(lent))
    return own + sum((a + tao_weight * r) * part for a, r, part in parents)
    # END SOLUTION


# %% tags=["check"] q="stake_weight" points=1
def check_stake_weight(ask, seed):
    """On its own, with a child, and with a parent."""
    rng = np.random.default_rng(seed)
    alpha, root, other, far = (int(x) for x in rng.choice(np.arange(1_000, 9_000), 4, replace=False))
    cases = {
        "on its own": ([], []),
        "lends a quarter": ([0.25], []),
        "a parent lends half": ([], [[other, far, 0.5]]),
    }
    given = {"alpha": alpha, "root": root, "tao_weight": TAO_WEIGHT}
    found = ask([{**given, "lent": lent, "parents": parents} for lent, parents in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 2)}")


self_check("set_06", check_stake_weight, stake_weight)


# %% tags=["check", "hidden"] q="stake_weight" points=1
def check_stake_weight_more(ask, seed):
    """Two children and two parents at once, nothing but root, and everything lent."""
    rng = np.random.default_rng(seed)
    a, r, b, s, c, t = (int(x) for x in rng.choice(np.arange(1_000, 9_000), 6, replace=False))
    cases = {
        "both ways": (a, r, [0.25, 0.125], [[b, s, 0.5], [c, t, 0.125]]),
        "root only": (0, r, [], [[0, s, 0.5]]),
        "all lent": (a, r, [0.5, 0.5], [[b, s, 0.25]]),
    }
    asked = [
        {"alpha": a, "root": r, "lent": lent, "parents": parents, "tao_weight": 0.3}
        for a, r, lent, parents in cases.values()
    ]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 2)}")


# %% [markdown]
# ## Question 2: whose votes count (2 points)
#
# To hold a permit is not yet to vote. In the epoch of block `block` the weights of those count who
# * hold a permit (`permit` is 1, not 0), **and**
# * are active: their weights are at most `cutoff` blocks old, `block - last_update <= cutoff`.
#
# Return each uid's share `[n]` of the votes: its `stake` if it votes and 0 if not, divided so that the
# shares sum to 1. If nobody votes, every share is 0.
#
# <details><summary>Hint 1</summary>
#
# First set the stake of all who do not vote to 0, then divide by the sum of what is left. In the other
# order the shares would not sum to 1.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `votes = np.where((permit == 1) & (block - last_update <= cutoff), stake, 0)`, `total = votes.sum()`,
# and `votes / total` if `total > 0`, else `votes`.
#
# </details>


# %% tags=["answer"] q="votes" title="whose votes count"
def votes(stake, permit, last_update, block, cutoff):
    """Return the share of the votes [n], of stake, permit (1 or 0) and last_update (blocks), each [n]."""
    # BEGIN SOLUTION
    votes = np.where((permit == 1) & (block - last_update <= cutoff), stake, 0)
    return votes / votes.sum() if votes.sum() > 0 else votes
    # END SOLUTION


# %% tags=["check"] q="votes" points=1
def check_votes(ask, seed):
    """Five uids: one without a permit, one whose weights are too old."""
    rng = np.random.default_rng(seed)
    cutoff, block = Hyperparameters().activity_cutoff, 20_000
    age = np.array([1, 100, cutoff - 7, cutoff + 50, 10])
    order, stake = rng.permutation(5), rng.choice(np.arange(100, 999), 5, replace=False)
    permit = np.array([1, 1, 1, 1, 0])[order]
    given = {"permit": permit, "last_update": block - age[order], "block": block, "cutoff": cutoff}
    (shares,) = ask([{"stake": stake, **given}])
    print("shares:", show(shares, 4))
    print("sum:", show(np.sum(shares), 4))


self_check("set_06", check_votes, votes)


# %% tags=["check", "hidden"] q="votes" points=1
def check_votes_more(ask, seed):
    """Weights exactly as old as they may be, one block older, and nobody who votes."""
    rng = np.random.default_rng(seed)
    cutoff, block = int(rng.integers(300, 900)), 5_000
    stake = rng.choice(np.arange(100, 999), 6, replace=False)
    age = np.array([cutoff, cutoff + 1, cutoff - 1, 0, cutoff, 2 * cutoff])
    given = {"stake": stake, "last_update": block - age, "block": block, "cutoff": cutoff}
    some, none = ask([{**given, "permit": [1, 1, 1, 0, 1, 1]}, {**given, "permit": [0, 1, 0, 0, 0, 1]}])
    print("at the edge:", show(some, 4))
    print("nobody votes:", show(none, 4))


# %% [markdown]
# ## Question 3: how much is missing (3 points)
#
# A subnet gives a permit to the `places` largest stake weights; of two that are equal, **the higher uid**
# is preferred. Who has no stake at all gets none.
#
# How much must `uid` add so that it holds a permit, if nobody else moves? `weights` has the stake weights
# of all uids in whole rao, shape `[n]`. Return whole rao: 0 if it has one already. There are more uids
# with stake than places.
#
# <details><summary>Hint 1</summary>
#
# It must push out the last one that holds a permit without it: look at the others only, and find the one
# in place number `places`. Against a lower uid it is enough to draw level.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Sort the others: `others = sorted(((w, u) for u, w in enumerate(weights) if u != uid), reverse=True)`.
# The one to beat is `w, u = others[places - 1]`. Needed are `w` if `uid > u`, and `w + 1` if not; return
# what is missing to that, or 0.
#
# </details>


# %% tags=["answer"] q="missing" title="how much is missing"
def missing(weights, uid, places):
    """Return the rao that uid must add to hold one of the permits, of stake weights [n] in rao."""
    # BEGIN SOLUTION
    others = sorted(((w, u) for u, w in enumerate(weights) if u != uid), reverse=True)
    w, u = others[places - 1]
    return max(0, w + (uid < u) - weights[uid])
    # END SOLUTION


# %% tags=["check"] q="missing" points=1
def check_missing(ask, seed):
    """Six uids, three places: one that holds a permit, and two that do not."""
    rng = np.random.default_rng(seed)
    weights = np.sort(rng.choice(np.arange(10, 99), 6, replace=False)) * 10**9
    for uid, name in ((5, "the largest"), (2, "the next one"), (0, "the smallest")):
        (value,) = ask([{"weights": weights[::-1], "uid": 5 - uid, "places": 3}])
        print(f"{name}: {show(value, 0)}")


self_check("set_06", check_missing, missing)


# %% tags=["check", "hidden"] q="missing" points=2
def check_missing_more(ask, seed):
    """Against a lower uid, against a higher one, equal weights, one place, and main net's number of them."""
    rng = np.random.default_rng(seed)
    low, middle, high = (int(x) for x in np.sort(rng.choice(np.arange(10, 99), 3, replace=False)))
    cases = {
        "against a lower uid": ([high, middle, 1, low], 3, 2),
        "against a higher uid": ([low, high, 1, middle], 0, 2),
        "level with a lower uid": ([high, middle, middle, 1], 2, 2),
        "level with a higher uid": ([high, middle, middle, 1], 1, 2),
        "the only place": ([low, high, middle], 0, 1),
    }
    found = ask([{"weights": w, "uid": uid, "places": k} for w, uid, k in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 0)}")
    many = rng.choice(np.arange(1, 10**6), 2 * PLACES, replace=False) * 1_000
    uid = int(np.argsort(many)[PLACES - 5])
    (value,) = ask([{"weights": many, "uid": uid, "places": PLACES}])
    print(f"{PLACES} places: {show(value, 0)}")


# %% [markdown]
# ## Question 4: the permits of the chain's epoch (3 points)
#
# Now hand out the permits in a real epoch. The chain calls your function with
# * `stake`, shape `[n]`: each uid's share of all stake as whole numbers, where 2³² stands for 1;
# * `places`: how many permits there are;
# * `owner`: the uid of the subnet owner's hotkey, or −1 if it has none.
#
# A permit gets who is among the `places` largest stakes, of equals the higher uid; nobody with a stake of
# 0; and the owner in any case, beyond the places if it is not among them. Return `[n]`: 1 for a permit, 0
# for none.
#
# ```python
# run_epoch(inputs, replace(CHAIN_STEPS, permits=permits))
# ```
#
# <details><summary>Hint 1</summary>
#
# Sort the uids with stake by `(stake, uid)`, the largest first, and keep the first `places` of them. Then
# look at the owner.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `chosen = sorted(((s, u) for u, s in enumerate(stake) if s > 0), reverse=True)[:places]`. Make the set
# of their uids, put `owner` into it, and return `[int(u in chosen) for u in range(len(stake))]`. (−1 is
# no uid, so it may be in the set.)
#
# </details>


# %% tags=["answer"] q="permits" title="the permits of the chain's epoch"
def permits(stake, places, owner):
    """Return 1 or 0 for each uid [n], of stakes [n] in 2**-32, the number of places and the owner's uid."""
    # BEGIN SOLUTION
    chosen = sorted(((s, u) for u, s in enumerate(stake) if s > 0), reverse=True)[:places]
    holders = {u for _, u in chosen} | {owner}
    return [int(u in holders) for u in range(len(stake))]
    # END SOLUTION


# %% tags=["check"] q="permits" points=1
def check_permits(ask, seed):
    """A subnet of 6 validators and 4 miners with 3 places."""
    rng = np.random.default_rng(seed)
    stake = rng.choice(np.arange(100, 999), 6, replace=False) * 10**9
    print("holders:", show(in_epoch(ask, stake, 3, None, rng), 0))


def in_epoch(ask, stake, places, owner, rng):
    """Run an epoch with the learner's permits, and return what it stores: 1 or 0 per uid."""

    def asked(stake, places, owner):
        (value,) = ask([{"stake": stake, "places": places, "owner": owner}])
        return np.asarray(value) == 1

    rules = Hyperparameters(commit_reveal=False, max_allowed_validators=places)
    weights = rng.integers(1, 65536, (len(stake), 4))
    inputs = replace(matrix_inputs(stake, weights, hyperparameters=rules), owner_uid=owner)
    return run_epoch(inputs, replace(CHAIN_STEPS, permits=asked)).validator_permit.astype(int)


self_check("set_06", check_permits, permits)


# %% tags=["check", "hidden"] q="permits" points=2
def check_permits_more(ask, seed):
    """Equal stakes at the edge, fewer with stake than places, and an owner in and out of the first ones."""
    rng = np.random.default_rng(seed)
    a, b, c = (int(x) * 10**9 for x in np.sort(rng.choice(np.arange(100, 999), 3, replace=False)))
    cases = {
        "equal at the edge": ([b, c, b, a, b, b], 3, None),
        "few with stake": ([a, 0, c, 0, 0, b], 5, None),
        "owner without stake": ([a, b, c, b, 0, a], 2, 4),
        "owner among the first": ([a, b, c, b, 0, a], 2, 2),
        "owner is a miner": ([a, b, c, b, 0, a], 4, 8),
    }
    for name, (stake, places, owner) in cases.items():
        print(f"{name}: {show(in_epoch(ask, np.array(stake), places, owner, rng), 0)}")


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_06.ipynb
# ```
#
# A permit, an active vote, a dividend: three different things, and you can now tell which one is missing.
# Who holds a uid at all, and for how long, is lesson 07.

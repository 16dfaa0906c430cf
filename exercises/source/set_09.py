# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 09: emission, from a block to a wallet
#
# You will share a block's TAO between subnets, see who pays for the gate, split a subnet's new alpha
# between owner, miners, validators and root, and compute what one block puts into a pool, as the chain
# does.
#
# **You need** lesson 09 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.coinbase import emission_shares, root_proportion
from bittensor_lab.exercises import self_check, show
from bittensor_lab.kernels.emission import block_emission
from bittensor_lab.market import alpha_price
from bittensor_lab.params import NetworkParameters
from bittensor_lab.presets import demo_network
from bittensor_lab.units import RAO_PER_TAO, U16_MAX

OWNER_CUT = NetworkParameters().subnet_owner_cut / U16_MAX

# %% [markdown]
# ## Question 1: shares by price and burn (2 points)
#
# Since June 2026 a subnet's share of the block's TAO goes by its moving `price`, less what it withholds
# from its miners:
# * each subnet's part of the sum of all prices
# * times `1 - withheld`, where `withheld` is the part (0 to 1) of the miners' pay that the owner burned,
# * divided by the sum of all, so that the shares sum to 1.
#
# If all withhold everything, nothing would be left to share by; then the shares are those of the prices
# alone. Both arguments have the shape `[n]`. Return the shares `[n]`.
#
# <details><summary>Hint 1</summary>
#
# A line each: by price; what is kept of it; the division. Think of the case in which the sum of what is
# kept is 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `by_price = price / price.sum()`, `kept = by_price * (1 - withheld)`; return `kept / kept.sum()` if that
# sum is above 0, else `by_price`.
#
# </details>


# %% tags=["answer"] q="shares" title="shares by price and burn"
def shares(price, withheld):
    """Return each subnet's share [n] of the TAO, of moving prices [n] and parts withheld [n]."""
    # BEGIN SOLUTION
    by_price = price / price.sum()
    kept = by_price * (1 - withheld)
    return kept / kept.sum() if kept.sum() > 0 else by_price
    # END SOLUTION


# %% tags=["check"] q="shares" points=1
def check_shares(ask, seed):
    """Five subnets, of which two withhold something."""
    rng = np.random.default_rng(seed)
    price = rng.choice(np.arange(5, 60), 5, replace=False) / 100
    withheld = rng.permutation([0.0, 0.0, 0.0, 0.25, 0.8])
    (found,) = ask([{"price": price, "withheld": withheld}])
    print("shares:", show(found, 4))
    print("sum:", show(np.sum(found), 4))


self_check("set_09", check_shares, shares)


# %% tags=["check", "hidden"] q="shares" points=1
def check_shares_more(ask, seed):
    """All withhold the same, one withholds all, and everybody withholds all."""
    rng = np.random.default_rng(seed)
    price = rng.choice(np.arange(5, 60), 4, replace=False) / 100
    cases = {
        "all the same": [0.5] * 4,
        "one all": rng.permutation([0.0, 1.0, 0.5, 0.0]),
        "everybody all": [1.0] * 4,
    }
    found = ask([{"price": price, "withheld": withheld} for withheld in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: who pays for the gate (2 points)
#
# The gate of July 2026 lets a share `w` pass with the part `w**h / (w**h + bar**h)` of itself, `h` being
# its exponent. Then it divides what passed by the sum of all of it.
#
# How much TAO a block does each subnet **gain by the gate**? Less than 0 for those who lose. `shares`
# `[n]` sum to 1, `emission` is the TAO of a block. Return `[n]`.
#
# <details><summary>Hint 1</summary>
#
# What each gets with the gate, less what it would get without. The gate hands out the whole block, so
# what you return sums to 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `passed = shares * shares**h / (shares**h + bar**h)`; then `emission * (passed / passed.sum() -
# shares)`.
#
# </details>


# %% tags=["answer"] q="gain" title="who pays for the gate"
def gain(shares, bar, h, emission):
    """Return the TAO a block [n] that the gate gives to each subnet or takes from it, of shares [n]."""
    # BEGIN SOLUTION
    passed = shares * shares**h / (shares**h + bar**h)
    return emission * (passed / passed.sum() - shares)
    # END SOLUTION


# %% tags=["check"] q="gain" points=1
def check_gain(ask, seed):
    """Five subnets, a bar in the midst of them, main net's exponent."""
    rng = np.random.default_rng(seed)
    parts = rng.choice(np.arange(5, 60), 5, replace=False)
    given = {"shares": parts / parts.sum(), "bar": 0.2, "h": NetworkParameters().gate_exponent}
    (found,) = ask([{**given, "emission": 0.5}])
    print("gain:", show(found, 5))
    print("sum:", show(np.sum(found), 5))


self_check("set_09", check_gain, gain)


# %% tags=["check", "hidden"] q="gain" points=1
def check_gain_more(ask, seed):
    """Equal shares, a bar far above all, a soft gate, and after the next halving."""
    rng = np.random.default_rng(seed)
    parts = rng.choice(np.arange(5, 60), 4, replace=False)
    uneven = parts / parts.sum()
    cases = {
        "all equal": (np.full(4, 0.25), 0.1, 3),
        "bar above all": (uneven, 0.9, 3),
        "soft": (uneven, 0.25, 1),
    }
    asked = [{"shares": w, "bar": bar, "h": h, "emission": 0.25} for w, bar, h in cases.values()]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 5)}")


# %% [markdown]
# ## Question 3: a subnet's new alpha (3 points)
#
# A block makes `new` alpha for a subnet. It is split in this order:
# 1. the **owner** gets the part `owner_cut` of it: 11,796 of 65,535 on main net, which is 18 % (0 if the
#    cut is switched off);
# 2. half of the rest, 41 % of the whole, is for the **miners**;
# 3. the other half is for the **validators**, but of that half the part `root` (root's part of all stake
#    weight) belongs to the stakers on **root**.
#
# Root is paid only while `root_is_paid` is true. If it is not, root's part is recycled: nobody gets it.
#
# Return four numbers, alpha: owner, miners, validators, root.
#
# <details><summary>Hint 1</summary>
#
# The owner first, of the whole. Then halve. Root takes from the validators' half, never from the miners';
# and whether it is paid or not, the validators have not got it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `owner = owner_cut * new`, `half = (new - owner) / 2`: then `[owner, half, half * (1 - root), half *
# root]`, with 0 for the last if root is not paid.
#
# </details>


# %% tags=["answer"] q="split" title="a subnet's new alpha"
def split(new, owner_cut, root, root_is_paid):
    """Return the alpha of owner, miners, validators and root, of ``new`` alpha."""
    # BEGIN SOLUTION
    owner = owner_cut * new
    half = (new - owner) / 2
    return [owner, half, half * (1 - root), half * root if root_is_paid else 0.0]
    # END SOLUTION


# %% tags=["check"] q="split" points=1
def check_split(ask, seed):
    """Main net's cut, with and without root being paid."""
    rng = np.random.default_rng(seed)
    new, root = int(rng.integers(200, 400)), rng.integers(10, 40) / 100
    given = {"new": new, "owner_cut": OWNER_CUT, "root": root}
    paid, unpaid = ask([{**given, "root_is_paid": True}, {**given, "root_is_paid": False}])
    print("owner, miners, validators, root:", show(paid, 4))
    print("root is not paid:", show(unpaid, 4))


self_check("set_09", check_split, split)


# %% tags=["check", "hidden"] q="split" points=2
def check_split_more(ask, seed):
    """The owner's cut switched off, no TAO on root, and nothing but root."""
    rng = np.random.default_rng(seed)
    new, root = int(rng.integers(200, 400)), rng.integers(10, 40) / 100
    cases = {
        "no cut": (0.0, root, True),
        "nobody on root": (OWNER_CUT, 0.0, True),
        "root is everybody": (OWNER_CUT, 1.0, True),
        "everybody, and not paid": (OWNER_CUT, 1.0, False),
        "no cut, not paid": (0.0, root, False),
    }
    asked = [{"new": new, "owner_cut": c, "root": r, "root_is_paid": p} for c, r, p in cases.values()]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: what a block puts into a pool (3 points)
#
# A subnet is given its `share` of the block's `emission` (TAO). The chain puts TAO and alpha into the
# pool **at the pool's own price**, so that the price does not move. But it makes no more than `root *
# new` alpha for that: root's part of the alpha that the block makes anyway. TAO for which there is no
# alpha then is the *excess*: it buys alpha in the pool, and this does move the price.
#
# `price` is the pool's price (TAO for an alpha), `new` the subnet's new alpha, `root` root's part of its
# stake weight. Return three numbers: the TAO that goes in, the alpha that goes in beside it, the TAO that
# buys. The first and the third sum to what the subnet is given.
#
# The check takes its numbers from networks of the engine, and your three have to be those with which the
# engine's next block begins.
#
# <details><summary>Hint 1</summary>
#
# How much alpha would match all of the TAO at this price? If that is more than the cap, the cap goes in,
# with as much TAO as matches it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `given = emission * share`, `alpha = min(given / price, root * new)`, and the TAO beside it is `alpha *
# price`. The excess is what is left of `given`.
#
# </details>


# %% tags=["answer"] q="terms" title="what a block puts into a pool"
def terms(emission, share, price, new, root):
    """Return TAO in, alpha in and TAO that buys, of a share of the emission."""
    # BEGIN SOLUTION
    given = emission * share
    alpha = min(given / price, root * new)
    return [alpha * price, alpha, given - alpha * price]
    # END SOLUTION


# %% tags=["check"] q="terms" points=1
def check_terms(ask, seed):
    """Three subnets of an engine's network, one of which is dear."""
    for netuid, values in asked_of(network(seed, 3, dear=1), ask).items():
        print(f"subnet {netuid}: {show(values, 6)}")


def network(seed, subnets, dear):
    """A network of the engine; the first ``dear`` pools hold a twelfth of their alpha, so that it is dear."""
    state = demo_network(subnets, 2, 3, seed=seed % 1_000)
    alpha = np.where(np.arange(subnets + 1) <= dear, state.pools.alpha_in // 12, state.pools.alpha_in)
    return replace(state, pools=replace(state.pools, alpha_in=alpha))


def asked_of(state, ask):
    """The terms that the learner's function gives for each subnet of a state."""
    share, supply = emission_shares(state), state.pools.alpha_issuance
    inputs = [
        {
            "emission": block_emission(state.total_issuance) / RAO_PER_TAO, "share": share[netuid],
            "price": alpha_price(state, netuid), "new": block_emission(supply(netuid)) / RAO_PER_TAO,
            "root": root_proportion(state, netuid),
        }
        for netuid in state.netuids
    ]  # fmt: skip
    return dict(zip(state.netuids, ask(inputs), strict=True))


self_check("set_09", check_terms, terms)


# %% tags=["check", "hidden"] q="terms" points=2
def check_terms_more(ask, seed):
    """Eight subnets, half of them dear; and by hand, a share of nothing, a small and a large one."""
    for netuid, values in asked_of(network(seed, 8, dear=4), ask).items():
        print(f"subnet {netuid}: {show(values, 6)}")
    given = {"emission": 0.25, "price": 0.05, "new": 0.5, "root": 0.2}
    none, exact, much = ask([{**given, "share": share} for share in (0.0, 0.02, 0.4)])
    print("no share:", show(none, 6))
    print("just what the cap takes:", show(exact, 6))
    print("far above it:", show(much, 6))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_09.ipynb
# ```
#
# From here you can follow every rao of a block to the pot where it waits. What it is worth to somebody
# who staked is lesson 10.

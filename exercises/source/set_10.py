# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 10: staking, what you earn
#
# You will turn an epoch's gain into an honest year, count a price into a return, compute what root pays,
# and say what is left of a stake after several epochs, the validator's take and the way out.
#
# **You need** lesson 10 and a little NumPy; lesson 08 for the pool. **Time** about 25 minutes. **Points**
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
from dataclasses import replace

import numpy as np

from bittensor_lab.block import apply, run
from bittensor_lab.exercises import self_check, show
from bittensor_lab.extrinsics import AddStake
from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.play.returns import HOTKEY, WEEK, world
from bittensor_lab.quotes import exit_value
from bittensor_lab.schedule import next_epoch_start
from bittensor_lab.stake import stake_of, stake_on
from bittensor_lab.units import RAO_PER_TAO, U16_MAX, tao

TEMPO = Hyperparameters().tempo
OWNER_CUT = NetworkParameters().subnet_owner_cut / U16_MAX

# %% [markdown]
# ## Question 1: a year of epochs (2 points)
#
# In one epoch a stake has grown by the part `gain`, in alpha. An epoch comes every `tempo` blocks, and a
# day has 7,200 blocks. By what part would the stake grow in 365 days, if every epoch were like this one
# and nothing were taken out?
#
# <details><summary>Hint 1</summary>
#
# How many epochs has a year? Each of them multiplies by `1 + gain`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `(1 + gain) ** (365 * 7200 / tempo) - 1`
#
# </details>


# %% tags=["answer"] q="year" title="a year of epochs"
def year(gain, tempo):
    """Return by what part a stake grows in 365 days if it grows by ``gain`` each tempo (blocks)."""
    # BEGIN SOLUTION
    return (1 + gain) ** (365 * 7200 / tempo) - 1
    # END SOLUTION


# %% tags=["check"] q="year" points=1
def check_year(ask, seed):
    """Main net's tempo, and three gains."""
    rng = np.random.default_rng(seed)
    gains = rng.integers(10, 99, 3) * 1e-6
    for gain, value in zip(gains, ask([{"gain": g, "tempo": TEMPO} for g in gains]), strict=True):
        print(f"{gain:.6f} an epoch: {show(value, 4)}")


self_check("set_10", check_year, year)


# %% tags=["check", "hidden"] q="year" points=1
def check_year_more(ask, seed):
    """Other tempos, a loss, and nothing."""
    rng = np.random.default_rng(seed)
    gain = int(rng.integers(10, 60)) * 1e-5
    cases = {"an epoch a day": (10 * gain, 7_200), "five a day": (gain, 1_440)}
    cases |= {"a loss": (-gain, 720), "nothing": (0, 99)}
    found = ask([{"gain": g, "tempo": t} for g, t in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: in TAO (2 points)
#
# You paid TAO for alpha when it cost `before`; your alpha has grown by the part `grown`; an alpha costs
# `after` now. What is your return **in TAO**, as a part of what you paid, if you count your alpha at
# today's price? (Slippage and fees come in question 4.)
#
# <details><summary>Hint 1</summary>
#
# For 1 TAO you got `1 / before` alpha. How many are they now, and what are they worth?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `(1 + grown) * after / before - 1`
#
# </details>


# %% tags=["answer"] q="in_tao" title="in TAO"
def in_tao(grown, before, after):
    """Return the gain in TAO, as a part, of alpha that has grown by ``grown``, at prices before and after."""
    # BEGIN SOLUTION
    return (1 + grown) * after / before - 1
    # END SOLUTION


# %% tags=["check"] q="in_tao" points=1
def check_in_tao(ask, seed):
    """The price rises, stands still, and falls."""
    rng = np.random.default_rng(seed)
    grown, before = int(rng.integers(15, 40)) / 100, int(rng.integers(20, 60)) / 1000
    for name, times in {"rises": 1.5, "stands still": 1.0, "falls": 0.7}.items():
        (value,) = ask([{"grown": grown, "before": before, "after": times * before}])
        print(f"{name}: {show(value, 4)}")


self_check("set_10", check_in_tao, in_tao)


# %% tags=["check", "hidden"] q="in_tao" points=1
def check_in_tao_more(ask, seed):
    """A price that falls as much as the alpha grows, one that doubles, and one that is gone."""
    rng = np.random.default_rng(seed)
    grown, before = int(rng.integers(15, 40)) / 100, int(rng.integers(20, 60)) / 1000
    cases = {"just eaten up": before / (1 + grown), "doubles": 2 * before, "gone": 0.0}
    found = ask([{"grown": grown, "before": before, "after": after} for after in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 3: what root pays (3 points)
#
# TAO on root earns on **every** subnet. On each of them a block makes `new` alpha. The owner's part `cut`
# goes off first; half of the rest is for validators; of that half the part `root` (root's part of the
# subnet's stake weight) is root's. It is sold at the subnet's `price`, TAO for an alpha.
#
# `new`, `root` and `price` have a number per subnet, `[s]`. Altogether `on_root` TAO are staked on root.
# How much TAO does **one** staked TAO earn in a day of 7,200 blocks, before takes and without slippage?
#
# <details><summary>Hint 1</summary>
#
# What a block brings on one subnet, in TAO, is a product of four numbers. Add up over the subnets; then
# make it a day, and share it out.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `a_block = (new * (1 - cut) / 2 * root * price).sum()`, and `7200 * a_block / on_root`.
#
# </details>


# %% tags=["answer"] q="root_pays" title="what root pays"
def root_pays(new, root, price, cut, on_root):
    """Return the TAO a day for one TAO on root, of new alpha [s], root's parts [s] and prices [s]."""
    # BEGIN SOLUTION
    a_block = (new * (1 - cut) / 2 * root * price).sum()
    return 7200 * a_block / on_root
    # END SOLUTION


# %% tags=["check"] q="root_pays" points=1
def check_root_pays(ask, seed):
    """Six subnets, with main net's owner's cut."""
    rng = np.random.default_rng(seed)
    given = {"new": rng.permutation([1.0, 1.0, 1.0, 0.5, 0.5, 1.0]), "root": rng.integers(10, 50, 6) / 100}
    price = rng.choice(np.arange(5, 90), 6, replace=False) / 1000
    (value,) = ask([{**given, "price": price, "cut": OWNER_CUT, "on_root": 1_000}])
    print("a day:", show(value, 6))


self_check("set_10", check_root_pays, root_pays)


# %% tags=["check", "hidden"] q="root_pays" points=2
def check_root_pays_more(ask, seed):
    """One subnet alone, no owner's cut, subnets without any root, and far more TAO on root."""
    rng = np.random.default_rng(seed)
    new, root = rng.permutation([1.0, 0.5, 0.25, 1.0]), rng.integers(10, 50, 4) / 100
    price = rng.choice(np.arange(5, 90), 4, replace=False) / 1000
    cases = {
        "one subnet": (new[:1], root[:1], price[:1], OWNER_CUT, 500),
        "no cut": (new, root, price, 0.0, 500),
        "no root on half": (new, root * [1, 0, 1, 0], price, OWNER_CUT, 500),
        "more on root": (new, root, price, 0.3, 50_000),
    }
    names = ("new", "root", "price", "cut", "on_root")
    found = ask([dict(zip(names, case, strict=True)) for case in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 7)}")


# %% [markdown]
# ## Question 4: after take and exit (3 points)
#
# Now everything, as the chain does it. You paid `paid` TAO and hold `alpha` on a validator; all who stake
# on it hold `stake` there. In each epoch the validator gets a dividend, `dividends` `[e]`, in alpha:
# 1. it keeps the part `take` of it, and this is staked on itself **first**;
# 2. the rest is shared out over all stake there is then, yours and the validator's new alpha included, in
#    proportion.
#
# After the last epoch you sell all you have: of your alpha the part `fee` goes off, and the rest goes to
# a pool of `tao_in` TAO and `alpha_in` alpha with even weights, where the product stays the same.
#
# Return what you have then, **above what you paid, as a part of it**. The check lets a subnet of the
# engine live through the epochs, and you have to come out where it does.
#
# <details><summary>Hint 1</summary>
#
# An epoch multiplies your alpha by 1 + (the rest of the dividend) / (stake and take together), and then
# the whole stake is larger by the dividend.
#
# </details>
# <details><summary>Hint 2</summary>
#
# In a loop over `dividends`: `alpha *= 1 + (1 - take) * d / (stake + take * d)` and `stake += d`. Then
# `net = alpha * (1 - fee)`, and what you get is `tao_in * net / (alpha_in + net)`.
#
# </details>


# %% tags=["answer"] q="after_exit" title="after take and exit"
def after_exit(paid, alpha, stake, dividends, take, tao_in, alpha_in, fee):
    """Return the return, as a part, of ``paid`` TAO after the dividends [e], the take and the sale."""
    # BEGIN SOLUTION
    for d in dividends:
        alpha *= 1 + (1 - take) * d / (stake + take * d)
        stake += d
    net = alpha * (1 - fee)
    return tao_in * net / (alpha_in + net) / paid - 1
    # END SOLUTION


# %% tags=["check"] q="after_exit" points=1
def check_after_exit(ask, seed):
    """Three subnets of the engine, deep, middling and small, with main net's usual take."""
    for netuid, amount in ((1, 40), (2, 20 + seed % 5), (3, 10)):
        case, _ = lived(netuid, amount, take=0.18, epochs=3)
        (value,) = ask([case])
        print(f"subnet {netuid}, {amount} TAO: {show(value, 4)}")


def lived(netuid, amount, take, epochs):
    """Stake on the engine, let epochs pass: what ``after_exit`` is told, and what the engine says to it."""
    state = replace(world(), takes=world().takes.set(HOTKEY, round(take * U16_MAX)))
    state, _ = apply(state, AddStake("you", HOTKEY, netuid, tao(amount)))
    state = run(state, (next_epoch_start(state, netuid) or 0) - state.block - 1)
    mine, held, dividends = stake_of(state, netuid, HOTKEY, "you"), [stake_on(state, netuid, HOTKEY)], []
    for _ in range(epochs):
        state = run(state, WEEK if dividends else 1)
        held.append(stake_on(state, netuid, HOTKEY))
        dividends.append((held[-1] - held[-2]) / RAO_PER_TAO)
    rao = {
        "alpha": mine, "stake": held[0],
        "tao_in": int(state.pools.tao_in[netuid]), "alpha_in": int(state.pools.alpha_in[netuid]),
    }  # fmt: skip
    case = {name: value / RAO_PER_TAO for name, value in rao.items()}
    rates = {"take": state.takes[HOTKEY] / U16_MAX, "fee": state.hyperparameters(netuid).fee_rate / U16_MAX}
    truth = exit_value(state, netuid, HOTKEY, "you") / tao(amount) - 1
    return {"paid": amount, **case, **rates, "dividends": dividends}, truth


self_check("set_10", check_after_exit, after_exit)


# %% tags=["check", "hidden"] q="after_exit" points=2
def check_after_exit_more(ask, seed):
    """No take, all of it taken, a dozen epochs, a large stake in a small pool, and no dividend at all."""
    amount = 5 + seed % 7
    for netuid, paid, take, number in ((1, amount, 0.0, 2), (2, amount, 1.0, 2), (2, amount, 0.09, 12)):
        case, _ = lived(netuid, paid, take, number)
        (value,) = ask([case])
        print(f"subnet {netuid}, {paid} TAO, take {take}, {number} epochs: {show(value, 4)}")
    case, _ = lived(3, 90, 0.18, 2)
    large, none = ask([{**case, "fee": 0.01}, {**case, "dividends": []}])
    print("large, in a small pool:", show(large, 4))
    print("no dividend:", show(none, 4))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_10.ipynb
# ```
#
# A stake is worth what its subnet is worth. How subnets come, live and go is lesson 11.

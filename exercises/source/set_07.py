# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 07: registration and pruning
#
# You will compute what a place costs after a busy day, put a subnet's uids in the order in which they
# would go, count who is immune, and then decide as the chain does whom a newcomer replaces.
#
# **You need** lesson 07 and a little NumPy. **Time** about 25 minutes. **Points** 10.
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

from bittensor_lab.exercises import self_check, show
from bittensor_lab.neurons import immortal_uids
from bittensor_lab.params import Hyperparameters
from bittensor_lab.presets import demo_network

RULES = Hyperparameters()
HALF_LIFE, STEP = RULES.burn_half_life, RULES.burn_increase_mult / 2**64

# %% [markdown]
# ## Question 1: the price of a place (3 points)
#
# In block 0 a place costs `burn` TAO. Then two things move the price:
# * in quiet times it falls by half every `half_life` blocks, a little in each block, but **never below**
#   `low`;
# * every registration multiplies it by `step`, but **never above** `high`.
#
# `registered` has the blocks in which somebody registered, in order; a block may stand there twice. The
# floor and the ceiling hold at every moment: what the price would have been without them does not matter
# later. Return the price in block `block`, which is not before the last registration.
#
# <details><summary>Hint 1</summary>
#
# Walk through the registrations. Between two of them only time passes; at each of them the price jumps.
# Remember the block in which you are.
#
# </details>
# <details><summary>Hint 2</summary>
#
# From block `at` to block `when` the price falls to `burn * 0.5 ** ((when - at) / half_life)`, or to
# `low` if that is more. At the registration it becomes `min(high, burn * step)`. After the loop time
# passes once more, up to `block`.
#
# </details>


# %% tags=["answer"] q="price" title="the price of a place"
def price(burn, registered, block, half_life, step, low, high):
    """Return the price, TAO, in ``block`` after registrations in the blocks registered [n]."""
    # BEGIN SOLUTION
    at = 0
    for when in registered:
        burn = max(low, burn * 0.5 ** ((when - at) / half_life))
        burn, at = min(high, burn * step), when
    return max(low, burn * 0.5 ** ((block - at) / half_life))
    # END SOLUTION


# %% tags=["check"] q="price" points=1
def check_price(ask, seed):
    """Nobody comes, one comes, a rush in one block, and a long pause after it."""
    rng = np.random.default_rng(seed)
    burn, gap = rng.integers(100, 200) / 100, int(rng.integers(HALF_LIFE // 2, HALF_LIFE))
    cases = {
        "nobody registers": ([], gap),
        "one, and then quiet": ([gap], 2 * gap),
        "five in one block": ([gap] * 5, gap),
        "three, far apart": ([gap, 2 * gap, 4 * gap], 5 * gap),
    }
    rules = {"half_life": HALF_LIFE, "step": STEP, "low": 0.001, "high": 1000.0}
    asked = [{"burn": burn, "registered": r, "block": block, **rules} for r, block in cases.values()]
    for name, value in zip(cases, ask(asked), strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_07", check_price, price)


# %% tags=["check", "hidden"] q="price" points=2
def check_price_more(ask, seed):
    """A price that has lain on its floor, and one that has met its ceiling."""
    rng = np.random.default_rng(seed)
    burn, half = rng.integers(100, 200) / 100, int(rng.integers(40, 60))
    rules = {"burn": burn, "half_life": half, "step": 1.5, "low": 0.5, "high": 5.0}
    floor = {"registered": [10 * half, 11 * half], "block": 11 * half, **rules}
    ceiling = {"registered": [1] * 9, "block": 1 + 2 * half, **rules}
    rest = {"registered": [5], "block": 30 * half, **rules}
    for name, value in zip(("floor", "ceiling", "at rest"), ask([floor, ceiling, rest]), strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: the queue (2 points)
#
# In which order would the uids of a subnet go, if all are past their immunity and nobody is immortal? The
# smallest emission goes first; of equals, who registered earlier; of those, the lower uid.
#
# `emission` and `registered` (a block) have a number per uid, shape `[n]`. Return all uids in their
# order, `[n]`.
#
# <details><summary>Hint 1</summary>
#
# Sort the uids `0 … n − 1` by three things at once.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `sorted(range(len(emission)), key=lambda uid: (emission[uid], registered[uid], uid))`: tuples are
# compared from the left.
#
# </details>


# %% tags=["answer"] q="queue" title="the queue"
def queue(emission, registered):
    """Return the uids [n] in the order in which they would go, by emission [n] and registered [n]."""
    # BEGIN SOLUTION
    return sorted(range(len(emission)), key=lambda uid: (emission[uid], registered[uid], uid))
    # END SOLUTION


# %% tags=["check"] q="queue" points=1
def check_queue(ask, seed):
    """Six uids, two of which earn the same."""
    rng = np.random.default_rng(seed)
    emission = rng.permutation([3, 7, 7, 10, 12, 20])
    registered = rng.choice(np.arange(1, 900), 6, replace=False)
    (order,) = ask([{"emission": emission, "registered": registered}])
    print("order:", show(order, 0))


self_check("set_07", check_queue, queue)


# %% tags=["check", "hidden"] q="queue" points=1
def check_queue_more(ask, seed):
    """Equal emission, equal blocks: newcomers of one block that were paid nothing yet."""
    rng = np.random.default_rng(seed)
    emission = np.append(rng.permutation([5, 9, 14, 30]), [0] * 6)
    registered = np.append(rng.choice(np.arange(1, 900), 4, replace=False), [950, 950, 940, 940, 950, 940])
    order = rng.permutation(10)
    (found,) = ask([{"emission": emission[order], "registered": registered[order]}])
    print("order:", show(found, 0))


# %% [markdown]
# ## Question 3: how many are immune (2 points)
#
# Who registered less than `immunity` blocks ago is immune; whose age is exactly `immunity` is so no
# longer. For a long time somebody has registered every `every` blocks, like a clock. The next one comes
# now, and is not yet here. **How many uids are immune at this moment?** Return a whole number.
#
# <details><summary>Hint 1</summary>
#
# The ages of the latest newcomers are `every`, `2 * every`, `3 * every`, … Which of them are below
# `immunity`?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The largest `k` for which `k * every < immunity`. With whole numbers, `<` is the same as `<= immunity -
# 1`: use `//`.
#
# </details>


# %% tags=["answer"] q="immune" title="how many are immune"
def immune(immunity, every):
    """Return how many uids are immune when one registers every ``every`` blocks; all in blocks."""
    # BEGIN SOLUTION
    return (immunity - 1) // every
    # END SOLUTION


# %% tags=["check"] q="immune" points=1
def check_immune(ask, seed):
    """Main net's immunity, and three paces."""
    rng = np.random.default_rng(seed)
    paces = [RULES.tempo, int(rng.integers(101, 140)), RULES.immunity_period // 10]
    found = ask([{"immunity": RULES.immunity_period, "every": every} for every in paces])
    for every, value in zip(paces, found, strict=True):
        print(f"one every {every} blocks: {show(value, 0)}")


self_check("set_07", check_immune, immune)


# %% tags=["check", "hidden"] q="immune" points=1
def check_immune_more(ask, seed):
    """A whole number of paces, one block more, one less, and no immunity in effect."""
    rng = np.random.default_rng(seed)
    every, times = int(rng.integers(20, 90)), int(rng.integers(3, 9))
    for immunity in (every * times, every * times + 1, every * times - 1, every, 1):
        (value,) = ask([{"immunity": immunity, "every": every}])
        print(f"immunity of {immunity} blocks, one every {every}: {show(value, 0)}")


# %% [markdown]
# ## Question 4: whom the chain prunes (3 points)
#
# Now the rule whole, on a subnet of the engine. A newcomer comes to a full subnet, in block `block`.
# * The uids in `immortal` (the owner's) are passed over.
# * Of the others, those are immune whose age `block - registered[uid]` is below `immunity`.
# * If **more than** `least` uids are not immune, the first of those goes, by the order of question 2.
# * If not, the first of the **immune** goes, by the same order.
# * If there is none either, nobody does: return −1.
#
# `emission` (raw alpha) and `registered` have the shape `[n]`, `immortal` is an array of uids. Return a
# uid. The check takes its numbers from a subnet of the engine, and your uid has to be the engine's. You
# may call your `queue`.
#
# <details><summary>Hint 1</summary>
#
# Take the uids in the order of your `queue`, without the immortal ones, and split them into two lists:
# not immune, and immune. Then look at how long the first list is.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `order = [u for u in queue(emission, registered) if u not in immortal]` and `free = [u for u in order if
# block - registered[u] >= immunity]`. If `len(free) > least`, return `free[0]`; else the first of `[u for
# u in order if u not in free]`, or −1 if there is none.
#
# </details>


# %% tags=["answer"] q="prune" title="whom the chain prunes" uses=["queue"]
def prune(emission, registered, immortal, block, immunity, least):
    """Return the uid that a newcomer replaces, or -1; emission [n], registered [n], uids immortal."""
    # BEGIN SOLUTION
    order = [u for u in queue(emission, registered) if u not in immortal]
    free = [u for u in order if block - registered[u] >= immunity]
    kept = [u for u in order if u not in free]
    chosen = free if len(free) > least else kept
    return chosen[0] if chosen else -1
    # END SOLUTION


# %% tags=["check"] q="prune" points=1
def check_prune(ask, seed):
    """Two subnets of 12 uids on the engine, with enough uids past their immunity."""
    rng = np.random.default_rng(seed)
    for number in (1, 2):
        state, subnet = full_subnet(rng, least=2, immune=4)
        (uid,) = ask([case_of(state, subnet)])
        print(f"subnet {number}: uid {show(uid, 0)}")


def full_subnet(rng, least, immune):
    """A state, and its subnet of 12 uids: the owner's earns least, ``immune`` of the others are immune."""
    state = demo_network(1, 4, 8, seed=int(rng.integers(1_000)))
    state = state.with_hyperparameters(1, min_non_immune_uids=least)
    age = np.append(np.full(immune, 5), rng.integers(6_000, 9_000, 11 - immune))
    emission = np.append(0, rng.permutation(rng.choice(np.arange(1, 500), 11, replace=False)) * 10**6)
    registered = np.append(0, 10_000 - rng.permutation(age))
    subnet = replace(state.subnet(1), emission=emission, block_at_registration=registered)
    return replace(state.with_subnet(subnet), block=10_000), subnet


def case_of(state, subnet):
    """What ``prune`` is asked of a subnet."""
    h = state.hyperparameters(subnet.netuid)
    return {
        "emission": subnet.emission, "registered": subnet.block_at_registration,
        "immortal": sorted(immortal_uids(state, subnet)), "block": state.block,
        "immunity": h.immunity_period, "least": h.min_non_immune_uids,
    }  # fmt: skip


self_check("set_07", check_prune, prune)


# %% tags=["check", "hidden"] q="prune" points=2
def check_prune_more(ask, seed):
    """Equal emission; exactly as many past immunity as must be, fewer, and none; nobody that could go."""
    rng = np.random.default_rng(seed)
    for least, immune in ((2, 3), (7, 4), (8, 4), (0, 11), (11, 0)):
        state, subnet = full_subnet(rng, least, immune)
        (uid,) = ask([case_of(state, subnet)])
        print(f"{immune} immune, more than {least} needed: uid {show(uid, 0)}")
    state, subnet = full_subnet(rng, 2, 4)
    equal = replace(subnet, emission=np.where(np.arange(12) > 0, 7, 0))
    (uid,) = ask([case_of(state, equal)])
    print(f"equal emission: uid {show(uid, 0)}")
    (uid,) = ask([{**case_of(state, subnet), "immortal": list(range(12))}])
    print(f"all immortal: {show(uid, 0)}")


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_07.ipynb
# ```
#
# You can now tell every miner of a subnet how far it is from losing its place. What its pay is worth in
# TAO is decided in the pool: that is lesson 08.

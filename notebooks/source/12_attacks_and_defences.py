# %% [markdown] id="title"
# # 12 · Attacks and defences
#
# *About 25 minutes. You need: lessons 02 (scoring), 03 (consensus) and 09 (emission).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Whoever earns by the rules will look for a cheaper way to the same pay. That is no accident and no crime; it is what
# the rules reward. So one asks of a subnet's design as of a lock: what does it cost to get past it, and what is behind?
# Afterwards you can
#
# 1. say for an attack from which size on it pays;
# 2. name what stops it, and what does not;
# 3. look at a subnet's numbers and say whether somebody is playing it.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Some validators have agreed to give all their [weight](glossary.md#weights) to a miner of their own. Lesson 03 said: a
# weight counts only as far as [`kappa`](glossary.md#kappa) of the stake supports it, and kappa is one half. To make it
# harder for such a *cabal*, an owner raises kappa to 0.7. **With how much of the stake does the cabal win now?**

# %% id="bet" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.play import attacks as views

labs.bet_on_attacks()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Gain and cost of an attack over its size, each beside being honest with the same means. Where the gain lies above the cost
# it is hatched: there the design pays people to attack it. Things to try:
#
# * *A cabal*: move **Majority needed** up and down. Where does the cabal need most stake?
# * Take the **Bonds penalty** (lesson 04) away. Does the cabal win with less? What does it lose where it does not win?
# * *A pump*: somebody buys alpha so that the price lifts the subnet's emission, waits, and sells. Compare **F** with **G**,
#   the gate. Then look at **C**, where emission followed the flow of money itself.
# * *A spoofing miner*: does it help to look at more challenges? What does?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.attacks_and_defences()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and the least share that wins, by kappa:

# %% id="reveal" jupyter={"source_hidden": true}
import pandas as pd
from IPython.display import display

display(labs.bet_on_attacks())
kappas = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
pd.DataFrame({"least share": [views.least_share(k) for k in kappas]}, index=pd.Index(kappas, name="kappa")).T.round(2)

# %% [markdown] id="reveal-why"
# There are two ways to win. With kappa of the stake a cabal *lifts* its own miner as high as it likes. But with more than
# 1 − kappa it can also *block*: without its stake the honest do not reach kappa for anybody, all their weights are clipped
# to what the cabal gives, and what is left over for the cabal's miner is everything. So each step away from one half
# makes one of the two cheaper. **One half is the only kappa at which a minority can do neither.** (The table tries stakes in
# steps, and *more* than 1 − κ is needed. And what is left over must be something: if the honest give that miner no weight at
# all, everybody's consensus is 0, and no miner is paid.)
#
# What a cabal below kappa can *not* do is to lift its miner's consensus above the highest weight that somebody honest
# gave it. Here are both, in %, with kappa one half:

# %% id="theorem" jupyter={"source_hidden": true}
shares = pd.Index([0.1, 0.3, 0.48, 0.52], name="stake of the cabal")
found = [views.consensus_of_its_miner(share, 0.5) for share in shares]
(100 * pd.DataFrame(found, shares, ["consensus of its miner", "highest honest weight"])).round(2)

# %% [markdown] id="below"
# Below one half the attack even costs: the cabal's weights on its own miner are cut, so its validators hold bonds in a miner
# that earns next to nothing, and lose up to a quarter of all that the epoch pays. The bonds penalty makes that worse (at most
# they lose 24 % with the whole of it, 20 % without any), but it does not move the half. The engine's code for it, from lesson 03:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import yuma

print(inspect.getsource(yuma.weighted_median.py_func))

# %% [markdown] id="pump-words"
# ### The pump
#
# Emission follows the price, so a price can be bought. Whether that pays depends on the rule, on how steeply emission
# follows and where its TAO goes, more than on how much one buys. Net profit in τ by the size of the purchase, sold after
# 200 blocks (the clock of these networks is faster than main net's, so compare rules, not days):

# %% id="pumps" jupyter={"source_hidden": true}
net = {rule: views.attack("pump", 1.0, views.Defence(regime=rule)).curve.set_index("size").net for rule in "BCFG"}
pd.DataFrame(net).rename_axis("TAO put in, of the pool's").iloc[[0, 1, 4, 9]].T.round(1)

# %% [markdown] id="pump-why"
# Under **F**, emission in proportion to the moving price, it does not pay at any of these sizes: who buys moves the price at once, the
# emission follows slowly, and they leave down the same curve that they came up. **B** shares by the same price, and there a
# large purchase pays. The difference is not the share but where the TAO goes: under B all of it went into the pool, with or
# without alpha beside it; under F what finds no alpha buys. Give B the injection of F, and its numbers are those of F. Under **G** the gate makes a share grow faster than
# the price, so the same purchase draws about twice as much emission as under F, and others' TAO comes in behind it. Under **C** the
# money that one pays in *is* the measure: a tenth of the pool's TAO lifts the subnet's share from 28 % of the block to 70 % at once, and
# the share stays for as long as the average remembers. So the rule against dust can be leaned on more than the one before it, and
# the rule that asked for people's money most of all. There is no rule without such a side.
#
# ### The owner
#
# An owner whose own keys take the miners' pay is the oldest attack of all. Since June 2026 the chain answers it: what the
# owner's keys earn as miners is withheld, and the subnet's emission falls with it (lesson 09). But the chain knows the
# owner by its keys. A miner on somebody else's [coldkey](glossary.md#coldkey) looks like any other. Only validators who
# test can tell.
#
# ### The work itself
#
# Nothing above helps if the test is bad. The tempting rule pays the spoofer at every number of challenges, because it rewards
# what is cheap to fake, and more of the same test finds nothing else. The sound one pays it nothing at the first look.
# **The first question about a subnet is not its yield but what its scores reward.**

# %% [markdown] id="suspects-words"
# ## 4 · Your turn
#
# **Exercise 1.** Three subnets, without names. In two of them miners compete. In one, somebody is playing it. In which one does the
# evidence say so, and what is it? (It clears nobody: one uid that takes nearly all may be the best miner, or a friend of the
# owner's under a name of their own.) `uids paid` counts who gets a part of the miners' pay, `largest part` is the largest such
# part; `their trust` is how much of the paid validators' weight counts.

# %% id="suspects" jupyter={"source_hidden": true}
views.suspects().round(3)

# %% [markdown] id="exercise-1"
# <details><summary>Hint 1</summary>That one takes nearly all may mean that it is far better. And that validators agree may
# mean that they looked. Whose uid is it?</details>
# <details><summary>Hint 2</summary>In two subnets nothing of the miners' pay goes to the owner's keys.</details>

# %% id="answer-1"
gamed = ...  # "A", "B" or "C"

# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check


def judge(letter):
    own = views.suspects()["to the owner's keys"]
    if letter not in own.index:
        return "not right yet: give the letter, A, B or C, in quotes"
    if own[letter] == 0:
        return f"not right yet: in {letter} nothing goes to the owner's keys"
    return f"right: validators give the owner's own keys {own[letter]:.0%} of the miners' pay"


value_check("gamed", gamed, judge)

# %% [markdown] id="exercise-2"
# **Exercise 2.** From which part of the stake on does a cabal win, one way or the other, if the majority needed is
# `kappa`?
#
# <details><summary>Hint 1</summary>Two ways: to lift, and to block.</details>
# <details><summary>Hint 2</summary>The smaller of <code>kappa</code> and <code>1 - kappa</code>.</details>

# %% id="answer-2"


def least_stake(kappa):
    return ...  # a part, 0 to 1


# %% id="check-2" jupyter={"source_hidden": true}
# the engine's answer is a step of the curve, 0.02 apart
self_check(least_stake, [((k,), views.least_share(k)) for k in (0.3, 0.5, 0.6, 0.7, 0.8)], tolerance=0.021)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Is Bittensor safe against collusion?"** Below one half of a subnet's active stake weight a cabal loses, above it wins
# all that miners are paid. So the question is what half of a subnet's stake costs. On a small subnet it is little: look at the
# pool's depth (lesson 08), and at who holds a permit (lesson 06).
#
# **"Can I register on a uid that was just freed, and inherit its weights?"** The chain clears them. What can be inherited is
# a validator's habit: those who give weights *by uid* without looking pay the new holder the old one's incentive:

# %% id="inheritance" jupyter={"source_hidden": true}
from bittensor_lab import scenarios

scenarios.run("uid inheritance").frame.set_index("validators")[["epoch_1", "epoch_2", "epoch_3"]].round(2)

# %% [markdown] id="more"
# (The new holder's incentive over the old one's, in its first three epochs. Its predecessor was the worst, and it is one in
# the middle, so those who look again pay it more. With weights sealed for two epochs it gets the old incentive once even
# from those who look: the sealed ones were still meant for its predecessor.)
#
# **"Yield is high there. Is it a good subnet?"** Emission that nobody's revenue stands behind is a subsidy, and a subsidy
# attracts those who live off it. Before you look at the yield: do scores separate good from bad work? Does one key hold the
# stake? How much is withheld? Does anybody pay for the service? And what could you sell your alpha for (lesson 11)?
#
# ## On the real chain
#
# Kappa is 32,767 of 65,535 by default, and root alone may change it. On 31 July 2026, in 54 of 126 subnets at least half of the
# miners' pay was withheld, since it went to the owner's keys; 45 had their emission switched off. The gate that a
# pump can lean on has been live since 27 July 2026.
#
# ## In three sentences
#
# An attack is a price: what it costs to be big enough, against what one gets. A cabal pays from half of the stake on, and
# any other kappa makes it cheaper; a pump pays where a purchase draws more emission than buying and selling costs; a spoof pays
# where the test is bad. The rules decide about the first two, for better or worse; only validators who really test
# decide about the third.
#
# **Next:** [set 12](../exercises/set_12.ipynb), this lesson's graded exercises; then lesson 13 runs the whole network for a year.

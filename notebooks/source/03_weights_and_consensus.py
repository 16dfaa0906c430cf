# %% [markdown] id="title"
# # 03 · Weights and consensus
#
# *About 20 minutes. You need: a little Python, and the words* validator, miner, stake *and* epoch *(lesson 00).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Validators look at what miners produce and say, in numbers, what each miner is worth. These
# **[weights](glossary.md#weights)** are the only thing that the chain ever learns about the work. This lesson is about what
# it does with them. Afterwards you can
#
# 1. say, from a table of weights and stakes, which weight will be clipped and by how much;
# 2. explain why one loud validator cannot buy a miner a salary, and what it pays for trying;
# 3. tell why a miner earned nothing in an epoch: from the weights on it, the stake behind them, and the majority needed.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Five validators rate six miners. Each row sums to 100 %; beside it stands the validator's stake. Four
# of them see much the same. **V4 gives half of its weight to M6**, whom nobody else thinks much of.

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import datasets, labs
from bittensor_lab.views import consensus as views

world = datasets.preset("one_outlier")
view = views.consensus(world.inputs())
weights = view.cells.pivot(index="row", columns="column", values="weight").to_numpy()
stake = view.validators.stake.to_numpy()
view.cells.pivot(index="validator", columns="miner", values="weight").mul(100).round().astype(int).assign(
    **{"stake, %": (100 * stake).round().astype(int)})

# %% [markdown] id="bet-ask"
# What share of the miners' pay will M6 get? Place your dot and lock it: a prediction that is written
# down teaches more than one that is only thought.

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_weights_and_consensus()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Everything below answers at once, computed by the chain's own arithmetic. Things to try:
#
# * Give V4 more stake, slowly. At which share does the hatching in M6's column vanish? What does M6 earn then, and who is
#   clipped now?
# * Reset the lab and put **Majority needed** down to 0.10. Who decides about M6 now? And at 0.90? This is the
#   share of stake that must stand behind a weight; the chain's name for it is `kappa`, for short κ.
# * Switch **Consensus by** to *Mean* and back.
# * Choose the preset *Split opinion*. Read the title, then find the **Majority needed** that wakes it up.
# * Choose *Cabal, 64 × 256*, in which a third of the validators pay 24 miners of their own. Take stake from the honest
#   crowd, and read in the title who is clipped.

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.weights_and_consensus()
lab

# %% [markdown] id="lab-object"
# The lab is an object. `lab.state` is what the controls say, `lab.frame` the numbers behind the picture
# (a DataFrame), `lab.save("picture.png")` keeps it, and the grey line under the picture is the Python
# that makes it.

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, once more, and what each validator lost and earned. *trust* is the part of its
# weights that counts, *lost* the rest; *dividends* are what validators are paid, as shares of 1:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_weights_and_consensus())
view.validators[["validator", "stake", "trust", "lost", "dividends"]].round(3)

# %% [markdown] id="reveal-why"
# For each miner the chain asks: **what is the largest weight that at least `kappa` of the stake
# supports?** To support a weight is to have given at least as much. That is the *stake-weighted median*,
# the [consensus](glossary.md#consensus). Whatever a validator gave above it is cut off:
# [*clipped*](glossary.md#clipping). How far above does not matter:
# had V4 written 100 %, its weight on M6 would be cut to the same line.
#
# **Pay follows from what is left.** A miner's clipped weights, each times the stake of who gave it, are added up;
# its share of the sum over all miners is its [*incentive*](glossary.md#incentive), its part of what the miners are paid. For M6, in per cent:
#
# > 0.35 × 5 + 0.25 × 5 + 0.20 × 5 + 0.12 × 5 + 0.08 × 4 = 4.9
#
# All six together have 92.3, for 7.7 was clipped; and 4.9 of 92.3 is 5.3 %. Here `kept` is that sum, and the last column
# the engine's own:

# %% id="pay" jupyter={"source_hidden": true}
kept = stake @ view.cells.pivot(index="row", columns="column", values="clipped").to_numpy()
view.miners[["miner", "consensus"]].assign(kept=kept, share=kept / kept.sum(), incentive=view.miners.incentive).round(3)

# %% [markdown] id="follows"
# Three things follow.
#
# * **The outlier pays for it.** A validator's weights sum to 1; what is clipped is gone. What remains is
#   its *validator trust*, and its bonds (lesson 04), and with them its dividends, are built from what remains: V4 holds
#   12 % of the stake and gets 7 % of the dividends.
# * **Stake is the vote.** With less than half of the stake no crowd can lift the consensus on a miner above what somebody
#   in the majority gave it. But look at *Cabal*: M6 earns 8.9 %, and would earn 5.1 % without the cabal. The smaller part
#   of that is the median, which the cabal moves up *within* what honest validators said, from 5 to 6 %. The larger part
#   is the sum: what the cabal took from the other miners is clipped and gone, so their sums are smaller, and M6's share
#   of all is greater.
# * **A mean has no such floor.** With a mean every per cent of stake buys its share of the pay, and the
#   cheapest attack is to shout.
#
# This is the code that ran above, as it is. It asks from the other side, "at most" instead of "at least", and finds the
# same number. `weighted_median` hands blocks of miners to `_halve`, which closes in on the consensus from both sides;
# `clip` is one line.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import yuma

print(inspect.getsource(yuma.weighted_median.py_func))
print(inspect.getsource(yuma._halve.py_func))
print(inspect.getsource(yuma.clip.py_func))

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `weights` is an array of shape (validators, miners), `consensus` one number per miner.
# Return the validator trust: what is left of each row after clipping.
#
# <details><summary>Hint 1</summary>Clipping keeps the smaller of two numbers, cell by cell.</details>
# <details><summary>Hint 2</summary><code>np.minimum(weights, consensus)</code> does it for the whole
# table; then sum over the miners, <code>axis=1</code>.</details>

# %% id="answer-1"


def trust(weights, consensus):
    return ...  # one number per validator


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check

names = ("one_outlier", "cabal", "split_opinion")
others = [views.consensus(datasets.preset(name).inputs()) for name in names]
tables = [v.cells.pivot(index="row", columns="column", values="weight").to_numpy() for v in others]
agreed = [v.miners.consensus.to_numpy() for v in others]
self_check(trust, [((w, c), v.validators.trust) for w, c, v in zip(tables, agreed, others, strict=True)])

# %% [markdown] id="exercise-2"
# **Exercise 2.** How much stake would V4 need, in whole thousands of alpha, so that its weight on M6 is no
# longer clipped? The other four keep theirs: 88 thousand together. (The sliders of the lab are in thousand
# alpha, too, but show shares.)
#
# <details><summary>Hint 1</summary>Nobody else supports V4's weight on M6. So V4 alone must be the share of
# stake that <code>kappa</code> asks for.</details>
# <details><summary>Hint 2</summary>Solve x / (88 + x) = 0.5.</details>

# %% id="answer-2"
stake_of_v4 = ...  # thousand alpha

# %% id="check-2" jupyter={"source_hidden": true}
def v4_loses(amount):
    return views.consensus(world.change(stake={"V4": amount}).inputs()).validators.lost[3] > 0


def judge(amount):
    if v4_loses(amount):
        return f"not right yet: with {amount} it is still clipped"
    return "right" if v4_loses(amount - 1) else "enough, but less would do"


value_check("stake_of_v4", stake_of_v4, judge)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Why did my miner get zero incentive in this epoch? Nothing changed."** The validators were split.
# The consensus on a miner is 0 as soon as less than `kappa` of the stake gave it any weight; then every
# weight on it is clipped to nothing. The preset *Split opinion* is that epoch: its largest camp has 40 % of the stake,
# so no miner earns unless `kappa` is 0.40 or less. Without incentive there are no dividends either, but validators are
# paid: by stake alone, and with the miners' half. Here V1, with 24 % of the stake, gets 24 % of all that the subnet pays
# the two.
#
# **"What does validator trust mean, and where did *rank* and *trust* go?"** Validator trust is the part
# of a validator's weights that survived clipping: 1 means that it never gave more than the majority.
# Rank (the sum `kept` of above) is still computed inside the epoch, incentive is rank
# made to sum to 1; the chain no longer stores rank and trust of miners, because nothing reads them.
#
# **"`SettingWeightsTooFast`?"** A validator may set weights only every `WeightsSetRateLimit` blocks (100
# unless root changed it; counted from its registration too). With commit-reveal on, that is with weights handed in
# sealed (lesson 05), the same limit is checked when you commit (`CommittingWeightsTooFast`). The epoch reads
# what is stored when it runs, once per tempo, so setting weights more often changes nothing.
#
# **"The numbers on my dashboard do not match the weights I just set."** Incentive and dividends describe
# the last finished epoch; yours will show after the next.
#
# ## On the real chain
#
# Subnet 15 at block 4,769,998 (January 2025, before subnets had alpha of their own), its recorded weights and stake put
# through this engine, with `kappa` at its default of 32767 of 65535, votes for the 64 largest stakes and everybody
# active (the record does not say who was; who may vote is lesson 06): the weights of 12 validators counted. They gave
# weight to 131 miners; for only 30 of these did half of the stake agree on anything, and only those
# earned. 5 % of all stake-weighted weight was clipped. Validator trust went from 0.06 to 1.00.
#
# Note the default: 32767 is a hair *below* one half. In an exact 50/50 split the higher weight wins.
#
# ## In three sentences
#
# Consensus is the largest weight that enough stake supports; what lies above is clipped and counts for
# nothing. Clipping costs the validator trust and dividends, and leaves the outlier's favourite with what the others
# think of it: M6 gets 5 %, where a mean would give it 11 %. When no majority agrees on a miner, it earns nothing.
#
# **Next:** `exercises/set_03.ipynb`, in the folder beside this one, has you write the weighted median and
# put it into the chain's epoch; `bittensor-lab grade exercises/set_03.ipynb` gives the points. Lesson 04
# will follow the bonds: what does being right *early* earn?

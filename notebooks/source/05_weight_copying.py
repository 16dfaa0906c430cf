# %% [markdown] id="title"
# # 05 · Weight copying
#
# *About 20 minutes. You need: lesson 03 (consensus and clipping) and an idea of what bonds are (lesson 04).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# To look at miners costs a validator computers and people. The weights of the others stand on the chain for
# everyone to read. So why look at all? This lesson lets one validator copy, counts what that brings, and shows
# what the chain does about it. Afterwards you can
#
# 1. say when copying pays, and why it pays at all;
# 2. explain [commit-reveal](glossary.md#commit-reveal) and choose a period for a subnet;
# 3. say what liquid alpha's three numbers do, and what they do not do.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Five validators with the same stake. Four look at eight miners and give what they see; the miners change by about
# a tenth from epoch to epoch. **The fifth looks at nobody.** In every epoch it gives the mean of what the four gave
# *four epochs before*: that is all it can see, because fresh weights are handed in sealed and opened later.

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import copying as views

lively = views.Rules(drift=0.1, noise=0.05)
given = views.opinions(lively)
views.newest(lively).round(1)

# %% [markdown] id="bet-ask"
# This is what the four gave each miner, on average and in % of all, in five epochs, the newest below: nothing stands
# still, but old weights are not nonsense either. **How much less will the copier earn than an honest validator?**

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_weight_copying()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Each point of the curve is twenty epochs of the chain's own arithmetic, bonds carried on. Above 0 the copier earns
# more than the honest, below it less. Things to try:
#
# * Put the delay to 0: everything is open, and the copier writes last. Does it lose anything?
# * Choose *Settled*. Up to which delay does copying pay there? Why is a copier *better* than those it copies?
# * Make the honest err more and more (**Error of honest validators**). Who gains?
# * Choose *A race*, put the delay to 4 and switch **Bonds move by** to *Liquid alpha* (lesson 04: bonds that move
#   faster). Does that hurt the copier, or help it?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.weight_copying()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and what the copier gains at every delay, in % of what an honest validator
# earns. Below 0 copying costs; the bet asked for the cost, four epochs late, by one rate:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_weight_copying())
curve = views.tables(views.copying(4, rules=lively))["curve"]
gains = curve.pivot(index="name", columns="delay", values="gain").mul(100).round(1)
gains.iloc[::-1].rename_axis(index="bonds move by", columns="epochs late")

# %% [markdown] id="reveal-why"
# Three things are at work.
#
# * **The crowd is wise.** Each honest validator errs a little; the mean of four errs half as much. So the copier's
#   weights lie nearer to the consensus than anyone's, less of them is clipped, and in the open (delay 0) it earns
#   *more* than those who did the work. Publishing one's weights for all to see is a gift.
# * **The world moves.** What was right some epochs ago is too much for those who fell behind since (that part is
#   clipped) and too little for those who rose (there the copier's bonds are too small). The loss grows with the delay
#   and with the speed of the miners; the more the honest err, the smaller it is. On a subnet where nothing changes,
#   copying pays at every delay: there secrecy protects nothing.
# * **Bonds forget slowly.** Dividends come from bonds, which follow weights by a tenth in an epoch. So even perfect
#   foresight would gain only slowly, and yesterday's weights cost less than one would think.
#
# The copier's weights (`copied`), and the epochs it goes through, as they are. The delay is put in by hand here, so
# the chain's own sealing, which the next section explains, is switched off:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

print(inspect.getsource(views.dividends.__wrapped__))

# %% [markdown] id="commit-reveal"
# ### Commit-reveal
#
# With *commit-reveal* on, a validator hands in its weights sealed. After `reveal_period_epochs` epochs they are
# opened, by the chain itself if they were sealed to a moment in time, and only then count. Whoever copies reads
# weights that are a period old, and has to seal them for another period: it is late by one period more than the
# others, which is the delay in the lab.
#
# The price of secrecy is paid by newcomers. A miner that has just registered is in nobody's sealed weights; those
# sealed before it came were meant for whoever had its [uid](glossary.md#uid), its place, then. It earns for its own
# work when the first weights sealed *after* its registration open, up to a period and a tempo later. Meanwhile its
# [immunity](glossary.md#immunity) runs out, the blocks in which a newcomer does not have to give its place to the
# next one (lesson 07):

# %% id="immunity" jupyter={"source_hidden": true}
import pandas as pd

from bittensor_lab.params import Hyperparameters

rules, periods = Hyperparameters(), [1, 3, 6, 13, 20]
waits = pd.DataFrame({"reveal_period_epochs": periods, "first pay after, blocks": [(p + 1) * rules.tempo for p in periods]})
waits.assign(**{"immunity_period, blocks": rules.immunity_period, "immunity ends first": waits.iloc[:, 1] > rules.immunity_period})

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `given` has the shape (epochs, validators, miners), oldest first. Return what a copier gives that is
# `delay` epochs late: the mean over the validators, for the newest epoch that it can see.
#
# <details><summary>Hint 1</summary>The last epoch has index −1. One epoch late is −2.</details>
# <details><summary>Hint 2</summary><code>given[-1 - delay]</code> is a table of validators and miners; take its mean
# over <code>axis=0</code>.</details>

# %% id="answer-1"


def copied(given, delay):
    return ...  # one number per miner


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check

self_check(copied, [((given, d), given[len(given) - 1 - d].mean(axis=0)) for d in (0, 1, 4, 8)])

# %% [markdown] id="exercise-2"
# **Exercise 2.** A subnet's miners change by 0.35 in an epoch, and its validators err by 0.1 (*A race*). Looking at
# miners costs an honest validator a fifth of its dividends, and the copier saves that. What is the shortest reveal
# period, in epochs, that makes copying cost more than it saves? Bonds move by one rate.
#
# <details><summary>Hint 1</summary>The copier saves a fifth of what the honest earn. So its loss must be more than
# 20 %.</details>
# <details><summary>Hint 2</summary>Choose <em>A race</em> in the lab and move the delay.</details>

# %% id="answer-2"
shortest_period = ...  # epochs

# %% id="check-2" jupyter={"source_hidden": true}
losses = -views.copying(1, rules=views.Rules(drift=0.35, noise=0.1)).curve.query("shown").gain.to_numpy()
def judge(period):
    if not 0 <= period <= 8 or losses[period] <= 0.2:
        return f"not right yet: at {period} copying still pays"
    return "right" if losses[period - 1] <= 0.2 else "enough, but less would do"


value_check("shortest_period", shortest_period, judge)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Does weight copying pay?"** In the open yes, a few per cent, besides all the work that one saves. Behind a
# reveal period it costs what changes in that time. If your miners hardly change, no period will make copying
# expensive; give them something new to do. `scenarios.run("weight copying")` counts it on a whole chain, in TAO.
#
# **"Our commit-reveal period is long, and new miners die before they earn."** That is the table above: period and
# immunity belong together. Keep (period + 1) · tempo well below the immunity period.
#
# **"I have several commits pending. Which is revealed, and when?"** Each in its own epoch: a commit made in epoch *e*
# opens in epoch *e + period*, neither before nor after (a hash commit that its owner does not reveal in that very
# epoch has expired). If two of yours open in the same epoch, the later one counts. Ten hash commits may wait at a
# time; of those that the chain opens itself, ten can be made in an epoch.
#
# **"Can I inherit weights by registering on a uid that was just freed?"** No: weights and bonds on that uid are
# cleared, and what was set before your registration is void for you. (What was sealed before it and opens after it can
# count once, where weights are sealed for two epochs or more: a table in lesson 12 shows it.) What you do inherit is the
# laziness of validators who give weights by uid without looking: `scenarios.run("uid inheritance")`.
#
# **"What do liquid alpha's low, high and steepness do?"** They set how fast a bond follows its weight, pair by pair:
# between `alpha_low` and `alpha_high` per epoch, faster the further a growing weight lies above the consensus, or a
# falling one below its bond; the steepness says how suddenly it turns from slow to fast. The consensus is that of the
# *current* epoch in this version of the chain; older texts describe other rules. If you expect it to work against
# copiers: in this lab it does the opposite (*A race*: four epochs late, copying costs 21 % instead of 27 %), since bonds
# that follow faster forgive old weights faster.
#
# ## On the real chain
#
# With main net's defaults of 30 June 2026, commit-reveal is on, the reveal period is 1 epoch and a tempo has 360
# blocks, 72 minutes. So a copier is 72 minutes late. Whether that is much depends on what the subnet's miners do in
# 72 minutes.
#
# ## In three sentences
#
# A copier is the mean of those it copies, and the mean errs less than anyone: in the open, copying pays. Sealed
# weights make it late, which costs as much as miners change meanwhile, and costs newcomers their first epochs.
# Secrecy protects a subnet only if there is something new to be seen in every epoch.
#
# **Next:** [set 05](../exercises/set_05.ipynb), this lesson's graded exercises; then lesson 06 asks whose weights count at all: stake weight, permits and activity.

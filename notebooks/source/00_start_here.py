# %% [markdown] id="title"
# # 00 · Start here: two layers, one block
#
# *About 20 minutes. You need: to be able to read a little Python. Nothing is installed, bought or sent anywhere.*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Bittensor pays people for useful work of machines: forecasts, texts, pictures, computing time. Somebody has to say
# whose work was good; Bittensor turns that judging into a market. This first lesson lets a tiny one run on your
# machine, block by block, with the chain's own rules. Afterwards you can
#
# 1. say what happens on the chain, and what never does;
# 2. follow one block, and one pay-out, from beginning to end;
# 3. use the words that the other lessons build on.

# %% [markdown] id="words"
# ### The words, once
#
# A **[subnet](glossary.md#subnet)** is a market for one kind of work. Its **[miners](glossary.md#miner)** do the work. Its
# **[validators](glossary.md#validator)** ask, judge the answers, and tell the chain what they think in numbers: one
# **[weight](glossary.md#weights)** for each miner.
#
# The **[chain](glossary.md#chain)** is a record that everybody shares. It grows by one **[block](glossary.md#block)** every
# twelve seconds. What somebody signs and asks of it is an **[extrinsic](glossary.md#extrinsic)**: "these are my weights",
# "I want to buy".
#
# **[TAO](glossary.md#tao)** is the money of the whole network. Each subnet also has money of its own, its
# **[alpha](glossary.md#alpha)**, which can be bought with TAO and sold for it. What the chain newly creates of either is
# **[emission](glossary.md#emission)**: TAO in every block, which flows into the subnets, and alpha in each of them.
#
# The alpha gathers for a while, a **[tempo](glossary.md#tempo)**. Then the subnet has its **[epoch](glossary.md#epoch)**: the
# weights are counted, and everybody is paid. What one leaves standing on a validator is **[stake](glossary.md#stake)**: it
# gives the validator's weights their weight, and earns a part of its pay. Stake is alpha of one subnet, or TAO on
# **[root](glossary.md#root)**, which counts on all subnets at once.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Here is the whole network of this lesson: three subnets. On the first, four miners clean up noisy sounds and three
# validators listen. One of the miners does no work at all; it sends back something loud. When the epoch comes, the
# subnet's new alpha is shared between its [owner](glossary.md#owner) (who founded it), its miners, its validators, and
# all who staked on these.
#
# **What part of it do the miners get, together?**

# %% id="bet" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.play import story as views

labs.bet_on_block_by_block()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Move **Block**, by mouse or with the arrow keys. The title says what the block holds, the text under the picture who
# did what. Things to look for:
#
# * A block with a circle. The square below it is all that the chain sees of it.
# * The blocks with a diamond. Who is paid, and how much?
# * A block in which nobody signs anything. Is it empty?
# * Go to block 1059, where the first subnet pays. Which miner gets most? Now choose *Judges who go by loudness*, which
#   starts at block 1006 again, and go back to 1059. Which one is it now?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.block_by_block()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and where the first subnet's last epoch went (block 1119). It had 60 alpha to
# share: 1 for each block since the epoch before. First the owner's part comes off, 18 %. Of what is left the miners get
# half; the other half goes to the validators and all who stake, the last two lines.

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_block_by_block())
story = views.story()
story.pay.round(3)

# %% [markdown] id="layers"
# ### Two layers
#
# **Off the chain**, a validator sent each miner a sound: ten tones of eight kinds (0 to 7), under a lot of noise. This is
# what came back, really computed. *right* is the part of the tones that was understood, *loud* how loud the cleaned sound
# is. By which of the two would you score?

# %% id="off-chain" jupyter={"source_hidden": true}
story.answers.round(2)

# %% [markdown] id="on-chain-words"
# **On the chain**, no sound ever arrives. It learns one row of numbers from each validator, who here goes by *right*. One
# sound is not enough to tell: each validator scores three, so a *score* is a mean over nine, and differs from the one sound
# above. *weight* is what reached the chain: the score as a share, again a mean over the validators. Then what the
# chain made of it in the epoch: *incentive*, the miner's share of what all miners got, and *alpha*, what came to the miner.

# %% id="on-chain" jupyter={"source_hidden": true}
story.miners.round(2)

# %% [markdown] id="layers-why"
# So **no model runs in a block**. The chain checks that whoever sends weights may do so, and counts. That is why
# Bittensor can pay for work that no chain could do, and also why everything hangs on the judges. This is the same epoch
# with the same answers, but all three validators go by *loud*:

# %% id="judges" jupyter={"source_hidden": true}
loud = views.story(rule="tempting").miners
story.miners[["miner", "kind"]].assign(judged_by_right=story.miners.incentive, judged_by_loud=loud.incentive).round(2)

# %% [markdown] id="measures-words"
# The chain did its sums as exactly as before; it cannot hear. Nor does the best answer take all: pay follows
# the weights, and every miner that was given some gets some.
#
# This is how a validator of this lesson comes to its weights. All of it runs off the chain; what it returns is the
# extrinsic that it signs:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab import block
from bittensor_lab.agents import measures

print(inspect.getsource(measures))

# %% [markdown] id="block"
# And this is all that the chain does in a block before it looks at anybody's extrinsics, its steps numbered in the chain's
# own order. The lessons to come are about these lines: what registering costs (`decay_prices`, 07), weights that were
# handed in sealed (`reveal_commits`, 05), the block's TAO and alpha (`run_coinbase`, 01 and 09), epochs (`drain` and
# `run_epochs`, 03 and 04), stake that works for others (`apply_children`, 06) and what root's stakers earn
# (`claim_by_lot`, 10).

# %% id="one-block" jupyter={"source_hidden": true}
print(inspect.getsource(block.begin_block))

# %% [markdown] id="wallet"
# ### From a block to a wallet
#
# 1. **Every block** creates TAO. It is shared among the subnets and goes into their *pools*, where alpha is traded for TAO.
#    Nobody's wallet has it yet.
# 2. Beside it alpha is created for each subnet. Some goes into the pool with the TAO; what will be paid out waits in a pot.
# 3. **Every tempo**, in its epoch, the subnet shares out the pot: to its owner, miners, validators and stakers.
# 4. **A wallet** then holds alpha. Whoever wants TAO sells it to the pool, at the price of that moment.
#
# The last step is why alpha matters. In its last epoch each of the three subnets paid its miners the same amount of
# alpha; this is what it would bring in TAO, sold all at once. (A little less than alpha times price: the sale itself
# moves the price, which is lesson 08.)

# %% id="worth" jupyter={"source_hidden": true}
story.worth.round(2)

# %% [markdown] id="market"
# ### How this differs from renting computers
#
# Who rents a computer pays for hours. Here nobody is paid by the hour: a miner is paid for how good its answers are
# beside the others', in the eyes of validators, whose own pay depends on agreeing with other validators. A miner with
# twice the machines and the same answers earns the same.
#
# And each subnet is a market of its own, with its own work and its own idea of *good*. These six come with this course;
# a scoring rule is what a subnet really is:

# %% id="tasks" jupyter={"source_hidden": true}
from bittensor_lab.views.scoring import TASKS

for task in TASKS.values():
    print(f"{task.title}: {task.sound_sentence}")

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `scores` holds what one validator measured, a number per miner. Weights are only ever looked at as
# shares. Return each miner's share of all scores; the check compares with the row that the chain holds.
#
# <details><summary>Hint 1</summary>Divide by the sum.</details>
# <details><summary>Hint 2</summary><code>scores / scores.sum()</code> does it for a whole array at once.</details>

# %% id="answer-1"


def shares(scores):
    return ...  # one number per miner, summing to 1


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check

# a weight is stored as one of 65,536 steps, so the chain's shares are a little off
self_check(shares, [((row,), held) for row, held in zip(story.scores, story.weights, strict=True)], tolerance=1e-4)

# %% [markdown] id="exercise-2"
# **Exercise 2.** `story.blocks` has a row per block (`block`, `weights`, `trades`, `tao`, `epochs`, `alpha`, …). `alpha` is
# what was paid out in it. **In how many of the blocks was anybody paid?**
#
# <details><summary>Hint 1</summary><code>story.blocks.alpha > 0</code> is true or false for each block.</details>
# <details><summary>Hint 2</summary>True counts as 1: add <code>.sum()</code>.</details>

# %% id="answer-2"
paying_blocks = ...  # a whole number

# %% id="check-2" jupyter={"source_hidden": true}
epochs = (story.blocks.epochs > 0).sum()
value_check("paying_blocks", paying_blocks, lambda n: "right" if n == epochs else f"not right yet: it is not {n}")

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"So it runs AI on a blockchain?"** No. It runs a market for judged work; the chain keeps the accounts.
#
# **"It is one network, so it has one goal?"** It has as many as it has subnets. They share the chain, TAO and the rules of
# counting. Look at each by itself.
#
# **"Validators only watch?"** Their weights *are* the pay: with other judges, the same answers paid the miner that only
# makes noise.
#
# **"Only TAO matters?"** Everybody here was paid in alpha, and the same amount of it was worth much more on one subnet
# than on another. TAO settles; the price of alpha says what the market believes.
#
# **"I lose money to things I do not understand. Is there a friendlier way in?"** This one; here a mistake costs nothing. If
# it is weights that puzzle you, go to lesson 03; if it is dividends, to 04; copied weights, 05. Price and slippage,
# emission and what staking earns are for 08, 09 and 10.
#
# **"Can I try this without a node, a wallet or money?"** You just did. `notebooks/playground.ipynb` lets you act yourself:
# stake, set weights, trade, and see what follows. From Python it is `Chain(demo_network())`.
#
# ## On the real chain
#
# The rules are the same, to the last digit; the sizes are not. A tempo is 360 blocks, 72 minutes (here 60 blocks, so that
# one sees something), and a subnet has at most 256 places for miners and validators. On 11 April 2026 there were 128
# subnets besides root; half of them had an alpha price below 0.006 τ.
#
# A block here creates 1 τ, because this network is young. On the real chain it was 0.5 τ in block 8,740,402 (31 July
# 2026), shared by 126 subnets. Lesson 01 says why.
#
# ## In three sentences
#
# Work and judging happen off the chain; on it there are balances, stake and weights. Every block puts TAO into the
# subnets, and every tempo a subnet counts its weights and pays everybody in its alpha. Whoever judges decides who
# is paid.
#
# **Next:** lesson 01 follows the TAO: how much there is, and what a block adds.

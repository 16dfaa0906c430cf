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
# "I want to buy". In every block new **[TAO](glossary.md#tao)**, the money of the whole network, flows into the subnets.
# Each subnet also has money of its own, its **[alpha](glossary.md#alpha)**, which can be bought with TAO and sold for it.
#
# Once in a while, every **tempo**, a subnet has its **[epoch](glossary.md#epoch)**: the weights are counted, and everybody
# is paid in alpha. What one leaves standing on a validator is **[stake](glossary.md#stake)**: it gives the validator's
# weights their weight, and earns a part of its pay.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Here is the whole network of this lesson: three subnets. On the first, four miners clean up noisy sounds and three
# validators listen. One of the miners does no work at all; it sends back something loud. When the epoch comes, the
# subnet's new alpha is shared between its owner, its validators and their stakers, and its miners.
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
# * A block in which a validator is at work. Which of its doings does the chain see?
# * The blocks with a diamond. Who is paid, and how much?
# * A block in which nobody signs anything. Is it empty?
# * How often do people act, and how often is everyone paid?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.block_by_block()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and what became of the four miners' work on the first subnet: the score that
# validators measured *off* the chain, the weight that they put *on* it, and the **incentive**, the miner's share of the pay:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_block_by_block())
story = views.story()
story.miners.round(2)

# %% [markdown] id="layers"
# ### Two layers
#
# The column *score* comes from real sounds, really cleaned and really compared, by the validators' own machines. **No
# model runs in a block, and no sound ever reaches the chain.** It learns three rows of numbers, checks that whoever
# sends them may do so, and counts. That is why Bittensor can pay for work that no chain could do, and also why everything
# hangs on the judges: the chain cannot hear.
#
# This is how a validator of this lesson comes to its weights; each line of it runs off the chain but for the last, which
# signs an extrinsic:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab import block
from bittensor_lab.agents import measures

print(inspect.getsource(measures))

# %% [markdown] id="block"
# And this is all that the chain does in a block before it looks at anybody's extrinsics. The lessons to come are about
# its lines: the coinbase (01 and 09), weights that were handed in sealed (05), epochs (03 and 04), stake that works for
# others (06) and what root's stakers earn (10).

# %% id="one-block" jupyter={"source_hidden": true}
print(inspect.getsource(block.begin_block))

# %% [markdown] id="market"
# ### How this differs from renting computers
#
# Who rents a computer pays for hours. Here nobody pays by the hour: a miner is paid for how much better its answers are
# than the others', as judged by those who have something to lose by judging badly. A miner with twice the machines and
# the same answers earns the same. The table above shows it: the more of the sound a miner can process, the higher its
# score, its weight and its pay; and the one that only makes noise gets next to nothing, because these validators
# compare with a truth that it does not have.

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `scores` holds one number per miner. Weights are only ever looked at as shares. Return each miner's share
# of all scores.
#
# <details><summary>Hint 1</summary>Divide by the sum.</details>
# <details><summary>Hint 2</summary><code>scores / scores.sum()</code> does it for a whole array at once.</details>

# %% id="answer-1"


def shares(scores):
    return ...  # one number per miner, summing to 1


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

measured = story.miners.score.to_numpy()
self_check(shares, [((measured,), measured / measured.sum()), ((measured**2,), measured**2 / (measured**2).sum())])

# %% [markdown] id="exercise-2"
# **Exercise 2.** `story.blocks` has a row per block (`block`, `extrinsics`, `tao`, `epochs`, …). How many TAO went into the
# subnets in all blocks of the story together?
#
# <details><summary>Hint 1</summary>A column of a table is <code>story.blocks.tao</code>.</details>
# <details><summary>Hint 2</summary>It has a <code>.sum()</code>.</details>

# %% id="answer-2"
all_tao = ...  # TAO

# %% id="check-2" jupyter={"source_hidden": true}
if all_tao is ...:
    print("all_tao: not answered yet")
else:
    print("all_tao: " + ("right" if abs(all_tao - story.blocks.tao.sum()) < 0.01 else f"not right yet: {all_tao}"))

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"So it runs AI on a blockchain?"** No. It runs a market for judged work; the chain keeps the accounts.
#
# **"It is one network, so it has one goal?"** It has as many as it has subnets. They share the chain, TAO and the rules of
# counting, and nothing else. Look at each by itself.
#
# **"Validators only watch?"** Their weights *are* the pay. They are the most active people of all.
#
# **"Only TAO matters?"** TAO settles. What the market believes about a subnet shows in the price of its alpha, and pay is
# in alpha.
#
# **"Can I try this without a node, a wallet or money?"** You just did. `notebooks/playground.ipynb` lets you act yourself:
# stake, set weights, trade, and see what follows. From Python it is `Chain(demo_network())`.
#
# ## On the real chain
#
# There a tempo is 360 blocks, 72 minutes (here it is 60 blocks, so that one sees something), a subnet can have 256
# places for miners and validators, and there are up to 128 subnets. The rules are the same, to the last digit.
#
# ## In three sentences
#
# Work and judging happen off the chain; on it there are balances, stake and weights. Every block puts TAO into the
# subnets, and every tempo a subnet counts its weights and pays everybody in its alpha. Whoever judges decides who
# is paid.
#
# **Next:** lesson 01 follows the TAO: how much there is, and what a block adds.

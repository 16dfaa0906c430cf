# %% [markdown] id="title"
# # 13 · The whole network
#
# *About 20 minutes. You need: lesson 09 (emission and its rules); lesson 12 helps (what a rule invites).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# So far we looked at one subnet at a time. Now all 128 share each block, for a year, on your machine. Each rule for
# sharing looked reasonable in one block. What do they do to a network if nobody interferes? Afterwards you can
#
# 1. say how concentrated a network's emission is, in one number, and where that number goes;
# 2. explain the loop that gathers it in few subnets, whom it lifts, and what works against it;
# 3. ask such questions yourself, of many networks at once.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# A network like main net in April 2026, with 128 subnets. By the [gate](glossary.md#gate)'s rule, which came in July, five of them would take half of
# every block. Then a year passes in which nobody buys, sells or founds anything: only the chain does what it does. **How many
# take half then?**

# %% id="bet" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.play import year as views

labs.bet_on_the_whole_network()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Each band is a subnet's part of every block's TAO. Below: how many subnets, the largest first, it takes to make half.
# Things to try:
#
# * Look along a band: is the largest at the end the one that was the largest at first?
# * Walk through the rules from **B** to **G**. Under which of them does nothing change in a year? Why?
# * Let **clients spend** something on twenty subnets in the middle of the field. At first the large lose a little. And with
#   much more?
# * Take away what is **on root**, then double it. What has root to do with it?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.the_whole_network()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and the year by every rule:

# %% id="reveal" jupyter={"source_hidden": true}
import pandas as pd
from IPython.display import display

display(labs.bet_on_the_whole_network())
years = {letter: views.whole(views.Plan(letter)).frame for letter in "BCDEFG"}
pd.DataFrame({letter: {"half at first": f.half[0], "half after a year": f.half.iloc[-1], "largest at first, %": 100 * f.largest[0], "largest after a year, %": 100 * f.largest.iloc[-1]} for letter, f in years.items()}).round(0).astype(int)

# %% [markdown] id="reveal-why"
# **A loop.** A subnet's TAO that finds no alpha to go in beside it buys alpha (lesson 09). That lifts the price. Under **E**,
# **F** and **G** the price decides the share, so next time there is more TAO, of which more is left over to buy. Nobody
# need do anything. Under **F** the largest part doubles in a year; the gate makes the share grow faster than the price, and
# with it the loop turns faster.
#
# **Whom it lifts.** Not the largest of today. The same TAO lifts the price more where the pool is small, so what counts is a share
# that is large *for its pool*. These are the six that get most at first by the gate's rule, in % of the block, and the TAO in
# their pools: SN 39 loses almost half of its part, and SN 120, the fifth, ends with more than any other ever had.

# %% id="leaders" jupyter={"source_hidden": true}
views.leaders().set_index("subnet").round(0).astype(int)

# %% [markdown] id="reveal-more"
# **Who gets nothing.** Under **E**, **F** and **G** 50 of the 128: 44 have their emission switched off, and in six more all that
# miners are paid goes to the owner's keys, so that all of it is withheld (lesson 09).
#
# **Where it is cut.** Under **B** a subnet's TAO went into its pool together with as much alpha as it needs, at the
# price of the moment, and bought nothing: nothing moves in a year. Under **C** and **D** it is people's flows that count, and in
# this year there are none: all averages fade alike, and the shares stay.
#
# **Root.** The alpha that may go in beside the TAO is rationed by root's part of the stake (lesson 09). Without anybody on root all TAO
# buys, everywhere, and four subnets share half. With 5 million there nearly seven tenths of it buy, in 35 of the 78 subnets that
# get any: those with much to spend, so they move away from the others. With 10 million a little more than half buys, and the loop is
# slower: four subnets again.
#
# **Clients.** TAO that somebody pays for a service buys alpha, too. A little of it, in twenty middling subnets, spreads the
# emission: with 1,000 τ a day five subnets share half, as at first. A lot of it makes new giants: with 2,000 τ one of the twenty has
# 30 % after a year. The gate does not ask why a price is high.
#
# This is a machine with one thing taken away: people. They sell when prices rise, found subnets, and change rules. That the rule
# was changed five times in nine months (lesson 09) is part of the answer to this lesson's question.

# %% [markdown] id="scale-words"
# ### How a year fits into a second
#
# It does not: it is a smaller network of the same shape. A block here stands for 3,600 of main net's, half a day. If time is divided
# by 3,600, what flows in a time must be, too: so pools and stakes are 3,600 times smaller, and constants that are times, such as
# the half-life of the moving price, 3,600 times shorter. Prices and shares then go the same way. To see that this is no
# trick, the same year at half of the size; the largest difference of any share in any week:

# %% id="scale" jupyter={"source_hidden": true}
import numpy as np

print(f"{100 * np.abs(views.year(views.Plan()) - views.year(views.Plan(), 7_200)).max():.2f} points of a hundred")

# %% [markdown] id="full"
# The full year, 2,628,000 blocks with 128 subnets of 256 uids and all their epochs, is one line in a terminal:
# `bittensor-lab simulate mainnet_2026 --days 365 --out year`. It takes one and a half to three minutes on two cores
# ([measured](../docs/background/speed.md)). Its tables are Parquet files that pandas reads.
#
# ### Many networks at once
#
# A question about a network is seldom about one setting. A *sweep* runs a grid of them, and tells you which points failed
# instead of failing. This is one with eight points, run here; `bittensor-lab sweep` does it in many processes. *revenue* is what
# clients spend, in τ a day; in the cells, how many subnets take half after a year:

# %% id="sweep" jupyter={"source_hidden": true}
from bittensor_lab.sweep import Grid

grid = Grid({"regime": ("F", "G"), "revenue": (0.0, 500.0, 1000.0, 2000.0)})
found = [{**point, **views.halves(point, seed)} for point, seed in grid.points()]
pd.DataFrame(found).pivot(index="regime", columns="revenue", values="half").astype(int).rename(columns=int)

# %% [markdown] id="kernel-words"
# And this is all that a year is, in our package: blocks, and what clients do in between.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

print(inspect.getsource(views.year.__wrapped__))

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** How many subnets, the largest first, does it take to make half of the block? `shares` has one number per
# subnet, summing to 1.
#
# <details><summary>Hint 1</summary>Sort them, largest first, and add up until you have half.</details>
# <details><summary>Hint 2</summary><code>np.cumsum(np.sort(shares)[::-1])</code> are the sums. Count those below a half; one more
# subnet reaches it. (To be safe from rounding: below 0.5 − 10⁻¹².)</details>

# %% id="answer-1"
import numpy as np


def take_half(shares):
    return ...  # a whole number


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

weeks = [views.year(views.Plan(letter))[week] for letter in "BFG" for week in (0, 26, 52)]
self_check(take_half, [((row,), views.half(row)) for row in weeks])

# %% [markdown] id="exercise-2"
# **Exercise 2.** Another measure: the *effective number* of subnets, 1 / Σ shares². Ten equal subnets make 10; one that
# has all makes 1.
#
# <details><summary>Hint 1</summary>Square each share, add up, turn over.</details>
# <details><summary>Hint 2</summary><code>1 / (shares**2).sum()</code></details>

# %% id="answer-2"


def effective_number(shares):
    return ...  # a number


# %% id="check-2" jupyter={"source_hidden": true}
self_check(effective_number, [((row,), views.effective(row)) for row in weeks])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"There are over a hundred subnets. So it is decentralised?"** Count those that take half. Many subnets with one percent
# each are another network than two with a quarter each, though both have 128.
#
# **"The gate only keeps dust out."** It does that, and it also makes every share above the bar grow faster than its price.
# Both are the same formula.
#
# **"Will it come like this?"** No. This is what the rules do alone. It is the wind, not the weather.
#
# ## On the real chain
#
# Main net on 31 July 2026, four days after the gate came: the ten largest subnets had 75 % of the block, the largest 13 %; without the
# gate the ten would have had 58 %. The network of this lesson begins with prices, pools and root stake like those of
# April 2026; its ten largest have 70 % by the gate's rule at first.
#
# ## In three sentences
#
# A year of blocks is a loop of price and purchase: wherever the price decides the share, what gets much for a small pool buys itself
# larger. How concentrated a network is, one number tells: how many take half. A rule is judged by where it takes a network, not by a single
# block.
#
# **Next:** [set 13](../exercises/set_13.ipynb), this lesson's graded exercises; then lesson 14 lets you design a subnet, and sends everybody from lesson 12 against it.

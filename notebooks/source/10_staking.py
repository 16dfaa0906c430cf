# %% [markdown] id="title"
# # 10 · Staking: what you earn
#
# *About 20 minutes. You need: lesson 08 (pool, slippage, exit) and lesson 09 (who is paid what in which token).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Somebody tells you: "I staked, and I make 40 % a year." In what? After whose take? At which price, and could they
# sell? This lesson buys [alpha](glossary.md#alpha), waits and sells again, and a friend stakes the same TAO on
# [root](glossary.md#root). Afterwards you can
#
# 1. say what of a yield in alpha arrives as TAO, and where the rest went;
# 2. choose between root and alpha, and draw what root owes you before it is lost;
# 3. take an APY to pieces, and say by which factor a wrong one is wrong.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Three subnets, as they are when you come: TAO in the pool, the price of an alpha in TAO, how much alpha is staked,
# and by which part of it the stake would grow in a year at the pace of now.

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.play import returns
from bittensor_lab.play import returns_story as story

story.offers().set_index("subnet").round(2)

# %% [markdown] id="bet-ask"
# You put 20 τ into *Middle*, on a validator that keeps 18 % of its stakers' [dividends](glossary.md#dividends): that
# part is its [take](glossary.md#take). You wait a year, then you sell everything. Your alpha grows by 21 %, so much
# you are told. The others trade, too: miners sell half of what they are paid and the owner all of it, and traders buy a
# little more than they sell, each week by half a per cent of the pool's TAO, but with luck. **How many TAO do you have
# in the end?**

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_staking_returns()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# The upper line is what a wallet shows: your alpha times the [spot price](glossary.md#spot-price). The lower one is
# what selling all of it would give you at that moment. Dashed: your friend's 20 τ on root, on the same validator, and
# 20 τ simply kept. The engine goes through the whole year for each setting. **The time scale:** to fit a year
# into 1,040 blocks, a block here stands for 2,520 of main net's, an epoch takes a week, and pools and stakes are as
# small as the year is short. Things to try:
#
# * Drag **You leave after**. In which weeks would you have left with more than your friend? Could you have known?
# * Choose *The highest yield*. How much alpha, and how much TAO?
# * Choose *Much for the pool*: what does the wallet show in the moment after you have bought?
# * Move **Luck of the year**. Which of the two numbers in the title moves, and which hardly does?
# * Move the **take** to 0, then **Its weights clipped** to 50. Which of the two matters more?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.staking_returns()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and the same year with eight different lucks of the traders, in % (your bet is luck 3):

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_staking_returns())
story.lucks(returns.Plan()).set_index("luck").mul(100).round(1).T

# %% [markdown] id="reveal-why"
# **The yield in alpha is the certain part; the price is the other one.** Over the eight years it lies between 19 % and 22 %.
# What is left in TAO lies between −22 % and +46 %. The price decides, and a yield in alpha says nothing about the
# price. In your year there are five weeks of 52 in which you would have left with more than your friend: the first, the 47th and
# the last three. And more than that: the yield *is* new alpha, made for everybody, and miners and owners sell a good part of theirs.
# A price that stands still needs buyers for all of it. That is why *Young* pays most alpha and has least TAO to show for it.
#
# Your alpha grew by 21 % and not by the 28 % that were on offer. The validator took its part first: without any take
# it would have been 26 %. Here is where the chain does that; note the order: the take is staked first, and earns already in the same epoch.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab import distribution

print(inspect.getsource(distribution._take) + "\n\n" + inspect.getsource(distribution._with_take))

# %% [markdown] id="reveal-quality"
# The rest went to newer stake: what traders buy and what miners keep is staked, too, and a block's alpha is shared by all
# of it. And a validator whose weights are clipped earns less for its stakers, whatever its take: with half of its
# weights clipped you would have got 13 % instead of 21 %, and 16 % without any take. A low take on a bad validator is no
# bargain.
#
# ### Worth is not what you get
#
# This is the moment right after you have paid, in three sizes, in TAO:

# %% id="at-once" jupyter={"source_hidden": true}
import pandas as pd

starts = {paid: returns.year(returns.Plan(amount=paid)).course.iloc[0] for paid in (5, 20, 100)}
pd.DataFrame(starts).loc[["worth", "exit"]].rename_axis("paid", axis=1).round(2)

# %% [markdown] id="at-once-why"
# You paid 100 τ, and your wallet shows 131 τ. You have gained nothing: **your own purchase lifted the price**, and
# your own sale will bring it down again. Buying and selling at once costs no more than two fees of 0.05 % each. The wallet
# multiplies all of your alpha by the price of the *next little bit* of it. (So a wallet that shows a loss shows too
# small a one, and a return counted from worth to worth is no return.)
#
# ### Root or alpha?
#
# TAO on root stays TAO: no price, no slippage, you leave with what you staked. It earns a part of every subnet's alpha:
# of what a subnet pays its validators' side, root gets the [root proportion](glossary.md#root-proportion), its part in the
# [stake weight](glossary.md#stake-weight):
#
# > root proportion = 0.18 · TAO on root / (0.18 · TAO on root + all alpha of the subnet)
#
# So root earns much on young subnets, where there is little alpha yet, and less with each block that makes more.
# This is what root gets of each block; `tao` is what its alpha would sell for:

# %% id="root-share" jupyter={"source_hidden": true}
shares = story.root_share().set_index("subnet")
print(f"together {shares.tao.sum():.3f} τ a block")
shares.round(3)

# %% [markdown] id="root-why"
# **Root is paid by selling.** Root dividends are alpha that waits until it is [claimed](glossary.md#root-claim): by hand (`claim_root`), or by a lot that falls
# on five stakers in each block. As a rule the claim sells the alpha in the pool, without fee, and stakes the TAO on root.
# Over the year of your bet alpha was sold like this for 0.086 τ a block, about a sixth of what a block issues. (Less than
# in the table: validators keep their take of it as alpha, root's share falls with every alpha that is made, and the price
# of *Young* fell too.) That is a steady
# seller in all pools, and who holds alpha stands on the other side of it. Choose **Kept as alpha** in the lab if
# your friend should rather hold it.
#
# One condition: root is paid only while the [moving prices](glossary.md#moving-price) of all subnets sum to more than
# 1 τ. Else its part is recycled.
#
# One trap: **claim before you leave.** What stake is owed goes when the stake goes. Suppose that your friend has staked for
# three weeks and no lot has fallen on them. Then they take all TAO off root, and put it back:

# %% id="left-behind" jupyter={"source_hidden": true}
story.left_behind().set_index("when").round(3).rename_axis("alpha that root owes")

# %% [markdown] id="apy-words"
# ### An honest APY
#
# An [APY](glossary.md#apy) is a sentence with an "if": *if it goes on like this for a year, all of it put back in*. These are the APYs that
# you could have quoted of your year, in %, after so many weeks:

# %% id="rates" jupyter={"source_hidden": true}
story.rates(returns.year()).set_index("weeks").mul(100).round(0).astype(int)

# %% [markdown] id="apy-why"
# The column *in alpha* is what websites show: steady, and no statement about TAO. An honest one says all of this: in which
# token; after take; over which weeks; bought and sold with slippage; and beside it root. And it
# does not make a year of four weeks. For a chain of your own, `views.economy.apy(before, after)` does it.

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** Return the root proportion of a subnet. `weight` is what a TAO on root counts (0.18), `root` the TAO
# on root, `alpha` all alpha of the subnet, in its pool and outside.
#
# <details><summary>Hint 1</summary>Root's stake weight is <code>weight * root</code>; alpha counts in full.</details>
# <details><summary>Hint 2</summary>The part of a whole: <code>mine / (mine + the others)</code>.</details>

# %% id="answer-1"


def root_proportion(weight, root, alpha):
    return ...  # a part of 1


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab import coinbase
from bittensor_lab.lessons import self_check

state = returns.world()
amounts = {n: (0.18, state.pools.tao_in[0] / 1e9, state.pools.alpha_issuance(n) / 1e9) for n in state.netuids}
self_check(root_proportion, [(amounts[n], coinbase.root_proportion(state, n)) for n in state.netuids])

# %% [markdown] id="exercise-2"
# **Exercise 2.** One epoch, then you leave: the return after take and exit. You have `paid` TAO and hold `alpha`;
# everybody's stake on your validator together is `stake`. Now it gets `dividend` alpha and keeps the part `take`
# of it, which is staked first. What remains is shared by all the stake there then is. Then you sell: of your alpha
# the fee goes off, and the pool, of even weights, holds `tao_in` and `alpha_in`. Return what you have above what you paid, as a part of it.
#
# <details><summary>Hint 1</summary>Your alpha grows by the factor 1 + (rest of the dividend) / (stake and take together).
# Selling <code>x</code> alpha gives <code>tao_in * x / (alpha_in + x)</code>.</details>
# <details><summary>Hint 2</summary><code>alpha *= 1 + (1 - take) * dividend / (stake + take * dividend)</code>, then
# <code>alpha *= 1 - fee</code>, then the sale, divided by <code>paid</code>, less 1.</details>

# %% id="answer-2"


def after_exit(paid, alpha, stake, dividend, tao_in, alpha_in, take, fee):
    return ...  # a part: 0.01 is one per cent


# %% id="check-2" jupyter={"source_hidden": true}
plans = [returns.Plan(netuid=n, amount=a, take=t) for n, a, t in ((1, 50, 0.18), (2, 20, 0.0), (3, 90, 0.09))]
epochs = [returns.first_epoch(plan) for plan in plans]
self_check(after_exit, [(tuple(numbers.values()), gain) for numbers, gain in epochs])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"I lose money to slippage and emission that I don't understand. Is there a friendlier way in?"** Look at the bars
# under the lab: *alpha you bought* is what price and slippage did to your TAO, *alpha you earned* the yield, *only at
# spot* what was never yours. Ask for the exit value before you buy, and stake little where the pool is small. If you want
# none of that, root is the friendlier way: about 2 % in this network, and never less than nothing.
#
# **"Root or alpha?"** Root keeps your TAO and pays little, and more the younger the subnets are. Alpha pays more, in a
# token of which there is more every day. In three of the eight years above root was better than *Middle*;
# before the year nobody knew in which.
#
# **"My APY is off by 17×. What did it assume?"** Divide the wrong rate of a year by the right one, both
# before anything is put back in, and look the factor up. These are the factors of the usual mistakes, on *Middle*:

# %% id="mistakes" jupyter={"source_hidden": true}
story.mistakes().set_index("supposes").round(1)

# %% [markdown] id="seventeen"
# The commonest one takes blocks for epochs: **7,200 blocks a day are 20 epochs a day** at a tempo of 360, and who
# multiplies an epoch's pay by 7,200 is off by 360. Counting an alpha as a TAO is off by one over the price: at a price of
# 0.059 τ, that is a 17. Otherwise two mistakes meet. The pairs that come nearest to 17 here:

# %% id="suspects" jupyter={"source_hidden": true}
story.suspects(17).head(3).set_index("supposes").round(1)

# %% [markdown] id="real"
# ## On the real chain
#
# On 11 April 2026 half of the 128 subnets had less than 7,900 τ in their pools, a quarter less than 3,350 τ. Alpha that
# a wallet shows as 100 τ sells for 98.7 τ in a pool of the former size, and for 97 τ in one of the latter. In the
# largest pool an alpha cost 0.083 τ. By the rules of 30 June 2026 a TAO on root counts as much as 0.18 alpha, a
# validator's take is at most 18 % (and is that, if it never said otherwise), and the fee is 0.05 %. Until November 2025 root's alpha was sold in the
# block that made it; since then it waits to be claimed.
#
# ## In three sentences
#
# Staking on a subnet is a purchase of its token with a yield in that token; the price decides what that is in TAO. What
# you own is what you would get on exit, after take, slippage and fee, not what a wallet shows at spot. Root is paid in
# the same alpha, sold; an APY is honest if it says its token, its weeks and its exit.
#
# **Next:** [set 10](../exercises/set_10.ipynb), this lesson's graded exercises; then lesson 11 follows a subnet from its founding to the day when its pool is shared out.

# %% [markdown] id="title"
# # 09 · Emission: from a block to a wallet
#
# *About 25 minutes. You need: lesson 01 (what a block issues) and lesson 08 (pool and price).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# "Why did my subnet's [emission](glossary.md#emission) change?" No question was asked more often in 2026. The
# network has had seven rules by which its subnets share a block. Here all seven share the same block, side by
# side, and then you follow the TAO into the pools and the alpha into wallets. Afterwards you can
#
# 1. say what each rule looks at, and what it will do to a subnet whose price, flow or burn you know;
# 2. work out what of a subnet's TAO is injected, and what buys alpha;
# 3. tell people from pools: who is paid in which token, how much of a block, and when.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Six subnets share what a block issues. Each has a [moving price](glossary.md#moving-price), a part of its stake
# that is root's, and an owner whose own keys may earn part of the miners' pay, which is then withheld. The last two
# columns are what people stake there net of what they take out, and what the chain itself puts in, averaged over a month:

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import emission as views

views.subnets().round(3)

# %% [markdown] id="bet-ask"
# Since 27 July 2026 main net has a [gate](glossary.md#gate). A subnet whose share is as large as
# the gate's *bar* passes it with half of itself, a smaller one with less, a larger one with more. In forums one reads that "the gate throttles
# emission". **How much of its TAO does a block still pay out, with the gate, of what it paid out without?**

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_emission()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Above: seven rules, one block, six subnets; the blue one is yours, *Forecasts* at first. Below: where the block's TAO
# goes under the rule that you choose, and where the alpha goes that your subnet makes in the same block, down to Alice,
# who has staked 1,000 alpha there. Each of these blocks is made by the engine, to the last rao. Things to try:
#
# * Walk from **A** to **G**. Which rule likes *Forecasts* best, and what is it that this rule looks at? (On a narrow page
#   the names are short: E is price × root × unburned, F price × unburned, G the same with the gate. *root* is the root
#   proportion, *unburned* the part of the miners' pay that is not withheld.)
# * Under **G**, move **The gate's bar** from one end to the other. What happens to the row *Together*?
# * Choose *People leave*, then move **Flow into your subnet**. How much must come before anything goes in?
# * Choose *The owner's keys*. Whom does the withheld pay cost something, besides the miners? Under which rules?
# * Choose another subnet: *Storage is yours*. Which rule was best for it, and which is worst? Raise its price slowly.
# * Move **Staked on root** to 0. Where does the TAO go that is no longer injected? And Alice's pay: up or down?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.emission_to_wallet()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer. Below, the shares without the gate (F) and with it (G), in %:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_emission())
shares = views.emission().shares.set_index("subnet")[["F", "G"]] * 100
shares.assign(change=shares.G - shares.F).T.assign(together=lambda t: t.sum(axis=1)).round(1)

# %% [markdown] id="reveal-why"
# **The gate redistributes; it does not throttle.** What passes is divided by the sum of all that passes, so that the
# six shares make 100 % again. *Compute*, *Speech* and *Storage* lose, and the other three gain as much. (Even *Images*,
# a little below the bar: who passes with more than the average part gains.) Nor is the bar a cap: *Forecasts* lies
# above it, and the gate gives *Forecasts* 33 % instead of 23 %.
#
# A subnet that doubles its share below the bar gets far more than twice as much: there the pay grows with the fourth
# power. Here is the kernel. The last line is the whole argument:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import coinbase, emission

print(inspect.getsource(emission.gate_shares.py_func))

# %% [markdown] id="history-words"
# ### Why did my subnet's emission change?
#
# Look whether the rule changed before you look for a reason in your subnet. These are the rules with the dates of
# their code (main net followed by hours or days), and what each gives to your subnet as you left it in the lab, with
# nothing else changed:

# %% id="history" jupyter={"source_hidden": true}
import pandas as pd

pd.set_option("display.max_colwidth", 90)
views.history(lab.result).set_index("rule").round(1)

# %% [markdown] id="history-why"
# *m* is the moving price, *b* the part of the miners' pay that is withheld, *g* root's part of the stake, *in* what
# people stake net on average, *chain* what the chain itself puts in. Each share is then divided by the sum of all. Under
# **A** none of these counted: root's validators gave the subnets weights, as validators give them to miners, and *rank*
# and *trust* were made of these (lesson 03). The votes here are made up. (In those days there were no pools, and TAO was
# paid out as such; here it goes into the pools of today.)
#
# * **Price → flow (November 2025).** From then on a high price was worth nothing without money coming in.
# * **Flow → net flow (May 2026).** The chain's own TAO no longer counts as somebody's.
# * **Net flow → price × root × unburned (June 2026).** The price is back, and withholding costs.
# * **Without root (a week later), then the gate (July 2026).** The largest get more, the smallest nearly nothing.

# %% [markdown] id="pools-words"
# ### From the share to the pool
#
# Two sentences that stand in many guides are wrong. *"Each subnet gets 1 TAO a block"*: the block has half a TAO for
# all of them together. *"Miners are paid in TAO"*: not since February 2025. The TAO goes into the subnets' pools, like this:

# %% id="terms" jupyter={"source_hidden": true}
terms = views.terms().set_index("subnet")
print(inspect.getsource(coinbase.terms.py_func))
terms.T.assign(together=terms.sum().drop(["price", "cap"])).round(3).astype(object).fillna("")

# %% [markdown] id="pools-why"
# TAO wants alpha beside it, in proportion to the price, so that the price stays ([injection](glossary.md#injection)).
# But this alpha, new and on top of what is made for people, is rationed: at most the part *g* of theirs. (So since June
# 2026; before, the cap was higher, and under A to D the lab injects more of what *Forecasts* gets.) TAO that
# finds no alpha is the *excess*; it buys alpha out of the pool, and the price rises. Such a
# [chain buy](glossary.md#chain-buy) is the protocol's, and is not sold as long as the subnet lives. The less is staked
# on root, the smaller *g*, and the more of the block becomes chain buys.
#
# ### From the pool to a wallet
#
# People are paid in alpha, of which each subnet makes up to one a block for them, whatever its TAO. The owner's cut comes off
# first. The rest is halved between miners and validators, and of the validators' half root gets the part *g*. All of
# it waits in four pots until the subnet's [epoch](glossary.md#epoch). For your subnet, as you left it in the lab:

# %% id="wallets" jupyter={"source_hidden": true}
lab.result.alpha.set_index(["pot", "wallet"]).T.map("{:.4f}".format)

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `w` are the shares without the gate, `bar` is its bar. Return the shares with the gate: a share
# passes with the part w³ / (w³ + bar³) of itself, and what passes is divided by the sum of all.
#
# <details><summary>Hint 1</summary>Two lines: first what passes of each share, then the division.</details>
# <details><summary>Hint 2</summary><code>passed = w * w**3 / (w**3 + bar**3)</code>. Without the division by
# <code>passed.sum()</code> the gate would indeed throttle.</details>

# %% id="answer-1"


def gated(w, bar):
    return ...  # one share per subnet


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

w = views.emission().shares.F.to_numpy()
self_check(gated, [((w, bar), emission.gate_shares(w, bar, 3.0)) for bar in (0.215, 0.05, 0.5)])

# %% [markdown] id="exercise-2"
# **Exercise 2.** A subnet is given `given` TAO; its price is `price` TAO for an alpha, and at most `cap` alpha may go
# in beside it. Return three numbers: TAO that goes into the pool, alpha that goes in beside it, TAO that buys alpha.
#
# <details><summary>Hint 1</summary>So much alpha would match the TAO: <code>given / price</code>. Never more than
# <code>cap</code> goes in.</details>
# <details><summary>Hint 2</summary><code>alpha = min(given / price, cap)</code>; the TAO beside it is
# <code>alpha * price</code>; what is left over buys.</details>

# %% id="answer-2"


def injection(given, price, cap):
    return ...  # tao_in, alpha_in, excess


# %% id="check-2" jupyter={"source_hidden": true}
rows = views.terms().iloc[:, 1:].to_numpy()
self_check(injection, [(tuple(row[:3]), row[3:]) for row in rows])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Why did my subnet's emission change?"** Four things can have happened: the rule changed (the table above); its own
# price, flow or burn moved; the *others'* moved, since a share is a part of a sum; or the gate's bar was set anew.
#
# **"The gate throttles emission."** No: *Together* stays at 100 %. It takes from the small and gives to the
# large.
#
# **"Emission, incentive, dividends: which is which, and which decides who is deregistered?"**
# [Incentive](glossary.md#incentive) and [dividends](glossary.md#dividends) are shares of 1 *among miners* and *among
# validators* in the last epoch. A uid's emission is what it was paid by that epoch in rao of alpha, for a whole tempo;
# who counts it per block is off by the tempo, 360 on most subnets. The lowest emission is replaced first (lesson 07).
#
# **"We have two mechanisms and the numbers don't add up."** Each [mechanism](glossary.md#mechanism) has an incentive
# of its own that sums to 1, so over both it sums to 2, and adding a miner's two incentives says nothing about its
# pay. Its part of the pay is their mean, weighted by how the owner splits the emission. Here the second mechanism has
# a quarter, and judges the miners the other way round. `noted` is the emission that the chain keeps for the uid: for
# this one number each mechanism's pay is weighted by its part once more, so that it is less than what was paid.

# %% id="mechanisms" jupyter={"source_hidden": true}
views.two_mechanisms().set_index("miner").T.assign(together=lambda t: t.sum(axis=1)).round(3)

# %% [markdown] id="ask-flow"
# **"Our flow was negative once, and for months we got nothing."** Under the flow rules (November 2025 to June 2026)
# that was so. The average has a half-life of 30 days, and below zero the share is nothing, not little. Suppose that 150
# TAO a day left on average, and that from now on 75 a day *come*:

# %% id="recovery" jupyter={"source_hidden": true}
course = views.recovery()
print(f"{course.day[course.share > 0].min()} days pass until the first emission.")
course[course.day % 8 == 0].set_index("day").rename(columns={"average": "average, τ a day"}).T.round(3)

# %% [markdown] id="ask-burn"
# **"The owner burns (or recycles) the miners' emission. What does that do?"** What the owner's own keys earn as miners
# is withheld. The other miners are paid less. Since June 2026 it costs the subnet emission as well, burned or
# recycled alike; before, it cost nothing. The difference between the two: what is recycled no longer exists and can
# be made once more, what is burned still counts as alpha. With half of the pay withheld, for *Forecasts* under F:

# %% id="burned" jupyter={"source_hidden": true}
views.burned_or_recycled().set_index("withheld is").round(3)

# %% [markdown] id="ask-owner"
# **"Our uids' shares sum to 82 %. Where is the rest?"** With the owner. Its cut is 11796/65535 of the alpha, which is
# 17.9995 %, is taken before the epoch and belongs to no uid. Miners get half of the rest, 41 %; validators, their
# stakers and root get the other half.
#
# ## On the real chain
#
# Block 8,740,402, 31 July 2026, four days after the gate came: half a TAO for 126 subnets. 53 of them got none, 45 because
# their emission is switched off, as it is for every new subnet until governance switches it on. In 54 subnets at
# least half of the miners' pay was withheld. So the ten largest had 40 % of the sum of prices, but 58 % by rule F, and
# with the gate 75 % of the block. The largest alone got 13 %, about 0.067 TAO. All shares together: 100 %. 0.161 TAO
# were injected; the other two thirds bought alpha.
#
# ## In three sentences
#
# A block has a fixed amount of TAO, and every rule so far only decided how subnets share it; the gate, too, gives to
# the large what it takes from the small. The TAO goes into pools: injected beside new alpha, or buying alpha where
# that is rationed. People are paid in alpha, once in a tempo: 18 % the owner, 41 % miners, 41 % validators, their
# stakers and root.
#
# **Next:** [set 09](../exercises/set_09.ipynb), this lesson's graded exercises; then lesson 10 asks what of this arrives at somebody who stakes, and what it is worth.

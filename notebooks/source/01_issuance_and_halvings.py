# %% [markdown] id="title"
# # 01 · TAO: issuance and halvings
#
# *About 15 minutes. You need: the words* chain *and* block *(lesson 00).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Everything in Bittensor is settled in [TAO](glossary.md#tao). There will never be more than 21 million of it, and every
# block adds a little. How much, and until when, is a rule of a few lines. Afterwards you can
#
# 1. say what a block issues at any [issuance](glossary.md#issuance), without looking it up;
# 2. explain why a halving has no date;
# 3. tell *recycled* from *burned*, and say what each does to the next halving.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Half of all TAO has been issued: 10.5 million. The reward of a block has just been halved for the first time, from
# 1 to 0.5 TAO. A block takes 12 seconds, so a day has this many blocks and issues this much:

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import issuance as views

now = views.issuance(views.threshold(1))
print(f"{views.BLOCKS_PER_DAY:,} blocks a day, {views.BLOCKS_PER_DAY * now.reward:,.0f} TAO a day; next halving at {now.next_at:,.0f} TAO")

# %% [markdown] id="bet-ask"
# But not all of it stays: what it costs to exchange a key for a new one, a *key swap*, is *recycled*, for example: taken
# back out of the issuance. Suppose 1,000 TAO a day are. **In how many years will the reward halve again?**

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_issuance()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# The picture answers at once, by the chain's own function. Things to try:
#
# * Move **TAO issued** across 10.5 million and back. Is there anything else that decides what a block issues?
# * Put it to 10.5 and raise **Recycled a day**, slowly, up to 3,600. Where does the solid line go?
# * Go on to 4,000. What happens to the reward, and why can the issuance not fall for long?
# * Now the same with **Burned a day**.

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.issuance_and_halvings()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and the coming halvings with 1,000 TAO recycled a day, in years from now
# (`NaN`: behind us; `inf`: not within the 24 years of the picture):

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_issuance())
views.issuance(views.threshold(1), recycled=1_000).halvings.head(4).round({"reward": 4, "years": 1})

# %% [markdown] id="reveal-why"
# **A halving is a matter of issuance, not of the calendar.** Whenever half of what was left has been issued, the
# reward halves. "Every four years" is what comes out if nothing is recycled and blocks take exactly 12 seconds: from
# 10.5 to 15.75 million at 3,600 a day. Recycle some of it, and the same TAO is issued twice; the threshold waits.
#
# **Recycled TAO comes back, burned TAO does not.** To *recycle* is to make the issuance smaller: the chain may issue
# that TAO again. To *burn* is to send it to an account that nobody has a key for: it is lost, and still counts as
# issued. So burning makes TAO scarcer and moves no halving; recycling moves the halving and makes nothing scarcer in
# the end.
#
# **The reward can rise.** If more is recycled than issued, the issuance falls; below a threshold the old reward is
# back. That is why a recycling of 4,000 a day holds the issuance at 10.5 million: above it too little is issued to
# keep up, below it more than enough.
#
# This is all the code there is to it:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import emission

print(inspect.getsource(emission.block_emission.py_func))

# %% [markdown] id="alpha"
# ### The same once more, for every subnet
#
# Each subnet has an [alpha](glossary.md#alpha) of its own, and each alpha has the same limit of 21 million and the same
# halvings, by the same function: only the issuance that goes in is that of the alpha. A subnet that is young and a
# subnet that is old emit different amounts in the same block:

# %% id="alphas" jupyter={"source_hidden": true}
import pandas as pd

from bittensor_lab.units import RAO_PER_TAO, tao

alphas = pd.DataFrame({"alpha_issuance": [1_000_000, 10_499_999, 10_500_000, 16_000_000]})
alphas.assign(alpha_per_block=[int(emission.block_emission(tao(a))) / RAO_PER_TAO for a in alphas.alpha_issuance])

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** Return the issuance, in TAO, at which halving number `n` comes: half of the supply at the first one, and
# at each next one half of what was left.
#
# <details><summary>Hint 1</summary>After n halvings, 1 / 2ⁿ of the supply is left.</details>
# <details><summary>Hint 2</summary><code>21_000_000 * (1 - 0.5 ** n)</code></details>

# %% id="answer-1"


def halving_at(n):
    return ...  # TAO


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check

self_check(halving_at, [((n,), views.threshold(n)) for n in (1, 2, 3, 7)])

# %% [markdown] id="exercise-2"
# **Exercise 2.** At 15.75 million TAO the reward falls to 0.25. How much must be recycled a day, at the least, so that the
# issuance never gets further than that?
#
# <details><summary>Hint 1</summary>As much as is issued in a day from there on.</details>
# <details><summary>Hint 2</summary>7,200 blocks, 0.25 TAO each.</details>

# %% id="answer-2"
recycled_a_day = ...  # TAO

# %% id="check-2" jupyter={"source_hidden": true}
def stands_still(amount):
    return views.path(views.threshold(2), amount)[-1] < views.threshold(2) + views.BLOCKS_PER_DAY  # give or take a day


def judge(amount):
    if not stands_still(amount):
        return f"not right yet: with {amount} it goes on growing"
    return "right" if not stands_still(amount - 1) else "enough, but less would do"


value_check("recycled_a_day", recycled_a_day, judge)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"The storage item `BlockEmission` says 1.0 TAO, an explorer says 0.5. Who is right?"** Whoever computes it from the
# issuance. The chain uses one function for TAO and for every subnet's alpha, and it writes its last result into that
# storage item. Read there what you like; it is usually some alpha's emission.
#
# **"When is the next halving?"** At a known issuance, at an unknown date. Whoever names a day has assumed an amount
# that is recycled, and 12 seconds a block.
#
# **"Does each subnet get 1 TAO a block?"** No: the block's TAO is *one* amount that all subnets share (lesson 09). What
# each of them has for itself is its alpha.
#
# **"What would happen at 21 million?"** Nobody will see it. After 30 halvings the reward is less than the smallest unit,
# one [rao](glossary.md#rao), and rounds down to nothing.
#
# ## On the real chain
#
# In block 8,740,402 (31 July 2026) a block issued 0.5 TAO. By the rule of this lesson, from 10.5 to 15.75 million had been
# issued then: more cannot be told from the reward.
#
# In the version of 30 June 2026 key swaps and what is left of a dissolved subnet are recycled, and so is every block's TAO
# that no subnet may receive. Fees for trades are neither recycled nor burned: whoever makes the block gets them.
# A price of registration is recycled *alpha*: it is paid in TAO, which buys alpha that is then taken out of that
# subnet's own issuance.
#
# ## In three sentences
#
# What a block issues depends on how much exists, and on nothing else. It halves whenever half of what was left has
# been issued, for TAO and for every subnet's alpha. Recycling makes the issuance smaller and the halving later; burning
# does neither.
#
# **Next:** [set 01](../exercises/set_01.ipynb), this lesson's graded exercises; then lesson 02 asks what all this is paid for: work, and how it is scored.

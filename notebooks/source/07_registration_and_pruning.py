# %% [markdown] id="title"
# # 07 · Registration and pruning
#
# *About 20 minutes. You need: lesson 03 (who is paid, and why). Lesson 05 helps with sealed weights.*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# A subnet has a fixed number of places, 256 on most. Who wants one pays and gets it; if none is free, somebody loses
# theirs. "My miner was deregistered over night, is this a bug?" It almost never is. Afterwards you can
#
# 1. say what a registration costs ([`burn`](glossary.md#burn)), now and in an hour;
# 2. name the [uid](glossary.md#uid) that the next newcomer gets;
# 3. choose an [immunity period](glossary.md#immunity_period) that lets newcomers live long enough to be judged.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Each registration makes the next one dearer by about a quarter, at once; then the price falls again, slowly. Twelve people
# want to be quick and register in the same block. **The first one pays 1 τ. What does the twelfth pay?**

# %% id="bet" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import pruning as views

labs.bet_on_registration_and_pruning()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# A full subnet: the owner (uid 0), three validators (pink) and twelve miners (green). Twelve tempos of the chain run, 720
# blocks: that is the *course*. Every now and then somebody registers. The first newcomer is **you**, in block 30. The bars
# stand in the order in which they would go; the pale ones are *immune*, too new to be thrown out. Move **Block of the
# course** to walk through it. Things to try:
#
# * In which block do you lose your place? Raise **Skill of your miner** until you stay.
# * Choose *A rush* and walk on. Which uids are still in line? Who loses a place there whom you would not have
#   expected? And what becomes of the price? Then let somebody register every 10 blocks.
# * Choose *No immunity*. Whose uid does every newcomer get?
# * Choose *Sealed weights* (lesson 05). Raise **Immunity** until nobody loses the place before being paid. Is the skill
#   of your miner worth anything then?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.registration_and_pruning()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and what each of the twelve pays, in τ:

# %% id="reveal" jupyter={"source_hidden": true}
import pandas as pd
from IPython.display import display

display(labs.bet_on_registration_and_pruning())
pd.DataFrame({"pays": views.rush()}, index=pd.RangeIndex(1, 13, name="registration")).T.round(2)

# %% [markdown] id="price"
# Each registration multiplies the price by 1.26, at once, so that in one block they pile up. In quiet times it falls by
# half every [`burn_half_life`](glossary.md#burn_half_life) blocks. It stays between a floor
# ([`min_burn`](glossary.md#min_burn)) and a ceiling ([`max_burn`](glossary.md#max_burn)), at which *A rush* ends. There is
# no other limit any more: whoever pays, comes in. The TAO buys alpha in the subnet's pool, and that alpha is destroyed;
# nobody gets it.
#
# Who waits for one half-life pays half. Three registrations double the price (1.26³ is almost exactly 2), so three
# registrations in each half-life hold it where it is.
#
# ### Who goes
#
# This is the rule, whole. The epoch has left a number on every uid, its *emission*: the alpha that it made for it, as
# incentive and as dividends.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.neurons import neuron_to_prune

print(inspect.getsource(neuron_to_prune))

# %% [markdown] id="rule"
# Read it as a queue. First the *immortal* step out: the subnet owner's own hotkey. Then whoever registered less than an
# immunity period ago, the [immune](glossary.md#immunity), stands aside. Of the others the first of these goes:
#
# 1. the smallest emission in the last epoch;
# 2. of equals, who registered earlier;
# 3. of those, the lower uid.
#
# Immunity is not a promise. If hardly anybody is past it ([`min_non_immune_uids`](glossary.md#min_non_immune_uids)
# or fewer), the least earning *immune* uid goes instead. Our small subnet
# has a 2 there. In the rush, with a newcomer every 20 blocks, everybody goes as soon as the immunity is over, good or bad:
# first even a validator, then each newcomer after exactly 240 blocks. With one every 10 blocks newcomers lose their
# places while they are immune.
#
# ### Three mistakes
#
# **"Incentive decides."** It is the emission, of which incentive is only the miners' half. A validator's dividends count just
# as much, and a validator that stops setting weights earns nothing in the end. Here uid 1 falls silent after the third
# epoch (weights count for 1.1 tempos, where main net has 13.9):

# %% id="silent" jupyter={"source_hidden": true}
views.silent_validator().round(2)

# %% [markdown] id="mistakes"
# **"A newcomer is judged by what it does now."** It is judged by the last epoch. Who registers between two epochs has an
# emission of 0 until the next one, the lowest number that there is. Without immunity it is gone before anybody has
# asked it anything: that is the preset *No immunity*.
#
# **"Somebody has to be as bad as I was, to be thrown out."** No: every registration throws somebody out. How good you have to
# be depends on how many come. Here is how long you stay with middling skill, by how often somebody registers (690 blocks:
# you are there to the end of the course):

# %% id="pressure" jupyter={"source_hidden": true}
stays = {every: views.stay(views.Rules(every=every)) for every in (20, 40, 60, 90, 120, 240)}
pd.DataFrame({"stays, blocks": stays, "paid, α": {e: views.paid_to_you(views.Rules(every=e)) for e in stays}}).rename_axis("somebody registers every … blocks").round(1)

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** The price is `burn`. `n` people register in this block; then nobody for `blocks` blocks. Return the price
# then. (Each registration multiplies by 1.26; floor and ceiling are far away.)
#
# <details><summary>Hint 1</summary>First up, then down. How many half-lives are <code>blocks</code> blocks?</details>
# <details><summary>Hint 2</summary>It is halved <code>blocks / half_life</code> times:
# <code>0.5 ** (blocks / half_life)</code>.</details>

# %% id="answer-1"


def price_later(burn, n, blocks, half_life):
    return ...  # τ


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

asked = [(1.0, 3, 60, 60), (0.5, 1, 0, 360), (2.0, 0, 720, 360), (10.0, 5, 90, 60)]
self_check(price_later, [((b, n, t, h), views.price_after(b, n, h, t)) for b, n, t, h in asked], tolerance=1e-4)

# %% [markdown] id="exercise-2"
# **Exercise 2.** Whom does the next newcomer replace? `emission` and `registered` (the block of registration) have a number
# per uid. There is no owner here, enough uids are past their immunity, and two may be equal.
#
# <details><summary>Hint 1</summary>Keep the uids whose age, <code>block - registered[uid]</code>, is at least
# <code>immunity</code>; then take the least of them.</details>
# <details><summary>Hint 2</summary><code>min</code> compares tuples from the left: use
# <code>key=lambda uid: (emission[uid], registered[uid], uid)</code>.</details>

# %% id="answer-2"


def goes_next(emission, registered, block, immunity):
    return ...  # a uid


# %% id="check-2" jupyter={"source_hidden": true}
queues = [([5, 3, 3, 9], [0, 50, 20, 0], 1_000, 100), ([5, 0, 3, 3], [0, 950, 20, 20], 1_000, 100), ([1, 0, 2], [0, 900, 0], 1_000, 100)]
self_check(goes_next, [(queue, views.goes_first(*queue)) for queue in queues])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Deregistered after a day. Is this a bug?"** Look at three numbers: your emission in the last epoch before, how many
# registered since, and the immunity period. By default it is 5,000 blocks, 16 hours and 40 minutes. After that your place
# is only as safe as your emission is far from the lowest. Having been paid before does not help.
#
# **"Miner or validator: who goes first if they score the same?"** The chain does not ask what you are. It
# compares emission, then age, then uid. A validator is usually safe because the few of them share as much as all miners,
# not because it is one.
#
# **"Emission, incentive, dividends: which one is it?"** Emission, in alpha, of the whole last epoch. It is written once in a
# tempo and stands still in between; if your monitor divides it by blocks, it has divided by 360.
#
# **"Our reveal period is longer than our immunity."** Then newcomers lose their place before anybody's opened weights
# can mean them, whatever they can do. In the preset *Sealed weights* (a period of three tempos) most of them go unpaid.
# With an immunity of three tempos nobody does, but look at what you are paid: the same, whether you can do nothing or
# everything. That is what was sealed for the uid's last holder. Only from four tempos on, the period and one more as in
# lesson 05, does your own work count:

# %% id="sealed" jupyter={"source_hidden": true}
views.sealed(period=3, tempos=(1, 2, 3, 4, 5))

# %% [markdown] id="more-questions"
# **"Yesterday a registration cost 0.3 τ, today 3. Who sets this?"** Nobody. Somebody has registered often: ten in one
# block make it ten times dearer. If nobody else does, it takes three to four half-lives to come back. A limit price
# (`register_limit`) lets you say what you are ready to pay; without it you pay what the block finds.
#
# ## On the real chain
#
# With main net's defaults of 30 June 2026 the price halves in 360 blocks, 72 minutes, lies between 0.0005 τ and 100 τ, and
# immunity lasts 5,000 blocks; more than 10 uids must be past it. Owners may set all of this but the last. Immortal is
# the owner's own hotkey, and up to ten of its hotkeys if the owner sets it so. Proof of work as a way in is gone, and so is the limit of
# registrations per interval.
#
# ## In three sentences
#
# A place costs what the last hours' rush has made of the price: 1.26 times as much after each newcomer, half after each
# half-life. The newcomer gets the uid of whoever was paid least in the last epoch and is past immunity, miner or
# validator. So a subnet's owner chooses, by immunity and by the price's half-life and step,
# how long a newcomer has to show what it can do.
#
# **Next:** [set 07](../exercises/set_07.ipynb), this lesson's graded exercises; then lesson 08 goes to where alpha is bought and sold: the pool.

# %% [markdown] id="title"
# # 06 · Stake weight, permits, activity
#
# *About 20 minutes. You need: lesson 03 (weights and consensus); lesson 04 helps (bonds and dividends).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# So far every validator simply had stake, and a vote. On the chain both have to be earned. This lesson follows
# six validators of one subnet: what their stake counts, who of them may vote, who does, and who is paid.
# Afterwards you can
#
# 1. work out a [stake weight](glossary.md#stake-weight) from alpha, TAO on root and childkeys;
# 2. say who gets a [permit](glossary.md#permit), and by how much somebody misses it;
# 3. tell three things apart that people take for one: to have a permit, to be active, to earn.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Who takes part in a subnet has a place there, its [uid](glossary.md#uid), and holds it with a key, its
# [hotkey](glossary.md#hotkey). Two kinds of [stake](glossary.md#stake) can stand on a validator's hotkey: the
# subnet's own [alpha](glossary.md#alpha), and TAO on [root](glossary.md#root). The second kind counts on every
# subnet at once. Here are our six:

# %% id="world" jupyter={"source_hidden": true}
import pandas as pd

from bittensor_lab import labs
from bittensor_lab.views import permits as views

world = views.WORLDS["places"].world
pd.DataFrame({"alpha": world.alpha, "TAO on root": world.root}, index=pd.RangeIndex(1, 7, name="uid"))

# %% [markdown] id="bet-ask"
# uid 3 holds the most TAO by far, and little alpha. **What does one of its TAO count in its stake weight, compared
# with one alpha?** Say it in per cent of an alpha; 100 % is "as much as an alpha".

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_stake_weight_and_permits()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# The lab runs the subnet's chain through two [epochs](glossary.md#epoch): the first gives out the permits, in the
# second they count. *Earned* is what a hotkey and all who stake on it get in the second one. Things to try:
#
# * Give uid 5 what it misses, in alpha or in TAO on root. Who loses the permit that uid 5 gets? Then make five **Places** instead.
# * Lower **What a TAO on root counts** to 0, then raise it to 1. Who comes, who goes?
# * Choose *Silent* and make **Age of uid 2's weights** smaller, slowly. At which age does its pay come back, and how
#   much of it?
# * Set **Least stake weight** to 0 and **Places** to 10. Who gets a permit that never wanted one?
# * Choose *A childkey*. uid 1 loses its permit and is still paid. By whom?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.stake_weight_and_permits()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer:

# %% id="reveal" jupyter={"source_hidden": true}
labs.bet_on_stake_weight_and_permits()

# %% [markdown] id="reveal-why"
# A number that the whole network shares, [`tao_weight`](glossary.md#tao_weight), says what a TAO on root counts. It
# is a number and not a price: whether an alpha costs a hundredth of a TAO or half of one, 100 TAO on root are 18 of
# stake weight. So the 12,000 TAO of uid 3 are 2,160, less than what uid 4 holds in plain alpha.
#
# Then the chain sorts. The subnet has [`max_allowed_validators`](glossary.md#max_allowed_validators) places; the
# largest stake weights get them, whoever holds them. In the lab that is the thick line. What lies below
# [`stake_threshold`](glossary.md#stake_threshold), the thin line, counts as nothing at all. Besides, the
# subnet's [owner](glossary.md#owner) always has a permit, even without any stake.

# %% [markdown] id="mistake"
# ### A mistake that is in print: "permits go to the best by incentive"
#
# [Incentive](glossary.md#incentive) is what miners earn. Sorted by it, the table should begin with permits, if the
# mistake were true:

# %% id="by-incentive" jupyter={"source_hidden": true}
found = views.permits(world).uids.set_index("uid")
found.sort_values("incentive", ascending=False, kind="stable")[
    ["role", "incentive", "stake_weight", "permit"]
].round(1).rename(columns={"incentive": "incentive, α", "stake_weight": "stake_weight, α"})

# %% [markdown] id="kernel-words"
# It begins with miners, who have none. The chain's two rules in our engine, what counts and who gets a permit; no
# incentive goes in:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import yuma
from bittensor_lab.stake_weight import inherited

print(inspect.getsource(inherited), inspect.getsource(yuma.permits.py_func), sep="\n")

# %% [markdown] id="three-words"
# ### Permit, active, earning
#
# Three questions, and the chain asks them one by one.
#
# * **A permit?** Your stake weight is among the largest. Asked anew in every epoch, for the next one.
# * **Active?** Your last weights are at most 13.9 [tempos](glossary.md#tempo) old, 5,000 blocks by default
#   ([activity](glossary.md#activity)). Otherwise your stake does not vote, and nobody tells you.
# * **Earning?** You vote, and you hold [bonds](glossary.md#bond) in miners that earn (lesson 04).
#
# All who have a permit in the preset *Silent*. Two of them earn nothing, each for another reason. And uid 3 counts for
# more than uids 4 and 5 and earns less: what TAO on root earns comes out of a pot of its own (lesson 09), and here that
# pot is smaller than the part of the votes behind which root's TAO stands.

# %% id="silent" jupyter={"source_hidden": true}
quiet = views.permits(views.WORLDS["silent"].world).uids.set_index("uid")
quiet = quiet[quiet.permit][["role", "stake_weight", "permit", "active", "dividends"]].round(1)
quiet.rename(columns={"stake_weight": "stake_weight, α", "dividends": "dividends, α"})

# %% [markdown] id="loan-words"
# ### Stake on loan
#
# A hotkey can lend a part of its stake on one subnet to another hotkey, its [childkey](glossary.md#childkey); it is
# then the *parent*. Lent are both kinds, alpha and TAO on root. From then on that part counts for the child, and no
# longer for the parent, in threshold, permit and vote. In the preset *A childkey* this moves a permit from one to the
# other: the dashed outline is what uid 1 gave away, the pale bar what uid 6 got.

# %% [markdown] id="later-words"
# ### A tempo later
#
# uid 6 registered 40 blocks ago. Now it gets 5,200 alpha at last, more than it needs, and at once asks to set weights.
# It asks again 100 blocks later, and after each epoch. (*Dividends* are here as the chain stores them, as a part of what
# all validators get.)

# %% id="later" jupyter={"source_hidden": true}
views.newcomer(world).set_index("event").rename(columns={"dividends": "dividends, of 1"})

# %% [markdown] id="later-why"
# First it is *too fast*: between two sets of weights there have to be 100 blocks
# ([`weights_set_rate_limit`](glossary.md#weights_set_rate_limit)), and to register counts as one. Then it has *no
# permit*: the stake is there, but permits are only given out when an epoch runs. That epoch still counts votes by
# the old permits. So the first epoch brings the permit, and the second one pays.

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** A hotkey holds `alpha` and `root` (TAO on root). A parent that holds `parent_alpha` and
# `parent_root` lends it the part `lent` of its stake; the hotkey itself lends nothing. Return its stake weight.
#
# <details><summary>Hint 1</summary>What the parent lends has the same two kinds as what one owns.</details>
# <details><summary>Hint 2</summary>Add alpha to alpha, <code>alpha + lent * parent_alpha</code>, and TAO to TAO; then
# count the TAO by <code>tao_weight</code>.</details>

# %% id="answer-1"


def stake_weight(alpha, root, parent_alpha, parent_root, lent, tao_weight):
    return ...  # a number, in alpha


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

worlds = [
    views.replace(world, root=(4_000, *world.root[1:]), lent=p, tao_weight=w)
    for p in (0, 0.5, 1)
    for w in (0.18, 1)
]
cases = [
    ((w.alpha[5], w.root[5], w.alpha[0], w.root[0], w.lent, w.tao_weight), views.stake_weight(w)[6])
    for w in worlds
]
self_check(stake_weight, cases, tolerance=1e-3)

# %% [markdown] id="exercise-2"
# **Exercise 2.** Who gets a permit? All arguments but the last two are arrays with one number per uid; `places` is
# how many permits there are, and what lies below `threshold` counts as nothing. Return an array of true and false.
# There is no owner among these uids, and no two stake weights are the same. (Do you need everything that is given?)
#
# <details><summary>Hint 1</summary>First make small stake weights 0. A uid with 0 gets no permit, even if there are
# places left.</details>
# <details><summary>Hint 2</summary>A uid is among the largest k if fewer than k are larger:
# <code>(counted > counted[:, None]).sum(axis=1) < places</code>.</details>

# %% id="answer-2"


def permits(stake_weight, incentive, places, threshold):
    return ...  # one true or false per uid


# %% id="check-2" jupyter={"source_hidden": true}
self_check(permits, views.cases())

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Is it 1,000 TAO or 1,000 stake weight? And on each subnet?"** Stake weight, and each subnet has its own: your
# alpha *there*, and your TAO on root. 1,000 TAO on root alone are 180; it would take 5,556. TAO in your wallet and
# alpha of other subnets are nothing here. Below the threshold nothing counts, and to set weights is refused
# (`NotEnoughStakeToSetWeights`); above it you may still miss the last place. One rule does ask for TAO: who names
# childkeys needs stake *worth* the threshold, at the prices of now, on all subnets together.
#
# **"Is TAO or alpha meant in a validator's weight?"** Both, added up: alpha one to one, TAO on root by `tao_weight`.
# The sum is written in α, though nobody could withdraw it as such.
#
# **"I have a permit but earn nothing."** Go through the list above. Is your stake weight more than nothing (an owner
# has its permit without)? Are your weights recent enough? Was the permit there *before* the last epoch? Do your
# miners earn, or did the majority clip your weights (lesson 03)? Only then look for a bug.
#
# **"Who gets a permit?"** The largest stake weights of those that reach the threshold, as many as there are places,
# and the owner. Of equals the higher uid. Not the best miner, not the oldest, and not who asks.
#
# **"`SettingWeightsTooFast`; and my permit came only after a tempo."** Both are as they should be, see *A tempo
# later*: 100 blocks between two sets, and permits at epochs only. With [commit-reveal](glossary.md#commit-reveal) on
# (lesson 05) your first weights wait for another period.
#
# **"I stopped setting weights and my dividends silently died."** That is the cut-off. If your weights are 5,000
# blocks old when the epoch runs, you are paid in full; at 5,001, nothing. There is no event and no error, and the
# permit stays, so all looks well. This is Yuma 3. By Yuma 2 your bonds go on earning without you and only fade, which
# is kinder, and hides it longer. Set weights again, and you count in the next epoch.
#
# **"Childkeys: is the stake counted, and is the take shared?"** Yes, for the childkey, in everything, and
# one level deep: a childkey cannot pass it on. Of what the lent stake earns, the parent gets its part, less the
# childkey's take of at most 18 %, and needs no permit for that. The take then joins the childkey's own dividends,
# and these are shared with all who stake on it, as always. (The take is a part of the *dividends*; the pots are shared
# by these afterwards, so that the parent's pay does not fall by quite as many per cent.) In α a tempo:

# %% id="takes" jupyter={"source_hidden": true}
loans = [views.replace(views.WORLDS["loan"].world, take=take) for take in (0, 0.09, 0.18)]
paid = [views.permits(loan).uids.dividends[[1, 6]].round(1) for loan in loans]
pd.DataFrame(paid, index=["take 0 %", "take 9 %", "take 18 %"]).set_axis(
    ["uid 1, the parent", "uid 6, the childkey"], axis=1
)

# %% [markdown] id="real"
# ## On the real chain
#
# Main net's values on 30 June 2026: the TAO weight is 18 %, set when dynamic TAO came in February 2025. A new subnet
# has 64 places for permits. With 360 blocks of twelve seconds in a tempo, weights count for 5,000 blocks, 16 hours
# and 40 minutes. New childkeys wait for 7,200 blocks, a day, and then for the next epoch. When a subnet is founded,
# each root validator that has not said no lends all its stake weight there to the owner's hotkey: so a new
# subnet's owner has stake to vote with before anybody has bought its alpha. The threshold lies in the
# chain's storage (`StakeThreshold`); 1,000 is what people quote, 0 what the code starts with, so look it up.
#
# How steep stake is: on subnet 15, in block 4,769,998 of January 2025, eleven of 256 uids held 87,000 TAO or more; the
# twelfth held 40.
#
# ## In three sentences
#
# Stake weight is alpha on the subnet and a fixed part of the TAO on root, with what is lent and borrowed. The largest
# stake weights get the permits, from one epoch to the next, and incentive has no say in it. A permit is not yet a
# vote, and a vote is not yet pay: set weights often enough, on miners that earn.
#
# **Next:** [set 06](../exercises/set_06.ipynb), this lesson's graded exercises; then lesson 07 asks the same of everybody: who may stay on the subnet, and who goes when a newcomer knocks.

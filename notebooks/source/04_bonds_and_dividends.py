# %% [markdown] id="title"
# # 04 · Bonds and dividends
#
# *About 20 minutes. You need: lesson 03, that is* consensus *and* clipping.
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Of what a subnet's epoch shares out, the owner's 18 % comes off first. Half of the rest goes to miners, as *incentive*.
# The other half goes to validators and those who staked, and is shared out by **[dividends](glossary.md#dividends)**. This lesson is about that
# half; what of it a validator passes on to its stakers is lesson 10. Afterwards you can
#
# 1. say why two validators with equal stake are paid differently;
# 2. predict what a validator gains or loses by changing its mind first, with the others, late or never;
# 3. compute a bond's next value by hand, and how many epochs it needs.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# Five validators hold 20 % of the stake each. For long all of them gave all weight to miner M1. Now a better
# miner comes, **M2**. V1 sees it first and moves all its weight there. The others follow, one after another.
# V3's move makes the majority. V5 never looks. An *epoch* is one round of pay; we watch thirty.

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.units import format_percent
from bittensor_lab.views import bonds as views

world = views.world("new_miner")
view = views.bonds(world)
view.validators.assign(stake=view.validators.stake.map(format_percent)).set_index("validator")[
    ["stake", "moves"]].replace(views.NEVER, "never").rename(columns={"moves": "moves in epoch"}).T

# %% [markdown] id="bet-ask"
# V1 was right, and it was right six epochs before V3. What does V1 earn in the thirty epochs, as a percentage
# of what V3 earns? 100 % means the same. Place your dot and lock it.

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_bonds_and_dividends()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# A **[bond](glossary.md#bond)** is a validator's share in a miner's success. The chain builds it from the validator's weights,
# slowly, and pays dividends by bonds. How, is a rule that the owner chooses; the lab knows three:
#
# * **Yuma 3**, which new subnets have: each bond is a number of its own, from 0 to 1, and moves a tenth of the way towards
#   the validator's weight in each epoch. Stake comes in when dividends are paid.
# * **Yuma 2**, the older one: the bonds on a miner are shares of it and sum to 1 over the validators, so a bond has
#   the stake in it already, and who is alone on a miner has all of it.
# * **Liquid alpha**: Yuma 3, but each bond moves at a speed of its own, mostly much faster.
#
# The bars at the bottom of the picture show what each rule pays for the same thirty epochs. Things to try:
#
# * Let V1 move in epoch 7, then in epoch 8 (**Move epoch**). Read the bars: who is paid best now?
# * Reset the lab, and pull **Bonds penalty** from 1 down to 0. Read the title. (What it does is told under *Reveal*.)
# * Reset the lab, and push **Moving average** to its right end: 0.975 of the old bond is kept. How far do bonds get?
# * Reset the lab, and let V5 move, too: in epoch 9, then in epoch 20. What does its late move cost it? Read its bar.
# * Choose the preset *A tiny validator, a bit late*, and switch **Rule** from *Yuma 2* to *Yuma 3*.

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.bonds_and_dividends()
lab

# %% [markdown] id="lab-object"
# `lab.frame` holds the numbers behind the picture (a DataFrame), `lab.save("picture.png")` keeps it, and the
# grey line under the picture is the Python that makes the numbers.

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, once more. Below it, for each validator, what it earned by each of the three rules,
# and by Yuma 3 without the penalty: 100 % is what its stake alone would give. (124 of 131 is the 95 % of the bet.)

# %% id="reveal" jupyter={"source_hidden": true}
from dataclasses import replace

from IPython.display import display

display(labs.bet_on_bonds_and_dividends())
earned = view.validators.set_index("validator")[list(views.RULES)].rename(columns=views.RULES)
no_penalty = views.bonds(replace(world, penalty=0.0)).validators.set_index("validator").yuma3
earned.assign(**{"Yuma 3, bonds penalty 0": no_penalty}).map(format_percent).rename_axis(None)

# %% [markdown] id="reveal-why"
# **"Dividends are proportional to stake"** is often written, and wrong. All five hold the same stake, and one
# earns more than four times as much as another. Stake is one factor. The other is the bonds on the miners
# that earn:
#
# > dividends of a validator ∝ its stake × the sum over miners of (incentive × its share of the bonds)
#
# Why, then, did the first not earn most? Look at the hatched bar in the lab.
#
# * **Alone, V1 was clipped.** No majority gave M2 anything, so the consensus on it was 0. V1's weight was
#   cut to 0 before it could earn a bond. Its *validator trust* was 0 as well: nothing of its weights
#   survived.
# * **Meanwhile it let go.** M1 still earned everything, and V1's bond on M1 shrank by a tenth each epoch.
# * **When the majority came, all began at 0.** V1, V2 and V3 then hold the same bond on M2, to the last
#   digit. V3 had been paid in full until then, and a little more: what V1 lost, the others shared.
#
# The owner of a subnet can change this. The **bonds penalty** says how much of the clipping applies to
# bonds: 1 is all, the default (the lab's *cut*). With 0 the whole weight earns a bond, even alone. Then V1 is ahead when M2
# begins to earn, and being right first pays best. The weight is still clipped for *incentive*: nobody
# can pay a miner alone. (With liquid alpha even that does not help the first: there all bonds form within two
# or three epochs, so a head start is worth little.)
#
# What never pays is to sleep. V5 kept all its bonds, on a miner that no longer earns.
#
# This is the code that ran above, as it is. All numbers are whole: `ONE` stands for 1. `penalise` picks the
# weights that earn bonds, `move_bonds` is the moving average of *Yuma 2* and *3*, `dividends` pays.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import bonds

for step in (bonds.penalise, bonds.move_bonds, bonds.dividends):
    print(inspect.getsource(step.py_func))

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** By Yuma 3 a bond follows the weight as a moving average. The chain stores
# `BondsMovingAverage`, **the part of the old bond that is kept**: 0.9 by default (as 900,000 millionths).
# `bond` and `weight` are arrays with one number per validator; `weight` is what is left after clipping.
# Return the bonds after the next epoch.
#
# <details><summary>Hint 1</summary>If a part is kept of the old, the rest comes from the new: together they
# are 1.</details>
# <details><summary>Hint 2</summary>The rate is <code>alpha = 1 - moving_average</code>. New: alpha times
# weight. Old: moving_average times bond. Add.</details>

# %% id="answer-1"


def next_bond(bond, weight, moving_average):
    return ...  # one number per validator


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check


def at(run, column, epoch):
    return run.lines[run.lines.epoch == epoch][column].to_numpy()


runs = [views.bonds(replace(world, kept=kept)) for kept in (0.9, 0.5, 0.975)]
cases = [((at(r, "bond", 13), at(r, "counted", 14), r.world.kept), at(r, "bond", 14)) for r in runs]
self_check(next_bond, cases, tolerance=1e-4)

# %% [markdown] id="exercise-2"
# **Exercise 2.** A validator moves all its weight to a new miner, together with everybody else. After how
# many epochs has its bond there reached one half? Return a whole number.
#
# <details><summary>Hint 1</summary>What is still missing to 1 shrinks by the same factor in each
# epoch.</details>
# <details><summary>Hint 2</summary>Find the smallest n with moving_average ** n ≤ 0.5. A <code>while</code>
# loop will do, or <code>math.log</code>.</details>

# %% id="answer-2"


def epochs_to_half(moving_average):
    return ...  # epochs


# %% id="check-2" jupyter={"source_hidden": true}
def by_engine(kept):
    run = views.bonds(replace(world, moves=(0, 0, 0, 0, 0), kept=kept))
    return int((run.lines[run.lines.row == 0].bond < 0.5).sum()) + 1


self_check(epochs_to_half, [((kept,), by_engine(kept)) for kept in (0.9, 0.7, 0.975)])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"My dashboard's incentive and dividends do not fit the weights I set an hour ago."** They describe the
# last finished *tempo*, the stretch between two epochs, not now. Incentive, dividends, validator trust and
# bonds are written once, when an epoch runs, and stand still until the next. In the lab each point of a line
# is one epoch; between two points there is nothing to see.
#
# **"Bonds EMA: which alpha is it?"** Three things bear the name. *Alpha, α,* is the subnet's token. *The
# bonds' alpha* is the rate of the moving average (EMA): the part of a bond that is new in each epoch, 0.1 by
# default. The chain stores the other part, what is kept: `BondsMovingAverage`, 0.9. A *higher* value makes
# *slower* bonds. *Liquid alpha* replaces that one rate by a rate for each bond, between *alpha low* (0.7 by
# default) and *alpha high* (0.9): the further a weight is from consensus, the faster. With it switched on,
# `BondsMovingAverage` plays no part, which is why the lab takes that slider away. Lesson 05 uses it.
#
# **"Small validators are clipped and treated unfairly. Is that why there is Yuma 3?"** Partly. Clipping stays
# as it is: in the preset *A small validator is right*, V5 earns 89 % of its stake's worth by Yuma 2 and 88 %
# by Yuma 3. Two other things change.
#
# * *Small numbers.* In Yuma 2 a bond is stake × weight, as a share of the miner, and it is stored in
#   65,535ths of the largest. If a validator has a ten-thousandth of the largest stake, too little is
#   left to grow: one epoch late, it earns 23 % by Yuma 2 and 90 % by Yuma 3, where a bond is a number of its
#   own and stake enters only when dividends are paid. (The preset *A tiny validator, a bit late*.)
# * *The penalty can be lowered.* In Yuma 2 whoever is alone on a miner owns all of its bonds. With a bonds
#   penalty of 0 the small validator would be paid 673 %. By Yuma 3 it is 108 %: a reward for having been
#   right, not a prize that everyone would gamble for.
#
# **"Validator trust fell to 0 although I was right."** Validator trust says how much of your weights the
# majority covers *in this epoch*. It knows nothing of tomorrow. V1's trust is 0 while it is alone, 1 after.
#
# **"Is one epoch elsewhere a disaster?"** No: see the preset *One epoch elsewhere*. By Yuma 3 it costs the
# pay of 0.8 epochs, spread over many, because a bond forgets as slowly as it learns. With liquid alpha it
# costs more, 1.4 epochs, and nearly all at once.
#
# ## On the real chain
#
# These are the rules and defaults of 30 June 2026. New subnets start with Yuma 3, bonds penalty 1
# (65535 of 65535), bonds moving average 0.9, liquid alpha off. An owner may set the moving average up to
# 0.975. With the default tempo of 360 blocks of 12 seconds a bond is half way after 7 epochs, or 8.4
# hours; at 0.975 after 28 epochs, or 34 hours. A subnet founded before Yuma 3 was the default stays with Yuma
# 2 until its owner switches `Yuma3On` on; and the chain's own list of hyperparameters gives a bonds penalty
# of 0 for older subnets. So look before you rely on either: which rule is in force decides who is paid best.
#
# ## In three sentences
#
# Bonds follow weights slowly, and dividends are paid by stake times bonds on the miners that earn. While a
# validator is alone its weight is clipped and earns no bond, so moving with the majority pays best, unless
# the bonds penalty is low. Being late costs, and never moving costs most.
#
# **Next:** [set 04](../exercises/set_04.ipynb), this lesson's graded exercises; then lesson 05. If moving with the majority pays best, why not copy the majority's weights?

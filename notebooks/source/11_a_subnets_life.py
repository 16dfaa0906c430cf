# %% [markdown] id="title"
# # 11 · A subnet's life
#
# *About 25 minutes. You need: lesson 08 (pool and price) and lesson 09 (emission).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Main net has 128 places for subnets, and in April 2026 all were taken. Then whoever founds a new one ends an old one.
# This lesson follows one subnet from the day it is paid for to the day on which its [pool](glossary.md#pool) is shared out.
# Afterwards you can
#
# 1. work out what founding a subnet costs today, and what of that anybody sees again;
# 2. say which subnet goes next, and why its price today may not save it;
# 3. work out who gets what of the pot, and when a stranger may become the owner.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# A founder pays the [lock cost](glossary.md#lock-cost). It becomes the TAO of the new pool. Early buyers pay 250 τ for
# [alpha](glossary.md#alpha), miners work and sell most of what they are paid, and no client ever comes. One day the
# subnet is [deregistered](glossary.md#deregistration). The pool is still there, and it holds more TAO than was locked.
# In TAO, by weeks, the price of an alpha, its [moving price](glossary.md#moving-price) and what the pool holds, the pot:

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.play.life import Plan, convictions, life, lock_costs

usual = life()
usual.course.iloc[[0, 1, 8, 16, 24, -1]][["week", "price", "moving", "pot"]].round(2).set_index("week").T

# %% [markdown] id="bet-ask"
# In week 32 there is no alpha any more, and there is TAO: the pot. **How much of the pot goes to those who held alpha?**

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_subnet_life()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# A network with six places, all taken but one. Everybody acts by the chain's own
# [extrinsics](glossary.md#extrinsic); only the times are shortened. One block stands for 840 of main net, and mints as
# much as one: compare amounts with each other, not with main net's. Things to try:
#
# * Under *Emission only*, look where the dotted line is when the subnet goes. And where the solid one?
# * Choose *Clients pay*. How little may **clients pay** in a week, and the subnet still lives on to the end? What does the
#   dashed line say?
# * Choose *Hype*. In week 26 its spot price falls below the grey line. Why does it live on for 14 weeks?
# * Back at *Emission only*, let **A newcomer every** be 17 weeks instead of 8. Who profits?
# * Choose *The old rules*. Who gets the part that was recycled?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.subnet_life()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and who got what:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_subnet_life())
usual.split.set_index("who")[["alpha", "tao", "part"]].round(3).T

# %% [markdown] id="reveal-why"
# **The pool's own alpha has a claim too.** The pot is shared by alpha, and alpha that lies in the pool counts like
# alpha in a purse. Nobody owns it, so what it gets is [recycled](glossary.md#recycle): it leaves the
# [issuance](glossary.md#issuance), to be emitted once more some day. The same goes for alpha that the chain has bought.
# A young subnet has most of its alpha in the pool, so its stakers get the smaller part. Where a subnet is older than this
# rule (*The old rules*), the pool's alpha has no claim, and what the chain's own alpha gets pays back a part of the lock.
#
# The chain divides whole [rao](glossary.md#rao); the few that are left go where most was cut off:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab import lifecycle

print(inspect.getsource(lifecycle.share_out))

# %% [markdown] id="exit-words"
# ### Worth, exit, pot
#
# "My alpha is worth 250 τ, just what I paid" is what the [spot price](glossary.md#spot-price) says. It holds for the first who sells a
# little. Three numbers for the same alpha on the last day, in three lives:

# %% id="exit" jupyter={"source_hidden": true}
import pandas as pd

lives = {"emission only": usual, "clients pay": life(Plan(clients=12, bought_back=0.75)), "few buyers": life(Plan(staked=50))}
rows = [(name, v.worth, v.exit, v.split.set_index("who").tao["early buyers"]) for name, v in lives.items()]
pd.DataFrame(rows, columns=["life", "at spot", "sold at once", "by the pot"]).set_index("life").round().astype(int)

# %% [markdown] id="exit-why"
# Selling everything at once moves the price against you ([slippage](glossary.md#slippage)). And if *all* stakers sold
# at once? A pool of *T* TAO and *x* alpha pays *T · a / (a + x)* for *a* alpha, the fee apart. As long as the chain
# has bought none, that is exactly the stakers' part of the pot. So a dissolution is everybody's exit together, at one
# price for all; the claim of the pool's alpha is nothing but that. Who leaves alone and in time gets more, and those
# who stay get less.
#
# ### Who goes, and when
#
# Once a newcomer has paid, the chain looks at every subnet that is older than its *immunity*, 120 days by main net's
# stored value. The one with the lowest [moving price](glossary.md#moving-price) goes; of equal ones the older.
# Not emission, not the spot price, not the number of users:

# %% id="prune" jupyter={"source_hidden": true}
print(inspect.getsource(lifecycle.to_prune))

# %% [markdown] id="lag-words"
# The moving price begins at **zero**, whatever the launch price. It follows the spot price slowly, and the younger the
# subnet, the slower. If the price never moved, it would have made four fifths of the way when immunity ends. So a young
# subnet enters the contest with a handicap, and an old one with a past: in *Hype* the moving price is still the
# higher one long after the buyers have left. And nothing happens until somebody comes: with a newcomer every 17 weeks
# instead of 8 *Emission only* lives until week 51 instead of 32. For 19 weeks more miners, validators and owner are paid, and
# sell; the pot is then 866 τ instead of 888 τ.

# %% id="lag" jupyter={"source_hidden": true}
hype = life(Plan(staked=1200, stay=26))
eighths = hype.course[hype.course.week % 8 == 0].set_index("week")
eighths[["price", "moving", "nearest"]].round(3).rename(columns={"nearest": "weakest other"}).T

# %% [markdown] id="revenue-words"
# ### Emission without revenue is a subsidy
#
# Each row is the same subnet, with more and more that clients pay in a week. Half of it buys alpha, which is
# [burned](glossary.md#burn):

# %% id="revenue" jupyter={"source_hidden": true}
tries = [life(Plan(clients=paid)) for paid in (0, 6, 10, 16)]
rows = [(v.plan.clients, int(v.ended) if v.ended else "alive", v.course.price.iloc[-1], v.pot, v.stakers) for v in tries]
pd.DataFrame(rows, columns=["clients, τ a week", "ended in week", "price", "pot", "stakers' part"]).round({"price": 3, "pot": 0, "stakers' part": 3}).set_index("clients, τ a week")

# %% [markdown] id="revenue-why"
# The chain's TAO holds the price only as long as it comes, and miners sell into it. Revenue is a second buyer, who
# comes because the work is worth something to somebody. What is bought back leaves the pool, and what is
# burned still counts as issued, but is nobody's and has no claim, so the stakers' part of the pot grows as well. If the
# owner buys back with three quarters of it, as in *Clients pay*, 8 τ a week are enough to live.
#
# ### What founding costs
#
# Each founding doubles the lock cost. Then it falls in a straight line, by what the last founder paid in each
# *interval*. The interval follows the block's reward, so that since the first halving it is 4 days instead of 8. A
# lock of 1,000 τ, day by day, if it never costs less than 250 τ:

# %% id="lock" jupyter={"source_hidden": true}
costs = lock_costs().set_index("day")
print(inspect.getsource(lifecycle.network_lock_cost).split('"""')[2])
days = costs[costs.index % 1 == 0].rename(index=int)
days.assign(cost=days.cost.round().astype(int), allowed=days.allowed.map({True: "yes", False: "no"})).T

# %% [markdown] id="lock-why"
# "It doubles each time" is what everyone remembers. But between two foundings at least 4 days must pass (`allowed`),
# and by then the doubling is undone: with these constants of the code nobody pays more than the founder before. Before
# the reward's first halving the cost fell half as fast, and it would have been half as much again. Governance may set others.
#
# ### Conviction: who owns the subnet?
#
# The founder owns the subnet and gets 18 % of its alpha, but not for ever. Whoever holds alpha may *lock* it toward a
# hotkey. A lock gathers [conviction](glossary.md#conviction). When the subnet is a year old and all conviction
# comes to a tenth of the alpha outside the pool, whoever owns the hotkey with the most of it becomes the subnet's owner, at the next epoch.
# What 1,000 locked alpha are after some weeks, for a rival (what is still locked, its *mass*, and its conviction; the
# conviction of a lock that never decays) and for who is owner (conviction again):

# %% id="conviction" jupyter={"source_hidden": true}
convictions().set_index("weeks").round(0).astype(int).T

# %% [markdown] id="conviction-why"
# By default a lock decays: what is locked gets free again, and its conviction rises, peaks and is gone. A perpetual one
# stays, and its conviction grows toward the whole mass. A founder who locks toward the own hotkey has all of it at
# once: that is the defence. Try *A rival* in the lab, and find the smallest lock that takes the subnet over. (It is 45 %, in
# the lab's steps of 5.)

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** `pot` is the pool's TAO, `alpha` what each staker holds, `chain` the alpha that counts for the chain
# (in the pool, and bought). Return what each staker gets.
#
# <details><summary>Hint 1</summary>The whole that is shared among is stakers' and chain's alpha together.</details>
# <details><summary>Hint 2</summary><code>alpha</code> is an array: <code>pot * alpha</code> works on all of it; divide
# by <code>alpha.sum() + chain</code>.</details>

# %% id="answer-1"


def paid(pot, alpha, chain):
    return ...  # TAO for each staker


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

cases = []
for view in (usual, hype, life(Plan(staked=1200, stay=26, early=True))):
    stakers, chain = (view.split[view.split.kind == kind] for kind in ("staker", "chain"))
    cases.append(((view.course.pot.iloc[-1], stakers.alpha.to_numpy(), chain.alpha.sum()), stakers.tao))
self_check(paid, cases)

# %% [markdown] id="exercise-2"
# **Exercise 2.** The last founder paid `last` rao, `waited` blocks ago. The interval has `interval` blocks, and founding
# never costs less than `least` rao. Return what it costs now, to the rao.
#
# <details><summary>Hint 1</summary>It begins at twice <code>last</code> and falls by the same amount in each block. The
# chain has whole numbers only: that amount is cut off to a whole rao first.</details>
# <details><summary>Hint 2</summary>In one block it falls by <code>last // interval</code>; take the larger of the result
# and <code>least</code>.</details>

# %% id="answer-2"


def lock_cost(last, waited, interval, least):
    return ...  # rao


# %% id="check-2" jupyter={"source_hidden": true}
asked = [(10**12, waited, 28_800, 250 * 10**9) for waited in (0, 28_800, 36_001, 57_600, 10**6)]
self_check(lock_cost, [(a, lifecycle.network_lock_cost(a[0], 1, 1 + a[1], a[2], a[3], 10**9)) for a in asked])

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"What was the launch price, and why is the chart so far off it?"** A new pool's alpha is chosen so that its price is
# the *median* of all subnets' prices on that day, not 1. In the lab that is 0.18 τ. Nothing can be traded before the
# owner's *start call*; the first buyers then buy out of a small pool, and 250 τ lift the price by four fifths.
#
# **"Price is up. Why is my emission not, and why are we next to go?"** Both follow the moving price, and it lags by
# weeks: a price that doubled yesterday has not moved it yet. Look at the dotted line.
#
# **"My alpha is worth 250 τ. Why can't I get that?"** The pool is your only exit liquidity, and your own sale
# moves it: sold at once it brings 195 τ (*Worth, exit, pot* above).
#
# **"I paid the lock. Do I get it back?"** No. It is in the pool and belongs to whoever holds alpha, and the founder gets
# none for it. Only owners of subnets older than today's rules get something: the lock less what the owner's cut has
# brought, out of what the stakers leave. In *The old rules* that is 291 τ of 735 τ.
#
# **"Our subnet was deregistered. Who gets the TAO?"** Stakers, by alpha, as free TAO in their
# [coldkeys](glossary.md#coldkey), without doing anything. The chain's part is recycled. Emission that was waiting for the
# next epoch, and root's unclaimed dividends, are lost.
#
# **"Who owns the subnet, and can that change?"** The founder, until conviction decides otherwise: not in the first year,
# not below a tenth of the alpha outside. In *A rival* it changes in week 53: that is the year.
#
# ## On the real chain
#
# On 11 April 2026 there were 128 subnets: the network was full. The median price was 0.0057 τ, and the lowest moving
# price 0.0023 τ: that was the bar. The median pool held about 7,900 τ, and 62 % of the median subnet's alpha lay outside
# the pool. By today's rules that is the most that its stakers could get of the pot.
#
# ## In three sentences
#
# A subnet is paid for once, and from then on lives by its moving price: the lowest that is past its immunity goes
# when somebody else pays. Its pool is then shared by alpha, and what falls to the pool's and the chain's own alpha is
# recycled, so stakers never get the whole. Emission alone holds a price only as long as it comes; revenue, spent on
# alpha, is what outlives it.
#
# **Next:** [set 11](../exercises/set_11.ipynb), this lesson's graded exercises; then lesson 12 looks at those who want none of this to work: attacks, what they cost and what they bring.

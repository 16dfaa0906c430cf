# %% [markdown] id="title"
# # 08 · The pool: price, slippage, limits
#
# *About 20 minutes. You need: to know what [alpha](glossary.md#alpha) and TAO are (lesson 00).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# Whoever stakes on a subnet buys its alpha; whoever unstakes sells it. There is no order book and no seller on the
# other side: everybody trades with the subnet's [pool](glossary.md#pool). "I lost ten per cent to slippage" is said
# often, and mostly something else was lost. Afterwards you can
#
# 1. tell price impact, slippage, fee and tolerance apart, and work each of them out;
# 2. say what the price of alpha is, and why it need not be TAO over alpha;
# 3. use a limit, and know against whom it protects you.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# A small pool holds 1,000 τ and 30,000 α. **You buy alpha for another 1,000 τ.** That is as much TAO as there was in
# it, so the price jumps. Then, before anybody else does anything, you sell all the alpha that you got.

# %% id="bet" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import pool as views

labs.bet_on_the_pool()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# The orange curve is the price along a trade: its first alpha costs the price of now, its last one the price where the
# dot is. Things to try:
#
# * Make the trade larger. Which grows faster, what it does to the price, or what it costs you?
# * Choose *A shallow pool*. The price is the same. What is not?
# * Stay there and lower the **Tolerance** to 0.05. What does it hold: the average that you pay, or the price afterwards?
# * Choose *Uneven weights*. The pool holds as much of each as before. What is the price?
# * Choose *A shallow pool* again, sell, and make the trade as large as it goes. How far down can a sale bring the price,
#   and how much TAO can it take out?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.the_pool()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and the two trades:

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_the_pool())
small = views.Pool(tao=1_000)
trip = views.round_trip(small, 1_000)
trip = trip.round({"put in": 2, "got out": 2, "price after": 4})
trip.assign(slippage=[f"{part:.0%}" for part in trip.slippage]).set_index("step")

# %% [markdown] id="reveal-why"
# The purchase had a slippage of a hundred per cent, and still almost nothing was lost. A pool moves on one curve, up
# when you buy and down the same way when you sell. What you overpaid for the last alpha you get back for the first.
# Only the *fee* stays away, twice.
#
# So what do people lose who "lost to slippage"? They bought high *and others sold before them*. Slippage is not a
# fee that somebody pockets; it is the distance between the price that you looked at and the *average* price of your
# trade, which has moved the price meanwhile. It becomes a loss when you are not the next one to trade.
#
# **Four words, four things:**
#
# | word | what it compares | who gets it |
# |---|---|---|
# | price impact | the price after your trade with the price before | nobody: it is where the pool stands now |
# | slippage | the *average* price that you paid with the price before | whoever sells to the pool next |
# | fee | a fixed part of what you put in | the author of the block |
# | tolerance | nothing: it is your *limit* for the price **after** the trade | |
#
# In an even pool a small trade's slippage is half of its price impact. A tolerance of 5 % therefore costs you, at the
# worst, about 2.5 %. And a sale never brings the price down by 100 %, nor takes all the TAO out: the lower the price, the
# more alpha the next TAO costs.

# %% [markdown] id="formula"
# ### One curve
#
# A pool holds `alpha` and `tao`, each with a weight *w*; the two weights sum to 1. A trade leaves `alpha^w_alpha · tao^w_tao` as it was, so
# the price of the next alpha is
#
# > price = (w_alpha / w_tao) · (tao / alpha)
#
# This is all that happens inside, for both directions. The line with `expm1` is the formula; the others make it exact to
# the last [rao](glossary.md#rao):

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.kernels import amm

print(inspect.getsource(amm.amount_out))

# %% [markdown] id="weights"
# **"x · y = k" is one case of it**, the one with even weights. It is what most texts and calculators use for every pool,
# and the dashed line in the lab. A pool has even weights unless it was *opened at a price*: then its weights are chosen
# so that this price holds with whatever lies in it. TAO and alpha that the chain adds side by side in a block come in at
# the pool's own price, which leaves the price alone and moves the weights only by crumbs.
#
# The same reserves, other weights:

# %% id="uneven" jupyter={"source_hidden": true}
import pandas as pd

pools = {w: views.trade(views.Pool(quote_weight=w)) for w in (0.35, 0.5, 0.65)}
rows = {w: {"TAO / alpha": 1 / views.PER_TAO, "price": v.price, "impact of 100 τ, %": 100 * v.quote.price_impact} for w, v in pools.items()}
pd.DataFrame(rows).T.rename_axis("weight of the TAO").round({"TAO / alpha": 4, "price": 4, "impact of 100 τ, %": 1})

# %% [markdown] id="sandwich"
# ### Somebody quicker
#
# You want to buy for 200 τ. Somebody sees it coming, buys for 1,000 τ just before you, and sells just after. First
# without a limit, then with a tolerance of 5 %:

# %% id="sandwiched" jupyter={"source_hidden": true}
cases = {"no limit": views.NO_LIMIT, "5 %": 0.05}
pd.concat({name: views.sandwich(views.Pool(), 200, 1_000, part).set_index("who") for name, part in cases.items()}, names=["tolerance"]).round(2)

# %% [markdown] id="sandwich-why"
# (What you lose is alpha: so much less than without the other, at the average price that you would have paid.) What the
# quicker one gains is what you lose, to within one per cent. With the limit your order finds the price beyond it and
# is refused; the other has paid two fees for nothing. That is what a limit is for. It does not make a trade cheaper.
#
# Cutting an order into ten does not make it cheaper either, if nobody trades in between: the last of ten purchases
# ends where one large one would. This is the alpha that 1,000 τ buy, at once and in ten parts:

# %% id="parts" jupyter={"source_hidden": true}
[views.in_parts(views.Pool(), 1_000, parts) for parts in (1, 10)]

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** An even pool without a fee holds `tao` and `alpha`. Return the average price, in τ per α, of what
# `paid` TAO buy.
#
# <details><summary>Hint 1</summary>After the purchase tao · alpha is what it was before. How much alpha is left?</details>
# <details><summary>Hint 2</summary>What comes out is <code>alpha - tao * alpha / (tao + paid)</code>. The average price is
# what you paid over what came out; it can be written without any fraction of a fraction.</details>

# %% id="answer-1"


def average_price(tao, alpha, paid):
    return ...  # τ per α


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check

free = [(5_700, 171_000, 100), (1_000, 30_000, 1_000), (300, 500, 7)]
self_check(average_price, [(case, views.free_trade(*case).average_price) for case in free], tolerance=1e-7)

# %% [markdown] id="exercise-2"
# **Exercise 2.** The same pool, and a limit: you buy with at most `paid` TAO, but stop when the price has reached
# `limit`. Return how much alpha you get. The limit is above the price of now.
#
# <details><summary>Hint 1</summary>How much TAO must be in the pool for the price to be <code>limit</code>? tao · alpha
# does not change.</details>
# <details><summary>Hint 2</summary>tao and alpha multiply to k, tao over alpha is the limit: so
# <code>(limit * tao * alpha) ** 0.5</code> TAO are in it then. Put in what is missing, or <code>paid</code> if that is
# less.</details>

# %% id="answer-2"


def bought(tao, alpha, paid, limit):
    return ...  # α


# %% id="check-2" jupyter={"source_hidden": true}
limited = [(5_700, 171_000, 100, 0.04), (5_700, 171_000, 900, 0.04), (1_000, 30_000, 1_000, 0.0334), (300, 500, 7, 9.0)]
self_check(bought, [(case, views.free_trade(*case).out / 1e9) for case in limited], tolerance=1e-4)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"What is the difference between slippage, price impact and tolerance?"** The table above. Wallets often show one and
# call it the other. If a quote says 4 %, find out whether it compares the price *after* or the *average*.
#
# **"Why isn't the price TAO over alpha in my pool?"** Because its weights are not even; see above. A calculator
# with x · y = k is wrong for that pool, both in the price and in what a trade does to it.
#
# **"The price doubled, and the subnet's emission hardly moved."** Emission looks at the *moving price*, which
# follows slowly, so that nobody can buy emission for an hour. On main net's constants, a subnet 56 days old, price
# doubled on day 0:

# %% id="lag" jupyter={"source_hidden": true}
views.lag().loc[[0, 1, 7, 14, 30]].round(3)

# %% [markdown] id="more-questions"
# You may read that the average takes in one millionth of the price in each block. It is three millionths at the most, and
# a young subnet's less: the part grows with its age, to half of that after 28 days and two thirds after 56. Prices above
# 1 τ count as 1.
#
# **"I see 10,000 τ worth of my alpha. Can I have them?"** What alpha is *worth* is its amount times the price. What you can
# *get* is what the curve gives, less, and for all holders together much less: the pool cannot pay out more TAO than it
# holds. The playground shows *worth* and *exit now* side by side; lesson 11 tells how it ends.
#
# ## On the real chain
#
# The pool with weights has been live since 25 June 2026; before, pools went by x · y = k. The fee is 33 of 65,535,
# 0.05 %, of what is put in; in July and August 2025 it was 0.3 %, and before that a fixed amount per trade. A purchase without a limit stops
# at a price of a million TAO, so in effect nowhere.
#
# ## In three sentences
#
# The price is a place on a curve, and a trade moves along it: impact is how far, slippage is the average on the way, the
# fee comes on top. Going back the same way costs only fees, so what you lose you lose to those who traded before you.
# A limit says where to stop; it protects from surprises, not from the curve.
#
# **Next:** [set 08](../exercises/set_08.ipynb), this lesson's graded exercises; then lesson 09 follows the TAO of a block into these pools, and the alpha into wallets.

# %% [markdown] id="title"
# # The playground
#
# *As long as you like. You need nothing.*
#
# **First:** in the menu above, *Run → Run All Cells*.
#
# Below is a small Bittensor: six subnets that share one TAO per block, each with a pool in which its
# **alpha** is traded for TAO. You hold 1,000 TAO, and a validator on subnet 3. Everything is the chain's
# own arithmetic; only the clock is faster than main net's, so that something happens while you watch.

# %% id="lab" jupyter={"source_hidden": true}
from bittensor_lab import labs

lab = labs.playground(seed=7)
lab

# %% [markdown] id="try"
# ## Things to try
#
# * **Stake 400 τ** on subnet 3, then press *1 epoch*. The price jumps at once; the subnet's share of
#   emission follows the *moving price*, slowly. The dashed line is the same chain without your trade.
# * **Before you press the button, read the quote.** How much worse than the spot price do you buy with
#   10 τ, with 100, with 900? That difference is *slippage*; it is not the fee. Then set a *limit price* and try again.
# * **Unstake it all again.** Compare *worth* with *exit now* first. What did the round trip cost?
# * **Move** some of it to another subnet. One sale and one purchase: which of them costs you more?
# * **Set your weights**: give everything to one miner, let two epochs pass, and look at the metagraph.
#   One small validator moves little; the median of stake decides.
# * **Register a miner**, let *others act*, and press *1 epoch* three times. Who finds it, and what does it earn?
# * **Change the rules**: with root's rights, set the majority needed (kappa) to 0.9, or the tempo to 30. With the
#   owner's rights, see what an owner may not do.
# * **Others act**: five traders, each by one idea, validators who look again, and an owner (subnet 2) who buys back
#   with what clients pay.
# * **Fork**, do something, and let blocks pass. Both futures go on with the same people and the same luck; the other
#   one is dashed, and a table says what you would have in each. Switch between them, and drop one.
# * *Undo* takes back anything: a trade, an epoch, a minute of play. *Save* what you want to come back to: it lies in
#   your own data folder.

# %% [markdown] id="object"
# ## From Python
#
# The playground is an object. `lab.chain` is a fork of its chain that you may do anything to,
# `lab.frame` the numbers behind the picture. *Copy as code* gives the Python that plays the same game, to the last
# rao.

# %% id="python"
chain = lab.chain
chain.run(60)
lab.frame.tail(6)

# %% [markdown] id="time"
# What is faster here than on main net (blocks, unless said):

# %% id="constants" jupyter={"source_hidden": true}
import pandas as pd

from bittensor_lab.presets import classroom, constants

pd.DataFrame(constants(classroom()), columns=["parameter", "main net", "here"]).set_index("parameter")

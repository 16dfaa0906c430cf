# %% [markdown] id="title"
# # Understand Bittensor by moving it
#
# This is a whole Bittensor on your machine: its chain, its subnets, Yuma Consensus and the pools, in the chain's own
# arithmetic. You need no node, no wallet and no money; nothing is sent anywhere. Fifteen lessons of about twenty
# minutes let you bet on what happens, move it, and see why. It is for whoever can read a little Python and wants to
# *know*: learners, teachers, designers of subnets.
#
# **To start:** open [lesson 00](00_start_here.ipynb), then *Run → Run All Cells*. **To play at once:** the
# [playground](playground.ipynb). **To see how far you are:** [your progress](progress.ipynb). **A word you do not
# know:** the [glossary](glossary.md).

# %% [markdown] id="lessons"
# | | lesson | minutes | |
# |---|---|---|---|
# | 00 | [Start here: two layers, one block](00_start_here.ipynb) | 20 | what happens on the chain, what never does, and who is paid |
# | 01 | [TAO: issuance and halvings](01_issuance_and_halvings.ipynb) | 15 | how much TAO there is, and why a halving has no date |
# | 02 | [Work and scoring](02_work_and_scoring.ipynb) | 20 | who is ranked first, the best miner or the spoofer |
# | 03 | [Weights and consensus](03_weights_and_consensus.ipynb) | 20 | what stake-weighted validators agree on, and what is clipped |
# | 04 | [Bonds and dividends](04_bonds_and_dividends.ipynb) | 20 | when being right first pays |
# | 05 | [Weight copying](05_weight_copying.ipynb) | 20 | whether it pays to let the others look |
# | 06 | [Stake weight, permits, activity](06_stake_weight_and_permits.ipynb) | 20 | who may vote, who does, and who is paid |
# | 07 | [Registration and pruning](07_registration_and_pruning.ipynb) | 20 | what a place costs, and whose it will be next |
# | 08 | [The pool: price, slippage, limits](08_the_pool.ipynb) | 20 | what a trade does to the price, and what it costs |
# | 09 | [Emission: from a block to a wallet](09_emission.ipynb) | 25 | who gets what of a block, by seven rules |
# | 10 | [Staking: what you earn](10_staking.ipynb) | 20 | what of a yield in alpha arrives as TAO |
# | 11 | [A subnet's life](11_a_subnets_life.ipynb) | 25 | from the lock to the last pot, and who is paid at the end |
# | 12 | [Attacks and defences](12_attacks_and_defences.ipynb) | 25 | from which size on an attack pays, and what stops it |
# | 13 | [The whole network](13_the_whole_network.ipynb) | 20 | where the rules take 128 subnets in a year |
# | 14 | [Capstone: design a subnet](14_design_a_subnet.ipynb) | 25 | which of five attackers your design stops |
#
# Begin with 00 and 03. After them take what you came for: *where does emission go?* 09; *what do I earn?* 08 and 10;
# *why was I deregistered?* 07; *is this subnet gamed?* 02 and 12.
#
# After the course: [attack a subnet of your own](../docs/tutorial/subnet_designer.md) from Python, the
# [guides](../docs/guides/index.md), and [what is exact here and what is not](../docs/background/fidelity.md).
#
# Each lesson has exercises that check themselves. `bittensor-lab lab --reset 03` brings lesson 03 back as it was.

# %% [markdown] id="title"
# # 14 · Capstone: design a subnet
#
# *About 25 minutes. You need: lessons 02, 05, 07 and 12.*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# You are the [owner](glossary.md#owner) now. You choose what miners do, how they are scored, and the numbers that the chain lets an
# owner set, and [`kappa`](glossary.md#kappa) too, for which you would have to ask root. Five people have already looked at your design and asked how to earn without working. Afterwards you can
#
# 1. put a design on trial before anybody's money is in it;
# 2. say which choice stops which attack, and what it costs honest people;
# 3. defend a design with numbers, and name what it leaves open.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# A first design, as it comes to mind: miners write **text**; validators look at two answers and score how many of the prompt's
# words are in them; weights are open for all to see; kappa is one half; newcomers are immune for four tempos. Against it stand
#
# * a **spoofing miner** (answers what the rule likes) and a **lazy miner** (does as little as it can), lesson 02;
# * an **answer copier**, a miner that hands in the best one's answer;
# * a **cabal** of validators with 45 % of the stake, lesson 12;
# * a **weight copier**, a validator that looks at nobody, lesson 05.
#
# An attack is *blocked* if it brings no more than honesty would (what a copier saves in work is not counted). **How many of the five does this design block?**

# %% id="bet" jupyter={"source_hidden": true}
from dataclasses import replace

from bittensor_lab import labs
from bittensor_lab.play import design as views

labs.bet_on_design_a_subnet()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Make it better. Above stands what each attacker gets over being honest, below what honest people have of your subnet: whether pay
# follows skill (as a rank correlation: 1 if who is better is always paid more, below 0 if it is rather the other way), and how many
# newcomers get something before they lose their place. Things to try:
#
# * Which single choice blocks the spoofer? Does anything else help against it?
# * How do you stop the answer copier? Look where it stands under a *sound* rule first.
# * Block the weight copier. Then lower **Immunity** as far as you can without losing newcomers.
# * Can the cabal be blocked even better? Move **Majority needed** both ways.
# * Try the other tasks. On one of them not all five can be blocked. Why?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.design_a_subnet()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet beside the engine's answer, and how each choice alone changes the first design: what each attacker gets
# over being honest, in %.

# %% id="reveal" jupyter={"source_hidden": true}
import pandas as pd
from IPython.display import display

display(labs.bet_on_design_a_subnet())
first = views.Design()
choices = {
    "the first design": {}, "a sound rule": {"rule": "sound"}, "seven challenges": {"challenges": 7},
    "each its own question": {"private": True}, "both of these": {"rule": "sound", "private": True},
    "kappa 0.6": {"kappa": 0.6}, "sealed for 2 epochs": {"period": 2},
}
frames = {name: views.trial(replace(first, **change)).frame.set_index("attack").gain for name, change in choices.items()}
(100 * pd.DataFrame(frames)).T.round(0).astype(int)

# %% [markdown] id="reveal-why"
# **Each choice stops one thing.** The sound rule stops the spoofer and nothing else; seven bad tests find no more than two. Asking
# each miner something of its own stops the answer copier, whom no rule can tell from the original, but only under a sound rule
# (the row *both of these*): the tempting one pays a wrong answer as well as a right one. Sealing stops the weight copier. And
# kappa was good where it was: at 0.6 the cabal of 45 % wins, since it can block the rest, and at 0.45, since it can lift its
# own miner (lesson 12).
#
# **A sound rule makes the copier's life better.** Under the tempting rule the best honest answer is worth little, so a copy of it is
# worth little. Once quality is paid, it pays to steal it. Defences come in sets.
#
# **Honest people pay for secrecy.** Weights that are sealed for three epochs with an immunity of two tempos send most newcomers
# home before anybody has named them. What you add for one group you take from another, unless you look. Newcomers that lose their
# place before they get anything, in %, where somebody registers once in a tempo:

# %% id="unpaid" jupyter={"source_hidden": true}
tempos, periods = range(1, 6), range(4)
unpaid = {p: [100 * views.trial(replace(first, period=p, immunity=i)).unpaid for i in tempos] for p in periods}
pd.DataFrame(unpaid, index=pd.Index(tempos, name="immunity, tempos")).rename_axis("sealed for … epochs", axis=1).round(0).astype(int)

# %% [markdown] id="kernel-words"
# How the answer copier is tried: with another's answer, put to the task's own rule.

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

print(inspect.getsource(views._answer_copier.__wrapped__))

# %% [markdown] id="forecast"
# ### Where a test ends
#
# In *forecasting* the spoofer says "tomorrow will be like today", and earns more than the honest miners do on average, by the
# sound rule, too, however many challenges there are. Only who is very good is paid more. It is not a bug of the rule: today's weather *is* a good forecast, better than what a poor model makes. If
# an answer that costs nothing is that good, pay only for what is better than it. A scoring rule begins with the question what
# the laziest possible answer is worth.

# %% id="baseline" jupyter={"source_hidden": true}
from bittensor_lab.views import scoring

miners = scoring.scoring("forecasting", "sound", "spoofs", 7).miners.set_index("miner")
skills = ["none" if kind == "spoofs" else f"{skill:.1f}" for kind, skill in zip(miners.kind, miners.skill, strict=True)]
miners.assign(skill=skills)[["kind", "skill", "score", "pay"]].round(3)

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** Design a subnet for *text* that blocks all five, leaves no newcomer unpaid, needs at most three challenges in an
# epoch, and has an immunity of at most three tempos (a long immunity keeps bad miners, too). Fill in your values.
#
# <details><summary>Hint 1</summary>Four values of the first design must change, the immunity among them. The lab tells you which.</details>
# <details><summary>Hint 2</summary>A sound rule, a question of its own for each, weights sealed for one or two
# epochs, and an immunity of three tempos.</details>

# %% id="answer-1"
mine = ...  # for example views.Design(rule="tempting", challenges=2, private=False, kappa=0.5, period=0, immunity=4)

# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check


def judge(design):
    found = views.trial(design)
    if design.task != "text" or design.challenges > 3 or design.immunity > 3:
        return "not right yet: text, at most three challenges and three tempos of immunity"
    if found.blocked < 5 or found.unpaid > 0:
        return f"not right yet: {views.title(found)}, {found.unpaid:.0%} of the newcomers go unpaid"
    return f"right: {views.title(found)}, and every newcomer is paid"


value_check("mine", mine, judge)

# %% [markdown] id="exercise-2"
# **Exercise 2.** Your scorecard's second half: does pay follow skill? Return the rank correlation of two arrays (no two values
# are equal): 1 if both rank alike, −1 if one is the other turned round.
#
# <details><summary>Hint 1</summary>First the ranks: <code>x.argsort().argsort()</code>. Then the usual correlation of the
# ranks.</details>
# <details><summary>Hint 2</summary><code>np.corrcoef(a, b)[0, 1]</code></details>

# %% id="answer-2"


def rank_correlation(skill, pay):
    return ...  # -1 to 1


# %% id="check-2" jupyter={"source_hidden": true}
tried = [scoring.scoring(task, rule, "is lazy", 4) for task in ("text", "images") for rule in scoring.RULES]
cases = [((v.miners.skill[:5].to_numpy(), v.miners.score[:5].to_numpy()), scoring.agreement(v)) for v in tried]
self_check(rank_correlation, cases)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"So is five of five a safe design?"** It is a design that stops five people whom we thought of. The sixth is reading your
# code. Ask of each rule what the cheapest thing is that it rewards, and try it yourself first.
#
# **"Why not seal for ever, test everything, and let nobody in?"** Because somebody must want to work there. A design is a choice
# about who pays for safety.
#
# **"Where is the yield?"** It comes last. Emission flows to price, price to demand, demand to work that somebody needs. What you
# have designed here is only the part that makes the work honest.
#
# ## On the real chain
#
# An owner may set the immunity period, the reveal period and much more; kappa is root's. The task and the scoring rule are no
# part of the chain at all: they are the code that a subnet's validators run. That is where most designs fail, and where
# nobody but the people of the subnet can look.
#
# ## In three sentences
#
# A design is judged by what it pays to those who do not do the work, and by what it takes from those who do. Each attack has its own
# answer, and answers get in each other's way. What no parameter can mend is a test that rewards the wrong thing.
#
# **Where to go now:** [set 14](../exercises/set_14.ipynb) and the other sets go deeper, with points; the
# [playground](playground.ipynb) has all of it in one place. From Python, `Chain`, `simulate` and `sweep` are yours: begin with
# [attacking a subnet of your own](../docs/tutorial/subnet_designer.md). And [your progress](progress.ipynb) shows what
# you have not tried yet.

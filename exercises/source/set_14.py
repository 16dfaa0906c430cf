# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 14: a scorecard for your subnet
#
# You will measure what an attacker gets over honest people, whether pay follows skill, and who goes
# unpaid; and from these three you will write the scorecard with which lesson 14 judges a design.
#
# **You need** lesson 14 and a little NumPy. **Time** about 25 minutes. **Points** 10.
#
# How it works:
# * Write each answer **in its own cell**, in place of the line that raises `NotImplementedError`. About
#   three lines are enough. Keep everything that an answer needs in its cell, imports too; `np` (NumPy)
#   and `math` are there already.
# * Run the cell below it: it calls your function, prints what it returned and says at once whether that
#   is right. Stuck? Each question has two hints, the second plainer than the first.
# * `bittensor-lab grade FILE` gives the points. It asks the same of your functions with other numbers,
#   and tries a few cases that the checks here do not show.

# %% tags=["setup"]
import numpy as np

from bittensor_lab.exercises import self_check, show
from bittensor_lab.play.design import Design, trial
from bittensor_lab.views import pruning, scoring

# %% [markdown]
# ## Question 1: what cheating pays (2 points)
#
# `scores` `[m]` are the mean scores of a subnet's miners. The last one attacks; the others are honest.
# Miners are paid in proportion to their scores. By what part does the attacker get more than the **mean
# of the honest**? 0 is the same, 0.5 half as much again, −1 nothing at all.
#
# If the honest get nothing either (all their scores are 0), say −1: such a rule pays nobody, so that
# attacking it pays nothing.
#
# <details><summary>Hint 1</summary>
#
# One number divided by another, less 1. The attacker itself does not belong to the mean that it is
# compared with.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `honest = scores[:-1].mean()`; return `scores[-1] / honest - 1` if `honest` is above 0, else `-1`.
#
# </details>


# %% tags=["answer"] q="gain" title="what cheating pays"
def gain(scores):
    """Return by what part the last of the scores [m] is above the mean of the others; -1 if that is 0."""
    # BEGIN SOLUTION
    honest = scores[:-1].mean()
    return scores[-1] / honest - 1 if honest > 0 else -1
    # END SOLUTION


# %% tags=["check"] q="gain" points=1
def check_gain(ask, seed):
    """The spoofer, the lazy miner and the copier of a task, under both of its rules."""
    tasks = list(scoring.TASKS)
    task = tasks[seed % len(tasks)]
    for rule in scoring.RULES:
        for strategy in ("spoofs", "is lazy", "copies"):
            scores = scoring.scoring(task, rule, strategy, 3).miners.score.to_numpy()
            (value,) = ask([{"scores": scores}])
            print(f"{task}, {rule} rule, {strategy}: {show(value, 3)}")


self_check("set_14", check_gain, gain)


# %% tags=["check", "hidden"] q="gain" points=1
def check_gain_more(ask, seed):
    """An attacker who gets nothing, one who gets just as much, and a rule that pays nobody."""
    rng = np.random.default_rng(seed)
    honest = rng.choice(np.arange(10, 99), 5, replace=False) / 100
    cases = {
        "gets nothing": np.append(honest, 0.0),
        "just as much": np.append(honest, honest.mean()),
        "twice as much": np.append(honest, 2 * honest.mean()),
        "nobody is paid": np.zeros(6),
        "only the attacker is": np.append(np.zeros(5), honest[0]),
    }
    for name, value in zip(cases, ask([{"scores": s} for s in cases.values()]), strict=True):
        print(f"{name}: {show(value, 3)}")


# %% [markdown]
# ## Question 2: does pay follow skill? (3 points)
#
# Give each miner its rank by `skill` and its rank by `pay`, both `[m]`, and return the correlation of the
# two ranks: 1 if pay ranks as skill does, −1 if it is the other way round. (This is Spearman's rank
# correlation.)
#
# Equal values share their ranks: if two are equal on places 2 and 3, both have rank 2.5. If all pays are
# equal, pay says nothing about skill: return 0.
#
# <details><summary>Hint 1</summary>
#
# The rank of a value `v` among `x`: how many are smaller, plus half of how many are equal (itself
# included), plus one half. A tie then gets the mean of its places.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `ranks = [(x < v).sum() + ((x == v).sum() + 1) / 2 for v in x]`, for `skill` and for `pay`; then
# `np.corrcoef(a, b)[0, 1]`. Look first whether all pays are equal.
#
# </details>


# %% tags=["answer"] q="agreement" title="does pay follow skill?"
def agreement(skill, pay):
    """Return the rank correlation, -1 to 1, of skill [m] and pay [m]; 0 if all pays are equal."""
    # BEGIN SOLUTION
    if (pay == pay[0]).all():
        return 0.0
    ranks = [[(x < v).sum() + ((x == v).sum() + 1) / 2 for v in x] for x in (skill, pay)]
    return np.corrcoef(*ranks)[0, 1]
    # END SOLUTION


# %% tags=["check"] q="agreement" points=1
def check_agreement(ask, seed):
    """Six miners whose pay follows skill, runs against it, and has nothing to do with it."""
    rng = np.random.default_rng(seed)
    skill = np.sort(rng.choice(np.arange(5, 99), 6, replace=False)) / 100
    mixed = np.array([2, 0, 1, 5, 3, 4])
    order = rng.permutation(6)
    cases = {"follows": skill**3, "against": -(skill**3), "mixed": skill[mixed] ** 3}
    found = ask([{"skill": skill[order], "pay": pay[order]} for pay in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_14", check_agreement, agreement)


# %% tags=["check", "hidden"] q="agreement" points=2
def check_agreement_more(ask, seed):
    """Two and three miners that are paid the same, a pay that is all the same, and one large outlier."""
    rng = np.random.default_rng(seed)
    skill = np.sort(rng.choice(np.arange(5, 99), 6, replace=False)) / 100
    cases = {
        "two the same": [0.1, 0.4, 0.4, 0.2, 0.5, 0.9],
        "three the same": [0.3, 0.1, 0.3, 0.3, 0.2, 0.9],
        "half get nothing": [0.0, 0.0, 0.0, 0.3, 0.2, 0.6],
        "all the same": [0.25] * 6,
        "one takes nearly all": [0.01, 0.02, 99.0, 0.03, 0.04, 0.05],
    }
    order = rng.permutation(6)
    found = ask([{"skill": skill[order], "pay": np.array(pay)[order]} for pay in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 3: who goes unpaid (2 points)
#
# A full subnet: with every registration a newcomer comes, and somebody loses their place. For each
# registration you are given
# * `was_newcomer` `[r]`: 1 if the one who went had come as a newcomer earlier, 0 if it was there from the
#   beginning;
# * `paid` `[r]`: the alpha that the one who went ever got.
#
# Return the part of **all newcomers** who had to go before they had got anything. If nobody came, it is
# 0.
#
# <details><summary>Hint 1</summary>
#
# Count the rows in which a newcomer went with nothing. There are as many newcomers as registrations.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `((was_newcomer == 1) & (paid == 0)).sum() / len(paid)`, but 0 if `len(paid)` is 0.
#
# </details>


# %% tags=["answer"] q="unpaid" title="who goes unpaid"
def unpaid(was_newcomer, paid):
    """Return the part of the newcomers that went with nothing; was_newcomer (1 or 0) and paid are [r]."""
    # BEGIN SOLUTION
    return ((was_newcomer == 1) & (paid == 0)).sum() / len(paid) if len(paid) else 0.0
    # END SOLUTION


# %% tags=["check"] q="unpaid" points=1
def check_unpaid(ask, seed):
    """Eight registrations: four newcomers went, two of them with nothing, and two old miners with nothing."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(8)
    was = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    paid = np.array([0.0, 0.0, 3.5, 0.25, 0.0, 0.0, 0.0, 40.0])
    extra = int(rng.integers(1, 6))  # old miners, paid
    was, paid = np.append(was[order], [0] * extra), np.append(paid[order], [9.5] * extra)
    (value,) = ask([{"was_newcomer": was, "paid": paid}])
    print("part:", show(value, 4))


self_check("set_14", check_unpaid, unpaid)


# %% tags=["check", "hidden"] q="unpaid" points=1
def check_unpaid_more(ask, seed):
    """Nobody came, everybody went with nothing, and nobody did."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 9))
    cases = {
        "nobody came": ([], []),
        "all with nothing": ([1] * n, [0.0] * n),
        "only old miners": ([0] * n, [0.0] * n),
        "all were paid": ([1] * n, [0.5] * n),
        "some of each": ([1] * n + [0] * n, [0.0] * n + [0.0] * (n - 1) + [1.0]),
    }
    for name, (was, paid) in cases.items():
        (value,) = ask([{"was_newcomer": was, "paid": paid}])
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: the scorecard (3 points)
#
# Put it together. For a design you are given
# * `scores` `[a, m]`: a row for each attack by a miner, with the scores as in question 1;
# * `gains` `[b]`: what the other attackers get over being honest, as a part, already worked out;
# * `skill` and `pay` `[h]` of the honest miners; `was_newcomer` and `paid` `[r]` as in question 3.
#
# An attack is **blocked** if it gains nothing: its gain is at most 10⁻⁹ (a computer's zero). Return three
# numbers: how many attacks are blocked, the agreement of pay and skill, and the part of the newcomers who
# are **not** left unpaid.
#
# The check tries whole designs on the engine, and your card has to be the one of the lesson's lab. You
# may call `gain`, `agreement` and `unpaid`.
#
# <details><summary>Hint 1</summary>
#
# First a list of all gains: yours of each row of `scores`, and those in `gains`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `every = [gain(row) for row in scores] + list(gains)`. The three numbers are `sum(g <= 1e-9 for g in
# every)`, `agreement(skill, pay)` and `1 - unpaid(was_newcomer, paid)`.
#
# </details>


# %% tags=["answer"] q="scorecard" title="the scorecard" uses=["gain", "agreement", "unpaid"]
def scorecard(scores, gains, skill, pay, was_newcomer, paid):
    """Return attacks blocked, agreement of pay and skill, and the part of newcomers that get something."""
    # BEGIN SOLUTION
    every = [gain(row) for row in scores] + list(gains)
    return [sum(g <= 1e-9 for g in every), agreement(skill, pay), 1 - unpaid(was_newcomer, paid)]
    # END SOLUTION


# %% tags=["check"] q="scorecard" points=1
def check_scorecard(ask, seed):
    """Two designs on trial."""
    for design in designs(seed, 2):
        (card,) = ask([material(design)])
        print(f"{design.task}, {design.rule} rule, {design.challenges} challenges: {show(card, 4)}")


def designs(seed, number):
    """Designs, one with the tempting rule and one with the sound rule in turn."""
    rng = np.random.default_rng(seed)
    return [
        Design(
            ("text", "forecasting", "speech")[rng.integers(3)], scoring.RULES[(k + 1) % 2],
            int(rng.integers(2, 5)), bool(rng.integers(2)), (0.5, 0.6)[rng.integers(2)],
            int(rng.integers(2)), int(rng.integers(1, 3)),
        )
        for k in range(number)
    ]  # fmt: skip


def material(design):
    """What ``scorecard`` is told about a design."""
    tried = [scoring.scoring(design.task, design.rule, s, design.challenges) for s in ("spoofs", "is lazy")]
    honest = tried[1].miners[tried[1].miners.kind == "honest"]
    came = pruning.course(
        pruning.Rules(every=60, immunity=design.immunity * pruning.TEMPO, period=design.period)
    ).registrations
    newcomer = came.replaced.eq(pruning.YOU) | came.replaced.str.startswith("newcomer")
    return {
        "scores": [view.miners.score.to_numpy() for view in tried],
        "gains": trial(design).frame.gain[2:].to_numpy(),
        "skill": honest.skill.to_numpy(), "pay": honest.score.to_numpy(),
        "was_newcomer": newcomer.astype(int).to_numpy(), "paid": came.paid.to_numpy(),
    }  # fmt: skip


self_check("set_14", check_scorecard, scorecard)


# %% tags=["check", "hidden"] q="scorecard" points=2
def check_scorecard_more(ask, seed):
    """Four other designs, gains of exactly nothing, and a network to which nobody came."""
    for design in designs(seed, 4):
        (card,) = ask([material(design)])
        print(f"{design.task}, {design.rule} rule, {design.challenges} challenges: {show(card, 4)}")
    edge = {**material(Design(immunity=1, period=1)), "gains": np.array([0.0, 1e-12, 1e-6])}
    (card,) = ask([edge])
    print("gains of nothing:", show(card, 4))
    (card,) = ask([{**edge, "was_newcomer": [], "paid": []}])
    print("nobody came:", show(card, 4))


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_14.ipynb
# ```
#
# This was the last set. Take a design of your own to the playground, or to the engine from Python:
# everything that the course has shown is there.

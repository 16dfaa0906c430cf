# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3 (ipykernel), language: python, name: python3}
# ---

# %% [markdown]
# # Exercises 02: work and scoring
#
# You will score forecasts, rank miners, pay for work that was done right and in time, and then write a
# rule under which the spoofer of lesson 02 gets nothing.
#
# **You need** lesson 02 and a little NumPy. **Time** about 20 minutes. **Points** 10.
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
from bittensor_lab.tasks import compute, forecasting

SKILLS = (0.1, 0.3, 0.5, 0.7, 0.9)

# %% [markdown]
# ## Question 1: how close (2 points)
#
# A miner forecasts `n` numbers, `response` `[n]`; what then happened is `truth` `[n]`. A common way to
# make a score of it: with `error` the **mean of the absolute differences**, the score is
#
# > score = 1 / (1 + error / typical)
#
# So no error gives 1, and an error of `typical` gives one half.
#
# <details><summary>Hint 1</summary>
#
# Too high and too low must not cancel each other: take the differences without their sign before you take
# the mean.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `error = np.abs(response - truth).mean()`, and the formula.
#
# </details>


# %% tags=["answer"] q="closeness" title="how close"
def closeness(response, truth, typical):
    """Return the score, 0 to 1, of a response [n] beside the truth [n]."""
    # BEGIN SOLUTION
    error = np.abs(response - truth).mean()
    return 1 / (1 + error / typical)
    # END SOLUTION


# %% tags=["check"] q="closeness" points=1
def check_closeness(ask, seed):
    """Real days: an honest forecast, the last day said again, and the truth itself."""
    challenge = forecasting.challenge(np.random.default_rng(seed))
    honest = forecasting.honest(challenge.shown, 0.7, np.random.default_rng(seed))
    cases = {"honest": honest, "the last day": challenge.shown[:, -1], "the truth": challenge.truth}
    given = {"truth": challenge.truth, "typical": forecasting.DEGREES}
    for name, value in zip(cases, ask([{"response": r, **given} for r in cases.values()]), strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_02", check_closeness, closeness)


# %% tags=["check", "hidden"] q="closeness" points=1
def check_closeness_more(ask, seed):
    """Errors that cancel, one large error, and another typical error."""
    rng = np.random.default_rng(seed)
    truth, much = rng.integers(-20, 30, 8), float(rng.integers(2, 9))
    cases = {
        "up and down": truth + much * np.array([1, -1] * 4),
        "one large error": truth + 8 * much * (np.arange(8) == 3),
        "always too high": truth + much,
    }
    found = ask([{"response": r, "truth": truth, "typical": 1.5} for r in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 2: whose place (2 points)
#
# `scores` `[m]` are the miners' scores. On which place is miner `who` (an index), if the highest score
# has place 1? Miners with equal scores share the best of their places: with scores 5, 7, 7, 2 the places
# are 3, 1, 1, 4.
#
# <details><summary>Hint 1</summary>
#
# How many are strictly better?
#
# </details>
# <details><summary>Hint 2</summary>
#
# `1 + (scores > scores[who]).sum()`
#
# </details>


# %% tags=["answer"] q="place" title="whose place"
def place(scores, who):
    """Return the place, 1 for the highest, of miner ``who`` among scores [m]."""
    # BEGIN SOLUTION
    return 1 + (scores > scores[who]).sum()
    # END SOLUTION


# %% tags=["check"] q="place" points=1
def check_place(ask, seed):
    """Every miner of six."""
    rng = np.random.default_rng(seed)
    scores = rng.choice(np.arange(10, 99), 6, replace=False) / 100
    found = ask([{"scores": scores, "who": who} for who in range(6)])
    print("places:", show(found, 0))


self_check("set_02", check_place, place)


# %% tags=["check", "hidden"] q="place" points=1
def check_place_more(ask, seed):
    """Two that are equal, three that are best, and nobody who gets anything."""
    rng = np.random.default_rng(seed)
    low, middle, high = np.sort(rng.choice(np.arange(10, 99), 3, replace=False)) / 100
    for scores in ([low, middle, middle, high, low], [high, high, middle, high], [0.0, 0.0, 0.0]):
        order = rng.permutation(len(scores))
        mixed = np.array(scores)[order]
        found = ask([{"scores": mixed, "who": who} for who in range(len(scores))])
        print("places:", show(found, 0))


# %% [markdown]
# ## Question 3: right and in time (3 points)
#
# A machine is given `c` pieces of work. `results` `[c]` are its answers, `right` `[c]` the right ones,
# `latency` `[c]` the milliseconds after which they came, or −1 where none came. A piece scores
# * 0 if no answer came or it is not right;
# * else `1 / (1 + latency / typical)`.
#
# Return the mean score over **all** pieces: a machine that is often down must feel it.
#
# <details><summary>Hint 1</summary>
#
# A score for each piece first. Pieces without a good answer have a score as well: 0.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `good = (results == right) & (latency >= 0)`; then `np.where(good, 1 / (1 + latency / typical),
# 0).mean()`.
#
# </details>


# %% tags=["answer"] q="work" title="right and in time"
def work(results, right, latency, typical):
    """Return the mean score of results [c], with what is right [c] and when they came [c], ms or -1."""
    # BEGIN SOLUTION
    good = (results == right) & (latency >= 0)
    return np.where(good, 1 / (1 + latency / typical), 0).mean()
    # END SOLUTION


# %% tags=["check"] q="work" points=1
def check_work(ask, seed):
    """A good machine, a slow one, one that is often down, and one that guesses."""
    rng = np.random.default_rng(seed)
    right = rng.choice(np.arange(1_000, 9_000), 6, replace=False)
    quick, slow = rng.integers(1, 6, 6) + 0.5, rng.integers(60, 99, 6) + 0.5
    down = np.where(rng.permutation(6) < 4, quick, -1.0)
    cases = {"good": (right, quick), "slow": (right, slow), "down": (right, down)}
    cases |= {"guesses": (right + 1, quick)}
    given = {"right": right, "typical": compute.TYPICAL}
    found = ask([{"results": r, "latency": t, **given} for r, t in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


self_check("set_02", check_work, work)


# %% tags=["check", "hidden"] q="work" points=2
def check_work_more(ask, seed):
    """Some right and some wrong, an answer in no time, and a machine that never answers."""
    rng = np.random.default_rng(seed)
    right = rng.choice(np.arange(1_000, 9_000), 6, replace=False)
    quick = rng.integers(1, 30, 6) + 0.25
    half = right + (rng.permutation(6) < 3)
    cases = {
        "half are right": (half, quick),
        "in no time": (right, np.append(quick[:5], 0.0)),
        "never answers": (right, np.full(6, -1.0)),
        "wrong, and late": (half, np.where(half == right, quick + 90, -1.0)),
    }
    found = ask([{"results": r, "latency": t, "right": right, "typical": 12.5} for r, t in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Question 4: a rule that beats the spoofer (3 points)
#
# In the forecasting task the spoofer says the weather of the last day again. A score of closeness gives
# it a good deal for that. So score what a forecast **adds** to it:
#
# > score = 1 − (mean absolute error of the forecast) / (mean absolute error of saying the last day again)
#
# and 0 where that would be less than 0. If the last day again would have been right every time, nothing
# can be added: 0 for everybody.
#
# `last` `[n]` are the last days that miners were shown, `response` `[n]` and `truth` `[n]` as before. The
# check lets five honest miners of rising skill and the spoofer do the task on the engine, three times,
# and prints the mean of your scores. The spoofer must get nothing.
#
# <details><summary>Hint 1</summary>
#
# Two errors, each the mean of absolute differences to `truth`: one of `response`, one of `last`.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `mine = np.abs(response - truth).mean()`, `naive = np.abs(last - truth).mean()`; then `max(0, 1 - mine /
# naive)` if `naive` is above 0, else 0.
#
# </details>


# %% tags=["answer"] q="rule" title="a rule that beats the spoofer"
def rule(last, response, truth):
    """Return the score, 0 to 1, of a response [n]: what it adds to saying the last days [n] again."""
    # BEGIN SOLUTION
    mine, naive = np.abs(response - truth).mean(), np.abs(last - truth).mean()
    return max(0, 1 - mine / naive) if naive > 0 else 0
    # END SOLUTION


# %% tags=["check"] q="rule" points=1
def check_rule(ask, seed):
    """Five honest miners and the spoofer, on three challenges of the engine."""
    *honest, spoofer = on_the_task(ask, seed, 3)
    print("honest, by skill:", show(honest, 4))
    print("spoofer:", show(spoofer, 4))


def on_the_task(ask, seed, challenges):
    """The mean score of five honest miners and of the spoofer, by the learner's rule."""
    inputs = []
    for number in range(challenges):
        shown, truth = forecasting.challenge(np.random.default_rng([seed, number]))
        answers = [forecasting.honest(shown, skill, np.random.default_rng(0)) for skill in SKILLS]
        answers.append(forecasting.spoof(shown, np.random.default_rng(0)))
        inputs += [{"last": shown[:, -1], "response": answer, "truth": truth} for answer in answers]
    return np.reshape(np.array(ask(inputs), float), (challenges, -1)).mean(axis=0)


self_check("set_02", check_rule, rule)


# %% tags=["check", "hidden"] q="rule" points=2
def check_rule_more(ask, seed):
    """Eight other challenges, perfect and bad forecasts, days on which nothing can be added."""
    *honest, spoofer = on_the_task(ask, seed + 1, 8)
    print("honest, by skill:", show(honest, 4))
    print("spoofer:", show(spoofer, 4))
    rng = np.random.default_rng(seed)
    last = rng.integers(0, 20, 8)
    truth = last + rng.permutation([1, -2, 3, -1, 2, -3, 1, 2])
    cases = {
        "perfect": (last, truth, truth),
        "halfway": (last, (last + truth) / 2, truth),
        "far off": (last, truth + 9, truth),
        "nothing to add": (truth, truth + 1, truth),
        "nothing to add, and right": (truth, truth, truth),
    }
    found = ask([{"last": a, "response": b, "truth": c} for a, b, c in cases.values()])
    for name, value in zip(cases, found, strict=True):
        print(f"{name}: {show(value, 4)}")


# %% [markdown]
# ## Done?
#
# Save the notebook, then ask for the points in a terminal:
#
# ```
# bittensor-lab grade set_02.ipynb
# ```
#
# One validator scores by such a rule. What the network does with the scores of many validators is lesson
# 03.

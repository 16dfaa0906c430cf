# %% [markdown] id="title"
# # 02 · Work and scoring
#
# *About 20 minutes. You need: the words* miner, validator *and* subnet *(lesson 00).*
#
# **First:** in the menu above, *Run → Run All Cells*. Cells shown as one grey line are folded; click to open.
#
# A [subnet](glossary.md#subnet) is a market for one kind of work. Its [validators](glossary.md#validator) ask, its
# [miners](glossary.md#miner) answer, and a *scoring rule* of the subnet's own says how good an answer is. All of that
# happens on ordinary computers; the chain sees none of it. This lesson really does the work: six kinds of it, each
# with a sound rule and with one that looks just as reasonable. Afterwards you can
#
# 1. look at a scoring rule and say how one would be paid by it for nothing;
# 2. name what makes a rule sound;
# 3. ask the first question about any subnet.

# %% [markdown] id="bet-words"
# ## 1 · Your bet
#
# The work is to go on with a text. Five honest miners have read some of such texts, from little (M1) to almost all of
# them (M5), and reply with what they think comes next. The sixth has read nothing. Here is one question of a validator, a
# *challenge*, and what three of the six say:

# %% id="world" jupyter={"source_hidden": true}
from bittensor_lab import labs
from bittensor_lab.views import scoring as views

views.replies()[["miner", "words"]].style.hide(axis="index").set_properties(**{"text-align": "left", "white-space": "normal"})

# %% [markdown] id="bet-ask"
# A validator scores a reply by **how many words of the question, the *prompt*, it has**, since a good answer keeps to the
# subject. If all validators do so, over four challenges, and pay follows scores: what share of the miners' pay goes to M6?

# %% id="bet" jupyter={"source_hidden": true}
labs.bet_on_work_and_scoring()

# %% [markdown] id="play-words"
# ## 2 · Play
#
# Six tasks. All answers and scores are really computed; only the machines of *Compute provision*, their speed and delay,
# are simulated. Skill is only what a miner *has*: data, text read, a machine's speed. It is never added to a score.
# Things to try:
#
# * Switch **Scored by** to and fro, for every **Task**. Which of the tempting rules would you have accepted?
# * *Speech*, sound rule: put **Challenges** to 1 and back to 4. When are the honest ranked by skill?
# * *Time-series prediction*, sound rule: M6 says that tomorrow will be as today. Why is it not last?
# * *Text generation* again: let M6 *copy* the best one's answer, then be *lazy*. Which of the two can a rule find out?
# * *Images*, tempting rule: the honest are ranked too. In which order, and why?

# %% id="lab" jupyter={"source_hidden": true}
lab = labs.work_and_scoring()
lab

# %% [markdown] id="reveal-words"
# ## 3 · Reveal
#
# Your bet, and the replies of above once more, with what each rule gives them. (That is one challenge; the bet is about
# the mean of four.)

# %% id="reveal" jupyter={"source_hidden": true}
from IPython.display import display

display(labs.bet_on_work_and_scoring())
views.replies()[["miner", "sound", "tempting"]].dropna().round(3)

# %% [markdown] id="reveal-why"
# M6 repeats the prompt. By the keyword rule nothing could be better. The sound rule does not read the words at all. With
# its reply each miner sends, for 150 places in text that nobody has read, how likely it holds each letter to be the next;
# the rule looks up what it gave to the letter that really came. Both rules, as they are:

# %% id="kernel" jupyter={"source_hidden": true}
import inspect

from bittensor_lab.tasks import text

print(inspect.getsource(text.sound))
print(inspect.getsource(text.tempting))

# %% [markdown] id="pictures-words"
# The same with pictures. The task is to take the noise out of a digit; the tempting rule rewards smoothness, "since
# noise is rough". Nothing is as smooth as plain grey. And of the honest, M1 is ranked best: it has seen four clean
# pictures, so its answer is little more than their mean, and that is smooth.

# %% id="pictures" jupyter={"source_hidden": true}
from IPython.display import Image

from bittensor_lab.charts.scoring import picture_chart
from bittensor_lab.labs.picture import chart_png

Image(chart_png(picture_chart(views.pictures()).to_dict(), scale=1))

# %% [markdown] id="sound"
# ### What makes a rule sound
#
# * **It compares with something that the miner cannot know**: what then happened, text that nobody has read, a clean
#   picture that only the validator has. Each tempting rule here can be satisfied with what the miner holds in its hand:
#   the question (the words of a text, the weather of today), the answer itself (a smooth picture, a loud sound), or a test
#   that never changes.
# * **It asks anew.** A test whose questions stay the same is learned by heart (*Pretraining*, *Compute provision*).
# * **It asks often enough.** One challenge is luck; the thin lines in the picture show how much of it.
#
# A sound rule need not rank a spoofer last: it pays what the answer is worth. "Tomorrow as today" is not a bad forecast,
# and beats three of the five honest ones.
#
# And two things that no rule of this kind can do. It cannot tell a copy from its original: the copier has the same
# answer, so the same score (the chain and the subnet's own code must prevent it from seeing the answer). And it cannot
# make validators use it: they earn by agreeing with each other, which is lesson 03.
#
# People speak of a subnet's *scoring surface*: all that its rule looks at, and so all that can be spoofed. **If the test
# is easy to spoof, miners optimise for spoofing.** They are paid to.

# %% [markdown] id="exercise-1"
# ## 4 · Your turn
#
# **Exercise 1.** Mend the keyword rule a little: the part of the prompt's different words that the reply has (as
# `tempting` above: a word that comes twice counts once), but **0 for a reply that contains three words of the prompt in
# a row**. `prompt` and `reply` are texts.
#
# <details><summary>Hint 1</summary><code>prompt.split()</code> is a list of words, <code>set(…)</code> of it the different
# ones. Three in a row, joined by spaces, are a piece of text that can be looked for <code>in reply</code>.</details>
# <details><summary>Hint 2</summary>With <code>words = prompt.split()</code> the reply is spoofed if
# <code>any(" ".join(words[i:i+3]) in reply for i in range(len(words) - 2))</code>; if not,
# <code>len(set(words) & set(reply.split())) / len(set(words))</code>.</details>

# %% id="answer-1"


def mended(prompt, reply):
    return ...  # from 0 to 1


# %% id="check-1" jupyter={"source_hidden": true}
from bittensor_lab.lessons import self_check, value_check

prompt = "the cat sat on the old mat"
cases = {"a mat and a cat": 2 / 6, "the cat sat on the old mat": 0, "on the old": 0, "the dog on a mat": 3 / 6, "old mat": 2 / 6}
self_check(mended, [((prompt, reply), score) for reply, score in cases.items()])

# %% [markdown] id="exercise-2"
# **Exercise 2.** Could one spoof that rule, too? Write a reply that gets the full score by `mended` for
# `prompt = "the cat sat on the old mat"` and says nothing.
#
# <details><summary>Hint 1</summary>The order of the words is free.</details>
# <details><summary>Hint 2</summary>All six different words, from the last to the first.</details>

# %% id="answer-2"
spoof = ...  # a text

# %% id="check-2" jupyter={"source_hidden": true}
def judge(reply):
    words = prompt.split()
    if not set(words) <= set(reply.split()) or any(" ".join(words[i : i + 3]) in reply for i in range(5)):
        return "not right yet: the rule does not give it the full score"
    return "right, and that is why a rule that asks for nothing unknown can be mended for ever"


value_check("spoof", spoof, judge)

# %% [markdown] id="recap"
# ## 5 · What people ask
#
# **"Does an AI run on the blockchain?"** No. Challenges, answers and scores never reach the chain; it learns one number
# per miner from each validator.
#
# **"So validators are referees who watch?"** No. Their numbers *are* the pay. A validator that scores badly, or does not
# look at all, changes what miners get.
#
# **"What should I look at first in a subnet: its yield?"** At how it scores. Yield says what is paid; the rule says for
# what. A subnet with a rule that can be spoofed pays spoofers, however high its price.
#
# **"Is a subnet not just a place to rent computers?"** There you pay for hours. Here somebody judges what came out, and
# the pay goes to whoever did better than the others. After `from bittensor_lab import scenarios`,
# `scenarios.run("improving miner").frame` shows one that climbs, and a twin that stands still and sinks.
#
# ## On the real chain
#
# On 11 April 2026 main net had 128 subnets besides root, as many as its limit allows: 128 scoring rules, each in its
# subnet's own code and none of them on the chain. So the chain cannot tell a sound one from a tempting one, and who
# changes such a rule need not ask it.
#
# ## In three sentences
#
# Work and scoring happen off the chain; the chain only sees weights. A sound rule compares with what the miner cannot
# know, and asks anew and often; a tempting one asks for nothing that the miner does not have. Miners give what is
# paid for.
#
# **Next:** [set 02](../exercises/set_02.ipynb), this lesson's graded exercises; then lesson 03 follows the scores onto the chain: weights and consensus.

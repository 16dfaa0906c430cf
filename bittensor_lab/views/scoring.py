"""Work and its score as tables and sentences: who does how well by a rule, and who is paid for what.

Five honest miners, from little to much of what the task asks for (data, compute, model size), and a sixth who
has chosen a strategy of its own. All answer the same challenges; two rules score the same answers:

    a sound one      compares with what then happened, or with a truth that only the scorer has
    a tempting one   asks for what the miner has: the question, any answer, a test that is always the same

Pay is the share of the scores, which is what validators' weights become if all of them use that rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bittensor_lab.errors import InputError
from bittensor_lab.tasks import Task, compute, forecasting, images, pretraining, speech, text
from bittensor_lab.units import format_percent

TASKS: dict[str, Task] = {
    m.TASK.name: m.TASK for m in (forecasting, text, pretraining, compute, images, speech)
}
SKILLS = (0.1, 0.3, 0.5, 0.7, 0.9)
STRATEGIES = ("spoofs", "copies", "is lazy")
MOST, ALIKE = 8, 0.005
"""challenges; scores that differ by less than this are not told apart"""
RULES = ("sound", "tempting")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "last")


@dataclass(frozen=True, eq=False)
class ScoringView:
    """Scores of six miners by one rule."""

    task: Task
    rule: str
    strategy: str
    """of the sixth"""
    challenges: int
    miners: pd.DataFrame
    """miner, kind, skill (NaN for the sixth), score, low, high (of single challenges), other, rank, pay"""

    @property
    def sixth(self) -> pd.Series:
        """The miner with the strategy."""
        return self.miners.iloc[-1]


def scoring(task: str, rule: str = "sound", strategy: str = "spoofs", challenges: int = 4) -> ScoringView:
    """Return the scores of six miners by a rule; raises InputError if anything is unknown."""
    for what, known in ((task, tuple(TASKS)), (rule, RULES), (strategy, STRATEGIES)):
        if what not in known:
            raise InputError(f"there is no {what!r}", remedy=f"Known: {', '.join(known)}.")
    found = scores(task, strategy)[:, :challenges]
    own, other = (found[RULES.index(each)] for each in (rule, RULES[1 - RULES.index(rule)]))
    mean = own.mean(axis=0)
    total = mean.sum()
    miners = pd.DataFrame(
        {
            "miner": [f"M{number + 1}" for number in range(len(mean))],
            "kind": ["honest"] * len(SKILLS) + [strategy],
            "skill": [*SKILLS, np.nan],
            "score": mean,
            "low": own.min(axis=0),
            "high": own.max(axis=0),
            "other": other.mean(axis=0),
            "rank": (-mean).argsort(kind="stable").argsort(kind="stable") + 1,
            "pay": mean / total if total > 0 else mean,
        }
    )
    return ScoringView(TASKS[task], rule, strategy, challenges, miners)


@lru_cache(maxsize=32)
def scores(task: str, strategy: str) -> NDArray[np.float64]:
    """Return the scores [rules, challenges, miners] of the same answers by both rules."""
    own = TASKS[task]
    found = np.zeros((len(RULES), MOST, len(SKILLS) + 1))
    for number in range(MOST):
        challenge, given = answers(task, strategy, number)
        for i, response in enumerate(given):
            for r, rule in enumerate((own.sound, own.tempting)):
                found[r, number, i] = rule(challenge.shown, response, challenge.truth)
    return found


@lru_cache(maxsize=256)
def answers(task: str, strategy: str, number: int) -> tuple[Any, tuple[Any, ...]]:
    """Return a challenge and the six answers to it."""
    own = TASKS[task]
    challenge, given = _honest(task, number)
    rng = np.random.default_rng([number, len(SKILLS), 7])
    if strategy == "spoofs":
        sixth = own.spoof(challenge.shown, rng)
    else:  # a copier has the best one's answer, a lazy one does as little as can be done
        sixth = given[-1] if strategy == "copies" else own.honest(challenge.shown, 0.0, rng)
    return challenge, (*given, sixth)


@lru_cache(maxsize=64)
def _honest(task: str, number: int) -> tuple[Any, tuple[Any, ...]]:
    """A challenge and the honest answers to it: the same ones, whatever the sixth miner does."""
    own = TASKS[task]
    challenge = own.challenge(np.random.default_rng([number, 77]))
    given = [
        own.honest(challenge.shown, skill, np.random.default_rng([number, i, 7]))
        for i, skill in enumerate(SKILLS)
    ]
    return challenge, tuple(given)


# --- tables and sentences ---------------------------------------------------------------------------


def tables(view: ScoringView) -> dict[str, pd.DataFrame]:
    """Return the table of the picture: miners in order of skill, the sixth below."""
    miners = view.miners.assign(row=range(len(view.miners)), sixth=view.miners.skill.isna())
    miners["name"] = [_name(*row) for row in zip(miners.miner, miners.kind, miners.skill, strict=True)]
    miners["words"] = [
        f"{ORDINALS[rank - 1]}, {format_percent(pay)} pay"
        for rank, pay in zip(miners["rank"], miners.pay, strict=True)
    ]
    return {"miners": miners.fillna({"skill": 0.0})}


def _name(miner: str, kind: str, skill: float) -> str:
    return f"{miner} {kind}" if np.isnan(skill) else f"{miner}, skill {skill:g}"


def agreement(view: ScoringView) -> float:
    """Return how far the scores rank the honest by skill: the correlation of the ranks."""
    honest = view.miners[: len(SKILLS)]
    return float(np.corrcoef(honest.skill.rank(), honest.score.rank())[0, 1]) if honest.score.std() else 0.0


def title(view: ScoringView) -> str:
    """Return what the picture proves."""
    who = {"spoofs": "spoofer", "copies": "copier", "is lazy": "lazy miner"}[view.strategy]
    return f"The {view.rule} rule ranks the {who} {ORDINALS[view.sixth['rank'] - 1]}"


def subtitle(view: ScoringView) -> str:
    """Return what the rule asks for."""
    sentence = view.task.sound_sentence if view.rule == "sound" else view.task.tempting_sentence
    return f"{view.task.title}. It scores: {sentence[0].lower()}{sentence[1:]}"


def summary(view: ScoringView) -> str:
    """Return the picture in words."""
    best = view.miners[: len(SKILLS)].sort_values("score", ascending=False).iloc[0]
    agrees = agreement(view)
    by = "are" if agrees > 0.95 else "are nearly" if agrees > 0.7 else "are not"
    alike = np.ptp(view.miners.score[: len(SKILLS)]) < ALIKE
    honest = "all score alike" if alike else f"{by} ranked by skill"
    many = f"{view.challenges} challenge{'s' if view.challenges > 1 else ''}"
    return (
        f"{title(view)}: it scores {view.sixth.score:.2f}, the best honest miner {best.miner} "
        f"{best.score:.2f}, over {many}. If weights follow scores, {view.sixth.miner} earns "
        f"{format_percent(view.sixth.pay)} of the pay. The honest {honest}. "
        f"Skill is here {view.task.skill}."
    )


# --- the answers themselves -------------------------------------------------------------------------


def replies(number: int = 0) -> pd.DataFrame:
    """Return what was asked and answered in a challenge of the text task, beside both scores."""
    challenge, given = answers("text", "spoofs", number)
    rows = [("asked", f"… {challenge.shown.passage}", np.nan, np.nan)]
    own = TASKS["text"]
    for i in (0, len(SKILLS) - 1, len(SKILLS)):
        score = [
            float(rule(challenge.shown, given[i], challenge.truth)) for rule in (own.sound, own.tempting)
        ]
        rows.append((f"M{i + 1}", given[i].words, *score))
    return pd.DataFrame(rows, columns=["miner", "words", "sound", "tempting"])


def pictures(number: int = 0) -> pd.DataFrame:
    """Return a challenge of the image task as pixels: the noisy picture, three answers, the clean one."""
    challenge, given = answers("images", "spoofs", number)
    side = images.SIDE
    names = ("shown", "M1", "M5", "M6 spoofs", "clean")
    inks = (challenge.shown, given[0], given[-2], given[-1], challenge.truth)
    y, x = np.divmod(np.arange(side * side), side)
    parts = [
        pd.DataFrame({"picture": name, "x": x, "y": y, "ink": ink})
        for name, ink in zip(names, inks, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)

"""A subnet's design on trial: five attackers come, and honest people have to live with it.

    spoofer         answers what the rule likes             the rule of scoring
    lazy miner      does as little as can be done           the rule, the number of challenges
    answer copier   hands in the best miner's answer        whether each miner is asked something of its own
    cabal           45 % of the stake, all on its own miner kappa
    weight copier   gives what others gave before           the reveal period

An attack is blocked if the attacker gets no more than by being honest with the same means: an average miner's
pay, an honest validator's dividends. Every number is the engine's or the task's own; nothing is weighed
together into a mark, since what a design is for is the designer's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from bittensor_lab.play import attacks
from bittensor_lab.units import MINUS, THIN_SPACE, format_percent
from bittensor_lab.views import copying, pruning, scoring

CABAL, SUBNET = 0.45, copying.Rules(drift=0.1, noise=0.05)
"""the cabal's part of the stake; how miners change and validators err, for the weight copier"""
NAMES = ("spoofing miner", "lazy miner", "answer copier", "cabal, 45 % of stake", "weight copier")
MOST_SHOWN = 1.5
"""of a gain in the picture, as a part: what is more is cut there, with its number"""


@dataclass(frozen=True)
class Design:
    """What a designer chooses."""

    task: str = "text"
    rule: str = "tempting"
    """of scoring"""
    challenges: int = 2
    private: bool = False
    """whether each miner is asked something of its own"""
    kappa: float = 0.5
    period: int = 0
    """reveal period, epochs; 0: weights are open"""
    immunity: int = 4
    """tempos"""


@dataclass(frozen=True, eq=False)
class DesignView:
    """A design and how it did."""

    design: Design
    frame: pd.DataFrame
    """attack, gain (over honest, as a part), blocked, first (gain under the task's design to begin with)"""
    agreement: float
    """rank correlation of the honest miners' pay and skill, -1 to 1"""
    unpaid: float
    """part of the newcomers who lose their place before they get anything"""

    @property
    def blocked(self) -> int:
        """How many attacks do not pay."""
        return int(self.frame.blocked.sum())


def trial(design: Design = Design()) -> DesignView:
    """Return how a design does against the five, and what it is to honest people."""
    gains, first = _gains(design), _gains(Design(design.task))
    frame = pd.DataFrame({"attack": NAMES, "gain": gains, "blocked": np.array(gains) <= 1e-9, "first": first})
    honest = scoring.scoring(design.task, design.rule, "is lazy", design.challenges)
    return DesignView(design, frame, float(scoring.agreement(honest)), _unpaid(design))


def _gains(design: Design) -> list[float]:
    """What each attacker gets over being honest, as parts."""
    return [
        _miner(design, "spoofs"),
        _miner(design, "is lazy"),
        _answer_copier(design.task, design.rule, design.challenges, design.private),
        _cabal(design.kappa),
        copying.copying(design.period, rules=SUBNET).gain,
    ]


def _miner(design: Design, strategy: str) -> float:
    view = scoring.scoring(design.task, design.rule, strategy, design.challenges)
    return _over_honest(view.miners.score.to_numpy())


def _over_honest(scores: np.ndarray) -> float:
    """What the last of the miners gets over the mean of the others, as a part; -1 if nobody gets anything."""
    honest = float(scores[:-1].mean())
    return float(scores[-1]) / honest - 1 if honest > 0 else -1.0


@lru_cache(maxsize=64)
def _answer_copier(task: str, rule: str, challenges: int, private: bool) -> float:
    """One who hands in the best miner's answer: to the same challenge, or, if private, to another."""
    own = scoring.TASKS[task]
    score = own.sound if rule == "sound" else own.tempting
    found = []
    for number in range(challenges):
        challenge, given = scoring.answers(task, "copies", number)
        if private:
            given = (*given[:-1], scoring.answers(task, "copies", number + 1)[1][-2])
        found.append([score(challenge.shown, answer, challenge.truth) for answer in given])
    return _over_honest(np.array(found, float).mean(axis=0))


@lru_cache(maxsize=32)
def _cabal(kappa: float) -> float:
    """What a cabal of 45 % gets over what its validators would get if they were honest."""
    return attacks.net_of_cabal(CABAL, attacks.Defence(kappa=kappa)) / (CABAL / 2)


@lru_cache(maxsize=64)
def _unpaid(design: Design) -> float:
    rules = pruning.Rules(every=60, immunity=design.immunity * pruning.TEMPO, period=design.period)
    played = pruning.course(rules)
    return pruning.died_unpaid(played) / max(1, len(played.registrations))


# --- tables and sentences -----------------------------------------------------------------------------------


def tables(view: DesignView) -> dict[str, pd.DataFrame]:
    """Return the tables of the picture: attacks, a row each, and honest, two rows."""
    frame = view.frame
    attackers = frame.assign(
        row=range(len(frame)),
        at=frame.gain.clip(-1, MOST_SHOWN),
        before=frame["first"].clip(-1, MOST_SHOWN),
        words=[_gain(gain) for gain in frame.gain],
    )
    honest = pd.DataFrame(
        {
            "row": [0, 1],
            "measure": ["pay follows skill", "newcomers paid"],
            "part": [max(0.0, view.agreement), 1 - view.unpaid],
            "words": [_correlation(view.agreement), format_percent(1 - view.unpaid)],
        }
    )
    return {"attackers": attackers, "honest": honest}


def _gain(gain: float) -> str:
    if gain <= 1e-9:
        return "blocked"
    return (
        format_percent(gain, signed=True)
        if gain < 10
        else f"+{100 * gain:,.0f}\u00a0%".replace(",", THIN_SPACE)
    )


def _correlation(found: float) -> str:
    return f"{found + 0.0:.2f}".replace("-", MINUS)


def title(view: DesignView) -> str:
    """Return how many attacks the design blocks."""
    return f"{view.blocked} of {len(NAMES)} attacks blocked"


def subtitle(view: DesignView) -> str:
    """Return what is open, and what it costs the honest."""
    still = [name for name, blocked in zip(view.frame.attack, view.frame.blocked, strict=True) if not blocked]
    opened = f"Still pays: {', '.join(still)}." if still else "None of them pays."
    return f"{opened} Circle: under the design that one begins with."


def summary(view: DesignView) -> str:
    """Return the picture in words."""
    told = zip(view.frame.attack, view.frame.gain.tolist(), strict=True)
    rows = "; ".join(f"{name} {_gain(gain)}" for name, gain in told)
    return (
        f"{rows}. Among honest miners pay follows skill with a rank correlation of "
        f"{_correlation(view.agreement)}, and {format_percent(1 - view.unpaid)} of the newcomers get "
        "something before they have to go."
    )

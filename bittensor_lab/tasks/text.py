"""Text: a passage is shown, what comes next is asked for, as probabilities and as a reply in words.

    p(c | context) = mixture over orders 0 … 4 of how often c followed the last characters of the context

A miner's skill is how much text it has read. Scored is the likelihood of what really came next, in text
that nobody has read. The tempting rule asks whether the reply is about the passage, by counting the words
that they share: repeating the passage is best.

Data: the descriptions of data sets that scikit-learn carries with it; the last fifth is never read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bittensor_lab.tasks import Challenge, Task

ORDER, CONTEXTS, PASSAGE, REPLY = 4, 150, 200, 80
"""longest context, places asked for, characters shown and answered"""
HELD_OUT, BLOCK = 0.2, 60
"""the part that nobody has read; words that stay together when the text is mixed"""
ALPHABET = " abcdefghijklmnopqrstuvwxyz"
PLACE = {letter: i for i, letter in enumerate(ALPHABET)}


class Prompt(NamedTuple):
    """The passage, and the contexts at which the next character is asked for."""

    passage: str
    contexts: tuple[str, ...]


class Reply(NamedTuple):
    """Probabilities of the next character, and a reply in words."""

    probability: NDArray[np.float64]  # [contexts, 27]
    words: str


@cache
def corpus() -> str:
    """Return the text: lower case letters and single spaces."""
    from sklearn.datasets import (
        load_breast_cancer,
        load_diabetes,
        load_digits,
        load_iris,
        load_linnerud,
        load_wine,
    )

    loaders = (load_breast_cancer, load_diabetes, load_digits, load_iris, load_linnerud, load_wine)
    raw = " ".join(load().DESCR for load in loaders).lower()
    words = "".join(c if c in PLACE else " " for c in raw).split()
    parts = [" ".join(words[i : i + BLOCK]) for i in range(0, len(words), BLOCK)]
    mixed = np.random.default_rng(0).permutation(len(parts))  # or what is held out would be another subject
    return " ".join(parts[i] for i in mixed.tolist())


def _split() -> int:
    return round(len(corpus()) * (1 - HELD_OUT))


def challenge(rng: np.random.Generator) -> Challenge:
    """Return a passage and contexts out of text that nobody has read, and what came next in each."""
    text, first = corpus(), _split()
    at = rng.integers(first + PASSAGE, len(text) - 1, CONTEXTS)
    start = int(rng.integers(first, len(text) - PASSAGE))
    prompt = Prompt(text[start : start + PASSAGE], tuple(text[i - ORDER : i] for i in at.tolist()))
    return Challenge(prompt, np.array([PLACE[text[i]] for i in at.tolist()]))


@cache
def _read(characters: int) -> tuple[dict[str, Counter[str]], ...]:
    """What followed each context of 0 to 4 characters in the first part of the text."""
    text = corpus()[:characters]
    found = []
    for order in range(ORDER + 1):
        after: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for i in range(order, len(text)):
            after[text[i - order : i]][text[i]] += 1
        found.append(dict(after))
    return tuple(found)


def _next(characters: int, context: str) -> NDArray[np.float64]:
    """Probabilities of the next character [27]: each order corrects the one below it by what it has seen."""
    p = np.full(len(ALPHABET), 1.0 / len(ALPHABET))
    for order, seen in enumerate(_read(characters)):
        counts = seen.get(context[len(context) - order :])
        if counts:
            total = sum(counts.values())
            own = np.zeros(len(ALPHABET))
            for letter, count in counts.items():
                own[PLACE[letter]] = count / total
            trust = total / (total + 5.0)
            p = trust * own + (1.0 - trust) * p
    return p


def honest(shown: Prompt, skill: float, rng: np.random.Generator) -> Reply:
    """Return what a model says that has read a part of the text, and a reply drawn from it."""
    characters = max(50, round(50 * (_split() / 50) ** skill))
    table = np.array([_next(characters, context) for context in shown.contexts])
    words = shown.passage[-ORDER:]
    for _ in range(REPLY):
        p = _next(characters, words[-ORDER:])
        words += ALPHABET[int(rng.choice(len(ALPHABET), p=p / p.sum()))]
    return Reply(table, words[ORDER:])


def spoof(shown: Prompt, rng: np.random.Generator) -> Reply:
    """Return even probabilities, and the passage itself."""
    even = np.full((len(shown.contexts), len(ALPHABET)), 1.0 / len(ALPHABET))
    return Reply(even, shown.passage)


def sound(shown: Prompt, response: Reply, truth: NDArray[np.int64]) -> float:
    """How much better than even chance the next characters were foretold, in bits, of all bits."""
    picked = response.probability[np.arange(len(truth)), truth]
    bits = -np.log2(np.maximum(picked, 1e-9)).mean() / np.log2(len(ALPHABET))
    return float(np.clip(1.0 - bits, 0.0, 1.0))


def tempting(shown: Prompt, response: Reply, truth: NDArray[np.int64]) -> float:
    """The part of the passage's words that the reply has too."""
    asked, said = set(shown.passage.split()), set(response.words.split())
    return len(asked & said) / len(asked)


TASK = Task(
    "text", "Text generation", "how much text the miner has read",
    "How likely the model holds what really came next, in text that nobody has read.",
    "How many words of the prompt the reply repeats.",
    challenge, honest, spoof, sound, tempting,
)  # fmt: skip

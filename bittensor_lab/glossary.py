"""The glossary: the words of the network in a sentence each, and every parameter from its own metadata.

``python -m bittensor_lab.glossary`` prints the page ``notebooks/glossary.md``, to which lessons link:
``glossary.md#kappa``. A word of ours is one record here; a parameter needs nothing, it stands in ``params``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from bittensor_lab.params import Hyperparameters, NetworkParameters
from bittensor_lab.params.meaning import Meaning
from bittensor_lab.presets import mainnet


@dataclass(frozen=True)
class Word:
    """A word, what it means, and the lessons in which one meets it."""

    name: str
    sentence: str
    lessons: tuple[int, ...]


WORDS = (
    Word("activity", "Whether a validator has set weights recently enough for its stake to vote.", (6,)),
    Word("alpha", "The token of one subnet; each subnet has its own, bought and sold in its pool.", (8, 10)),
    Word("APY", "A yield as a rate for a year, as if all went on as it did; ask in which token.", (10,)),
    Word("block", "One step of the chain, every twelve seconds; all that happens, happens in a block.", (0,)),
    Word("bond", "What a validator holds in a miner for having given it weight; it earns dividends.", (4,)),
    Word("burn", "To send TAO or alpha to where nobody can get at it; the issuance stays as it is.", (1, 7)),
    Word(
        "chain",
        "The shared record of balances, stake, weights and emission; the work itself is done off it.",
        (0,),
    ),
    Word(
        "chain buy", "TAO of a block that finds no alpha to go in beside, and buys alpha from the pool.", (9,)
    ),
    Word("childkey", "A hotkey to which another one lends a part of its stake on a subnet.", (6,)),
    Word("clipping", "Cutting a weight down to the consensus; what is cut counts for nothing.", (3,)),
    Word("coinbase", "The part of every block that creates TAO and alpha and says where they go.", (9,)),
    Word("coldkey", "The key that owns: TAO, stake and hotkeys. It signs seldom.", (0, 10)),
    Word("commit-reveal", "Weights handed in sealed, and opened some epochs later.", (5,)),
    Word("consensus", "For each miner, the largest weight that enough stake supports.", (3,)),
    Word(
        "conviction",
        "What locked alpha gathers with time; with the most of it one may own the subnet.",
        (11,),
    ),
    Word(
        "deregistration",
        "The end of a subnet: the lowest moving price past its immunity goes, and its pool is shared out.",
        (11,),
    ),
    Word("dividends", "What validators earn in an epoch, as shares of 1.", (4,)),
    Word(
        "emission",
        "What is newly created: the TAO of a block, a subnet's part of it, or the alpha of an epoch; always "
        "say which.",
        (1, 9),
    ),
    Word("epoch", "When a subnet's weights are counted and everybody is paid; once in a tempo.", (0, 3)),
    Word("extrinsic", "What somebody signs and asks of the chain: a stake, a trade, a set of weights.", (0,)),
    Word(
        "gate", "A rule that moves emission from subnets with small shares to large ones; none is kept.", (9,)
    ),
    Word("hotkey", "The key that works: it mines or validates, and stake stands on it.", (0,)),
    Word("immunity", "The time after registration in which a uid is not the first to be replaced.", (7,)),
    Word("incentive", "What miners earn in an epoch, as shares of 1.", (3,)),
    Word("injection", "TAO, and alpha beside it, that a block puts into a subnet's pool.", (9,)),
    Word("issuance", "How much TAO, or alpha of a subnet, there is.", (1,)),
    Word("lock cost", "What founding a subnet costs; it becomes the TAO of the new pool.", (11,)),
    Word("mechanism", "One of several weight matrices of a subnet, each with a part of its emission.", (9,)),
    Word("miner", "Who does a subnet's work and is judged by its validators.", (0, 2)),
    Word("moving price", "The alpha price as a slow average, by which emission is shared.", (8, 9)),
    Word("netuid", "A subnet's number; 0 is root.", (0,)),
    Word("owner", "Who founded a subnet; sets its parameters and gets a part of its alpha.", (11,)),
    Word("permit", "The right to vote by weights, held by the uids with the largest stake weights.", (6,)),
    Word(
        "pool", "A subnet's TAO and alpha against each other; it makes the price and takes the trades.", (8,)
    ),
    Word("price impact", "How far a trade moves the spot price.", (8,)),
    Word("pruning", "Replacing the uid with the least emission when a newcomer finds no place.", (7,)),
    Word("rao", "The smallest unit: a billion rao are one TAO, or one alpha.", (1,)),
    Word("recycle", "To take TAO or alpha out of the issuance, so that it can be emitted once more.", (1, 7)),
    Word(
        "root", "The network with netuid 0, where TAO is staked as it is and earns on every subnet.", (6, 10)
    ),
    Word("root claim", "Drawing the alpha that stake on root has earned; as a rule it is sold.", (10,)),
    Word("root proportion", "Root's part of a subnet's stake weight, and so of its dividends.", (9, 10)),
    Word("slippage", "How much worse a trade's average price is than the spot price before it.", (8,)),
    Word(
        "spot price",
        "What the next little bit of alpha costs in TAO, by the pool's reserves and weights.",
        (8,),
    ),
    Word("stake", "Alpha, or on root TAO, that stands on a hotkey and earns with it.", (0, 10)),
    Word(
        "stake weight",
        "How much a hotkey counts on a subnet: its alpha there, and a part of its TAO on root.",
        (6,),
    ),
    Word(
        "subnet",
        "A market for one kind of work, with miners, validators and a scoring rule of its own.",
        (0,),
    ),
    Word("take", "The part of its stakers' dividends that a validator keeps.", (10,)),
    Word("TAO", "The token of the whole network, at most 21 million; everything is settled in it.", (0, 1)),
    Word("uid", "A place on a subnet, by number; a hotkey holds it until it is replaced.", (0, 7)),
    Word("validator", "Who scores the miners of a subnet and tells the chain by weights.", (0, 2)),
    Word("validator trust", "What is left of a validator's weights after clipping, of 1.", (3,)),
    Word("weights", "What a validator says its subnet's miners are worth: one number for each.", (0, 3)),
    Word("Yuma Consensus", "How the chain makes pay of everyone's weights and stake.", (3, 4)),
)


def page() -> str:
    """Return the page, as Markdown."""
    rules = mainnet()
    parts = [
        "# Glossary",
        "",
        "The words of the network in a sentence each, with the lessons in which one meets them, and every",
        "parameter: what it does, its name on the chain, its value on main net and who may set it. Made by",
        "`python -m bittensor_lab.glossary > notebooks/glossary.md`.",
        "",
        "## Words",
        "",
        *(line for word in WORDS for line in _word(word)),
        "## Parameters of a subnet",
        "",
        *_parameters(rules.subnet, Hyperparameters),
        "## Parameters of the whole chain",
        "",
        *_parameters(rules.network, NetworkParameters),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _word(word: Word) -> Iterator[str]:
    lessons = ", ".join(f"{number:02d}" for number in word.lessons)
    yield from (f"### {word.name}", "", f"{word.sentence} *(lesson {lessons})*", "")


def _parameters(values: Any, kind: Any) -> Iterator[str]:
    for item in sorted(fields(kind), key=lambda each: each.name):
        meant: Meaning = item.metadata["meaning"]
        yield from (f"### {item.name}", "", f"*{meant.label}.* {meant.sentence}", "")
        who = "the owner, and root" if meant.who == "owner" else "root"
        yield f"`{meant.storage}`, {_value(getattr(values, item.name), meant)}; set by {who}."
        yield ""


def _value(stored: int, meant: Meaning) -> str:
    """A stored value with its unit, and as people read it where that is something else."""
    if meant.unit == "on or off":
        return "on" if stored else "off"
    read = f", that is {stored / meant.scale:.6g}" if meant.scale != 1 else ""
    return f"{stored:,} {meant.unit}{read}"


if __name__ == "__main__":
    print(page(), end="")

"""The labs: ``from bittensor_lab import labs``, then ``labs.weights_and_consensus()`` or
``labs.playground()``.

This is the only part of the package that draws widgets. Importing it costs nothing: a lab loads
ipywidgets and the engine when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bittensor_lab.labs.controls import BetStrip
    from bittensor_lab.labs.game import Playground
    from bittensor_lab.labs.lab import Lab

__all__ = [
    "bet_on_block_by_block",
    "bet_on_bonds_and_dividends",
    "bet_on_issuance",
    "bet_on_weight_copying",
    "bet_on_weights_and_consensus",
    "bet_on_work_and_scoring",
    "block_by_block",
    "bonds_and_dividends",
    "issuance_and_halvings",
    "playground",
    "warmup",
    "weight_copying",
    "weights_and_consensus",
    "work_and_scoring",
]


def weights_and_consensus(preset: str = "one_outlier") -> Lab:
    """Return the lab of lesson 03: weights and stake in, consensus, trust and pay out."""
    from bittensor_lab.labs import consensus as lab

    return lab.build(preset)


def bet_on_weights_and_consensus() -> BetStrip:
    """Return the bet of lesson 03, to be placed before its lab is opened."""
    from bittensor_lab.labs import consensus as lab

    return lab.bet_strip()


def bonds_and_dividends(preset: str = "new_miner") -> Lab:
    """Return the lab of lesson 04: who moves when and by which rule in, bonds and dividends out."""
    from bittensor_lab.labs import bonds as lab

    return lab.build(preset)


def bet_on_bonds_and_dividends() -> BetStrip:
    """Return the bet of lesson 04, to be placed before its lab is opened."""
    from bittensor_lab.labs import bonds as lab

    return lab.bet_strip()


def weight_copying(preset: str = "lively") -> Lab:
    """Return the lab of lesson 05: how late a copier is, and whether copying pays."""
    from bittensor_lab.labs import copying as lab

    return lab.build(preset)


def bet_on_weight_copying() -> BetStrip:
    """Return the bet of lesson 05, to be placed before its lab is opened."""
    from bittensor_lab.labs import copying as lab

    return lab.bet_strip()


def issuance_and_halvings(preset: str = "halved") -> Lab:
    """Return the lab of lesson 01: how much TAO there is, what a block adds, and when that halves."""
    from bittensor_lab.labs import issuance as lab

    return lab.build(preset)


def bet_on_issuance() -> BetStrip:
    """Return the bet of lesson 01, to be placed before its lab is opened."""
    from bittensor_lab.labs import issuance as lab

    return lab.bet_strip()


def work_and_scoring(preset: str = "text") -> Lab:
    """Return the lab of lesson 02: a task, a rule and a strategy; who is ranked first."""
    from bittensor_lab.labs import scoring as lab

    return lab.build(preset)


def bet_on_work_and_scoring() -> BetStrip:
    """Return the bet of lesson 02, to be placed before its lab is opened."""
    from bittensor_lab.labs import scoring as lab

    return lab.bet_strip()


def block_by_block(preset: str = "one") -> Lab:
    """Return the lab of lesson 00: one block after the other, and who did what in it."""
    from bittensor_lab.labs import blocks as lab

    return lab.build(preset)


def bet_on_block_by_block() -> BetStrip:
    """Return the bet of lesson 00, to be placed before its lab is opened."""
    from bittensor_lab.labs import blocks as lab

    return lab.bet_strip()


def playground(seed: int = 0) -> Playground:
    """Return the playground: a wallet, six subnets, and blocks that pass."""
    from bittensor_lab.labs import game as lab

    return lab.build(seed)


def warmup() -> None:
    """Make ahead what the labs' first picture would wait for: chart library, charts, compiled steps."""
    from bittensor_lab.labs import blocks, bonds, consensus, copying, game, issuance, scoring

    consensus.warmup()
    blocks.warmup()
    bonds.warmup()
    copying.warmup()
    issuance.warmup()
    scoring.warmup()
    game.warmup()

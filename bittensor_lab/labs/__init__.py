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

__all__ = ["bet_on_weights_and_consensus", "playground", "warmup", "weights_and_consensus"]


def weights_and_consensus(preset: str = "one_outlier") -> Lab:
    """Return the lab of lesson 03: weights and stake in, consensus, trust and pay out."""
    from bittensor_lab.labs import consensus as lab

    return lab.build(preset)


def bet_on_weights_and_consensus() -> BetStrip:
    """Return the bet of lesson 03, to be placed before its lab is opened."""
    from bittensor_lab.labs import consensus as lab

    return lab.bet_strip()


def playground(seed: int = 0) -> Playground:
    """Return the playground: a wallet, six subnets, and blocks that pass."""
    from bittensor_lab.labs import game as lab

    return lab.build(seed)


def warmup() -> None:
    """Make ahead what the labs' first picture would wait for: chart library, charts, compiled steps."""
    from bittensor_lab.labs import consensus, game

    consensus.warmup()
    game.warmup()

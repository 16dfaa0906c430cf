"""Hyperparameters: the rules of one subnet, and of the whole network, as data.

Each field of ``Hyperparameters`` (one per subnet) and of ``NetworkParameters`` (one for all) carries
its ``Meaning``: what the chain calls it, in which unit, within which range, who may set it and, in one
sentence, what it does. The same metadata validates a value, limits an owner, draws a slider and writes
a glossary line, so the four cannot disagree.

Values are stored as the chain stores them: a fraction is a u16 of 65535, a moving average is in
parts per million, a multiplier a U64F64. ``scale`` of the metadata translates to what people read.
"""

from __future__ import annotations

from bittensor_lab.errors import InputError
from bittensor_lab.params.meaning import U64F64, Meaning, check_value, meanings
from bittensor_lab.params.network import NetworkParameters
from bittensor_lab.params.subnet import Hyperparameters

__all__ = ["U64F64", "Hyperparameters", "Meaning", "NetworkParameters", "check_value", "meaning", "meanings"]


def meaning(name: str) -> Meaning:
    """Return what the hyperparameter, or parameter of the network, called ``name`` is.

    Raises
    ------
    InputError
        if there is none of that name.
    """
    for kind in (Hyperparameters, NetworkParameters):
        if name in meanings(kind):
            return meanings(kind)[name]
    raise InputError(
        f"there is no hyperparameter {name!r}", remedy=f"Known: {', '.join(meanings(Hyperparameters))}."
    )

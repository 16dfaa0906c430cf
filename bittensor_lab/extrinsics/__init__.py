"""Extrinsics: what people ask of the chain, one frozen record each, under the chain's names.

An extrinsic checks its arguments when it is made, and everything else, in the chain's order, when it
is applied: ``extrinsic.apply(state)`` returns the state after it and what happened, or raises one of
the chain's errors and leaves the state as it was.

Who signs comes first: a ``coldkey``, a ``hotkey``, or an ``origin`` that is a subnet owner's coldkey
or ``ROOT``.
"""

from bittensor_lab.extrinsics.children import SetChildkeyTake, SetChildren
from bittensor_lab.extrinsics.keys import DecreaseTake, IncreaseTake, SetCommitment, SwapHotkey, Transfer
from bittensor_lab.extrinsics.owner import (
    SetHyperparameter,
    SetMechanismCount,
    SetMechanismEmissionSplit,
    SetNetworkParameter,
    SetTempo,
    TriggerEpoch,
    TrimToMaxAllowedUids,
)
from bittensor_lab.extrinsics.registration import BurnedRegister, RegisterLimit
from bittensor_lab.extrinsics.weights import (
    CommitTimelockedWeights,
    CommitWeights,
    RevealWeights,
    SetMechanismWeights,
    SetWeights,
)

__all__ = [
    "BurnedRegister",
    "CommitTimelockedWeights",
    "CommitWeights",
    "DecreaseTake",
    "IncreaseTake",
    "RegisterLimit",
    "RevealWeights",
    "SetChildkeyTake",
    "SetChildren",
    "SetCommitment",
    "SetHyperparameter",
    "SetMechanismCount",
    "SetMechanismEmissionSplit",
    "SetMechanismWeights",
    "SetNetworkParameter",
    "SetTempo",
    "SetWeights",
    "SwapHotkey",
    "Transfer",
    "TriggerEpoch",
    "TrimToMaxAllowedUids",
]

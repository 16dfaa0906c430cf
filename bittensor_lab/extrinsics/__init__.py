"""Extrinsics: what people ask of the chain, one frozen record each, under the chain's names.

An extrinsic checks its arguments when it is made, and everything else, in the chain's order, when it
is applied: ``extrinsic.apply(state)`` returns the state after it and what happened, or raises one of
the chain's errors and leaves the state as it was.

Who signs comes first: a ``coldkey``, a ``hotkey``, or an ``origin`` that is a subnet owner's coldkey
or ``ROOT``.
"""

from bittensor_lab.extrinsics.children import SetChildkeyTake, SetChildren
from bittensor_lab.extrinsics.claims import ClaimRoot, SetColdkeyAutoStakeHotkey, SetRootClaimType
from bittensor_lab.extrinsics.coldkeys import AnnounceColdkeySwap, SwapColdkeyAnnounced
from bittensor_lab.extrinsics.keys import DecreaseTake, IncreaseTake, SetCommitment, SwapHotkey, Transfer
from bittensor_lab.extrinsics.locks import LockStake, MoveLock, SetPerpetualLock
from bittensor_lab.extrinsics.moving import (
    AddStakeBurn,
    BurnAlpha,
    MoveStake,
    RecycleAlpha,
    SwapStake,
    SwapStakeLimit,
    TransferStake,
)
from bittensor_lab.extrinsics.networks import (
    DissolveNetwork,
    RegisterNetwork,
    SetSubnetEmissionEnabled,
    StartCall,
)
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
from bittensor_lab.extrinsics.staking import (
    AddStake,
    AddStakeLimit,
    RemoveStake,
    RemoveStakeFullLimit,
    RemoveStakeLimit,
    UnstakeAll,
    UnstakeAllAlpha,
)
from bittensor_lab.extrinsics.weights import (
    CommitTimelockedWeights,
    CommitWeights,
    RevealWeights,
    SetMechanismWeights,
    SetWeights,
)

__all__ = [
    "AddStake",
    "AddStakeBurn",
    "AddStakeLimit",
    "AnnounceColdkeySwap",
    "BurnAlpha",
    "BurnedRegister",
    "ClaimRoot",
    "CommitTimelockedWeights",
    "CommitWeights",
    "DecreaseTake",
    "DissolveNetwork",
    "IncreaseTake",
    "LockStake",
    "MoveLock",
    "MoveStake",
    "RecycleAlpha",
    "RegisterLimit",
    "RegisterNetwork",
    "RemoveStake",
    "RemoveStakeFullLimit",
    "RemoveStakeLimit",
    "RevealWeights",
    "SetChildkeyTake",
    "SetChildren",
    "SetColdkeyAutoStakeHotkey",
    "SetCommitment",
    "SetHyperparameter",
    "SetMechanismCount",
    "SetMechanismEmissionSplit",
    "SetMechanismWeights",
    "SetNetworkParameter",
    "SetPerpetualLock",
    "SetRootClaimType",
    "SetSubnetEmissionEnabled",
    "SetTempo",
    "SetWeights",
    "StartCall",
    "SwapColdkeyAnnounced",
    "SwapHotkey",
    "SwapStake",
    "SwapStakeLimit",
    "Transfer",
    "TransferStake",
    "TriggerEpoch",
    "TrimToMaxAllowedUids",
    "UnstakeAll",
    "UnstakeAllAlpha",
]

"""Refusals: an error of the chain, and what to do about it here, on the page.

The chain's errors know a remedy in its own terms (*"sign with the subnet owner's coldkey"*). The playground
has buttons: for errors that its forms can bring about there is a sentence about those.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.errors import ChainError, LabError
from bittensor_lab.play import YOU

ADVICE = {
    "AdminActionProhibitedDuringWeightsWindow": "Press 1 block a few times, until the epoch is over.",
    "AlphaHighTooLow": "Move the slider to the right, to 0.025 at least.",
    "AlphaLowOutOfRange": "Keep alpha low between 0.025 and alpha high.",
    "AmountTooLow": "Ask for more: 0.002 τ is the least.",
    "BadOrigin": "Switch to Root’s rights above, or choose a rule that an owner may set.",
    "BondsMovingAverageMaxReached": "Stay at 0.975 or below, or switch to Root’s rights.",
    "CommitRevealEnabled": "Under Rules, switch commit-reveal off: with it, weights are sealed first.",
    "HotKeyAccountNotExists": "Register that hotkey first (Register), or stake on another one.",
    "HotKeyAlreadyRegisteredInSubNet": "Choose another of your hotkeys, or another subnet.",
    "HotKeyNotRegisteredInSubNet": "Register your validator here first (Register), then stake on it.",
    "InsufficientLiquidity": "Ask for another amount: the pool is too small for this one.",
    "LiquidAlphaDisabled": "Set liquid alpha to on first.",
    "MaxAllowedUIdsLessThanCurrentUIds": "Leave at least as many places as there are uids.",
    "NeuronNoValidatorPermit": "Stake more on your validator here, and let an epoch pass.",
    "NoNeuronIdAvailable": "Let blocks pass until somebody’s immunity has run out.",
    "NotEnoughBalanceToStake": "Ask for less than your free TAO, or unstake something first.",
    "NotEnoughStakeToWithdraw": "Stake there first, or choose another subnet or hotkey.",
    "PriceLimitExceeded": "Move the limit to the other side of the spot price, or switch it off.",
    "SameNetuid": "Choose another subnet or another hotkey to move to.",
    "SettingWeightsTooFast": "Let some blocks pass (1 block, or Play), then set them again.",
    "SlippageTooHigh": "Ask for less, loosen the limit, or allow a part of it to be done.",
    "SubNetRegistrationDisabled": "Under Rules, with Root’s rights, switch registration on.",
    "SwapInputTooLarge": "Ask for less.",
    "TempoOutOfBounds": "Stay between 10 and 50,400 blocks, or switch to Root’s rights.",
    "TxRateLimitExceeded": "Let some blocks pass, or switch to Root’s rights.",
    "WeightVecLengthIsLow": "Give more miners a weight above 0.",
}
ELSE = "Nothing was changed. Choose another value."


@dataclass(frozen=True)
class Refusal:
    """Why something cannot be done, for people."""

    name: str
    """the chain's word for it; nothing, if it is not the chain that refuses"""
    what: str
    values: str
    advice: str


def refused(error: LabError) -> Refusal:
    """Return an error as what happened, with which values, and what to do."""
    name = error.name if isinstance(error, ChainError) else ""
    advice = ADVICE.get(name) or error.remedy or ELSE
    values = error.values.replace(f"coldkey {YOU} holds", "you hold")
    return Refusal(name, _sentence(error.what), _sentence(values), _sentence(advice))


def _sentence(text: str) -> str:
    """A text with a full stop; names of keys and rules stay as they are written."""
    spoken = text[:1].upper() + text[1:] if text.startswith(("you ", "the ", "there ")) else text
    return spoken and spoken.rstrip(".") + "."

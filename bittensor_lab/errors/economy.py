"""Why the chain refuses: pools, stake, locks, and the life of subnets.

Source of the names: ``pallets/subtensor/src/macros/errors.rs``, ``pallets/swap/src/pallet/mod.rs``.
"""

from __future__ import annotations

from bittensor_lab.errors.base import ChainError


class InsufficientLiquidity(ChainError):
    """The pool is too small, or the amount too large or too small for it."""

    remedy_text = "Choose another amount."


class SwapInputTooLarge(ChainError):
    """More than a thousand times the pool's reserve would go into it."""

    remedy_text = "Choose a smaller amount."


class ReservesTooLow(ChainError):
    """The pool holds too little to trade, or the amount is too small to get anything."""

    remedy_text = "Choose another amount, or another subnet."


class PriceLimitExceeded(ChainError):
    """The price is beyond your limit already."""

    remedy_text = "Choose another limit, or wait."


class SlippageTooHigh(ChainError):
    """The whole amount would move the price beyond your limit."""

    remedy_text = "Choose a smaller amount or another limit, or allow a part to be done."


class SubtokenDisabled(ChainError):
    """The subnet has not been started: its alpha cannot be traded yet."""

    remedy_text = "Its owner starts it with start_call."


class AmountTooLow(ChainError):
    """The amount is worth less than the least that can be staked or moved."""

    remedy_text = "Choose a larger amount."


class NotEnoughStakeToWithdraw(ChainError):
    """The coldkey has less stake there than this takes out."""

    remedy_text = "Take out less."


class StakeUnavailable(ChainError):
    """A part of the stake is locked."""

    remedy_text = "Leave as much as is locked, or wait until the lock has decayed."


class TransferDisallowed(ChainError):
    """The subnet does not let stake go from one coldkey to another."""

    remedy_text = "Its owner can switch transfer_toggle on."


class SameNetuid(ChainError):
    """The two subnets are the same."""

    remedy_text = "Name another subnet; move_stake changes the hotkey."


class CannotBurnOrRecycleOnRootSubnet(ChainError):
    """There is no alpha on the root network to burn or recycle."""

    remedy_text = "Choose a netuid from 1 on."


class NetworkTxRateLimitExceeded(ChainError):
    """A subnet was founded too short a while ago."""

    remedy_text = "Run some blocks first."


class SubnetLimitReached(ChainError):
    """There are as many subnets as there can be, and all are immune."""

    remedy_text = "Wait until an immunity has run out."


class CannotAffordLockCost(ChainError):
    """The coldkey holds less TAO than founding a subnet costs."""

    remedy_text = "Wait: the cost falls with every block."


class NeedWaitingMoreBlocksToStarCall(ChainError):
    """The subnet is too young to be started."""

    remedy_text = "Run some blocks first."


class FirstEmissionBlockNumberAlreadySet(ChainError):
    """The subnet has been started already."""


class InvalidSubnetNumber(ChainError):
    """A call names one to five subnets."""

    remedy_text = "Split it into several calls."


class LockHotkeyMismatch(ChainError):
    """The coldkey's lock on this subnet is for another hotkey."""

    remedy_text = "Move the lock first."


class NoExistingLock(ChainError):
    """The coldkey has locked nothing on this subnet."""

    remedy_text = "Lock some alpha first."

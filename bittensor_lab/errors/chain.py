"""Why the chain refuses: neurons, weights, childkeys, keys and hyperparameters.

Source of the names: ``pallets/subtensor/src/macros/errors.rs``, ``pallets/admin-utils/src/lib.rs``.
"""

from __future__ import annotations

from bittensor_lab.errors.base import ChainError


class BadOrigin(ChainError):
    """Who signs this is not the one who may do it."""

    remedy_text = "Sign with the subnet owner's coldkey, or act as ROOT."


class SubnetNotExists(ChainError):
    """There is no such subnet."""

    remedy_text = "Choose one of the network's netuids."


class MechanismDoesNotExist(ChainError):
    """There is no such subnet, or the subnet has no such mechanism."""

    remedy_text = "Mechanisms count from 0."


class RegistrationNotPermittedOnRootSubnet(ChainError):
    """This cannot be done on the root network."""

    remedy_text = "Choose a netuid from 1 on."


class SubNetRegistrationDisabled(ChainError):
    """The subnet takes no registrations."""

    remedy_text = "ROOT can switch registration_allowed on."


class HotKeyAlreadyRegisteredInSubNet(ChainError):
    """The hotkey already holds a uid on this subnet."""

    remedy_text = "A hotkey holds one uid per subnet: use another hotkey."


class HotKeyNotRegisteredInSubNet(ChainError):
    """The hotkey holds no uid on this subnet."""

    remedy_text = "Register it first."


class HotKeyAccountNotExists(ChainError):
    """Nobody has ever registered this hotkey."""

    remedy_text = "Register it on a subnet first."


class NonAssociatedColdKey(ChainError):
    """The hotkey belongs to another coldkey."""

    remedy_text = "Sign with the coldkey that owns the hotkey."


class NotEnoughBalanceToStake(ChainError):
    """The coldkey holds less TAO than this costs."""

    remedy_text = "Transfer TAO to it, or wait until the price has fallen."


class FundsUnavailable(ChainError):
    """The coldkey holds less TAO than it sends."""

    remedy_text = "Send less."


class BelowMinimum(ChainError):
    """A new account cannot hold less than the existential deposit."""

    remedy_text = "Send more."


class RegistrationPriceLimitExceeded(ChainError):
    """The registration price is higher than your limit."""

    remedy_text = "Raise the limit, or wait: the price falls with every block."


class NoNeuronIdAvailable(ChainError):
    """The subnet is full and has no uid that may be replaced."""

    remedy_text = "Wait until an immunity has run out."


class CanNotSetRootNetworkWeights(ChainError):
    """The root network has no weights."""

    remedy_text = "Choose a netuid from 1 on."


class WeightVecNotEqualSize(ChainError):
    """There must be one value per uid."""


class UidsLengthExceedUidsInSubNet(ChainError):
    """More uids are named than the subnet has."""


class NotEnoughStakeToSetWeights(ChainError):
    """The hotkey's stake weight lies below the stake threshold."""

    remedy_text = "Stake more to it."


class IncorrectWeightVersionKey(ChainError):
    """The subnet asks for weights of a newer version."""

    remedy_text = "Pass a version_key that is at least the subnet's."


class SettingWeightsTooFast(ChainError):
    """The hotkey set weights, or registered, too short a while ago."""

    remedy_text = "Run some blocks first."


class CommittingWeightsTooFast(ChainError):
    """The hotkey committed weights, or registered, too short a while ago."""

    remedy_text = "Run some blocks first."


class NeuronNoValidatorPermit(ChainError):
    """The uid holds no validator permit."""

    remedy_text = "Permits go to the largest stake weights, and take effect with the next epoch."


class DuplicateUids(ChainError):
    """A uid is named twice."""


class UidVecContainInvalidOne(ChainError):
    """A uid is named that the subnet does not have."""


class WeightVecLengthIsLow(ChainError):
    """Too few uids get a weight."""


class CommitRevealEnabled(ChainError):
    """The subnet takes weights only by commit and reveal."""

    remedy_text = "Use commit_timelocked_weights, or let the owner switch commit_reveal off."


class CommitRevealDisabled(ChainError):
    """The subnet takes weights directly."""

    remedy_text = "Use set_weights."


class IncorrectCommitRevealVersion(ChainError):
    """The commit names another version of commit-reveal than the chain's."""


class TooManyUnrevealedCommits(ChainError):
    """The hotkey has ten commits waiting already."""

    remedy_text = "Reveal them, or wait for the next epoch."


class NoWeightsCommitFound(ChainError):
    """The hotkey has no commit to reveal."""

    remedy_text = "Commit first."


class ExpiredWeightCommit(ChainError):
    """The epoch in which this commit could be revealed is over."""

    remedy_text = "Commit anew, and reveal in time."


class RevealTooEarly(ChainError):
    """The epoch in which this commit may be revealed has not begun."""

    remedy_text = "Run to the subnet's next epoch."


class InvalidRevealCommitHashNotMatch(ChainError):
    """No waiting commit has the hash of what is revealed."""

    remedy_text = "Reveal exactly what was committed: uids, values, salt and version_key."


class TxRateLimitExceeded(ChainError):
    """This was done too short a while ago."""

    remedy_text = "Run some blocks first."


class AdminActionProhibitedDuringWeightsWindow(ChainError):
    """The subnet's next epoch is so near that its owner may not change it."""

    remedy_text = "Run past the epoch."


class InvalidValue(ChainError):
    """The value lies outside what may be set."""


class ValueNotInBounds(ChainError):
    """The price limit lies outside what may be set."""


class TempoOutOfBounds(ChainError):
    """The tempo lies outside what an owner may set."""


class ActivityCutoffFactorMilliOutOfBounds(ChainError):
    """The activity cutoff lies outside what may be set."""


class BondsMovingAverageMaxReached(ChainError):
    """An owner may not make bonds that slow."""


class NegativeSigmoidSteepness(ChainError):
    """Only ROOT may set a negative steepness."""


class LiquidAlphaDisabled(ChainError):
    """Alpha values can be set only while liquid alpha is on."""

    remedy_text = "Switch liquid_alpha on first."


class AlphaHighTooLow(ChainError):
    """The high alpha lies below 1638, which is 0.025."""


class AlphaLowOutOfRange(ChainError):
    """The low alpha lies below 1638, or above the high one."""


class RevealPeriodTooSmall(ChainError):
    """The reveal period must be at least one epoch."""


class RevealPeriodTooLarge(ChainError):
    """The reveal period may be at most 100 epochs."""


class MaxAllowedUidsLessThanMinAllowedUids(ChainError):
    """There must be at least min_allowed_uids places."""


class MaxAllowedUIdsLessThanCurrentUIds(ChainError):
    """More uids exist than there would be places."""

    remedy_text = "Use trim_to_max_allowed_uids."


class MaxAllowedUidsGreaterThanDefaultMaxAllowedUids(ChainError):
    """A subnet has at most 256 places."""


class TooManyUIDsPerMechanism(ChainError):
    """Places times mechanisms may be at most 256."""

    remedy_text = "Trim the subnet first."


class MinAllowedUidsGreaterThanMaxAllowedUids(ChainError):
    """min_allowed_uids must stay below max_allowed_uids."""


class MinAllowedUidsGreaterThanCurrentUids(ChainError):
    """min_allowed_uids must stay below the number of uids."""


class MaxValidatorsLargerThanMaxUIds(ChainError):
    """There cannot be more validator permits than places."""


class TrimmingWouldExceedMaxImmunePercentage(ChainError):
    """Four fifths or more of the places left would be immune."""

    remedy_text = "Wait until immunities have run out."


class DynamicTempoBlockedByCommitReveal(ChainError):
    """An epoch cannot be triggered while commit-reveal is on."""


class EpochTriggerAlreadyPending(ChainError):
    """An epoch is triggered already."""


class AutoEpochAlreadyImminent(ChainError):
    """The next epoch comes at least as soon as a triggered one would."""


class DuplicateChild(ChainError):
    """A child is named twice."""


class InvalidChild(ChainError):
    """A hotkey cannot be its own child."""


class TooManyChildren(ChainError):
    """A hotkey has at most five children on a subnet."""


class ProportionOverflow(ChainError):
    """The children's proportions add up to more than the whole."""


class ChildParentInconsistency(ChainError):
    """A hotkey's parent cannot be its child."""


class NotEnoughStakeToSetChildkeys(ChainError):
    """The hotkey holds less stake than the stake threshold."""


class InvalidChildkeyTake(ChainError):
    """The childkey take lies outside what may be set."""


class TxChildkeyTakeRateLimitExceeded(ChainError):
    """The childkey take was changed too short a while ago to raise it."""


class DelegateTakeTooLow(ChainError):
    """The take is lower than it may be."""


class DelegateTakeTooHigh(ChainError):
    """The take is higher than it may be."""


class DelegateTxRateLimitExceeded(ChainError):
    """The take was changed too short a while ago to raise it."""


class NewHotKeyIsSameWithOld(ChainError):
    """The new hotkey is the old one."""


class HotKeySetTxRateLimitExceeded(ChainError):
    """The coldkey swapped a hotkey too short a while ago."""


class HotKeySwapOnSubnetIntervalNotPassed(ChainError):
    """The coldkey swapped a hotkey on this subnet too short a while ago."""


class NotEnoughBalanceToPaySwapHotKey(ChainError):
    """The coldkey holds less TAO than the swap costs."""


class ColdkeySwapAnnouncementNotFound(ChainError):
    """The coldkey has not announced by which one it will be replaced."""


class ColdkeySwapTooEarly(ChainError):
    """The wait after the announcement is not over."""


class ColdkeySwapReannouncedTooEarly(ChainError):
    """Another coldkey cannot be announced yet."""


class AnnouncedColdkeyHashDoesNotMatch(ChainError):
    """The coldkey is not the one that was announced."""


class ColdKeyAlreadyAssociated(ChainError):
    """The new coldkey is in use already."""


class NewColdKeyIsHotkey(ChainError):
    """The new coldkey is somebody's hotkey."""


class NotEnoughBalanceToPaySwapColdKey(ChainError):
    """The coldkey holds less TAO than announcing another one costs."""


class AccountNotAllowedCommit(ChainError):
    """Only a hotkey with a uid on the subnet may publish a commitment there."""

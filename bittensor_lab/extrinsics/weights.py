"""Weights, set directly, by commit and reveal, or timelocked.

With commit-reveal a copier sees weights only when they are old: a validator commits to a hash and
reveals later, or hands in weights that the chain opens by itself when the epoch clock says so.

Source: ``spec/epoch.md`` 3.1 to 3.3; ``subnets/weights.rs``, ``coinbase/reveal_commits.rs``.
Left out: batches, and drand. A timelocked commit is kept as plain text and opens by the epoch clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from bittensor_lab.block import Events
from bittensor_lab.errors import (
    ChainError,
    CommitRevealDisabled,
    CommitRevealEnabled,
    CommittingWeightsTooFast,
    ExpiredWeightCommit,
    IncorrectCommitRevealVersion,
    InvalidRevealCommitHashNotMatch,
    NoWeightsCommitFound,
    RevealTooEarly,
    TooManyUnrevealedCommits,
)
from bittensor_lab.events import TimelockedWeightsCommitted, WeightsCommitted, WeightsRevealed
from bittensor_lab.extrinsics.arguments import (
    U16,
    U64,
    Key,
    MechanismId,
    NetUid,
    Said,
    U16s,
    Uids,
    check_arguments,
)
from bittensor_lab.schedule import epoch_clock
from bittensor_lab.state import Commit, Mechanism, State, Subnet, TimelockedCommit
from bittensor_lab.weights import (
    Submission,
    check_rate,
    checked_subnet,
    commit_hash,
    existing_subnet,
    registered_uid,
    require_stake,
    set_weights_of,
    touched,
)

MAX_COMMITS = 10


@dataclass(frozen=True)
class SetMechanismWeights:
    """A hotkey sets its weights in one mechanism of a subnet."""

    hotkey: Key
    netuid: NetUid
    uids: Uids
    values: U16s
    version_key: U64 = 0
    mechanism: MechanismId = 0

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Ask for stake, refuse while commit-reveal is on, then check and store (3.1, 3.2)."""
        subnet = existing_subnet(state, self.netuid)
        if subnet is not None:
            require_stake(state, subnet, self.hotkey)
            if state.hyperparameters(self.netuid).commit_reveal:
                raise CommitRevealEnabled(f"netuid {self.netuid}")
        return set_weights_of(state, _submission(self))


@dataclass(frozen=True)
class SetWeights:
    """A hotkey sets its weights on a subnet: in mechanism 0."""

    hotkey: Key
    netuid: NetUid
    uids: Uids
    values: U16s
    version_key: U64 = 0

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Set them in mechanism 0."""
        given = SetMechanismWeights(self.hotkey, self.netuid, self.uids, self.values, self.version_key)
        return given.apply(state)


@dataclass(frozen=True)
class CommitWeights:
    """A hotkey commits to weights by their hash (``bittensor_lab.weights.commit_hash``)."""

    hotkey: Key
    netuid: NetUid
    commit_hash: Said
    mechanism: MechanismId = 0

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Queue the hash, and count as an update."""
        subnet = _committing_subnet(state, self.hotkey, self.netuid, self.mechanism)
        uid, mechanism = registered_uid(subnet, self.hotkey), subnet.mechanism(self.mechanism)
        check_rate(state, subnet, mechanism, uid, CommittingWeightsTooFast)
        now = epoch_clock(state, self.netuid, state.block)
        queue = _alive(state, self.netuid, mechanism.commits.get(self.hotkey, ()))
        _check_queue(len(queue), self.hotkey)
        queue = (*queue, Commit(self.commit_hash, now, state.block))
        changed = subnet.with_mechanism(
            self.mechanism,
            commits=mechanism.commits.set(self.hotkey, queue),
            last_update=touched(mechanism, uid, state.block),
        )
        happened = WeightsCommitted(self.hotkey, self.netuid, self.mechanism, self.commit_hash)
        return state.with_subnet(changed), (happened,)


@dataclass(frozen=True)
class RevealWeights:
    """A hotkey reveals what it committed to; older commits of its are dropped."""

    hotkey: Key
    netuid: NetUid
    uids: Uids
    values: U16s
    salt: U16s
    version_key: U64 = 0
    mechanism: MechanismId = 0

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Find the commit, see that its epoch is now, then check and store the weights."""
        subnet = _committing_subnet(state, self.hotkey, self.netuid, self.mechanism)
        mechanism, given = subnet.mechanism(self.mechanism), _submission(self)
        hashed = commit_hash(given, self.salt)
        rest = _after_reveal(state, mechanism, given, hashed)
        commits = mechanism.commits
        commits = commits.set(self.hotkey, rest) if rest else commits.delete(self.hotkey)
        state = state.with_subnet(subnet.with_mechanism(self.mechanism, commits=commits))
        state, events = set_weights_of(state, given)
        return state, (*events, WeightsRevealed(self.hotkey, self.netuid, self.mechanism, hashed))


@dataclass(frozen=True)
class CommitTimelockedWeights:
    """A hotkey hands in weights that the chain itself reveals when their epoch comes."""

    hotkey: Key
    netuid: NetUid
    uids: Uids
    values: U16s
    version_key: U64 = 0
    mechanism: MechanismId = 0
    commit_reveal_version: U16 = 4

    def __post_init__(self) -> None:
        check_arguments(self)

    def apply(self, state: State) -> tuple[State, Events]:
        """Put them into this epoch's bucket, and count as an update."""
        subnet = _committing_subnet(state, self.hotkey, self.netuid, self.mechanism)
        if self.commit_reveal_version != state.network.commit_reveal_version:
            raise IncorrectCommitRevealVersion(
                f"{self.commit_reveal_version}, the chain has {state.network.commit_reveal_version}"
            )
        uid, mechanism = registered_uid(subnet, self.hotkey), subnet.mechanism(self.mechanism)
        check_rate(state, subnet, mechanism, uid, CommittingWeightsTooFast)
        now = epoch_clock(state, self.netuid, state.block)
        bucket = mechanism.timelocked.get(now, ())
        _check_queue(sum(commit.hotkey == self.hotkey for commit in bucket), self.hotkey)
        commit = TimelockedCommit(self.hotkey, state.block, self.uids, self.values, self.version_key)
        changed = subnet.with_mechanism(
            self.mechanism,
            timelocked=mechanism.timelocked.set(now, (*bucket, commit)),
            last_update=touched(mechanism, uid, state.block),
        )
        happened = TimelockedWeightsCommitted(self.hotkey, self.netuid, self.mechanism, now)
        return state.with_subnet(changed), (happened,)


def _submission(given: SetMechanismWeights | RevealWeights) -> Submission:
    return Submission(
        given.hotkey, given.netuid, given.mechanism, given.uids, given.values, given.version_key
    )


def _committing_subnet(state: State, hotkey: str, netuid: int, mechanism: int) -> Subnet:
    """The subnet, if the hotkey has the stake to commit there and commit-reveal is on."""
    if (found := existing_subnet(state, netuid)) is not None:
        require_stake(state, found, hotkey)
    subnet = checked_subnet(state, netuid, mechanism)
    if not state.hyperparameters(netuid).commit_reveal:
        raise CommitRevealDisabled(f"netuid {netuid}")
    return subnet


def _alive(state: State, netuid: int, queue: tuple[Commit, ...]) -> tuple[Commit, ...]:
    """The queue without the expired commits at its front."""
    oldest = epoch_clock(state, netuid, state.block) - state.hyperparameters(netuid).reveal_period_epochs
    while queue and queue[0].epoch < oldest:
        queue = queue[1:]
    return queue


def _check_queue(waiting: int, hotkey: str) -> None:
    if waiting >= MAX_COMMITS:
        raise TooManyUnrevealedCommits(f"hotkey {hotkey} has {waiting} waiting")


def _after_reveal(state: State, mechanism: Mechanism, given: Submission, hashed: str) -> tuple[Commit, ...]:
    """The hotkey's queue after the reveal of a hash: only what is younger; raises as the chain does."""
    queue = mechanism.commits.get(given.hotkey, ())
    if not queue:
        raise NoWeightsCommitFound(f"hotkey {given.hotkey} on netuid {given.netuid}")
    alive = _alive(state, given.netuid, queue)
    found = [i for i, commit in enumerate(alive) if commit.commit_hash == hashed]
    if not found:
        raise _not_found(queue[: len(queue) - len(alive)], alive, hashed)
    commit = alive[found[0]]
    opens = commit.epoch + state.hyperparameters(given.netuid).reveal_period_epochs
    now = epoch_clock(state, given.netuid, state.block)
    if now != opens:
        raise RevealTooEarly(f"it opens in epoch {opens}, now is epoch {now}")
    return alive[found[0] + 1 :]


def _not_found(expired: tuple[Commit, ...], alive: tuple[Commit, ...], hashed: str) -> ChainError:
    if any(commit.commit_hash == hashed for commit in expired):
        return ExpiredWeightCommit(f"hash {hashed}")
    return (
        InvalidRevealCommitHashNotMatch(f"hash {hashed}") if alive else NoWeightsCommitFound(f"hash {hashed}")
    )
